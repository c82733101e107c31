"""Which facts hold: found by what is asked, and looked up along the path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..schemas.facts import Change, Fact, FactState
from ..schemas.lineage import Slot
from .points import passage_id, with_joined
from .store import Seen

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from typing import Any

    from ..schemas.entries import Entry
    from ..schemas.lineage import Lineage
    from .points import Encoder
    from .store import Question, Store

_KEPT = ("branch", "seq", "facts", "changes")
_LEADS = ("branch", "seq", "fact")
"""What of a fact's point leads to the passage that states it."""
_PARTS = 4
"""Parts of a passage that are searched with, each by its meaning."""
_WIDER = 4
"""How many times as many hits are asked for where too few of them hold."""


@dataclass
class _LookedUp:
    """What is known so far of some facts, and of the passages that changed something of them."""

    states: dict[str, FactState] = field(default_factory=dict)
    changes: dict[int, tuple[Change, ...]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)

    def add(self, fact: Fact, place: int) -> None:
        self.states.setdefault(fact.id, FactState(fact, since=place, known_by=fact.known_at_first, touched=place))

    def unasked(self) -> set[str]:
        return {name for state in self.states.values() for name in (state.fact.id, *state.fact.chain)} - self.asked

    def settled(self) -> dict[str, FactState]:
        """Each as it stands after all that changed it."""
        told: dict[str, list[tuple[int, int, Change]]] = {}
        for place in sorted(self.changes):
            for number, change in enumerate(self.changes[place]):
                for name in change.concerns:
                    told.setdefault(name, []).append((place, number, change))
        return {name: _after(state, told) for name, state in self.states.items()}


def _after(state: FactState, told: Mapping[str, Sequence[tuple[int, int, Change]]]) -> FactState:
    """A fact as it stands after what was told of it and of the chain it belongs to, in the order it was told."""
    of_it = {
        (place, number): change
        for name in (state.fact.id, *state.fact.chain)
        for place, number, change in told.get(name, ())
    }
    for place, number in sorted(of_it):
        state = state.after(of_it[place, number], place)
    return state


