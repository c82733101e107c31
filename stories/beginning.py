"""The ways a story comes into a library: it is begun, a manuscript is taken up, or a file of all of one is put back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..graph.catalogue import asking_gates, every_prompt
from ..nodes.budget import check_budget
from ..nodes.node import check_gates
from ..prompts import every_phrase, load
from ..prompts.own import check_own
from ..schemas.errors import SettingsError
from ..schemas.languages import DEFAULT
from ..schemas.modes import AUTHOR, mode_named
from .archive import read_archive, unpack
from .brought import GROUPS, forget_brought, usual
from .known import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from ..schemas.context import Context
    from ..schemas.languages import Language
    from ..schemas.modes import Mode
    from ..schemas.story_input import StoryInput
    from .library import Library
    from .record import StoryRecord
    from .story import Story


def prompt_names(library: Library | None = None) -> tuple[str, ...]:
    """The prompts that can be replaced by ones of a person's own (``Context.prompts``); by default the project's."""
    return tuple(sorted(library.prompts if library else every_prompt()))


def gate_labels(library: Library | None = None) -> dict[str, str]:
    """The gates that can have a model of their own (``Context.gate_models``), and what each is called in English."""
    asking = asking_gates(library.gates if library else None)
    return {name: gate.record.label for name, gate in asking.items()}


def prompt_templates(library: Library, language: Language, mode: Mode, context: Context) -> dict[str, str]:
    """The prompts and phrases by name as they are where they are not replaced, in the dialect of a run with these."""
    dialect, every = library.dialect_of(context), {**every_phrase(), **library.prompts}
    return {name: load(spec, language, mode, dialect).template for name, spec in every.items()}


def check_settings(library: Library, context: Context, mode: Mode = AUTHOR, language: str = DEFAULT) -> None:
    """Say what cannot work before there is a story: also a model that cannot be had.

    Args:
        library: where the story is, or is to be.
        context: the settings.
        mode: the story's.
        language: the story's, by its tag.

    Raises:
        ModelUnavailableError: the model cannot be had, or does not know the language.
        SettingsError: no model is named; or as :func:`check_words`.
        PromptError: as :func:`check_words`.
    """
    check_words(library, context, mode)
    library.resources.chat_models.check_language(context, language)
    models = library.resources.chat_models
    for task in models.tasks(context):
        models.resolve(context, task)


def check_words(library: Library, context: Context, mode: Mode = AUTHOR) -> None:
    """Say what in a run's settings cannot work, without asking for a model.

    Raises:
        SettingsError: the budget of a prompt leaves no room for one, or a gate with a model of its own is none.
        PromptError: a prompt is none of ours, or has other placeholders.
    """
    check_own(context.prompts, library.prompts)
    check_budget(context.sized_for(mode, library.dialect_of(context)))
    check_gates(context, asking_gates(library.gates))


async def begin(library: Library, given: StoryInput, context: Context) -> StoryRecord:
    """Begin a story. Nothing is written yet: running it does that.

    Raises:
        RecurrentGPTError: as :func:`check_settings`, or the data folder cannot be written.
    """
    await asyncio.to_thread(check_settings, library, context, mode_named(given.mode), given.language)
    return library.begin(given, context)


async def put_back(
    library: Library, path: Path, progress: Callable[[int, int], None] = lambda _done, _of: None
) -> StoryRecord:
    """Put a story back that was exported whole.

    Args:
        library: where to.
        path: the file.
        progress: told how many of its paragraphs are encoded, and of how many.

    What it brings besides text acts only when :func:`take_brought` says so.

    Raises:
        StorageError: the file is no such story, or the data folder cannot be written.
    """
    return await unpack(library, await asyncio.to_thread(read_archive, path), progress)


def take_brought(story: Story, take: Collection[str]) -> None:
    """Let groups of what a story's file or card brought act from now on; the rest of it is forgotten.

    Raises:
        SettingsError: there is no such group, or a setting cannot work here.
        PromptError: a prompt cannot be used here.
        StorageError: it cannot be read or written.
    """
    if odd := sorted(set(take) - set(GROUPS)):
        raise SettingsError("no_such_group", names=odd, known=list(GROUPS))
    brought, record = waiting(story.library, story.record), story.record
    taken = brought.taken(take) if brought else {}
    if taken or story.carried:
        own = usual(record.context, record.mode) if story.carried else record.context
        context = own.changed(taken, record.mode)
        check_words(story.library, context, record.mode)
        story.carried = None
        story.update_record(context=context)
    forget_brought(story.folder)
