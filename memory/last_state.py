"""Where a story stands, kept beside its memory: so that one begun elsewhere (in Studio, on a server) can be found.

The checkpoint is the truth for whoever wrote it. The snapshot is the last finished step's whole state, a few kB of JSON
in the story's folder, from which a shelf can list, export and write on a story whose checkpoints it does not have.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..schemas.errors import MemoryUnavailableError
from ..schemas.files import make_folders, write_whole
from ..schemas.places import CHECKPOINTS, LAST_STATE
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
    own = StoryState.__annotations__.keys() - {"remaining_steps"}  # a graph around this one may have keys of its own
    kept = {"format": FORMAT, "state": {name: value for name, value in state.items() if name in own}}
    try:
        if not folder.exists():
            make_folders(folder)
        # Checkpoints beside it know more: where a power cut tears it, it is made of them again.
        write_whole(path, json.dumps(kept, ensure_ascii=False).encode(), is_derived=(folder / CHECKPOINTS).exists())
    except OSError as error:
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
