"""Words in a book: where they stand in its text, its chapters, its memories, its premise, with what is around."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..memory import Lineage
from ..schemas.aliases import edges
from ..schemas.errors import StoryStateError
from ..schemas.story_input import PREMISE
from .paragraphs import as_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ..memory import Entry
    from ..schemas.state import StoryState
    from .story import Story

Where = Literal["text", "chapters", "summary", "fact", "memory", "plans", "premise"]
"""What words stand in."""

LONGEST = 200
"""Characters that what is looked for may have."""
_AROUND = 50
"""Characters that are shown of what stands before and after."""
_WORD = 20
"""Characters within which a word is taken to begin or end, where its script divides words."""
_ANY_APOSTROPHE = "['’]"
_APOSTROPHE = re.compile(_ANY_APOSTROPHE)


@dataclass(frozen=True)
class Place:
    """One place where the words stand.

    Attributes:
        where: in what.
        paragraph: of which passage, from 1; 0: of none.
        before: what stands before them.
        found: they, as they stand there.
        after: what stands after them.
    """

    where: Where
    paragraph: int
    before: str
    found: str
    after: str


@dataclass(frozen=True)
class Finding:
    """What was found.

    Attributes:
        places: some of the places, in the order of the book; what belongs to no passage comes first.
        counts: how many there are in all, by what they stand in.
    """

    places: tuple[Place, ...]
    counts: Mapping[Where, int]

    @property
    def count(self) -> int:
        """How many places there are in all."""
        return sum(self.counts.values())


async def find(  # noqa: PLR0913 (what is looked for, where, and how much of it is told)
    story: Story,
    words: str,
    *,
    first: int = 0,
    most: int | None = None,
    whole: bool = False,
    at: int | None = None,
) -> Finding:
    """Look for words in the current branch; capitals, the sort of an apostrophe and line breaks make no difference.

    Args:
        story: the open story.
        words: what is looked for.
        first: how many places are passed over.
        most: how many are told; ``None``: all.
        whole: whether whole words are meant, where the script divides them.
        at: as of which passage; ``None``: in all that there are.

    Raises:
        StoryStateError: there is nothing to look for, it is too long, or the branch has fewer passages.
    """
    if not words.strip():
        raise StoryStateError("text_empty")
    if len(words) > LONGEST:
        raise StoryStateError("text_too_long", count=len(words), most=LONGEST)
    state = await story.state()
    entries = await story.entries(as_of(Lineage.from_json(state.get("lineage")), at))
    pattern = _pattern(words, whole=whole)
    end = None if most is None else first + most

    def look() -> Finding:
        places: list[Place] = []
        counts: Counter[Where] = Counter()
        for number, (where, paragraph, text, hit) in enumerate(_hits(state, entries, pattern)):
            counts[where] += 1
            if number >= first and (end is None or number < end):
                before, after = _around(text, hit)
                places.append(Place(where, paragraph, before, hit[0], after))
        return Finding(tuple(places), counts)

    return await asyncio.to_thread(look)  # A long book takes a moment.


def _around(text: str, hit: re.Match[str]) -> tuple[str, str]:
    """What stands before and after a hit; a word that does not go into it whole is left out, with dots for the rest."""
    before, after = text[: hit.start()], text[hit.end() :]
    if len(before) > _AROUND:
        kept = before[-_AROUND:]
        _, space, rest = kept[:_WORD].partition(" ")
        before = f"…{rest + kept[_WORD:] if space else kept}"
    if len(after) > _AROUND:
        kept = after[:_AROUND]
        rest, space, _ = kept[-_WORD:].rpartition(" ")
        after = f"{kept[:-_WORD] + rest if space else kept}…"
    return before, after


def _pattern(words: str, *, whole: bool) -> re.Pattern[str]:
    """What finds the words."""
    before, after = edges(words.strip()) if whole else ("", "")
    made = r"\s+".join(re.escape(part) for part in words.split())
    return re.compile(f"{before}{_APOSTROPHE.sub(_ANY_APOSTROPHE, made)}{after}", re.IGNORECASE)


def _hits(
    state: StoryState, entries: Sequence[Entry], pattern: re.Pattern[str]
) -> Iterator[tuple[Where, int, str, re.Match[str]]]:
    for where, paragraph, text in _texts(state, entries):
        for hit in pattern.finditer(text):
            yield where, paragraph, text, hit


def _texts(state: StoryState, entries: Sequence[Entry]) -> Iterator[tuple[Where, int, str]]:
    """Every text of a branch: what it stands in, and of which passage."""
    kept: Mapping[str, object] = state
    for name in PREMISE:
        yield "premise", 0, str(kept.get(name) or "")
    yield "memory", 0, state.get("short_term_memory", "")
    for plan in state.get("plans", []):
        yield "plans", 0, plan["text"]
    chapters = {chapter["seq"]: chapter["title"] for chapter in state.get("chapters", [])}
    for place, entry in enumerate(entries):
        number = place + 1
        yield "chapters", number, chapters.get(place, "")
        yield "text", number, entry.text
        yield "summary", number, entry.summary
        for fact in entry.facts:
            yield "fact", number, fact.text