class FactSearch:
    """The facts of a story, as one path sees them. Nothing here reads the whole path."""

    def __init__(self, store: Store, encoder: Encoder) -> None:
        self._store = store
        self._encoder = encoder

    def about(
        self,
        lineage: Lineage,
        questions: Sequence[str],
        limit: int,
        texts: Sequence[str] = (),
        passages: Sequence[str] = (),
    ) -> list[FactState]:
        """The facts that questions and texts lead to, best first, each as it stands at the end of the path.

        One that holds no longer is followed by what took its place. The search goes on until ``limit`` hold or none is
        left.

        Args:
            lineage: the path.
            questions: what is searched for by meaning and by words: a plan and its cues, as passages are recalled by.
            limit: how many that hold are enough.
            texts: passages whose words, names above all, are searched for.
            passages: those that are searched for by meaning too, part by part.
        """
        if not (lineage and limit):
            return []
        asked = self._asked(lineage, questions, texts, passages)
        if not asked:
            return []
        wanted = limit
        while True:
            hits = self._store.query(asked, Seen(lineage, "fact"), wanted)
            states = self._states(lineage, [hit.payload for hit in hits])
            if len(hits) < wanted or sum(state.holds for state in states) >= limit:
                return states
            wanted *= _WIDER

    def _asked(
        self, lineage: Lineage, questions: Sequence[str], texts: Sequence[str], passages: Sequence[str]
    ) -> list[Question]:
        """What is searched for."""
        single = self._by_characters(lineage)
        sought = with_joined([text for text in questions if text.strip()])
        by_words = (self._encoder.by_words(text, by_characters=single) for text in (*texts, *passages))
        return [
            *self._encoder.questions(sought, by_characters=single),
            *(question for question in by_words if question.words.indices),
            *(part for text in passages for part in self._encoder.parts(text, _PARTS)),
        ]

    def _by_characters(self, path: Lineage) -> bool:
        """Whether what stands on a path is found by single characters too; what earlier versions wrote is not."""
        if not self._encoder.language.search.by_characters:
            return False
        last = self._store.get([passage_id(self._store.story_id, path.at(path.length - 1))], ["by_characters"])
        return any(kept.get("by_characters") for kept in last)

    def named(self, lineage: Lineage, names: Collection[str]) -> list[FactState]:
        """The facts with these ids, as they stand at the end of the path; those it does not have are left out."""
        if not (names and lineage):
            return []
        return self._states(lineage, self._store.select(Seen(lineage, "fact", facts=names), _LEADS))

    def threads(self, lineage: Lineage) -> list[FactState]:
        """Every question and promise of the path as it stands at its end, the oldest first."""
        return [state for state in self._of_sort(lineage, "thread") if state.fact.kind == "thread"]

    def open_threads(self, lineage: Lineage) -> list[FactState]:
        """Every question and promise that is open at the end of the path, the oldest first."""
        return [state for state in self.threads(lineage) if state.holds]

    def carried(self, lineage: Lineage) -> list[FactState]:
        """What the player has with them at the end of the path, the oldest first."""
        return [state for state in self._of_sort(lineage, "carried") if state.fact.carried and state.holds]

    def dead(self, lineage: Lineage) -> list[str]:
        """Who is dead at the end of the path."""
        return [name for state in self._of_sort(lineage, "dead") if state.holds for name in state.fact.dead]

    def naming(self, lineage: Lineage) -> list[FactState]:
        """Every fact of the path that says that names are one's, as it stands at its end, the oldest first."""
        return [state for state in self._of_sort(lineage, "same") if state.fact.same]

    def _of_sort(self, lineage: Lineage, sort: str) -> list[FactState]:
        """What the points of one sort lead to, as it stands at the end of the path, the oldest first."""
        if not lineage:
            return []
        return sorted(self._states(lineage, self._store.select(Seen(lineage, "fact", sorts=[sort]), _LEADS)), key=_age)

    def of(self, lineage: Lineage, entries: Sequence[Entry]) -> list[FactState]:
        """The facts that some passages of a path state, as they stand at its end, and what took their place."""
        known = _LookedUp()
        for entry in entries:
            place = lineage.place_of(entry.slot)
            for fact in entry.facts if place is not None else ():
                known.add(fact, place or 0)
        return self._look_up(lineage, known)

    def void(self, lineage: Lineage, entry: Entry) -> list[tuple[int, Change]]:
        """The changes that concern no fact which stands before them, with their places.

        Looked at are those of a passage's facts, and its own, where the path has it.
        """
        told: dict[int, tuple[Change, ...]] = {}
        place = lineage.place_of(entry.slot)
        if place is not None:
            told[place] = entry.changes
        names = {fact.id for fact in entry.facts}
        for payload in self._store.select(Seen(lineage, changed=names), _KEPT) if names and lineage else []:
            at = lineage.place_of(_slot(payload))
            if at is not None and at != place:
                changes = (Change.from_json(change) for change in payload.get("changes", ()))
                told[at] = tuple(change for change in changes if not names.isdisjoint(change.concerns))
        concerned = {name for changes in told.values() for change in changes for name in change.concerns}
        since = {state.fact.id: state.since for state in self.named(lineage, concerned)}
        return [
            (at, change)
            for at in sorted(told)
            for change in told[at]
            if all(since.get(name, at) >= at for name in change.concerns)
        ]

    def _states(self, lineage: Lineage, leads: Sequence[Mapping[str, Any]]) -> list[FactState]:
        """The facts that points lead to, in this order.

        What a passage itself says of its facts counts, not the points that lead to it.
        """
        slots = [_slot(lead) for lead in leads]
        ids = [passage_id(self._store.story_id, slot) for slot in dict.fromkeys(slots)]
        stated = {_slot(payload): _facts(payload) for payload in self._store.get(ids, _KEPT)}
        known = _LookedUp()
        for lead, slot in zip(leads, slots, strict=True):
            kept = stated.get(slot, {}).get(str(lead["fact"]))
            place = lineage.place_of(slot)
            if kept and place is not None:
                known.add(Fact.from_json(kept), place)
        return self._look_up(lineage, known)

    def _look_up(self, lineage: Lineage, known: _LookedUp) -> list[FactState]:
        """What became of facts: the passages that changed them, what took their place, and what became of that."""
        while unasked := known.unasked():
            known.asked |= unasked
            for payload in self._store.select(Seen(lineage, changed=unasked), _KEPT):
                place = lineage.place_of(_slot(payload))
                if place is None:
                    continue
                changes = tuple(Change.from_json(change) for change in payload.get("changes", ()))
                known.changes[place] = changes
                facts = _facts(payload)
                for change in changes:
                    if change.by in facts and not unasked.isdisjoint(change.concerns):
                        known.add(Fact.from_json(facts[change.by]), place)
        return _in_order(known.settled(), list(known.states))


def _in_order(states: Mapping[str, FactState], names: Iterable[str]) -> list[FactState]:
    """Each fact where it was found first, and behind it what took its place."""
    order: dict[str, None] = {}
    for name in names:
        following = name
        while following in states and following not in order:
            order[following] = None
            following = states[following].by
    return [states[name] for name in order]


def _age(state: FactState) -> tuple[int, str]:
    return state.since, state.fact.id


def _slot(payload: Mapping[str, Any]) -> Slot:
    return Slot(str(payload["branch"]), int(payload["seq"]))


def _facts(payload: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What a passage keeps of its facts, by their ids: most of them nobody asked for, and none is made of those."""
    return {str(kept["id"]): kept for kept in payload.get("facts", ())}
