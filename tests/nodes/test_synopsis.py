"""The book so far within a bound: what is nearest gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from recurrentgpt.models.window import count_tokens
from recurrentgpt.nodes.synopsis import beside, render, within
from recurrentgpt.nodes.turn import Turn
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.spans import Told

if TYPE_CHECKING:
    from recurrentgpt.schemas.state import StoryState

TOLD = [
    Told(0, 160, 3, "Ada found the bell. She hid it. Nobody knew."),
    Told(160, 200, 2, "Ben came back. He was old. They quarrelled."),
    Told(200, 210, 1, "The ice came. It stayed. They starved."),
    Told(210, 211, 0, "Ada lit the lamp."),
    Told(211, 212, 0, "Ben rowed out to the wreck before dawn, and found nobody in it."),
]
WHOLE = [
    "[1-160] Ada found the bell. She hid it. Nobody knew.",
    "[161-200] Ben came back. He was old. They quarrelled.",
    "[201-210] The ice came. It stayed. They starved.",
    "[211] Ada lit the lamp.",
    "[212] Ben rowed out to the wreck before dawn, and found nobody in it.",
]
LEFT_OUT = {5: [], 4: ["212"], 3: ["211-212"], 2: ["201-212"], 1: ["161-212"], 0: []}
"""What is said behind so many lines."""
SHORT = ["[1-160] Ada found the bell.", "[161-200] Ben came back.", "[201-210] The ice came."]


def shown(room: int, tokens: int = 400) -> list[str]:
    turn = Turn("generate_paragraph", Context(synopsis_tokens=tokens), cast("StoryState", {"story_id": "s"}))
    return render(turn, within(turn, TOLD, room)).splitlines()


@pytest.mark.parametrize(
    "lines",
    [
        WHOLE,
        WHOLE[:4],
        WHOLE[:3],
        [*WHOLE[:2], SHORT[2]],
        [WHOLE[0], *SHORT[1:]],
        SHORT,
        SHORT[:2],
        SHORT[:1],
        [],
    ],
)
def test_the_nearest_gives_way_first(lines: list[str]) -> None:
    said = [f"[{first}] (left out here)" for first in LEFT_OUT[len(lines)]]
    needed = sum(map(count_tokens, [*lines, *said]))
    assert shown(needed) == [*lines, *said]
    assert shown(1000, needed) == [*lines, *said], "by the run's bound as by the room there is"


def test_what_was_left_out_is_no_reason_to_tell_again_what_stands_beside() -> None:
    turn = Turn("generate_paragraph", Context(synopsis_tokens=400), cast("StoryState", {"story_id": "s"}))
    lines = [WHOLE[3], "[212] (left out here)"]
    told = within(turn, TOLD[3:], sum(map(count_tokens, lines)))
    assert render(turn, told).splitlines() == lines
    assert not beside(told, {210})
    assert beside(told, {211})


def test_without_room_there_is_none() -> None:
    assert shown(-100) == []
    assert shown(400, 0) == []
