"""What the nodes use of the long-term memory: append along a lineage, recall, read back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..schemas.entries import Entry
from ..schemas.errors import MemoryUnavailableError
from ..schemas.facts import fold
from ..schemas.lineage import Slot
from .fact_search import FactSearch
from .points import Encoder, fact_point_id, passage_id, passage_payload
from .recalling import Recalling
from .rewording import points_with_vectors, put_in_place
from .store import Seen
from .synopses import Synopses

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from langchain_core.embeddings import Embeddings

    from ..schemas.entries import Recalled
    from ..schemas.facts import FactHistory, FactState, Knowledge
    from ..schemas.languages import Language
    from ..schemas.lineage import Lineage
    from .store import Store


_PIECE = 100
"""Passages that are read at once, where a path is read from its end."""


class LongTermMemory:
    """A story's long-term memory, as one state of it sees it through its lineage.

    Attributes:
        facts: what it knows of what holds, and how that is looked up.
        synopses: the book so far, in few words.
    """

    def __init__(self, store: Store, embeddings: Embeddings, language: Language) -> None:
        """A memory over an open store.

        Args:
            store: the engine.
            embeddings: what makes its vectors.
            language: the story's, for where its sentences end.
        """
        self._store = store
        self._encoder = Encoder(embeddings, language)
        self.facts = FactSearch(store, self._encoder)
        self._recalling = Recalling(store, self._encoder)
        self.synopses = Synopses(store)

    def append(
        self, lineage: Lineage, text: str, summary: str, plan: str = "", knowledge: Knowledge | None = None
    ) -> Lineage:
        """Write one passage at the end of a path, and give the path that sees it.

        The same passage after the same path is a replay: nothing is written, nothing encoded, and what stands there
        counts. Another one opens a branch. An insert that leaves a taken slot alone, and a look at what then stands
        there, decide between two writers of one slot.

        Args:
            lineage: the path.
            text: the passage.
            summary: its summary.
            plan: the plan it followed.
            knowledge: what it made true and what it changed; ``None`` where that was not looked for.
        """
        single = self._encoder.language.search.by_characters
        if lineage:
            # A memory that was deleted is noticed, not begun anew.
            single = self.entry(lineage, lineage.length - 1).by_characters
        slot = lineage.next_slot()
        draft = Entry(*slot, text=text, summary=summary, plan=plan, knowledge=knowledge, by_characters=single)
        for slot in (lineage.next_slot(), lineage.fork_slot_of_0_1(text), lineage.fork_slot(text)):
            if lineage.place_of(slot) is None and self._settle(draft.at(slot, lineage.digest), lineage):
                return lineage.append(slot)
        msg = f"two different texts share the digest of branch '{slot.branch}'"
        raise AssertionError(msg)

    def edit(  # noqa: PLR0913 (what there is of a passage)
        self,
        lineage: Lineage,
        place: int,
        *,
        text: str | None = None,
        summary: str | None = None,
        knowledge: Knowledge | None = None,
        by_hand: bool = False,
    ) -> Lineage:
        """Change a passage of the path, its summary, what it made true, and give the path that sees the change.

        The old entry stays for every other path and every older checkpoint.

        Args:
            lineage: the path.
            place: where, from 0.
            text: the passage as it is to be; ``None`` leaves it.
            summary: its summary as it is to be; ``None`` leaves it.
            knowledge: what it makes true and changes; ``None`` leaves it.
            by_hand: whether a person wrote the summary.

        Raises:
            ValueError: the path has no such place.
            MemoryUnavailableError: what stood there is gone.
        """
        kept = self.entry(lineage, place)
        new = replace(
            kept,
            text=kept.text if text is None else text,
            summary=kept.summary if summary is None else summary,
            knowledge=kept.knowledge if knowledge is None else knowledge,
            is_put_right=kept.is_put_right if summary in {None, kept.summary} else by_hand,
        )
        if new == kept:
            return lineage
        slot = lineage.edit_slot(place, *new.content)
        if not self._get(slot):
            self._insert(new.at(slot, lineage.cut(place).digest))
        return lineage.replace(place, slot)

    def insert(self, lineage: Lineage, place: int, text: str, summary: str, *, by_hand: bool = False) -> Lineage:
        """Put a passage in before what stands at a place (at the length: at the end), and give the path that sees it.

        What it makes true was not looked for yet.

        Args:
            lineage: the path.
            place: where, from 0.
            text: the passage.
            summary: its summary.
            by_hand: whether a person wrote that.

        Raises:
            ValueError: the path has no such place.
            MemoryUnavailableError: what stands on the path is gone.
        """
        single = self.entry(lineage, lineage.length - 1).by_characters
        slot = lineage.insert_slot(place, text, summary)
        path = lineage.insert(place, slot)
        if not self._get(slot):
            draft = Entry(*slot, text=text, summary=summary, by_characters=single, is_put_right=by_hand)
            self._insert(draft.at(slot, lineage.cut(place).digest))
        return path

    def put_in_place(self, lineage: Lineage, was: Sequence[Entry], now: Sequence[Entry]) -> Lineage:
        """Put all passages of a path in other words at once, and give the path that sees them: see :mod:`.rewording`.

        Args:
            lineage: the path.
            was: its passages, as they were read.
            now: what is to stand in their places: other texts, summaries, facts.
        """
        return put_in_place(self._store, self._encoder, lineage, was, now)

    def learn(self, lineage: Lineage, place: int, knowledge: Knowledge) -> None:
        """Add what a passage made true and changed to a passage of which that was never looked for.

        Every path that sees the passage sees it: nothing is changed that anybody has seen.

        Raises:
            ValueError: the path has no such place.
            MemoryUnavailableError: what stood there is gone.
        """
        entry = self.entry(lineage, place)
        if entry.knowledge is None:
            entry = replace(entry, knowledge=knowledge.at(entry.slot))
            self._store.amend(passage_id(self._store.story_id, entry.slot), passage_payload(entry))
        self._find_by_facts([entry])

    def mend(self, lineage: Lineage) -> None:
        """Make what is missing of what the facts of a path are found by: a kill while they were built leaves some out.

        Raises:
            MemoryUnavailableError: some of the path is gone.
        """
        self._find_by_facts(self.read(lineage))

    def entry(self, lineage: Lineage, place: int) -> Entry:
        """What stands at a place of a path.

        Raises:
            ValueError: the path has no such place.
            MemoryUnavailableError: what stood there is gone.
        """
        found = self._get(lineage.at(place))
        if not found:
            raise MemoryUnavailableError("memory_lost", number=place + 1)
        return found[0]

    def _get(self, *slots: Slot) -> list[Entry]:
        ids = [passage_id(self._store.story_id, slot) for slot in slots]
        return [Entry.from_json(payload) for payload in self._store.get(ids)]

    def _insert(self, *entries: Entry) -> None:
        self._store.insert(self._encoder.points(self._store.story_id, entries))

    def _settle(self, entry: Entry, lineage: Lineage) -> bool:
        """Whether the same passage after the same path stands in the entry's slot, put there if it was free."""
        found = self._get(entry.slot)
        if not found:
            if entry.slot == lineage.fork_slot_of_0_1(entry.text):
                return False
            self._insert(entry)
            found = self._get(entry.slot)
        stands = found[0]
        if stands.text != entry.text or stands.path not in ("", entry.path):
            return False
        if stands != entry:
            self._find_by_facts([stands])
        return True

    def _find_by_facts(self, entries: Sequence[Entry]) -> None:
        """Make the points by which the facts of entries are found, where they are missing.

        Two writers of a slot, a kill between two writes, or facts that were built late leave some out.
        """
        wanted = {
            fact_point_id(self._store.story_id, entry.slot, fact): fact.id for entry in entries for fact in entry.facts
        }
        if not wanted:
            return
        missing = set(wanted.values()) - {str(payload["fact"]) for payload in self._store.get(list(wanted), ["fact"])}
        if missing:
            lacking = [entry for entry in entries if not missing.isdisjoint(fact.id for fact in entry.facts)]
            self._store.insert(self._encoder.points(self._store.story_id, lacking, passages=False))

    def recall(  # noqa: PLR0913 (what a recall is made of)
        self,
        lineage: Lineage,
        questions: Sequence[str],
        limit: int,
        leave_out: Collection[int] = (),
        *,
        in_short: int = 0,
        by_words: bool = True,
    ) -> list[Recalled]:
        """The ``limit`` passages of the path that ``questions`` lead to, best first, and why each was found.

        The best passage of each cue is always among them, or among those in short.

        Args:
            lineage: the path that is searched.
            questions: the plan, and its cues, what it would lean on; each is searched by meaning and by its words, or
                by its words alone where the embedding model does not know the language. All cues together are one
                question more.
            limit: how many passages; with none, there are none in short either.
            leave_out: places that are not returned, because the prompt already holds them.
            in_short: how many more follow, of which a summary is enough.
            by_words: whether words count (BM25), and not meaning alone.
        """
        if not (limit and lineage and questions):
            return []
        single = self.entry(lineage, lineage.length - 1).by_characters
        seen = Seen(lineage, leave_out=[lineage.at(place) for place in leave_out if place in range(lineage.length)])
        return self._recalling.passages(questions, seen, limit, in_short, by_words=by_words, by_characters=single)

    def read(self, lineage: Lineage, first: int = 0) -> list[Entry]:
        """Every passage of the path from the place ``first`` on, in order: the manuscript.

        Raises:
            MemoryUnavailableError: some of it is gone.
        """
        slots = lineage.slots(first)
        found = self._get(*slots)
        if len(found) != len(slots):
            there = {entry.slot for entry in found}
            missing = next(number for number, slot in enumerate(slots) if slot not in there)
            raise MemoryUnavailableError("memory_lost", number=first + missing + 1)
        return found

    def texts(self, slots: Sequence[Slot]) -> dict[Slot, str]:
        """The texts alone that stand in these slots: far quicker than their entries. What is gone is left out."""
        ids = [passage_id(self._store.story_id, slot) for slot in slots]
        found = self._store.get(ids, ("branch", "seq", "text"))
        return {Slot(kept["branch"], kept["seq"]): kept["text"] for kept in found}

    def history(self, lineage: Lineage) -> FactHistory:
        """Every fact of a path, and what became of it: read and folded passage by passage.

        Raises:
            MemoryUnavailableError: some of the path is gone.
        """
        return fold(self.read(lineage))

    def holding(self, lineage: Lineage, most: int | None = None) -> list[FactState]:
        """What is so at the end of a path, the newest first: facts that hold, threads left out.

        Args:
            lineage: the path.
            most: how many are enough: the path is read from its end, a piece at a time, until there are so many.

        Raises:
            MemoryUnavailableError: some of it is gone.
        """
        found: list[FactState] = []
        end = lineage.length
        while end and (most is None or len(found) < most):
            start = max(0, end - _PIECE)
            entries = self.read(lineage.cut(end), start)
            here = [state for state in self.facts.of(lineage, entries) if start <= state.since < end]
            is_so = [state for state in here if state.holds and state.fact.kind != "thread"]
            found.extend(sorted(is_so, key=lambda state: -state.since))
            end = start
        return found[:most]

    def entries(self) -> list[Entry]:
        """Every entry of every branch, by branch and number."""
        return sorted(map(Entry.from_json, self._store.payloads()), key=lambda entry: entry.slot)

    @property
    def story_id(self) -> str:
        """Whose it is."""
        return self._store.story_id

    def whose(self) -> list[tuple[Entry, str]]:
        """Every entry as in :meth:`entries`, and the story that it says it is of, which damage may have put there."""
        return [(Entry.from_json(kept), str(kept.get("story_id", ""))) for kept in self._store.payloads()]

    def restore(self, entries: Sequence[Entry]) -> None:
        """Write entries of a copy of this memory back to their slots; a slot that is taken is left as it is."""
        self._insert(*entries)

    def take_over(self, source: LongTermMemory, was: Sequence[Entry], now: Sequence[Entry]) -> None:
        """Write passages of another memory, with the vectors that they have there.

        Args:
            source: that memory, made with the same embedding model.
            was: the passages as they stand there.
            now: the same in slots of this memory, with other names of their facts.
        """
        pairs = list(zip(was, now, strict=True))
        self._store.insert(points_with_vectors(source._store, self._store.story_id, self._encoder, pairs))

    def count(self) -> int:
        """How many passages are stored, over all branches."""
        return self._store.count()
