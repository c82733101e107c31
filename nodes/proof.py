"""From what a model says of facts to what is kept: only what the passage proves, by its own words.

A fact needs words of the passage that say it; so does a change, and it needs its fact among those shown. Only what the
passage shows to be so *now* ends what was true: a dream, a lie, a letter, a memory end nothing, but for a claim, which
takes the place of an earlier claim of the same person about the same, and for what was so earlier, which answers a
question and shows a claim to be untrue. What is not proved is left out and counted, so
that a weak model gives fewer facts and not wrong ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from ..schemas.facts import DRAFT, ENDS, Change, Fact, Frame, Knowledge, Source, What, end_of, known_to
from ..schemas.succession import by_names, is_alike
from ..schemas.wording import plain
from .fact_answers import FactChange, NewFact, TellsFacts
from .nearness import is_hinted_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


_GAP = re.compile(r"\s*(?:\.\.\.|…+|\[…\]|\[\.\.\.\])\s*")
_EDGES = " \t\n.,;:!?-–—\"'“”‘’„«»「」『』（）()。，；：！？、"
_BEGINS, _ENDS = r"(?:^|(?<=[.!?。…\"'「『«]))\s*", r"(?=[.!?。…]|,?[\"'」』»]|$)"
"""Around a sentence or what somebody says, in plain words."""
_PAIR = 2
"""Names that are one's; and names that two claims share where they are one's about the same."""
_LEAST = 4
"""Letters a quote has at least that is not all of a sentence; a sign of a script that needs few counts as two."""
_CJK = 0x2E80
"""Where the signs of Chinese, Japanese and Korean begin in Unicode."""


@dataclass(frozen=True)
class Proved:
    """What of an answer is kept.

    Attributes:
        knowledge: the facts and the changes of each passage, in order.
        left_out: how many were not proved.
        succeeds: of an earlier version of the last passage, the ids of facts whose place new ones took, by theirs.
    """

    knowledge: tuple[Knowledge, ...]
    left_out: int
    succeeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def says(passage: str, quote: str) -> bool:
    """Whether a passage holds the words of a quote, in their order; an ellipsis stands for any words between."""
    text, at, found = plain(passage), 0, False
    for part in _GAP.split(quote):
        words = plain(part).strip(_EDGES)
        if not words:
            continue
        at = text.find(words, at)
        if at < 0:
            return False
        at += len(words)
        found = found or _is_enough(words) or _is_said_whole(text, words)
    return found


def prove_each(
    answer: TellsFacts,
    shown: Mapping[int, Fact],
    passages: Sequence[str],
    before: Knowledge | None = None,
    premise: str = "",
) -> Proved:
    """What of an answer is kept, each fact and change with the first passage that says it.

    Args:
        answer: the model's.
        shown: the facts that it was shown, by number.
        passages: the texts that have to say it, in order.
        before: what an earlier version of the last passage made true and changed: what the new one still says in the
            same words stays, under its id.
        premise: the words that the story is begun from, where they may say facts too: those are so from its beginning.
    """
    proofs = [_Proof(shown, text) for text in passages]
    proofs[-1].begin_with(before or Knowledge())
    left_out = 0
    told_of: list[NewFact | FactChange] = [*answer.facts, *answer.changes]
    for told in told_of:
        proof = next((proof for proof in proofs if says(proof.passage, told.says)), None)
        if proof is None and isinstance(told, NewFact) and says(premise, told.says):
            left_out += proofs[0].add(told, "premise")
        elif proof is None:
            left_out += 1
        else:
            left_out += proof.add(told) if isinstance(told, NewFact) else proof.change(told)
    known = tuple(Knowledge(tuple(proof.facts), tuple(proof.changes)) for proof in proofs)
    return Proved(known, left_out, proofs[-1].succeeds(before or Knowledge()))


def still_said(knowledge: Knowledge, passage: str) -> Knowledge:
    """What of a passage's knowledge another text of it still says in the same words."""
    return prove_each(TellsFacts(), {}, [passage], knowledge).knowledge[0]


def still_ended(knowledge: Knowledge, passage: str) -> set[str]:
    """The ids of what of a passage's knowledge another text of it still ends in the same words."""
    changes = still_said(knowledge, passage).changes
    return {name for change in changes if change.what in ENDS for name in change.concerns}


