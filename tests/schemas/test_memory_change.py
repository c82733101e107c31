"""How much of a memory was kept to the letter, and what of its changes the reason speaks of."""

from __future__ import annotations

import pytest

from recurrentgpt.schemas.memory_change import MemoryChange, memory_change

EN = {
    "language": "en",
    "previous_memory": "Mara keeps the light.\nThe bottle is lost.\nTomas owes her money.",
    "short_term_memory": "Mara keeps the light.\nThe bottle is under the stairs.\nTomas owes her money.",
}
NED = {
    "language": "en",
    "previous_memory": "Mara keeps the light.\nThe key is hers.\nTomas owes her money.",
    "short_term_memory": "Mara keeps the light.\nNow Ned has it.\nTomas owes her money.",
}
ZH = {
    "language": "zh",
    "previous_memory": "玛拉守着灯塔。\n瓶子不见了。\n汤姆欠她的钱。",
    "short_term_memory": "玛拉守着灯塔。\n瓶子藏在楼梯下面。\n汤姆欠她的钱。",
}


@pytest.mark.parametrize(
    ("state", "rationale", "named"),
    [
        (EN, "The bottle was found under the stairs.", 2),
        (EN, "It was found: see the stairs.", 1),
        (EN, "Mara still keeps the light, and Tomas still owes her money.", 0),
        (EN, "", 0),
        (NED, "He gave it to Ned at last.", 1),
        (ZH, "瓶子找到了，原来藏在楼梯下面。", 2),
        (ZH, "原来就在楼梯下面。", 1),
        (ZH, "玛拉仍守着灯塔，汤姆仍欠她的钱。", 0),
    ],
)
def test_what_was_kept_and_what_the_reason_names(state: dict[str, str], rationale: str, named: int) -> None:
    assert memory_change({**state, "rationale": rationale}) == MemoryChange(3, 2, 2, named)


def test_where_nothing_was_before_nothing_was_kept() -> None:
    assert memory_change({"short_term_memory": "Mara rows.", "rationale": "Mara rows."}) == MemoryChange(0, 0, 1, 1)
    assert memory_change({**EN, "short_term_memory": EN["previous_memory"]}) == MemoryChange(3, 3, 0, 0)
