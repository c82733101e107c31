"""Where a story with a length is, and at what pace it goes: opening, middle, climax or ending, or the last paragraph.

The opening of the book counts, and so does all that was there before somebody said how long it is to be: a book of two
hundred paragraphs that is to end in ten is not at its beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..schemas.lineage import Lineage
from . import beats

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

_OPENING, _CLIMAX, _ENDING = 0.25, 0.15, 0.15
"""The parts of a book's length that its opening, its climax and its ending take."""
_LONGEST = 8
"""Paragraphs that the climax of a book of any length has, and its ending."""
_SHORT, _LONG = 12, 60
"""Up to so many paragraphs a book has no time to lose, from so many it need not hurry."""


class Place(NamedTuple):
    """The next paragraph's place in its book: its number, from 1, and how many there will be."""

    number: int
    target: int

    @property
    def part(self) -> str:
        """The part of the book that it is in, as the phrase that says so."""
        left = self.target - self.number
        climax, ending = (min(part * self.target, _LONGEST) for part in (_CLIMAX, _ENDING))
        if not left:
            return "place_last"
        if left < ending:
            return "place_ending"
        if left < ending + climax:
            return "place_climax"
        return "place_opening" if self.number <= _OPENING * self.target else "place_middle"


def has_its_length(state: StoryState) -> bool:
    """Whether the story has as many paragraphs as it is to have."""
    target = state.get("target_paragraphs")
    return target is not None and state["step"] >= target


def place_of_next(state: StoryState) -> Place | None:
    """Where the next paragraph will stand; ``None`` for a story without a length, and for one that has it."""
    target = state.get("target_paragraphs")
    if target is None or has_its_length(state):
        return None
    written = Lineage.from_json(state.get("lineage")).length
    return Place(written + 1, written + target - state["step"])


def part_of_next(state: StoryState) -> str:
    """The part of the book that the next paragraph is in; empty where that is not known."""
    place = place_of_next(state)
    return place.part if place else ""


def is_ending(state: StoryState) -> bool:
    """Whether the next paragraph belongs to the story's ending."""
    return part_of_next(state) in {"place_ending", "place_last"}


def is_last(state: StoryState) -> bool:
    """Whether the next paragraph is the story's last."""
    return part_of_next(state) == "place_last"


def hint(state: StoryState, turn: Turn) -> str:
    """What who plans or writes the next paragraph is told of its place, and of the pace that the length allows."""
    place, offers = place_of_next(state), turn.mode.asks_for_actions and not turn.writes_the_passage
    if place is None:
        return turn.phrase("pace_free") if state.get("target_paragraphs") is None and not offers else ""
    if place.part == "place_climax" and beats.is_lengthened(state):
        name = "place_planned"  # What was prepared has met: its end was told.
    else:
        name = place.part if turn.writes_the_passage else _planned(place, turn)
    left = place.target - place.number
    hints = [turn.phrase(name, number=place.number, target=place.target, left=left)]
    # The pace is the teller's: who offers actions neither hurries the story nor holds it back.
    pace = "" if is_ending(state) or offers else _pace(place.target)
    if pace == "pace_free" and beats.is_behind(state, turn.language, _length(state, place)):
        pace = ""
    return "\n".join([*hints, turn.phrase(pace)] if pace else hints)


def _planned(place: Place, turn: Turn) -> str:
    """What whoever plans is told of a place: what a passage has to do there is said to whoever writes it."""
    if place.part == "place_last":
        return "place_last_planned"
    # Who offers actions neither brings people in nor makes things harder.
    is_told = turn.mode.asks_for_actions and place.part in {"place_opening", "place_middle"}
    return "place_planned" if is_told else place.part


def part_due(state: StoryState, turn: Turn) -> int:
    """The part of the outline that the book's length has due, if that is after the one that is told; else 0."""
    place = place_of_next(state)
    if place is None or is_ending(state) or not beats.is_behind(state, turn.language, _length(state, place)):
        return 0
    # Whoever plans may say that the next part begins, and no later one: so it is the next that is due.
    return beats.now_of(state, turn.language) + 1


def where_it_goes(state: StoryState, turn: Turn) -> str:
    """What who plans or writes the next paragraph is told of the outline's parts: which is told now, and the next."""
    place = place_of_next(state)
    return beats.hint(state, turn, _length(state, place) if place else None)


def _length(state: StoryState, place: Place) -> beats.Length:
    return beats.Length(place.number, place.target, is_ending(state))


def may_linger(state: StoryState) -> bool:
    """Whether a plan may last for more than the next paragraph."""
    place = place_of_next(state)
    return place is None or (place.target > _SHORT and not is_ending(state))


def _pace(target: int) -> str:
    if target <= _SHORT:
        return "pace_quick"
    return "pace_free" if target > _LONG else ""
