"""Which facts hold: as they are found by a question, followed to what took their place, and proved by their passage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recurrentgpt.memory import Lineage, LongTermMemory
from recurrentgpt.schemas.facts import Change, Fact, Knowledge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recurrentgpt.schemas.facts import FactState


def told(memory: LongTermMemory, path: Lineage, text: str, *facts: Fact, changes: Sequence[Change] = ()) -> Lineage:
    return memory.append(path, text, "", knowledge=Knowledge(facts, tuple(changes)))


def said(text: str, **more: object) -> Fact:
    return Fact.from_json({"id": "#0", "text": text, **more})


def texts(states: Sequence[FactState]) -> list[str]:
    return [state.fact.text for state in states if state.holds]


TIMES = 40


def counted_down(memory: LongTermMemory) -> Lineage:
    """A story in which one number changes again and again, each time in other words than a question would use."""
    path = told(
        memory, Lineage(), "Drums were stacked.", said("There are forty-one drums in the shed.", subjects=["drums"])
    )
    first = chain = "main:0:0"
    for number in range(1, TIMES + 1):
        after = said(f"Tally mark {number} stands on the wall.", roots=[chain])
        change = Change("replaced", first, (chain,), by="#0")
        path = told(memory, path, f"Mark {number}.", after, changes=[change])
        first = f"main:{number}:0"
    return path


def test_a_fact_that_holds_no_longer_leads_to_what_took_its_place(memory: LongTermMemory) -> None:
    path = counted_down(memory)
    found = memory.facts.about(path, ["There are forty-one drums in the shed."], limit=1)
    assert found[0].fact.text == "There are forty-one drums in the shed."
    assert not found[0].holds
    assert texts(found) == [f"Tally mark {TIMES} stands on the wall."]


def test_it_is_followed_in_the_order_it_happened(memory: LongTermMemory) -> None:
    path = counted_down(memory)
    found = memory.facts.of(path, memory.read(path)[:1])
    assert [state.fact.id for state in found] == [f"main:{number}:0" for number in range(TIMES + 1)]


def test_the_search_goes_on_past_facts_that_hold_no_longer(memory: LongTermMemory) -> None:
    path = Lineage()
    for number in range(60):
        path = told(memory, path, f"Drums {number}.", said(f"There are {number} drums in the shed."))
        path = told(memory, path, f"Gone {number}.", changes=[Change("ended", f"main:{2 * number}:0", quote="Gone")])
    path = told(memory, path, "A boat came.", said("A boat with oil lies at the quay."))
    found = memory.facts.about(path, ["How many drums are in the shed?"], limit=1)
    assert texts(found) == ["A boat with oil lies at the quay."]


def test_where_one_in_the_middle_is_unmade_the_one_before_it_does_not_come_back(memory: LongTermMemory) -> None:
    path = told(memory, Lineage(), "Red.", said("The door is red."))
    root = ("main:0:0",)
    path = told(
        memory, path, "Blue.", said("The door is blue.", roots=root), changes=[Change("replaced", *root, root, by="#0")]
    )
    path = told(
        memory,
        path,
        "Green.",
        said("The door is green.", roots=root),
        changes=[Change("replaced", "main:1:0", root, by="#0")],
    )
    unmade = memory.edit(path, 1, text="Nothing.", knowledge=Knowledge())
    assert texts(memory.facts.about(unmade, ["The door"], limit=3)) == ["The door is green."]
    assert memory.history(unmade).void == [(2, Change("replaced", "main:1:0", root, by="main:2:0"))]


def test_each_sibling_has_its_own(memory: LongTermMemory) -> None:
    path = told(memory, Lineage(), "Ines took the key.", said("Ines has the key."))
    lost = told(memory, path, "It sank.", changes=[Change("ended", "main:0:0", ("main:0:0",), quote="It sank.")])
    kept = told(memory, path, "She slept.")
    assert texts(memory.facts.about(lost, ["the key"], limit=3)) == []
    assert texts(memory.facts.about(kept, ["the key"], limit=3)) == ["Ines has the key."]


def test_facts_made_later_are_seen_by_every_path_and_made_once(memory: LongTermMemory) -> None:
    path = memory.append(Lineage(), "Ines took the key.", "")
    other = memory.append(path, "She slept.", "")
    memory.learn(path, 0, Knowledge((said("Ines has the key."),)))
    memory.learn(path, 0, Knowledge((said("Ines has the moon."),)))
    assert texts(memory.facts.about(other, ["the key"], limit=3)) == ["Ines has the key."]


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ({"id": "a", "text": "b", "frame": "someday"}, "frame 'someday'"),
        ({"text": "b"}, "a fact has an id and a text"),
        ({"id": "a", "text": "b", "subjects": "Mara"}, "a list of texts"),
    ],
)
def test_what_is_no_fact_is_refused(kept: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Fact.from_json(kept)
