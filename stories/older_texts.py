"""Which texts a look leaves older than what was changed: of which something else is told by now, or that speak of it.

A text speaks of what is no longer on record where it names all that such a fact was about: who is shown it has to know
that it was written before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..nodes.nearness import is_hinted_at
from ..nodes.overlap import share_said
from ..schemas.looked import LeftOut
from ..schemas.wording import plain
from .looks import changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..memory import Lineage
    from ..schemas.facts import Fact
    from ..schemas.languages import Language
    from ..schemas.leaning import Edited
    from .looks import Look
    from .proposals import Proposed
    from .story import Story


async def with_older_texts(
    story: Story, look: Look, standing: Sequence[Proposed], chosen: Sequence[Proposed], paths: tuple[Lineage, Lineage]
) -> LeftOut:
    """What looks left out, with the texts that are older than a change by now while they stay as they are.

    Args:
        story: the open story.
        look: the look, with the path before what is accepted.
        standing: what was proposed.
        chosen: what of it was accepted.
        paths: the path before that and after it.
    """
    before, path = paths
    edited = await story.remember(lambda memory: changes(look, before, memory))
    own = {one.place for one in edited if one.is_retold}
    told = {place for one in chosen if one.proposal.kind in {"summary", "fact"} and (place := one.place) is not None}
    of_texts = [one for one in standing if one.proposal.kind == "text"]
    waiting = {one.place for one in of_texts if one not in chosen}
    mended = {place for one in of_texts if one in chosen and (place := one.place) is not None}
    there = [one.place for one in edited if one.now]
    older = {
        place: [at for at in there if at < place] or there
        for place in sorted(told - own - mended)
        if place in waiting or not _is_read(look, before, place)
    }
    of_facts = await _that_speak_of(story, edited, path, own | older.keys() | mended)
    older |= {place: of for place, of in of_facts.items() if not _is_read(look, before, place)}
    kept = LeftOut.of(await story.state())
    for place, of in sorted(older.items()):
        (entry,) = await story.entries(path.cut(place + 1), place)
        kept = kept.with_older([entry.text], [path.at(at) for at in of])
    return kept


def _is_read(look: Look, path: Lineage, place: int) -> bool:
    """Whether a passage's text was looked at."""
    return look.with_texts and look.read.place_of(path.at(place)) is not None


async def _that_speak_of(story: Story, edited: Sequence[Edited], path: Lineage, but: set[int]) -> dict[int, list[int]]:
    """The places of texts that speak of what a changed passage before them says no more, each with where that was."""
    found: dict[int, list[int]] = {}
    retold = [one for one in edited if one.is_retold and one.was]
    if not retold:
        return found
    first = min(one.place for one in retold)
    entries = dict(enumerate(await story.entries(path, first), start=first))
    for one in retold:
        gone = list(_gone(one, entries[one.place].facts))
        for place, entry in entries.items():
            is_later = place > one.place and place not in but
            if is_later and any(_speaks_of(fact, entry.text, story.record.language) for fact in gone):
                found.setdefault(place, []).append(one.place)
    return found


def _gone(one: Edited, now: Sequence[Fact]) -> Iterator[Fact]:
    """What a changed passage once showed to be so, and shows no more."""
    kept = {plain(fact.text) for fact in now}
    for fact in one.was.facts if one.was else ():
        if fact.source == "passage" and fact.frame == "now" and fact.kind == "state" and plain(fact.text) not in kept:
            yield fact


def _speaks_of(fact: Fact, text: str, language: Language) -> bool:
    """Whether a text names all that a fact is about: two at least, or one and a word of the fact besides."""
    words = plain(text)
    if not fact.subjects or not all(is_hinted_at(name, words) for name in fact.subjects):
        return False
    return len(fact.subjects) > 1 or share_said(fact.text, text, language, fact.subjects) > 0