@dataclass
class _Proof:
    """What one passage proves. What is not kept is counted by whoever asks."""

    shown: Mapping[int, Fact]
    passage: str
    facts: list[Fact] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    stated: frozenset[str] = frozenset()
    ended: tuple[Change, ...] = ()
    told_anew: set[str] = field(default_factory=set)
    heirs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def begin_with(self, before: Knowledge) -> None:
        """Keep what is still said of an earlier version."""
        self.stated = frozenset(fact.id for fact in before.facts)
        self.ended = before.changes
        self.facts = [fact for fact in before.facts if fact.source != "passage" or self._says(fact.quote)]
        there = {"", *(fact.id for fact in self.facts)}
        self.changes = [change for change in before.changes if change.by in there and self._says(change.quote)]

    def _says(self, quote: str) -> bool:
        """Whether the passage says it, or need not: a person did."""
        return not quote or says(self.passage, quote)

    def add(self, new: NewFact, source: Source = "passage") -> int:
        """Keep a fact; gives how much of it was left out."""
        if plain(new.fact) in {plain(fact.text) for fact in self._known()}:
            return 0  # It is known already.
        replaced = [self.shown[number] for number in dict.fromkeys(new.replaces) if number in self.shown]
        mine = {fact.id: fact for fact in (*replaced, *self._stated_as(new)) if fact.id in self.stated}
        own = next((fact for name, fact in mine.items() if name not in self.told_anew), None)
        fact = Fact(
            id=own.id if own else f"{DRAFT}{next(self.numbers)}",
            text=new.fact,
            subjects=tuple(dict.fromkeys(new.about)),
            kind="thread" if new.open else "state",
            frame=new.frame,
            known_by=known_to(new.knows),
            when=new.when,
            same=_joins(new),
            carried=new.carried and new.frame == "now" and not new.open,
            dead=_dead_by(new),
            quote=new.says,
            source=source,
        )
        roots = self._instead_of(mine, fact)
        others = [old for old in replaced if old.id not in mine]
        may_end = [old for old in others if _may_replace(fact, old)]
        self.facts.append(replace(fact, roots=tuple(dict.fromkeys((*roots, *self._ended_by(fact, may_end))))))
        return len(others) - len(may_end)

    def _instead_of(self, mine: Mapping[str, Fact], fact: Fact) -> tuple[str, ...]:
        """Let a fact stand for what the earlier version said in other words; gives the chains that it carries on.

        The first to say one has its id; of the others it is known whose place they took. What it had ended is ended
        by what says the same of the same alone: what another fact ends its own answer says.
        """
        first = [old for name, old in mine.items() if name not in self.told_anew]
        for old in first:
            self._drop(old.id)
        self.told_anew.update(mine)
        heir_of = tuple(name for name, old in mine.items() if name != fact.id and is_alike(fact, old))
        if heir_of:
            self.heirs[fact.id] = heir_of
        same = [old for old in first if _is_heir(fact, old)]
        if fact.id in mine:
            self._end_again(fact, {old.id for old in same})
        return tuple(root for old in same for root in old.roots)

    def succeeds(self, before: Knowledge) -> dict[str, tuple[str, ...]]:
        """Which facts of an earlier version the new ones took the place of: those it was said of, or by their names."""
        kept = {fact.id for fact in self.facts} | self.told_anew
        gone = [fact for fact in before.facts if fact.source == "passage" and fact.id not in kept]
        new = [fact for fact in self.facts if fact.id not in self.stated and fact.id not in self.heirs]
        return {**by_names(gone, new), **self.heirs}

    def _known(self) -> list[Fact]:
        """What need not be said: what was shown, but for what the earlier version said in words that are gone."""
        kept = {fact.id for fact in self.facts}
        return [*self.facts, *(fact for fact in self.shown.values() if fact.id not in self.stated - kept)]

    def _stated_as(self, new: NewFact) -> list[Fact]:
        """What the earlier version said, and this one says to the letter."""
        return [fact for fact in self.shown.values() if plain(fact.text) == plain(new.fact)]

    def _end_again(self, fact: Fact, names: Collection[str]) -> None:
        """What facts of the earlier version took the place of is no longer so by the words that say them now."""
        shown = {old.id: old for old in self.shown.values()}
        again = [
            change
            for change in self.ended
            if change.by in names and _may_make(fact.frame, change.what, shown.get(change.fact))
        ]
        self.changes.extend(replace(change, by=fact.id, quote=fact.quote) for change in again)

    def change(self, told: FactChange) -> int:
        """Keep what becomes of a fact; gives how much of it was left out."""
        fact = self.shown.get(told.fact)
        if fact is None or not _may_make(told.frame, told.how, fact):
            return 1
        if fact.id in self.stated:
            self._drop(fact.id)  # The earlier version said it; this one does not.
            self.told_anew.add(fact.id)
            return 0
        change = _change_of(fact, told)
        if change is None:
            return 1
        if not (change.closes and self._ends(fact)):
            self.changes.append(change)
        return 0

    def _ended_by(self, fact: Fact, replaced: Sequence[Fact]) -> tuple[str, ...]:
        """End what a fact takes the place of, each but once in a passage; gives the chains that it carries on."""
        roots: dict[str, None] = {}
        for old in replaced:
            if self._ends(old):
                continue
            what: What = "settled" if old.kind == "thread" and fact.kind == "state" else "replaced"
            self.changes.append(Change(what, old.id, closes=old.chain, by=fact.id, quote=fact.quote))
            if what == "replaced":
                roots |= dict.fromkeys(old.chain)
        return tuple(roots)

    def _ends(self, fact: Fact) -> bool:
        """Whether the passage is known already to end it."""
        return any(set(change.closes).intersection(fact.chain) for change in self.changes)

    def _drop(self, name: str) -> None:
        self.facts = [fact for fact in self.facts if fact.id != name]
        self.changes = [change for change in self.changes if change.by != name]


