"""As things stand: what is true now of what a step is about, for its prompt; numbered, bounded, newest first.

Similar passages tell what was. This tells what holds: the facts that the plan, its cues and the last passage lead to,
looked up along the path, and what became of what the recalled passages say; those that not everybody knows apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ..models.window import count_tokens
from ..schemas.aliases import groups_in, other_names
from ..schemas.catalogue import say
from ..schemas.facts import READER, Fact
from ..schemas.ledger import GROUPS, group_of
from ..schemas.state import StandingFact
from ..schemas.wording import plain
from .nearness import ASKED, Asked, is_hinted_at
from .overlap import share_said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from ..schemas.facts import FactState
    from ..schemas.state import StoryState
    from .turn import Turn

_ABOUT = 40
"""Facts that are looked for."""
_SURELY = 8
"""Of those that the search finds, the best, which are shown whomever they are about."""
_SMOOTHING = 2
"""Of the reciprocal rank by which two orders become one, as in the search itself."""
_PAIR = 2
"""Names that two facts share which may say the contrary of each other."""
_ALIKE = {"words": 0.6, "characters": 0.4}
"""The part of its words that the newer of them has of the older."""
_NOT_NOW = 3
"""Facts at most of what was told, but not as being so now."""
_FOR_OPEN = 3
"""One part in so many of the bound is kept for what is open, which has what facts do not need of the rest as well."""
_MORE_FOR_OPEN = 150
"""Tokens beyond that part, no more than the bound has, for all that is open, or for what is asked and the newest."""
_NEWEST_OPEN = 3
"""So many of what is open count as the newest."""
_FOR_NEWEST = 4
"""One part in so many of the bound is for the newest of whom or what the plan names."""
_FOR_ASKED = 2
"""One part in so many of it is for what is asked, before all else that was found."""
_FOUND_OPEN = 3
"""Of what is open so many at most, where threads are not followed."""
_GROUPS = 8
"""Whose names a prompt says to be one's, at most."""


def in_state(state: FactState) -> StandingFact:
    """A fact as it stands, as plain JSON for the state."""
    return StandingFact(
        fact=state.fact.to_json(), since=state.since, known_by=list(state.known_by), touched=state.touched
    )


def above(state: StoryState) -> list[StandingFact]:
    """The facts that stand in the prompt the step began with; what is only read stands in one without any."""
    return [] if state.get("reading") else list(state.get("standing", []))


def shown_by_number(standing: Iterable[StandingFact]) -> dict[int, Fact]:
    """The facts of a prompt by the numbers they have in it."""
    return {number: Fact.from_json(kept["fact"]) for number, kept in enumerate(standing, start=1)}


@dataclass(frozen=True)
class About:
    """What a step is about.

    Attributes:
        questions: the plan and its cues.
        last: the last passage.
        recalled: what the passages that are recalled whole say, and what took its place, the best passage first.
        often: what took the place of several of the facts that recalled passages say: told once, it need not stand
            beside each.
        pins: the ids of facts that a person pinned: as long as they hold, they come first.
        aliases: names of one: what is told of one of them is told of the others.
        at_stake: what is open and stands in the prompt anyway, because the plan or an ending needs it.
    """

    questions: Sequence[str]
    last: str
    recalled: Sequence[FactState] = ()
    often: Sequence[FactState] = ()
    pins: Sequence[str] = ()
    aliases: Sequence[Sequence[str]] = ()
    at_stake: Sequence[StandingFact] = ()


class Standing(NamedTuple):
    """What was found of what a step is about.

    Attributes:
        facts: what holds of it, as the prompt shows it.
        best: the ids of these, the best found first.
        ended: what does not hold any longer.
    """

    facts: list[StandingFact]
    best: list[str]
    ended: list[FactState]


