"""What stands beside a recalled passage: what of it is no longer so, and what it does not tell as being so now.

A note is about the passage's own facts first, then about others whose names stand in it. What took a fact's place is
said only where it is about the same, and by its number where *As things stand* has it; of a claim, a dream or a
question nobody is told that it is "no longer so". Beside a passage in short stands what its words, as they are shown
in the end, speak of.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ..schemas.aliases import has_another_name
from ..schemas.catalogue import say
from ..schemas.facts import Fact
from ..schemas.wording import plain, with_stop
from .nearness import is_hinted_at
from .overlap import share_said
from .standing import as_told

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ..memory import Recalled
    from ..schemas.facts import FactState
    from ..schemas.looked import LeftOut
    from ..schemas.state import NoteOf, Passage, StandingFact
    from .standing import Standing
    from .turn import Turn

_NOTES = 6
"""Notes a recalled passage has at most."""
_BY_NAME = 1
"""Of them, those of facts that other passages state."""
_NEWER = 3
"""Facts of *As things stand* that it names besides, each beside the first passage that it is newer than."""
_HALF = 2
"""One in so many of those that such a fact is about the passage names, at least."""
_FRAMED = 2
"""Facts that a note names of what its passage does not tell as being so now."""
_FIGURE = re.compile(r"\d+")
_MOST = {"words": 0.5, "characters": 0.3}
"""The part of a fact's words that a part of its passage has which shows it."""
_OVER = {"now": "since_no_longer", "claimed": "since_untrue"}
"""What is said of what is over, where nothing about the same took its place, by how it was told."""

_AS_TOLD = {
    "since_answered": "since_answered_as_told",
    "since_now": "since_told_later",
    "since_told_now": "since_told_later",
}
"""What is said of what took a place and is itself not told as being so now, instead."""


class Note(NamedTuple):
    """What stands beside a passage, and the fact it is about (of several, their names): is most of it to be shown?"""

    line: str
    text: str = ""
    names: tuple[str, ...] = ()
    most: bool = False


class _Known(NamedTuple):
    """What was looked up: facts by id, the numbers of those that *As things stand* has, and names of one."""

    states: Mapping[str, FactState]
    numbers: Mapping[str, int]
    aliases: Sequence[Sequence[str]]


def notes_since(  # noqa: PLR0913, PLR0917 (what stands in a prompt)
    turn: Turn,
    recalled: Sequence[Recalled],
    whole: int,
    own: Iterable[FactState],
    standing: Standing,
    aliases: Sequence[Sequence[str]] = (),
) -> dict[int, list[Note]]:
    """What has changed since of what each recalled passage says, by its place.

    Args:
        turn: the gate's.
        recalled: the passages; of those beyond the first ``whole``, a summary and a sentence are shown.
        whole: how many are shown whole.
        own: the facts that they state, and what took their place.
        standing: what the prompt shows as holding. What is newer there and about the same is named by its number: a
            change need not end a fact, where none said how it was. And what was found to hold no longer: what held when
            a passage was written, and whose names stand in it, is noted beside the first such passage.
        aliases: names of one: any of them is as good as another.
    """
    numbers = {kept["fact"]["id"]: number for number, kept in enumerate(standing.facts, start=1)}
    known = _Known({state.fact.id: state for state in (*own, *standing.ended)}, numbers, aliases)
    notes: dict[int, list[Note]] = {}
    stated = {hit.place: {fact.id for fact in _own(hit)} for hit in recalled}
    shown = {
        hit.place: hit.entry.text if number < whole else f"{hit.entry.summary} {hit.sentence}"
        for number, hit in enumerate(recalled)
    }
    outdated = {
        hit.place: [
            state
            for state in _outdated(known, hit, stated[hit.place])
            if number < whole or _shows(turn, state.fact.text, state.fact.subjects, shown[hit.place])
        ]
        for number, hit in enumerate(recalled)
    }
    own_notes = {
        place: [
            *(note._replace(most=True) for note in _changes(turn, known, outdated[place])),
            *_told_as(turn, known, names, shown[place]),
        ]
        for place, names in stated.items()
    }
    told = {note.line for of_it in own_notes.values() for note in of_it[:_NOTES]}
    newer_told: set[str] = set()
    for hit in recalled:
        of_others = _named(turn, known, hit, stated[hit.place], shown[hit.place])
        named = [note for note in _changes(turn, known, of_others) if note.line not in told][:_BY_NAME]
        notes[hit.place] = list(dict.fromkeys([*own_notes[hit.place], *named]))[:_NOTES]
        told.update(note.line for note in named)
        said = "\n".join(note.line for note in notes[hit.place])
        over = [state for state in (*outdated[hit.place], *of_others) if state.fact.text in said]
        instead = {now.fact.id for state in over if (now := _last(state, known) or _below(turn, state, known))}
        newer = _newer(turn, known, hit, shown[hit.place], standing, instead | newer_told)
        newer_told.update(newer)
        if newer:
            notes[hit.place].append(_of_newer(turn, known, newer, standing, shown[hit.place]))
    return notes


