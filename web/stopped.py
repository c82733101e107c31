"""What was written when a step was stopped or failed: beside the story, to be kept, changed or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from ..stories.record import write_text

if TYPE_CHECKING:
    from pathlib import Path

STOPPED = "stopped.json"


class Stopped(BaseModel):
    """A text that is in no book yet.

    Attributes:
        branch: where it was written.
        step: the step after which it would stand; ``None``: it was to be the opening.
        text: as far as it came.
    """

    model_config = ConfigDict(frozen=True)

    branch: str
    step: int | None
    text: str


def stopped_at(folder: Path, branch: str, step: int | None) -> str:
    """What was written after a step of a branch, and is in no book; empty: there is nothing."""
    try:
        kept = Stopped.model_validate_json((folder / STOPPED).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return ""
    return kept.text if (kept.branch, kept.step) == (branch, step) else ""


def keep_stopped(folder: Path, stopped: Stopped) -> None:
    """Keep a text; one that was kept before goes.

    Raises:
        StorageError: it cannot be written.
    """
    write_text(folder / STOPPED, stopped.model_dump_json())


def drop_stopped(folder: Path) -> None:
    """Let a text go."""
    (folder / STOPPED).unlink(missing_ok=True)
