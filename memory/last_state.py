"""Where a story stands, kept beside its memory: so that one begun elsewhere (in Studio, on a server) can be found.

The checkpoint is the truth for whoever wrote it. The snapshot is the last finished step's whole state, a few kB of JSON
in the story's folder, from which a shelf can list, export and write on a story whose checkpoints it does not have.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from ..schemas.errors import MemoryUnavailableError
from ..schemas.places import LAST_STATE
from ..schemas.state import StoryState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1


def write_last_state(folder: Path, state: Mapping[str, Any]) -> None:
    """Keep the state of a finished step in a story's folder, all of it or nothing.

    Raises:
        MemoryUnavailableError: it cannot be written.
    """
    path = folder / LAST_STATE
    # Copies of a thread may end a step at the same moment: each has a scratch file of its own.
    scratch = path.with_name(f".{LAST_STATE}.{uuid.uuid4().hex}.new")
    own = StoryState.__annotations__.keys() - {"remaining_steps"}  # a graph around this one may have keys of its own
    kept = {"format": FORMAT, "state": {name: value for name, value in state.items() if name in own}}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise MemoryUnavailableError("head_unwritable", path=path, reason=error.strerror or error) from error


def read_last_state(folder: Path) -> dict[str, Any] | None:
    """The state that a story's folder keeps; ``None`` if it keeps none that this version can read."""
    try:
        kept = json.loads((folder / LAST_STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(kept, dict) or kept.get("format") != FORMAT or not isinstance(kept.get("state"), dict):
        return None
    state: dict[str, Any] = kept["state"]
    return state