def still_beside(turn: Turn, hit: Passage, shown: str, aliases: Sequence[Sequence[str]]) -> list[str]:
    """Of the notes beside a passage in short those of whose fact something is shown, or, of what is newer, a name.

    Args:
        turn: the gate's.
        hit: the passage; nothing is left out where what its notes are about was not kept.
        shown: what is shown of it; nothing, where its summary stands above.
        aliases: names of one.
    """
    lines, about = hit.get("since", []), hit.get("since_of", [])
    if len(about) != len(lines):
        return lines
    words = shown or hit["summary"]

    def is_shown(of: NoteOf) -> bool:
        if of["text"]:
            return (_shows if of["most"] else _says_of)(turn, of["text"], of["names"], words)
        return bool(shown) and any(_is_there(name, shown, aliases) for name in of["names"])

    return [line for line, of in zip(lines, about, strict=True) if is_shown(of)]


def _of_newer(turn: Turn, known: _Known, newer: Sequence[str], standing: Standing, shown: str) -> Note:
    """The numbers of what is newer, and whom and what of the passage it is about."""
    numbers = sorted(known.numbers[name] for name in newer)
    subjects = [name for number in numbers for name in standing.facts[number - 1]["fact"].get("subjects", ())]
    there = {plain(name): name for name in reversed(subjects) if _is_there(name, shown, known.aliases)}
    names, tag = list(there.values())[::-1], turn.language.tag
    line = turn.phrase("since_newer", names=say(names, tag), numbers=say([str(one) for one in numbers], tag))
    return Note(str(line), "", tuple(names))


def older_text(turn: Turn, left_out: LeftOut, text: str) -> str:
    """What stands beside a text that is older than a change after which something else is told of it."""
    places = left_out.places(text, turn.memory.path)
    if places is None:
        return ""
    if not places:
        return str(turn.phrase("older_text"))
    numbers = say([turn.memory.number(place) for place in places], turn.language.tag)
    return str(turn.phrase("older_than", numbers=numbers))


def _own(hit: Recalled) -> list[Fact]:
    """The facts that a passage says itself: what the premise says is kept with the first one, which need not say it."""
    return [fact for fact in hit.entry.facts if fact.source != "premise"]


def _newer(  # noqa: PLR0913, PLR0917 (what stands in a prompt)
    turn: Turn, known: _Known, hit: Recalled, shown: str, standing: Standing, named: Collection[str]
) -> list[str]:
    """What *As things stand* has that is newer than a passage and about what that names, as yet unnamed."""
    about = {plain(name) for fact in _own(hit) for name in fact.subjects}
    newer = [
        name
        for name in standing.best
        if name not in named
        and _is_newer(kept := standing.facts[known.numbers[name] - 1], hit.place)
        and not about.isdisjoint(map(plain, kept["fact"].get("subjects", ())))
        and _is_of(turn, Fact.from_json(kept["fact"]), shown, known.aliases)
    ]
    return newer[:_NEWER]


def _is_of(turn: Turn, fact: Fact, shown: str, aliases: Sequence[Sequence[str]]) -> bool:
    """Whether a passage names half of what a fact is about, or one and a word of it besides."""
    there = sum(_is_there(name, shown, aliases) for name in fact.subjects)
    return there * _HALF >= len(fact.subjects) or (there > 0 and _says_of(turn, fact.text, fact.subjects, shown))


