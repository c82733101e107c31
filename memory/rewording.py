"""Many passages of a path put in other words at once: one new branch over their range, and nothing else is touched.

A passage that has as many sentences as before gets the vectors that it had: a name is a small part of what a sentence
means, and thousands of them are encoded in minutes. Its words are weighed anew, so that it is found by the new name.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING

from .points import fact_point, fact_point_id, passage_id, passage_point

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from ..schemas.entries import Entry
    from ..schemas.lineage import Lineage, Slot
    from .points import Encoder
    from .store import NewPoint, Store

_PIECE = 200
"""Passages whose points are made and written at once."""


def put_in_place(
    store: Store, encoder: Encoder, lineage: Lineage, was: Sequence[Entry], now: Sequence[Entry]
) -> Lineage:
    """The path that sees other words in its places. Made twice, it is the same path.

    Args:
        store: where the passages are.
        encoder: what weighs words, and encodes what cannot be copied.
        lineage: the path.
        was: all of its passages.
        now: what is to stand in their places.
    """
    changed = [place for place, (old, new) in enumerate(zip(was, now, strict=True)) if _says_other(old, new)]
    if not changed:
        return lineage
    first, end = changed[0], changed[-1] + 1
    told = blake2b(json.dumps([entry.content for entry in now[first:end]]).encode(), digest_size=16).hexdigest()
    path = lineage.rewritten(first, end, told)
    moved = [
        entry.at(path.at(place), path.cut(place).digest) for place, entry in enumerate(now[first:end], start=first)
    ]
    for start in range(0, len(moved), _PIECE):
        pairs = list(zip(was[first + start : end], moved[start : start + _PIECE], strict=False))
        store.insert(_points_like(store, encoder, pairs))
    return path


def _says_other(old: Entry, new: Entry) -> bool:
    """Whether anything of a passage is new that names its slot."""
    return (old.text, old.summary, old.knowledge) != (new.text, new.summary, new.knowledge)


def _points_like(store: Store, encoder: Encoder, pairs: Sequence[tuple[Entry, Entry]]) -> list[NewPoint]:
    """The points of passages in other words, each with the vectors of the one that it was, where that has as many.

    They are not read here: the engine copies them before anybody searches.
    """
    ids = [_ids(store.story_id, old) for old, _ in pairs]
    there = _there(store, ids)
    made: list[NewPoint] = []
    anew: list[Entry] = []
    for (old, new), kept in zip(pairs, ids, strict=True):
        is_alike = len(old.facts) == len(new.facts) and len(encoder.sentences(old)) == len(encoder.sentences(new))
        if not is_alike or not there.issuperset(kept):
            anew.append(new)
            continue
        passage, *facts = kept.values()
        made.append(passage_point(store.story_id, new, [], encoder, passage))
        made.extend(
            fact_point(store.story_id, new, fact, [], encoder, like)
            for fact, like in zip(new.facts, facts, strict=True)
        )
    return [*made, *encoder.points(store.story_id, anew)]


def _ids(story_id: str, entry: Entry) -> dict[tuple[str, int, str], UUID]:
    """The points of a passage and of its facts, by branch, number and fact."""
    facts = {(*entry.slot, fact.id): fact_point_id(story_id, entry.slot, fact) for fact in entry.facts}
    return {(*entry.slot, ""): passage_id(story_id, entry.slot), **facts}


def _there(store: Store, ids: Sequence[Mapping[tuple[str, int, str], UUID]]) -> set[tuple[str, int, str]]:
    """Which of these points of passages and of their facts are there, by branch, number and fact."""
    found = store.get([point for of_passage in ids for point in of_passage.values()], ["branch", "seq", "fact"])
    return {(str(kept["branch"]), int(kept["seq"]), str(kept.get("fact", ""))) for kept in found}


def points_with_vectors(
    source: Store, story_id: str, encoder: Encoder, pairs: Sequence[tuple[Entry, Entry]]
) -> list[NewPoint]:
    """The points of passages in other words or in another place, with the vectors that they had.

    Args:
        source: where they were.
        story_id: whose they are to be.
        encoder: what weighs words, and encodes what cannot be copied.
        pairs: each as it was, and as it is to be.
    """
    vectors = _vectors(source, pairs)
    made: list[NewPoint] = []
    anew: list[Entry] = []
    for old, new in pairs:
        of_passage = vectors.get(old.slot, [])
        facts = [vectors.get((old.slot, fact.id), []) for fact in old.facts]
        if len(of_passage) != len(encoder.sentences(new)) or not all(facts):
            anew.append(new)
            continue
        made.append(passage_point(story_id, new, of_passage, encoder))
        made.extend(fact_point(story_id, new, fact, kept, encoder) for fact, kept in zip(new.facts, facts, strict=True))
    return [*made, *encoder.points(story_id, anew)]


def _vectors(store: Store, pairs: Sequence[tuple[Entry, Entry]]) -> dict[Slot | tuple[Slot, str], list[list[float]]]:
    """The stored vectors of the old passages, by slot, and of their facts, by slot and fact."""
    found: dict[Slot | tuple[Slot, str], list[list[float]]] = {}
    for old, _ in pairs:
        ids = [passage_id(store.story_id, old.slot)]
        ids.extend(fact_point_id(store.story_id, old.slot, fact) for fact in old.facts)
        kept = store.vectors(ids)
        if len(kept) == len(ids):  # Where one is missing, all are encoded anew.
            found[old.slot], *of_facts = kept
            found |= {(old.slot, fact.id): vectors for fact, vectors in zip(old.facts, of_facts, strict=True)}
    return found
