"""What became of a passage: its versions in order, who made each, and what an undo took back.

An edit's slot is named by the slot that it was made of and by what it says, and no entry of the memory ever changes: so
the versions of a passage find each other, also in stories of an earlier version. Beside the story stands only what that
cannot tell: that an edit was the model's rewriting and not a person's, and which path was written anew as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from ..memory import Lineage
from ..schemas.facts import DRAFT, Knowledge
from ..schemas.lineage import Slot, edited_slot
from .paragraphs import place_of
from .record import write_text
from .word_diff import Piece, word_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ..memory import Entry
    from .story import Story

KEPT = "hands.json"
_MOST_EDITS, _MOST_PATHS = 2000, 50
_A_DIGEST = re.compile("[0-9a-f]{16}")
"""The branch of an edit: no other passage is looked at for what it was made of."""

By = Literal["model", "first", "person", "rewriting", "look", "rename"]
"""Whose a version is: the model's by a plan; what first stood there (an opening, a manuscript, a person's own words);
an edit by hand; a rewriting that was taken; what a look after edits proposed; words put in everywhere."""


class WrittenAnew(BaseModel):
    """A path that was written anew as a whole, and what it is now."""

    model_config = ConfigDict(frozen=True)

    was: list[JsonValue]
    now: list[JsonValue]


class Hands(BaseModel):
    """Whose versions are that no person wrote.

    Attributes:
        edits: slots (a branch, a number), and whose they are.
        paths: paths that were written anew as a whole.
    """

    model_config = ConfigDict(frozen=True)

    edits: tuple[tuple[str, int, By], ...] = Field((), max_length=_MOST_EDITS)
    paths: tuple[WrittenAnew, ...] = Field((), max_length=_MOST_PATHS)


@dataclass(frozen=True)
class Version:
    """A passage as it was, or is.

    Attributes:
        text: it.
        by: whose it is.
        is_now: whether it stands in the book.
        is_past: whether what stands in the book was made of it; else it was taken back, or is another branch's.
        diff: what differs from the version that it was made of; of the first, nothing.
    """

    text: str
    by: By
    is_now: bool
    is_past: bool
    diff: tuple[Piece, ...] = ()


async def history(story: Story, paragraph: int) -> list[Version]:
    """The versions of a passage of the current branch, each behind the one that it was made of.

    Edits of its summary or its facts, which leave its text, are no versions.

    Args:
        story: the open story.
        paragraph: its number, from 1.

    Raises:
        StoryStateError: there is no such passage.
    """
    lineage = Lineage.from_json((await story.state()).get("lineage"))
    here = lineage.at(place_of(paragraph, lineage))
    entries = {entry.slot: entry for entry in await story.remember(lambda memory: memory.entries())}
    hands = hands_of(story.folder)
    made_of = _made_of(here, entries, hands.paths)
    hand = {Slot(branch, seq): by for branch, seq, by in hands.edits}
    ancestors = [here]
    while (before := made_of.get(ancestors[-1])) is not None:
        ancestors.append(before)
    versions: list[Version] = []
    shown: dict[Slot, int] = {}
    for slot in _in_order(ancestors[-1], made_of, set(ancestors)):
        entry, before = entries[slot], made_of.get(slot)
        was = entries[before].text if before is not None else None
        is_now, is_past = slot == here, slot in ancestors
        if before is not None and was == entry.text:  # only its summary, or what it made true
            at = shown[slot] = shown[before]
            versions[at] = replace(versions[at], is_now=versions[at].is_now or is_now)
            continue
        by = _by(entry, before, hand.get(slot), hands.paths)
        diff = tuple(word_diff(was, entry.text)) if was is not None else ()
        shown[slot] = len(versions)
        versions.append(Version(entry.text, by, is_now, is_past, diff))
    return versions


def note_hand(story: Story, path: Lineage, place: int, by: By) -> None:
    """Note whose the passage is that stands at a place of a path (from 0): no person wrote it.

    Raises:
        StorageError: it cannot be kept.
    """
    kept, slot = hands_of(story.folder), path.at(place)
    keep_hands(
        story.folder, kept.model_copy(update={"edits": (*kept.edits, (slot.branch, slot.seq, by))[-_MOST_EDITS:]})
    )


def note_rewritten(story: Story, was: Lineage, now: Lineage) -> None:
    """Note that a path was written anew as a whole, place by place.

    Raises:
        StorageError: it cannot be kept.
    """
    kept = hands_of(story.folder)
    path = WrittenAnew.model_validate({"was": was.to_json(), "now": now.to_json()})
    keep_hands(story.folder, kept.model_copy(update={"paths": (*kept.paths, path)[-_MOST_PATHS:]}))


def _made_of(here: Slot, entries: Mapping[Slot, Entry], paths: Iterable[WrittenAnew]) -> dict[Slot, Slot]:
    """Of every version that belongs together with one: the slot that it was made of."""
    found: dict[Slot, Slot] = {}
    ways = [(Lineage.from_json(path.was), Lineage.from_json(path.now)) for path in paths]
    names = {slot: list(_contents(entry)) for slot, entry in entries.items() if _A_DIGEST.fullmatch(slot.branch)}
    waiting, seen = [here], {here}
    while waiting:
        slot = waiting.pop()
        before = next((was for was in entries if _is_made_of(entries.get(slot), names.get(slot, ()), was)), None)
        before = before or next(_along(slot, ways), None)
        after = [now for now in names if _is_made_of(entries[now], names[now], slot)]
        after += list(_along(slot, [(now, was) for was, now in ways]))
        if before is not None and before in entries:
            found[slot] = before
        found |= {now: slot for now in after if now in entries}
        new = [one for one in (before, *after) if one is not None and one in entries and one not in seen]
        seen.update(new)
        waiting += new
    return found


def _along(slot: Slot, ways: Iterable[tuple[Lineage, Lineage]]) -> Iterator[Slot]:
    """What stood on the first of two paths where a slot stands on the second, and is another there."""
    for was, now in ways:
        place = now.place_of(slot)
        if place is not None and place < was.length and was.at(place) != slot:
            yield was.at(place)


def _is_made_of(entry: Entry | None, contents: Iterable[tuple[str, ...]], was: Slot) -> bool:
    if entry is None or entry.slot == was:
        return False
    return any(edited_slot(entry.path, entry.seq, was, *content) == entry.slot for content in contents)


def _contents(entry: Entry) -> Iterator[tuple[str, ...]]:
    """What may have named an entry's slot: it as it is, before its new facts had ids, before it had any."""
    yield entry.content
    if entry.knowledge is not None:
        yield replace(entry, knowledge=_draft(entry.knowledge, entry.slot)).content
        yield replace(entry, knowledge=None).content


