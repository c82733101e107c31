"""What the novels of an evaluation are about, by genre and language; and what is planted in each to be found again."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ..schemas.languages import language_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..schemas.languages import Language

TONGUES: Final = ("en", "zh")
"""The languages that topics and the baselines' prompts are written in."""


class Change(NamedTuple):
    """Something that is so at the beginning of a novel, and no longer from its middle on.

    Attributes:
        was: a sentence that is put at the end of the opening.
        was_marks: the words by which it is known again, all in one sentence.
        now: a sentence that is put at the end of a paragraph in the middle.
        now_marks: the words by which that is known again.
        need: a plan that needs what holds, and does not give it away.
        question: what a reader of the book is asked.
        then: the answer that was right at first.
        since: the answer that is right from then on.
    """

    was: str = ""
    was_marks: tuple[str, ...] = ()
    now: str = ""
    now_marks: tuple[str, ...] = ()
    need: str = ""
    question: str = ""
    then: str = ""
    since: str = ""


class Topic(NamedTuple):
    """What one novel is about, and what is planted in it.

    Attributes:
        id: a name for folders.
        genre: its genre's name in the data, the same in every language.
        text: the topic.
        fact: a sentence that is put at the end of the first paragraph.
        marks: the words by which the fact is known again.
        need: a plan that needs the fact and does not name it.
        tag: the language's.
        genre_told: the genre in the novel's language.
        change: what is otherwise from the middle on.
    """

    id: str
    genre: str
    text: str
    fact: str
    marks: tuple[str, ...]
    need: str
    tag: str = "en"
    genre_told: str = ""
    change: Change = Change()

    @property
    def language(self) -> Language:
        """The novel's."""
        return language_named(self.tag)


def topics(names: Sequence[str], novels: int, tag: str = "en") -> Iterator[Topic]:
    """So many topics of each genre, in order.

    Args:
        names: the genres'.
        novels: how many of each.
        tag: the language's.
    """
    facts, changes = _data(tag)["facts"], _data(tag)["changes"]
    for genre in names:
        found = genres(tag)[genre]
        for number, text in enumerate(found["topics"][:novels]):
            fact, change = facts[number % len(facts)], changes[number % len(changes)]
            name = f"{genre.replace(' ', '-')}-{number + 1}"
            told = found.get("name", genre)
            yield Topic(
                name, genre, text, fact["sentence"], tuple(fact["words"]), fact["plan"], tag, told, _change(change)
            )


def genres(tag: str = "en") -> dict[str, Any]:
    """The genres of the paper's experiment: how many words a novel has, and the topics."""
    found: dict[str, Any] = _data(tag)["genres"]
    return found


def _change(given: dict[str, Any]) -> Change:
    marks = {name: tuple(given[name]) for name in ("was_marks", "now_marks")}
    return Change(**{**given, **marks})


@lru_cache
def _data(tag: str) -> dict[str, Any]:
    text = (files(__package__ or "") / "data" / f"topics-{tag}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