async def find_standing(turn: Turn, about: About) -> Standing:
    """What holds of what a step is about, within the run's bound, and what does not hold any longer."""
    if not turn.context.use_facts or not turn.context.fact_tokens:
        return Standing([], [], [])
    names = as_words(about.aliases, *about.questions, about.last)
    found = await turn.memory.facts_about(about.questions, _ABOUT, [about.last, *names])
    pinned = [state for state in await turn.memory.facts_named(about.pins) if state.fact.id in about.pins]
    asked = Asked(about.questions, turn.language, about.aliases)
    of_it = _with_the_newest(turn, _asked_first(turn, asked, _of_it(found, about)), (*found, *about.recalled))
    states = {state.fact.id: state for state in (*pinned, *about.often, *of_it)}
    shown = _within(turn, about, asked, states.values(), await _open(turn, about, asked, states.values()))
    ids = {kept["fact"]["id"] for kept in shown}
    return Standing(shown, [name for name in states if name in ids], [state for state in found if not state.holds])


def what_became_of(states: Sequence[FactState], names: Iterable[str]) -> list[FactState]:
    """Of some facts those with these ids, and behind each what took its place."""
    known = {state.fact.id: state for state in states}
    found: dict[str, FactState] = {}
    for name in names:
        following = name
        while following in known and following not in found:
            found[following] = known[following]
            following = known[following].by
    return list(found.values())


def took_several_places(states: Sequence[FactState], names: Iterable[str]) -> list[FactState]:
    """What holds now in the place of more than one of the facts with these ids, what replaces most first."""
    known = {state.fact.id: state for state in states}
    ends = Counter(
        line[-1].fact.id
        for name in names
        if name in known and not known[name].holds and (line := what_became_of(states, [name]))
    )
    return [known[name] for name, many in ends.most_common() if many > 1 and known[name].holds]


def _of_it(found: Sequence[FactState], about: About) -> list[FactState]:
    """What the search found and what the recalled passages say, as one order, the best first.

    A search gives as many as it is asked for, however little they have to do with it. So beyond the best of them those
    do not count that are about somebody or something that the step does not name.
    """
    holding = [[state for state in states if state.holds] for states in (found, about.recalled)]
    surely = {state.fact.id for states in (holding[0][:_SURELY], holding[1]) for state in states}
    named = plain("\n".join((*about.questions, about.last, *as_words(about.aliases, *about.questions, about.last))))
    scores: defaultdict[str, float] = defaultdict(float)
    for states in holding:
        for rank, state in enumerate(states):
            scores[state.fact.id] += 1 / (_SMOOTHING + rank)
    known = {state.fact.id: state for states in holding for state in states}
    return [
        known[name]
        for name in sorted(scores, key=lambda name: -scores[name])
        if name in surely or _is_near(known[name].fact, named)
    ]