def _draft(knowledge: Knowledge, slot: Slot) -> Knowledge:
    own = f"{slot.branch}:{slot.seq}:"

    def name(given: str) -> str:
        return DRAFT + given.removeprefix(own) if given.startswith(own) else given

    return Knowledge(
        tuple(replace(fact, id=name(fact.id)) for fact in knowledge.facts),
        tuple(replace(change, by=name(change.by)) for change in knowledge.changes),
    )


def _in_order(first: Slot, made_of: Mapping[Slot, Slot], past: set[Slot]) -> Iterator[Slot]:
    """A version, then all that were made of it; what stands in the book comes last of several."""
    waiting = [first]
    while waiting:
        slot = waiting.pop()
        yield slot
        after = sorted((one for one, was in made_of.items() if was == slot), key=lambda one: (one not in past, one))
        waiting += after


def _by(entry: Entry, before: Slot | None, noted: By | None, paths: Iterable[WrittenAnew]) -> By:
    if noted is not None:
        return noted
    if before is None:
        return "model" if entry.plan else "first"
    is_renamed = any(Lineage.from_json(path.now).place_of(entry.slot) is not None for path in paths)
    is_named_so = any(edited_slot(entry.path, entry.seq, before, *one) == entry.slot for one in _contents(entry))
    return "rename" if is_renamed and not is_named_so else "person"


def hands_of(folder: Path) -> Hands:
    """What is noted in a story's folder; nothing where it cannot be read: then a person is taken for who edited."""
    try:
        return Hands.model_validate_json((folder / KEPT).read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return Hands()


def keep_hands(folder: Path, hands: Hands) -> None:
    """Put it into a story's folder.

    Raises:
        StorageError: it cannot be written.
    """
    write_text(folder / KEPT, hands.model_dump_json())