def _is_newer(kept: StandingFact, place: int) -> bool:
    fact = kept["fact"]
    is_so_now = fact.get("kind", "state") == "state" and fact.get("frame", "now") == "now"
    return is_so_now and kept["since"] > place


def _outdated(known: _Known, hit: Recalled, stated: set[str]) -> list[FactState]:
    """The facts that a passage states and that hold no longer."""
    return [state for name, state in known.states.items() if name in stated and _ended_after(state, hit)]


def _named(turn: Turn, known: _Known, hit: Recalled, stated: set[str], shown: str) -> list[FactState]:
    """What other passages show to be so and this one takes for granted: it held, its names stand here, and more of it.

    A claim, a dream or a question of another passage is none of this one's.
    """
    return [
        state
        for name, state in known.states.items()
        if name not in stated
        and state.fact.frame == "now"
        and state.fact.kind == "state"
        and _ended_after(state, hit)
        and _is_named_in(state.fact, shown, known.aliases)
        and _speaks_of(turn, state.fact, shown)
    ]


def _ended_after(state: FactState, hit: Recalled) -> bool:
    return state.until is not None and state.since <= hit.place < state.until


def _changes(turn: Turn, known: _Known, ended: Iterable[FactState]) -> Iterator[Note]:
    """What became of facts that hold no longer; nothing of a dream that nothing took the place of."""
    for state in ended:
        about = state.fact.text, state.fact.subjects
        followed = _line_of(state, known)
        now = followed[-1] if followed else None
        is_open = state.fact.kind == "thread"
        last = _as_last_put(state, known) if is_open else state
        if not now and last is not state and last.holds:
            now = last
        if now and plain(now.fact.text) == plain(state.fact.text):
            continue
        number = known.numbers.get(now.fact.id) if now else None
        if now and not number:
            told = "since_changed" if len(followed) > 1 else "since_then"
            phrase = "since_open" if is_open else told if state.fact.frame == "now" else "since_told"
            line = turn.phrase(
                phrase,
                old=with_stop(state.fact.text, turn.language),
                fact=as_told(turn, now.fact.text, now.fact.frame, ()),
                seq=turn.memory.number(now.since),
            )
        elif number:
            phrase = "since_answered" if is_open else "since_now" if state.fact.frame == "now" else "since_told_now"
            if now and now.fact.frame != "now":
                phrase = _AS_TOLD[phrase]
            line = turn.phrase(phrase, fact=with_stop(state.fact.text, turn.language), number=number)
        elif is_open:
            line = turn.phrase("since_settled", fact=state.fact.text, seq=turn.memory.number(last.until or 0))
        elif state.fact.frame == "now" and (below := _below(turn, state, known)):
            line = turn.phrase(
                "since_told_below",
                fact=with_stop(state.fact.text, turn.language),
                seq=turn.memory.number(state.until or 0),
                number=known.numbers[below.fact.id],
            )
        elif over := _OVER.get(state.fact.frame):
            line = turn.phrase(over, fact=state.fact.text, seq=turn.memory.number(state.until or 0))
        else:
            continue
        yield Note(str(line), *about)


def _told_as(turn: Turn, known: _Known, stated: set[str], shown: str) -> Iterator[Note]:
    """What is shown of a passage and is not told as being so now, and the most telling facts of it: a line each frame.

    What *As things stand* has is named by its number: there it says how it was told.
    """
    own = [
        state
        for name, state in known.states.items()
        if name in stated
        and state.fact.frame != "now"
        and _is_still_told(state, known)
        and _says_of(turn, state.fact.text, state.fact.subjects, shown)
    ]
    for frame in ("earlier", "imagined", "claimed"):
        told = [state.fact for state in own if state.fact.frame == frame][:_FRAMED]
        below = sorted(known.numbers[fact.id] for fact in told if fact.id in known.numbers)
        texts = [with_stop(fact.text, turn.language) for fact in told if fact.id not in known.numbers]
        facts = [turn.language.joint.join(texts)] if texts else []
        if below:
            facts.append(str(turn.phrase("told_below", numbers=say([str(one) for one in below], turn.language.tag))))
        about = " ".join(fact.text for fact in told), tuple(name for fact in told for name in fact.subjects)
        yield from (Note(str(turn.phrase(f"told_{frame}", facts=one)), *about) for one in facts)


