"""One's own words at the pause: put in at the end or between, taken out, moved, cut, joined; and words written anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..schemas.errors import SettingsError, StoryStateError
from ..stories import own_prose, passages, rewriting, splitting
from .acts import confirm, whole
from .keys import typed
from .terminal import console, in_an_editor
from .words import every, t
from .wrapping import Prose

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from ..schemas.context import Context
    from ..stories.story import Story

_VERSIONS = 2
_DIGITS = 3


def _number_and_more(given: str) -> tuple[int, str]:
    """A paragraph's number, and what stands after it.

    Raises:
        SettingsError: no number stands first.
    """
    first, _, more = given.partition(" ")
    return whole(first), more.strip()


def add(runner: asyncio.Runner, story: Story, given: str, go_on: Callable[[], None]) -> bool:
    """Put one's own words at the end, or after the paragraph whose number stands first.

    Args:
        runner: what runs what is awaited.
        story: the open story.
        given: the number, if any, and the words; without words, the person's editor opens.
        go_on: lets the memories follow a passage, where the words are several.

    Returns:
        Whether they are the end: then the story has to go on, so that the memories follow.

    Raises:
        SettingsError: there is nothing to put in, or the editor does not work.
        StoryStateError: there is no such paragraph.
    """
    numbered = re.match(r"(\d{1,9})(?:\s+|$)(.*)", given, re.ASCII | re.DOTALL)
    text = (numbered[2] if numbered else given).strip() or in_an_editor("").strip()
    if not text:
        raise SettingsError("nothing_to_change")
    if numbered and int(numbered[1]) < story.record.paragraphs:
        placed = runner.run(passages.insert(story, int(numbered[1]), text))
        confirm(t("put_in_as", number=placed.paragraph))
        return False
    *first, last = own_prose.passages_of(text, story.record.language)
    for passage in first:
        runner.run(own_prose.put_at_end(story, passage))
        go_on()
    runner.run(own_prose.put_at_end(story, last))
    return True


async def take_out(story: Story, given: str) -> None:
    """Take a paragraph out."""
    await passages.remove(story, whole(given))
    confirm(t("took_out", number=given))


async def move(story: Story, given: str) -> None:
    """Move a paragraph: its number, and the one that it is to have."""
    number, to = _number_and_more(given)
    await passages.move(story, number, whole(to))
    confirm(t("moved", number=number, to=to))


async def join(story: Story, given: str) -> None:
    """Make one of a paragraph and the one after it."""
    number = whole(given)
    await splitting.merge(story, number)
    confirm(t("joined", number=number, next=number + 1))


async def cut(story: Story, given: str) -> None:
    """Cut a paragraph in two behind the words that stand after its number.

    Raises:
        SettingsError: there are no words.
        StoryStateError: they do not stand there.
    """
    number, words = _number_and_more(given)
    await cut_behind(story, number, words)
    confirm(t("cut_in_two", number=number))


async def cut_behind(story: Story, number: int, words: str) -> None:
    """Cut a paragraph in two behind some of its words.

    Raises:
        SettingsError: there are no words.
        StoryStateError: they do not stand there.
    """
    if not words:
        raise SettingsError("cut_words_missing", number=number)
    before, found, _ = (await story.entry(number)).text.partition(words)
    if not found:
        raise StoryStateError("cut_words_gone", number=number, words=words[:80])
    await splitting.split(story, number, len(before) + len(words))


def rewrite(runner: asyncio.Runner, story: Story, context: Context, given: str) -> bool:
    """Have a paragraph written in another way, and ask which version is to stand, until one is named or none is to.

    Args:
        runner: what runs what is awaited.
        story: the open story.
        context: the settings of the run.
        given: the paragraph's number, and what it is to be: a word of the catalogue's, or an instruction.

    Returns:
        Whether one was taken.
    """
    number, said = _number_and_more(given)
    way, more = _way(said)
    asked = runner.run(rewriting.asked_for(story, number, way, more))
    with console.status(t("rewriting"), spinner="dots"):
        made = runner.run(written(story, context, asked, _VERSIONS))
    print_versions(made.versions)
    version = _picked(len(made.versions))
    if version is None:
        console.print(t("versions_wait"), markup=False)
        return False
    runner.run(rewriting.accept(story, made.name, version))
    confirm(t("changed_text", number=number))
    return True


def _picked(count: int) -> int | None:
    """Which of so many versions is to stand, from 1; ``None``: none. A slip is asked again: versions cost time."""
    while True:
        try:
            line = typed(t("prompt_versions", count=count)).strip()
        except EOFError:
            return None
        if not line:
            return None
        if line.isdecimal() and len(line) <= _DIGITS and 1 <= int(line) <= count:
            return int(line)


async def written(story: Story, context: Context, asked: rewriting.Rewriting, count: int) -> rewriting.Rewriting:
    """Versions of some words, once so many are there."""
    return [one async for one in rewriting.write_versions(story, context, asked, count)][-1]


def print_versions(versions: Sequence[str]) -> None:
    """Versions of some words as a numbered list."""
    for count, text in enumerate(versions, start=1):
        console.print(Prose(f"{count}  {text}", indent=2, hang=3))
        console.print()


def _way(said: str) -> tuple[str, str]:
    """What is asked for, and what is said besides: a known word may stand first."""
    for name in (*rewriting.WAYS, "again", "on"):
        for word in every(f"way_{name}"):
            if said.casefold().startswith(word) and not said[len(word) : len(word) + 1].isalnum():
                return name, said[len(word) :].strip(" ,.:：，。")
    return "otherwise", said


ACTS: dict[str, Callable[[Story, str], Coroutine[Any, Any, None]]] = {
    "take_out": take_out,
    "move": move,
    "join": join,
    "cut": cut,
}
