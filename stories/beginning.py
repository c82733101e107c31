"""The ways a story comes into a library: it is begun, a manuscript is taken up, or a file of all of one is put back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from ..graph.catalogue import every_prompt
from ..prompts import check
from ..schemas.errors import PromptError
from ..schemas.languages import language_named
from ..schemas.story_input import StoryInput, read_input, read_language
from .archive import read_archive, unpack
from .importing import keep_manuscript
from .manuscript import Manuscript, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ..schemas.context import Context
    from .library import Library
    from .record import StoryRecord


class TakenUp(NamedTuple):
    """A manuscript that was taken up: its story, which has still to read it, and what it is."""

    record: StoryRecord
    manuscript: Manuscript


def prompt_names(library: Library | None = None) -> tuple[str, ...]:
    """The prompts that can be replaced by ones of a person's own (``Context.prompts``); by default the project's."""
    return tuple(sorted(library.prompts if library else every_prompt()))


def check_settings(library: Library, context: Context) -> None:
    """Say what cannot work before there is a story: a model that cannot be had, a prompt of one's own that is broken.

    Raises:
        ModelUnavailableError: the model cannot be had.
        SettingsError: no model is named.
        PromptError: a prompt is none of ours, or has other placeholders.
    """
    known = library.prompts
    for name, template in context.prompts.items():
        if name not in known:
            raise PromptError("prompt_unknown", name=name, known=sorted(known))
        check(known[name], template)
    library.resources.chat_models.resolve(context)


async def begin(library: Library, given: StoryInput, context: Context) -> StoryRecord:
    """Begin a story. Nothing is written yet: running it does that.

    Raises:
        RecurrentGPTError: as :func:`check_settings`, or the data folder cannot be written.
    """
    await asyncio.to_thread(check_settings, library, context)
    return library.begin(given, context)


async def take_up(
    library: Library, path: Path, given: Mapping[str, object], context: Context, *, name: str = ""
) -> TakenUp:
    """Take up a manuscript: a story is begun that reads it when it is next run, and is written on from its end.

    Args:
        library: where to.
        path: the file.
        given: what a person says of it: its language, and a title, a genre, an outline.
        context: the settings.
        name: its title where neither the person nor the file has one.

    Raises:
        RecurrentGPTError: as :func:`check_settings`, the file cannot be read, or the data folder cannot be written.
    """
    language = language_named(read_language(given))
    found = await asyncio.to_thread(read_file, path, language)
    title = str(given.get("title") or found.title or name or path.stem)
    story = read_input({**given, "topic": title, "title": title})
    await asyncio.to_thread(check_settings, library, context)
    record = library.begin(story, context, before=lambda folder: keep_manuscript(folder, found))
    return TakenUp(record, found)


async def put_back(
    library: Library, path: Path, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> StoryRecord:
    """Put a story back that was exported whole.

    Args:
        library: where to.
        path: the file.
        progress: told how many of its paragraphs are encoded, and of how many.

    Raises:
        StorageError: the file is no such story, or the data folder cannot be written.
    """
    return await unpack(library, await asyncio.to_thread(read_archive, path), progress)
