"""Packs: a file in which an author makes a story to be played, read, checked, and begun."""

from __future__ import annotations

import asyncio
import tomllib
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ..schemas.errors import SettingsError, StoryStateError
from ..schemas.field_problems import describe
from ..schemas.modes import INTERACTIVE_FICTION
from ..schemas.pack import Hidden, Pack
from ..schemas.story_input import StoryInput
from .beginning import begin

if TYPE_CHECKING:
    from pathlib import Path

    from ..schemas.context import Context
    from .library import Library
    from .record import StoryRecord

ENDING = ".toml"
"""The end of the name of a pack's file."""
_LARGEST = 500_000


def read_pack(path: Path) -> Pack:
    """A pack from its file.

    Raises:
        SettingsError: it cannot be read, is no TOML, or a field of it is missing, unknown or cannot work.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise SettingsError("pack_too_large", file=path, most=_LARGEST // 1000)
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError("pack_unreadable", file=path, reason=error.strerror or error) from error
    except ValueError as error:  # also what is no UTF-8
        raise SettingsError("pack_no_toml", file=path, reason=error) from error
    try:
        return Pack.model_validate(told)
    except ValidationError as error:
        raise SettingsError("pack_unusable", file=path, problems=describe(error, Pack.model_fields)) from error


def input_of(pack: Pack, *, is_open: bool = False) -> StoryInput:
    """What a story is begun from that plays a pack.

    Args:
        pack: it.
        is_open: whether who plays it may look behind the scenes.
    """
    hidden = Hidden(secrets=pack.secrets, rules=pack.rules, endings=pack.endings, is_open=is_open)
    return StoryInput(
        title=pack.title,
        topic=pack.topic,
        genre=pack.genre,
        background=pack.background,
        outline=pack.outline,
        style_sheet=pack.style,
        language=pack.language,
        target_paragraphs=pack.length,
        mode=INTERACTIVE_FICTION.name,
        pack=hidden,
    )


async def begin_pack(library: Library, path: Path, context: Context, *, is_open: bool = False) -> StoryRecord:
    """Begin to play a pack. Nothing is written yet: running it does that.

    Args:
        library: where.
        path: the pack's file.
        context: the settings.
        is_open: whether who plays it may look behind the scenes.

    Raises:
        RecurrentGPTError: as :func:`read_pack` and :func:`.beginning.begin`.
    """
    pack = await asyncio.to_thread(read_pack, path)
    return await begin(library, input_of(pack, is_open=is_open), context)


def check_open(record: StoryRecord) -> None:
    """See that one may look behind the scenes of a story.

    Raises:
        StoryStateError: it is a pack, whose reader does not see what its author keeps from them.
    """
    if record.is_sealed:
        raise StoryStateError("story_sealed", title=record.name, story_id=record.story_id)
