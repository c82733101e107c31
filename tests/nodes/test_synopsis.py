"""The book so far within a bound: what is nearest gives way first."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from recurrentgpt.models.window import count_tokens
from recurrentgpt.nodes.synopsis import render, within
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
    Told(211, 212, 0, "Ben rowed out."),
]
WHOLE = [
    "[1-160] Ada found the bell. She hid it. Nobody knew.",
    "[161-200] Ben came back. He was old. They quarrelled.",
    "[201-210] The ice came. It stayed. They starved.",
    "[211] Ada lit the lamp.",
    "[212] Ben rowed out.",
]
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
    needed = sum(map(count_tokens, lines))
    assert shown(needed) == lines
    assert shown(1000, needed) == lines, "by the run's bound as by the room there is"


def test_without_room_there_is_none() -> None:
    assert shown(-100) == []
    assert shown(400, 0) == []
