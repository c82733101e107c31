"""What is true in a story, since when, until when: facts, what a passage changes of them, and how both are read.

A fact is owned by the entry that first stated it, a change by the entry of the passage in which it happened. Both go
where their entries go, so what holds at a place follows from the path that leads there, and from nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .entries import Entry
    from .lineage import Slot

Kind = Literal["state", "thread"]
"""What is so, or what is open: a question, a promise."""

Frame = Literal["now", "earlier", "imagined", "claimed"]
"""On which level something is told: it is so now; it was so earlier and is told later; it is dreamt, imagined or
planned; somebody says so. Only *now* ends what is true now."""

Source = Literal["passage", "premise", "person"]
"""Where a fact comes from. Only a passage has to have said it in so many words."""

What = Literal["ended", "replaced", "settled", "learned", "touched"]
"""What a passage does to a fact: it holds no longer; another takes its place; a thread is settled; somebody now knows
it; a thread is taken up."""

ENDS: frozenset[What] = frozenset({"ended", "replaced", "settled"})
"""After these a fact holds no longer."""

READER = frozenset({"reader", "the reader", "读者", "player", "the player", "玩家"})
"""Who knows a fact that nobody in the story knows."""

_ASKING = ("?", "？", "؟")
"""How a question ends."""

DRAFT = "#"
"""How the id of a fact begins whose entry has no slot yet; a number follows."""

KINDS, FRAMES, SOURCES, WHATS = (frozenset(get_args(kind)) for kind in (Kind, Frame, Source, What))


@dataclass(frozen=True)
class Fact:
    """One sentence that stands by itself.

    Attributes:
        id: the slot that first stated it, and a number; it stays when the entry is edited, and is never given again.
        text: the sentence.
        subjects: whom or what it is about.
        kind: what is so, or what is open.
        frame: on which level it is told.
        known_by: who knows it; empty: everybody. Of a question, who knows its answer; empty: nobody.
        when: when in the story, where the story says so.
        same: whether it says that the two names it is about are one person's or thing's.
        carried: whether it says that the player has a thing with them.
        dead: who in it is dead, and knows nothing any longer.
        quote: the words of the passage that say it; empty where its source is none.
        source: where it comes from.
        roots: where it took the place of another: the ids of the first facts of the chains that it carries on.
    """

    id: str
    text: str
    subjects: tuple[str, ...] = ()
    kind: Kind = "state"
    frame: Frame = "now"
    known_by: tuple[str, ...] = ()
    when: str = ""
    same: bool = False
    carried: bool = False
    dead: tuple[str, ...] = ()
    quote: str = ""
    source: Source = "passage"
    roots: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether it is a question: of one, those who know it are those who know its answer."""
        return self.kind == "thread" and self.text.rstrip().endswith(_ASKING)

    @property
    def known_at_first(self) -> tuple[str, ...]:
        """Who knows it when it is stated; empty: everybody, or, of a question, nobody.

        Of a question whose answer nobody in the story knows, a model was once told to say that the reader does.
        """
        if not self.asks:
            return self.known_by
        return tuple(name for name in self.known_by if name.lower() not in READER)

    @property
    def chain(self) -> tuple[str, ...]:
        """What names all that it took the place of, and itself: its roots, or its own id."""
        return self.roots or (self.id,)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, without what is usual."""
        return {name: _plain(value) for name, value in vars(self).items() if value != _USUAL.get(name)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Fact:
        """Back from JSON.

        Raises:
            ValueError: it is no fact.
        """
        try:
            made = cls(
                id=str(kept["id"]),
                text=str(kept["text"]),
                subjects=_texts(kept.get("subjects")),
                kind=kept.get("kind", "state"),
                frame=kept.get("frame", "now"),
                known_by=_texts(kept.get("known_by")),
                when=str(kept.get("when", "")),
                same=kept.get("same") is True,
                carried=kept.get("carried") is True,
                dead=_texts(kept.get("dead")),
                quote=str(kept.get("quote", "")),
                source=kept.get("source", "passage"),
                roots=_texts(kept.get("roots")),
            )
        except (KeyError, TypeError) as error:
            msg = f"a fact has an id and a text, and lists where it has any: {error}"
            raise ValueError(msg) from error
        if made.kind not in KINDS or made.frame not in FRAMES or made.source not in SOURCES:
            msg = f"no fact is of kind {made.kind!r}, frame {made.frame!r} and source {made.source!r}"
            raise ValueError(msg)
        return made


@dataclass(frozen=True)
class Change:
    """What a passage does to a fact.

    Attributes:
        what: what.
        fact: its id.
        closes: where it ends the fact: the fact's chain. Nothing of it holds any longer, so that none comes back where
            one in the middle is unmade.
        by: the id of the fact that takes its place.
        who: who now knows it.
        quote: the words of the passage that say so.
    """

    what: What
    fact: str
    closes: tuple[str, ...] = ()
    by: str = ""
    who: tuple[str, ...] = ()
    quote: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain JSON, without what is empty."""
        return {name: _plain(value) for name, value in vars(self).items() if value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Change:
        """Back from JSON.

        Raises:
            ValueError: it is no change.
        """
        try:
            made = cls(
                what=kept["what"],
                fact=str(kept["fact"]),
                closes=_texts(kept.get("closes")),
                by=str(kept.get("by", "")),
                who=_texts(kept.get("who")),
                quote=str(kept.get("quote", "")),
            )
        except (KeyError, TypeError) as error:
            msg = f"a change says what it does to which fact: {error}"
            raise ValueError(msg) from error
        if made.what not in WHATS:
            msg = f"no change is called {made.what!r}"
            raise ValueError(msg)
        return made

    @property
    def concerns(self) -> tuple[str, ...]:
        """Every fact it says something of."""
        return tuple(dict.fromkeys((self.fact, *self.closes)))


def end_of(fact: Fact, quote: str = "") -> Change:
    """The end of a fact, with all that it carries on: a thread is settled by it, anything else holds no longer.

    Args:
        fact: the fact.
        quote: the words of the passage that say so; none where a person does.
    """
    return Change("settled" if fact.kind == "thread" else "ended", fact.id, closes=fact.chain, quote=quote)


@dataclass(frozen=True)
class Knowledge:
    """What a passage made true, and what it changed of what was true before.

    While it has no slot, its new facts are called ``#0``, ``#1`` and so on; a fact that it takes over from an earlier
    version of the same passage keeps its id.
    """

    facts: tuple[Fact, ...] = ()
    changes: tuple[Change, ...] = ()

    def at(self, slot: Slot) -> Knowledge:
        """The same in a slot: ids of new facts are made of it and a number, and so never given twice."""
        return Knowledge(
            tuple(replace(fact, id=named_in(slot, fact.id)) for fact in self.facts),
            tuple(replace(change, by=named_in(slot, change.by)) for change in self.changes),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "facts": [fact.to_json() for fact in self.facts],
            "changes": [change.to_json() for change in self.changes],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Knowledge:
        """Back from JSON.

        Raises:
            ValueError: something of it is no fact or no change.
        """
        return cls(
            tuple(Fact.from_json(fact) for fact in kept.get("facts", ())),
            tuple(Change.from_json(change) for change in kept.get("changes", ())),
        )


def named_in(slot: Slot, name: str) -> str:
    """The id of a fact in a slot: one of its own, that has none yet, gets one of it."""
    return f"{slot.branch}:{slot.seq}:{name[len(DRAFT) :]}" if name.startswith(DRAFT) else name


def without_end(knowledge: Knowledge, fact: Fact, chains: Mapping[str, tuple[str, ...]]) -> Knowledge:
    """What a passage makes true and changes, where it does not end a fact.

    What took the fact's place stays, and no longer carries on what the fact carries on: its own end is not the fact's.

    Args:
        knowledge: the passage's.
        fact: the fact.
        chains: what each fact before the passage carries on.
    """

    def without(change: Change) -> Change:
        left = tuple(name for name in change.closes if name not in fact.chain)
        return replace(change, closes=left or chains[change.fact])

    ends = [change for change in knowledge.changes if change.what in ENDS and change.fact != fact.id]
    concerned = {change.fact: without(change) for change in ends if set(change.closes).intersection(fact.chain)}

    def apart(new: Fact) -> Fact:
        taken = [
            root for one in concerned.values() if one.by == new.id and one.what == "replaced" for root in one.closes
        ]
        return replace(
            new, roots=tuple(dict.fromkeys((*(root for root in new.roots if root not in fact.chain), *taken)))
        )

    kept = (one for one in knowledge.changes if one.what not in ENDS or one.fact != fact.id)
    return Knowledge(
        tuple(
            apart(new) if set(new.roots).intersection(fact.chain) and new.id != fact.id else new
            for new in knowledge.facts
        ),
        tuple(concerned.get(one.fact, one) if one.what in ENDS else one for one in kept),
    )


EVERYBODY = frozenset({"all", "everybody", "everyone", "所有人", "大家", "众人"})
"""As who a fact may be said to be known to, that is no secret (any longer)."""


def known_to(names: Iterable[str]) -> tuple[str, ...]:
    """Who knows a fact, each once; empty: everybody, which one of them says."""
    told = tuple(dict.fromkeys(names))
    return () if any(name.strip().lower() in EVERYBODY for name in told) else told


@dataclass(frozen=True)
class FactState:
    """A fact as it stands at a place of a path.

    Attributes:
        fact: the fact.
        since: the place (from 0) of the passage that it holds from.
        until: the place of the passage that ended it; ``None``: it holds.
        ended: how it ended; empty: it holds.
        by: the id of the fact that took its place.
        known_by: who knows it by now; empty: everybody, or, of a question, nobody.
        touched: the place of the passage that last took it up.
        touches: how many passages took it up since.
        ended_quote: the words of the passage that ended it.
    """

    fact: Fact
    since: int
    until: int | None = None
    ended: str = ""
    by: str = ""
    known_by: tuple[str, ...] = ()
    touched: int = 0
    touches: int = 0
    ended_quote: str = ""

    @property
    def holds(self) -> bool:
        """Whether it holds."""
        return self.until is None

    def moved(self, by: int) -> FactState:
        """The same on a path that begins so many places earlier; a place below 0 is before the path."""
        until = None if self.until is None else self.until - by
        return replace(self, since=self.since - by, until=until, touched=self.touched - by)

    def after(self, change: Change, place: int) -> FactState:
        """As it stands after a passage that changed something. What comes before the fact changes nothing of it."""
        if place <= self.since or not self.holds:
            return self
        if change.what in ENDS:
            if change.fact != self.fact.id and not set(change.closes).intersection(self.fact.chain):
                return self
            return replace(self, until=place, ended=change.what, by=change.by, touched=place, ended_quote=change.quote)
        if change.fact != self.fact.id:
            return self
        known_by = self.known_by
        if change.what == "learned" and (known_by or self.fact.asks):
            known_by = known_to((*known_by, *change.who))
        return replace(self, known_by=known_by, touched=place, touches=self.touches + (place != self.touched))


@dataclass
class FactHistory:
    """All facts of a path, folded over it: for people, and to check the look-up by, which the prompts use instead.

    Attributes:
        facts: by id.
        void: changes that concern no fact that stands before them, with their places.
    """

    facts: dict[str, FactState] = field(default_factory=dict)
    void: list[tuple[int, Change]] = field(default_factory=list)

    def moved(self, by: int) -> FactHistory:
        """The same on a path that begins so many places earlier; a place below 0 is before the path."""
        facts = {name: state.moved(by) for name, state in self.facts.items()}
        return FactHistory(facts, [(place - by, change) for place, change in self.void])

    @property
    def holding(self) -> list[FactState]:
        """Those that hold, in the order they were stated."""
        return [state for state in self.facts.values() if state.holds]


def fold(entries: Iterable[Entry]) -> FactHistory:
    """What is so at the end of a path, from all of its entries in order."""
    found = FactHistory()
    of_chain: dict[str, list[str]] = {}
    for place, entry in enumerate(entries):
        for change in entry.changes:
            if change.fact not in found.facts:
                found.void.append((place, change))
            # Nothing else than the fact itself, and, where it ends, what its chain carries on, can be concerned.
            carried = (name for root in change.closes for name in of_chain.get(root, ()))
            for name in {change.fact, *carried} & found.facts.keys():
                found.facts[name] = found.facts[name].after(change, place)
        for fact in entry.facts:
            found.facts[fact.id] = FactState(fact, since=place, known_by=fact.known_at_first, touched=place)
            for root in fact.chain:
                of_chain.setdefault(root, []).append(fact.id)
    return found


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _texts(value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        msg = f"a list of texts, not {value!r}"
        raise TypeError(msg)
    return tuple(str(text) for text in value)


_USUAL = {name: value for name, value in vars(Fact("", "")).items() if name not in ("id", "text")}
