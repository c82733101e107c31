"""What was written when a step was stopped or failed: beside the story, to be kept, changed or dropped."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from ..stories.record import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STOPPED = "stopped.json"
MOST = 100
"""Texts that are kept of a story; the oldest go."""


class Stopped(BaseModel):
    """A text that is in no book yet.

    Attributes:
        branch: where it was written.
        step: the step after which it would stand; ``None``: it was to be the opening.
        text: as far as it came.
        by_hand: whether a person wrote it: then it stays until they put it in or drop it, also where the story goes on.
    """

    model_config = ConfigDict(frozen=True)

    branch: str
    step: int | None
    text: str
    by_hand: bool = False

    def is_of(self, branch: str, step: int | None) -> bool:
        """Whether it is shown where a branch stands."""
        return self.branch == branch and (self.by_hand or self.step == step)


_KEPT = TypeAdapter(tuple[Stopped, ...])
_READ = TypeAdapter(tuple[Stopped, ...] | Stopped)
"""Before there was one a branch, one text of a story was kept."""


def stopped_at(folder: Path, branch: str, step: int | None) -> str:
    """What was written at a step of a branch, and is in no book; empty: there is nothing."""
    return "\n\n".join(one.text for one in _read(folder) if one.is_of(branch, step))


def name_of(text: str) -> str:
    """A name of what is kept: a form that puts it in or drops it is meant for what was shown; empty: nothing was."""
    return blake2b(text.encode(), digest_size=8).hexdigest() if text else ""


def keep_stopped(folder: Path, stopped: Stopped) -> None:
    """Keep a text. What a model wrote takes the place of what one wrote there before.

    Raises:
        StorageError: it cannot be written.
    """
    anew = stopped.model_copy(update={"text": ""})
    kept = [one for one in _read(folder) if one.by_hand or one.model_copy(update={"text": ""}) != anew]
    _write(folder, [*kept, stopped][-MOST:])


def drop_stopped(folder: Path, branch: str, step: int | None) -> None:
    """Let go of what is shown where a branch stands.

    Raises:
        StorageError: it cannot be written.
    """
    _write(folder, [one for one in _read(folder) if not one.is_of(branch, step)])


def _read(folder: Path) -> tuple[Stopped, ...]:
    try:
        kept = _READ.validate_json((folder / STOPPED).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return ()
    return (kept,) if isinstance(kept, Stopped) else kept


def _write(folder: Path, kept: Sequence[Stopped]) -> None:
    if kept:
        write_text(folder / STOPPED, _KEPT.dump_json(tuple(kept)).decode())
    else:
        (folder / STOPPED).unlink(missing_ok=True)
