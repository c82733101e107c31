"""What a person wrote in their editor, and what was refused then: it is kept in a file, and they are told where."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..schemas.errors import RecurrentGPTError
from ..schemas.files import make_folders
from ..schemas.places import UNSAVED
from .options import the_library
from .terminal import errors
from .words import t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..stories.record import StoryRecord


@contextmanager
def kept_if_refused(record: StoryRecord, text: str) -> Iterator[None]:
    """Keep a text in a file of the data folder where what is done with it is refused; an empty one is not kept.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        yield
    except RecurrentGPTError:
        if text.strip():
            errors.print(t("text_is_kept", file=_keep(record, text)), markup=False, soft_wrap=True)
        raise


def _keep(record: StoryRecord, text: str) -> Path:
    from ..stories.record import write_text  # noqa: PLC0415

    place = the_library().home / UNSAVED
    if not place.exists():
        make_folders(place)
    number = 1
    while (path := place / f"{record.story_id}-{number}.md").exists():
        number += 1
    write_text(path, text)
    return path