def _asked_first(turn: Turn, asked: Asked, ranked: Sequence[FactState]) -> list[FactState]:
    """Facts in their order, but first those that are what is asked, as many as a part of the bound has room for.

    A search finds what is said alike, and what recalled passages say comes in besides: the very thing that a plan is
    about may stand behind both. It is a part because of somebody whom all is about as many as can be are what is asked.
    """
    of_it = [state for state in ranked if asked.nearness(state.fact) >= ASKED and state.fact.frame == "now"]
    nearest = sorted(of_it, key=lambda state: -asked.nearness(state.fact))
    first = _that_fit(turn, map(in_state, nearest), turn.context.fact_tokens // _FOR_ASKED)
    ids = {kept["fact"]["id"] for kept in first}
    return sorted(ranked, key=lambda state: state.fact.id not in ids)


def _with_the_newest(turn: Turn, ranked: Sequence[FactState], found: Iterable[FactState]) -> Iterator[FactState]:
    """Facts in their order, before each the newest that says the same or the contrary.

    That is one of as many of the same names, and for the most part in the same words.
    """
    newest_first = [(state, _about(state)) for state in sorted(found, key=lambda one: -one.since) if _is_so_now(state)]
    least = _ALIKE[turn.language.counts]
    for state in ranked:
        about = _about(state) if _is_so_now(state) else frozenset()
        newer = (
            one
            for one, names in newest_first
            if one.since > state.since
            and len(about & names) >= _PAIR
            and share_said(one.fact.text, state.fact.text, turn.language) >= least
        )
        yield next(newer, state)
        yield state


def _about(state: FactState) -> frozenset[str]:
    return frozenset(map(plain, state.fact.subjects))


def _is_so_now(state: FactState) -> bool:
    return state.holds and state.fact.kind == "state" and state.fact.frame == "now"


def _is_near(fact: Fact, named: str) -> bool:
    """Whether a fact is about nobody in particular, or about whom or what plain words name."""
    return not fact.subjects or any(is_hinted_at(subject, named) for subject in fact.subjects)


def as_words(aliases: Sequence[Sequence[str]], *texts: str) -> list[str]:
    """What is searched for besides some texts, by its words alone: the other names of whom or what they name."""
    names = other_names(aliases, *texts)
    return [" ".join(names)] if names else []


def names_line(turn: Turn, aliases: Sequence[Sequence[str]], standing: Iterable[StandingFact], plan: str) -> str:
    """Which names are one's, of those that a plan and the facts that are shown name; those of the plan come first."""
    if not turn.context.use_facts or not turn.context.fact_tokens:
        return ""
    facts = [kept["fact"] for kept in standing]
    shown = "\n".join(text for fact in facts for text in (fact["text"], *fact.get("subjects", ())))
    of_plan = groups_in(aliases, plan)
    found = [*of_plan, *(group for group in groups_in(aliases, shown) if group not in of_plan)][:_GROUPS]
    tag = turn.language.tag
    return turn.phrase("standing_names", names=turn.listed(say(group, tag) for group in found)) if found else ""


def _within(
    turn: Turn, about: About, asked: Asked, found: Iterable[FactState], threads: Iterable[FactState]
) -> list[StandingFact]:
    """Those that hold, as many as the run's bound has room for; the best stay, part by part, the newest first.

    In each part those that are pinned stand before all others.

    Args:
        turn: the gate's.
        about: what the step is about.
        asked: its questions.
        found: facts, the best first.
        threads: what is open, the best first. A part of the room is theirs, less what is at stake takes of it.
    """
    stands = {kept["fact"]["id"] for kept in about.at_stake}
    for_open = turn.context.fact_tokens // _FOR_OPEN
    taken = min(for_open, sum(_size(turn, kept) for kept in about.at_stake))
    still_open = [state for state in threads if state.holds and state.fact.id not in stands]
    chosen = _of_open(turn, asked, still_open, for_open - taken)
    room = turn.context.fact_tokens - min(for_open, taken + sum(_size(turn, kept) for kept in chosen))
    stands.update(kept["fact"]["id"] for kept in chosen)
    for kept in _that_count(about, asked, (state for state in found if state.fact.id not in stands)):
        if (size := _size(turn, kept)) > room:
            break
        chosen.append(kept)
        room -= size
    chosen.extend(_that_fit(turn, (kept for kept in map(in_state, still_open) if kept not in chosen), room))
    return in_order(chosen, about.pins)


def _of_open(turn: Turn, asked: Asked, still_open: Sequence[FactState], room: int) -> list[StandingFact]:
    """Of what is open all, if there is little of it; else what is asked and the newest, then what there is room for."""
    most = room + min(_MORE_FOR_OPEN, turn.context.fact_tokens)
    if sum(_size(turn, kept) for kept in map(in_state, still_open)) <= most:
        return [in_state(state) for state in still_open]
    newest = sorted(still_open, key=lambda state: (-state.touched, -state.since))[:_NEWEST_OPEN]
    needed = [state for state in still_open if asked.nearness(state.fact) >= ASKED]
    needed.extend(state for state in newest if state not in needed)
    chosen = _that_fit(turn, map(in_state, needed), most)
    room -= sum(_size(turn, kept) for kept in chosen)
    return [*chosen, *_that_fit(turn, (in_state(state) for state in still_open if state not in needed), room)]


def _that_fit(turn: Turn, standing: Iterable[StandingFact], room: int) -> list[StandingFact]:
    chosen: list[StandingFact] = []
    for kept in standing:
        if (size := _size(turn, kept)) <= room:
            chosen.append(kept)
            room -= size
    return chosen


def _that_count(about: About, asked: Asked, found: Iterable[FactState]) -> Iterator[StandingFact]:
    """Of what was found what holds: of what is open what is asked, of what is not told as being so now a few."""
    not_now = _NOT_NOW
    for state in found:
        if not state.holds:
            continue
        if state.fact.id not in about.pins:
            if state.fact.kind == "thread":
                if asked.nearness(state.fact) < ASKED:
                    continue
            elif state.fact.frame != "now":
                not_now -= 1
                if not_now < 0:
                    continue
        yield in_state(state)


async def _open(turn: Turn, about: About, asked: Asked, found: Iterable[FactState]) -> list[FactState]:
    """What is open and not pinned: first what the questions name, the newest first.

    Where threads are not followed, what the search found of them.
    """
    if not turn.context.use_threads:
        return [state for state in found if state.fact.kind == "thread" and state.fact.id not in about.pins][
            :_FOUND_OPEN
        ]
    every = [state for state in await turn.memory.open_threads() if state.fact.id not in about.pins]
    return sorted(every, key=lambda state: (-asked.nearness(state.fact), -state.touched, -state.since))


def _size(turn: Turn, kept: StandingFact) -> int:
    return count_tokens(_line(turn, 0, kept))


def in_order(standing: Iterable[StandingFact], pins: Collection[str] = ()) -> list[StandingFact]:
    """Facts as a prompt shows them, part by part, those that are pinned first, then the newest."""
    return sorted(standing, key=lambda kept: _order(kept, pins))


def _order(kept: StandingFact, pins: Collection[str]) -> tuple[int, bool, int]:
    return _PARTS.index(_part_of(kept)), kept["fact"]["id"] not in pins, -kept["since"]


def render(
    turn: Turn, standing: Sequence[StandingFact], first: int = 1, leave_out: Collection[str] = frozenset()
) -> str:
    """Facts as a prompt shows them: what is open, secret, or not told as being so now, each apart from the rest.

    Args:
        turn: the gate's.
        standing: the facts.
        first: the number of the first.
        leave_out: the ids of those that are shown elsewhere; the others have their numbers all the same.
    """
    parts: dict[str, list[str]] = {heading: [] for heading in _PARTS}
    for number, kept in enumerate(standing, start=first):
        if kept["fact"]["id"] not in leave_out:
            parts[_part_of(kept)].append(_line(turn, number, kept))
    lines: list[str] = []
    for heading, of_it in parts.items():
        if heading and of_it:
            lines.append(turn.phrase(heading))
        lines.extend(of_it)
    return "\n".join(lines)


def render_some(turn: Turn, standing: Sequence[StandingFact], names: Collection[str]) -> str:
    """The facts with these ids, with the numbers that they have among all."""
    numbered = enumerate(standing, start=1)
    return "\n".join(_line(turn, number, kept) for number, kept in numbered if kept["fact"]["id"] in names)


_NOW = ""
_PARTS = (_NOW, "standing_known_to_some", "standing_reader", "standing_not_now", "standing_open")
"""The phrases that head the parts of what stands, in order. What is so now, and no secret, needs none."""
_PART_OF = dict(zip(GROUPS, _PARTS, strict=True))


def _part_of(kept: StandingFact) -> str:
    return _PART_OF[group_of(Fact.from_json(kept["fact"]), kept["known_by"])]


def _line(turn: Turn, number: int, kept: StandingFact) -> str:
    fact = kept["fact"]
    since = turn.memory.number(kept["since"])
    line = str(turn.phrase("line_since", line=f"{number}. {fact['text']}", seq=since))
    return as_told(turn, line, fact.get("frame", "now"), kept["known_by"])


def as_told(turn: Turn, line: str, frame: str, known_by: Iterable[str]) -> str:
    """The line of a fact, with how it was told and who knows it."""
    if frame != "now":
        line = str(turn.phrase("line_aside", line=line, aside=turn.phrase(f"frame_{frame}")))
    if names := [name for name in known_by if name.lower() not in READER]:
        aside = turn.phrase("standing_known_by", names=say(names, turn.language.tag))
        line = str(turn.phrase("line_aside", line=line, aside=aside))
    return line
