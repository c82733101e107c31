"""What is newest does not hang on the clock: new checkpoints come after all that there are, whatever time it is.

LangGraph names a checkpoint by the time, each later than the one before in the same process, and takes the greatest
name of a thread for the newest. After a clock was set back, another process would hide what it writes behind what is
there. So the names of this process begin after the greatest that a story has.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from langgraph.checkpoint.base import id as names

from ..schemas.errors import StoryStateError

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERSION = 6
_MOST = 2**60 - 2**44
"""Times as a name counts them (in 100 ns from 1582) that leave room for three weeks of later ones."""
_STILL = 2
"""Runs that may end without a paragraph more: the first may have finished a step that was under way."""

GREATEST = "SELECT max(checkpoint_id) AS greatest FROM checkpoints WHERE substr(checkpoint_id, 15, 1) = '6'"
"""The greatest name of a file; one that is no such name comes from elsewhere."""


def begin_after(found: Iterable[str | None]) -> None:
    """Let the names that this process gives to checkpoints be later than all of these."""
    times = [_time_of(name) for name in found if name]
    latest = max((time for time in times if time <= _MOST), default=0)
    known: int | None = names._last_v6_timestamp  # noqa: SLF001 (there is no other way in; a test holds it)
    if latest > (known or 0):
        names._last_v6_timestamp = latest  # type: ignore[assignment]  # noqa: SLF001


def _time_of(name: str) -> int:
    try:
        parsed = uuid.UUID(name)
    except ValueError:
        return 0
    if parsed.version != _VERSION:
        return 0
    return parsed.time_low << 28 | parsed.time_mid << 12 | parsed.time_hi_version & 0x0FFF


class Pace:
    """Ends writing at which nobody is asked, where it does not get on: whatever the reason, it costs."""

    def __init__(self) -> None:
        self._step = -1
        self._still = 0

    def heed(self, step: int) -> None:
        """Note at which step a run has ended.

        Raises:
            StoryStateError: the runs before this one ended there too.
        """
        self._still = self._still + 1 if step <= self._step else 0
        self._step = max(step, self._step)
        if self._still >= _STILL:
            raise StoryStateError("writes_nothing", number=step)