def _is_heir(fact: Fact, old: Fact) -> bool:
    """Whether a fact that stands for one of an earlier version is that one in other words, and ends what it had ended.

    It says the same, or is told as that was and about the same: all that one of them is about the other names too.
    """
    if plain(fact.text) == plain(old.text):
        return True
    mine, others = (plain(" ".join((one.text, *one.subjects))) for one in (fact, old))
    return is_alike(fact, old) and (_all_named(old.subjects, mine) or _all_named(fact.subjects, others))


def _all_named(names: Sequence[str], told: str) -> bool:
    return bool(names) and all(is_hinted_at(name, told) for name in names)


def _may_make(frame: Frame, what: What, old: Fact | None) -> bool:
    """Whether what a passage tells in a frame can make a change of a fact.

    What was so earlier settles a question and shows a claim to be untrue; a claim takes a place.
    """
    was_claimed = old is not None and old.frame == "claimed"
    if what == "ended":
        return frame == "now" or (frame == "earlier" and was_claimed)
    if what == "settled":
        return frame in {"now", "earlier"}
    return what != "replaced" or frame in {"now", "claimed"} or (frame == "earlier" and was_claimed)


def _may_replace(fact: Fact, old: Fact) -> bool:
    """Whether a fact can take the place of another: what is so now, of all but the past; a claim, of another.

    What was so earlier ends nothing that is so, but it answers a question, and shows a claim to be untrue.
    """
    if fact.frame == "now":
        return old.frame != "earlier" or old.kind == "thread"
    if fact.frame == "earlier":
        return fact.kind == "state" and (old.kind == "thread" or old.frame == "claimed")
    return fact.frame == old.frame == "claimed" and fact.kind == old.kind and _is_of_the_same(fact, old)


def _is_of_the_same(fact: Fact, old: Fact) -> bool:
    """Whether two claims are one person's about the same, so that nobody's word ends another's.

    Who claims it is among those that a claim is about. So two names are shared, of whoever says it and of what is said,
    or all that one of them has. What the other says in its words, which a prompt shows, is as good as what it is about.
    """
    mine, others = ({plain(name) for name in about} for about in (fact.subjects, old.subjects))
    if not mine or not others:
        return False
    told = plain(old.text)
    shared = [name for name in mine if name in others or name in told]
    return mine <= others or others <= mine or len(shared) >= _PAIR


def _dead_by(new: NewFact) -> tuple[str, ...]:
    """Who is dead by what is so, or was so once; nobody by a dream, a word or a question."""
    return () if new.open or new.frame not in {"now", "earlier"} else tuple(dict.fromkeys(new.dead))


def _joins(new: NewFact) -> bool:
    """Whether a fact says that the names it is about are one's: as being so, and of these two alone."""
    return new.same and new.frame == "now" and not new.open and len(set(new.about)) == _PAIR


def _change_of(fact: Fact, told: FactChange) -> Change | None:
    """What a passage does to a fact, if that can be done to it."""
    who = tuple(dict.fromkeys(told.who))
    match told.how:
        case "ended" | "settled":
            return end_of(fact, told.says)
        case "learned":
            return Change("learned", fact.id, who=who, quote=told.says) if who else None
        case "touched":
            return Change("touched", fact.id, quote=told.says) if fact.kind == "thread" else None


def _is_said_whole(text: str, words: str) -> bool:
    """Whether few words are all of a sentence or of what somebody says, and of one alone: they prove what it says."""
    return len(re.findall(rf"{_BEGINS}{re.escape(words)}{_ENDS}", text)) == 1


def _is_enough(words: str) -> bool:
    return sum(2 if ord(sign) >= _CJK else 1 for sign in words if sign.isalnum()) >= _LEAST
