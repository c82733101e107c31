"""The book of a story that was played: its scenes told once more in the second or the third person, passage by passage.

Each passage is kept when it was told, so that it can be stopped or killed anywhere, and goes on with what is left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from ..nodes.retelling import Retelling
from ..schemas.errors import ModelUnavailableError, SettingsError
from . import export
from .record import write_text

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from ..memory import Entry
    from ..schemas.context import Context
    from ..schemas.modes import Person
    from .export import Book
    from .story import Story

_KEPT = "retold.json"
_NAME = 80


@dataclass(frozen=True)
class Retold:
    """How far it is: passages that are told, of all."""

    done: int
    total: int


class RetellingCost(NamedTuple):
    """About what it takes: passages that are still to be told, tokens sent and answered."""

    passages: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True)
class Wanted:
    """How it is to be told.

    Attributes:
        person: the person.
        name: what the player is called, in the third.
    """

    person: Person
    name: str = ""

    def check(self) -> None:
        """See that it can be told so.

        Raises:
            SettingsError: a name is missing, or is too long to be one.
        """
        if self.person == "third" and not 0 < len(self.name.strip()) <= _NAME:
            raise SettingsError("retell_needs_a_name")


async def cost_of_retelling(story: Story, context: Context, wanted: Wanted) -> RetellingCost:
    """About what it costs to tell what is not told yet.

    Raises:
        StoryStateError: a step is under way.
    """
    teller, kept = await _teller(story, context, wanted), retold_of(story.folder)
    left = [entry for entry in await story.manuscript() if _key(entry, wanted) not in kept]
    tokens = [teller.tokens(entry) for entry in left]
    return RetellingCost(len(left), sum(sent for sent, _ in tokens), sum(told for _, told in tokens))


async def retell(story: Story, context: Context, wanted: Wanted) -> AsyncIterator[Retold]:
    """Tell what is not told yet.

    Yields:
        How far it is, once a passage is kept.

    Raises:
        SettingsError: as :meth:`Wanted.check`.
        ModelUnavailableError: the model cannot be had, did not answer, or is no more than a demonstration.
        GateError: it gave no usable answer in its tries.
        StoryStateError: a step is under way.
    """
    wanted.check()
    story.check_may_act()
    if story.library.is_demonstration(context):
        raise ModelUnavailableError("retelling_needs_a_model")
    teller, kept, before = await _teller(story, context, wanted), retold_of(story.folder), ""
    entries = await story.manuscript()
    for number, entry in enumerate(entries, start=1):
        key = _key(entry, wanted)
        if key not in kept:
            kept[key] = await teller.tell(entry, before)
            keep_retold(story.folder, kept)
        before = kept[key]
        yield Retold(number, len(entries))


async def retold_book(story: Story, wanted: Wanted, author: str | None = None) -> Book:
    """The book of what was told once more.

    Raises:
        StorageError: nothing of the story is written yet.
        SettingsError: some of it is not told yet.
    """
    book, kept = await export.book_of(story, export.Wanted(author=author, acts=False)), retold_of(story.folder)
    keys = [_key(entry, wanted) for entry in await story.manuscript()]
    if not all(key in kept for key in keys):
        raise SettingsError("not_retold_yet")
    return replace(book, paragraphs=tuple(kept[key] for key in keys))


def keep_retold(folder: Path, kept: dict[str, str]) -> None:
    """Keep passages as they were told once more, by :func:`_key`.

    Raises:
        StorageError: they cannot be written.
    """
    write_text(folder / _KEPT, json.dumps(kept, ensure_ascii=False, indent=1))


async def _teller(story: Story, context: Context, wanted: Wanted) -> Retelling:
    state = await story.state_between_steps()
    return Retelling(state, context, story.library.resources, wanted.person, wanted.name.strip())


def _key(entry: Entry, wanted: Wanted) -> str:
    """What names a passage as it is told: another text, another act, another person makes another."""
    told = json.dumps([wanted.person, wanted.name.strip(), entry.plan, entry.text])
    return blake2b(told.encode(), digest_size=12).hexdigest()


def retold_of(folder: Path) -> dict[str, str]:
    """What was told so far, by :func:`_key`; nothing where the file cannot be read: it is told once more."""
    try:
        kept = json.loads((folder / _KEPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(text) for key, text in kept.items()} if isinstance(kept, dict) else {}