def _is_still_told(state: FactState, known: _Known) -> bool:
    """Whether a passage tells it as it ever did: nothing took its place, though it may be over, as a dream is."""
    is_over = state.fact.kind == "thread" or state.fact.frame in _OVER or _line_of(state, known)
    return state.holds or not is_over


def _as_last_put(state: FactState, known: _Known) -> FactState:
    """A question or promise as it was last put: that which took the place of another is the same in other words."""
    seen = {state.fact.id}
    while (other := known.states.get(state.by)) and other.fact.kind == "thread" and other.fact.id not in seen:
        seen.add(other.fact.id)
        state = other
    return state


def _last(state: FactState, known: _Known) -> FactState | None:
    """What now stands at the end of the line of facts that took its place, where that is about the same."""
    line = _line_of(state, known)
    return line[-1] if line else None


def _line_of(state: FactState, known: _Known) -> list[FactState]:
    """The facts that took its place, one after the other, where the last of them holds and is about the same."""
    line = _all_after(state, known)
    last = line[-1] if line else state
    is_about_it = any(_names(name, last.fact, known.aliases) for name in state.fact.subjects)
    return line if last.holds and (is_about_it or not state.fact.subjects) else []


def _below(turn: Turn, state: FactState, known: _Known) -> FactState | None:
    """What *As things stand* has that took its place, is about something else, and shares a word with it.

    A bag that held two things is no longer as it was told once one of them is in a hand.
    """
    line = _all_after(state, known)
    last = line[-1] if line else state
    is_told = last is not state and last.holds and last.fact.id in known.numbers
    return last if is_told and share_said(last.fact.text, state.fact.text, turn.language) > 0 else None


def _all_after(state: FactState, known: _Known) -> list[FactState]:
    """The facts that took its place, one after the other."""
    seen = {state.fact.id}
    line: list[FactState] = []
    while state.by in known.states and state.by not in seen:
        seen.add(state.by)
        state = known.states[state.by]
        line.append(state)
    return line


def _names(name: str, fact: Fact, aliases: Sequence[Sequence[str]]) -> bool:
    """Whether a fact is about whom or what a name is one of: by its words, or by what it says that it is about."""
    told = " ".join((fact.text, *fact.subjects))
    return _is_named(name, told, aliases)


def _is_named_in(fact: Fact, text: str, aliases: Sequence[Sequence[str]]) -> bool:
    """Whether all that a fact is about is named in a text, by one name or another."""
    return bool(fact.subjects) and all(_is_named(name, text, aliases) for name in fact.subjects)


def _speaks_of(turn: Turn, fact: Fact, text: str) -> bool:
    """Whether a text speaks of what a fact says, and not of whom it is about alone: of two at once, or by its words.

    A figure that the text does not have (somebody's age) is nothing that it could have said.
    """
    if not set(_FIGURE.findall(fact.text)) <= set(_FIGURE.findall(text)):
        return False
    return len(fact.subjects) > 1 or _says_of(turn, fact.text, fact.subjects, text)


def _shows(turn: Turn, fact: str, names: Collection[str], text: str) -> bool:
    """Whether most of a fact, besides the names that it is about, stands in a text; of one of names alone, a name."""
    if share_said(fact, fact, turn.language, names):
        return share_said(fact, text, turn.language, names) >= _MOST[turn.language.counts]
    return share_said(fact, text, turn.language) > 0


def _says_of(turn: Turn, fact: str, names: Collection[str], text: str) -> bool:
    """Whether a text has a word of a fact besides the names that it is about, if that has any."""

    def said_in(other: str) -> bool:
        return share_said(fact, other, turn.language, names) > 0

    return said_in(text) or not said_in(fact)


def _is_there(name: str, text: str, aliases: Sequence[Sequence[str]]) -> bool:
    """Whether a text has a name, what may stand for it, or another name of the same."""
    return is_hinted_at(name, plain(text)) or _is_named(name, text, aliases)


def _is_named(name: str, text: str, aliases: Sequence[Sequence[str]]) -> bool:
    return name.lower() in text.lower() or has_another_name(aliases, name, text)
