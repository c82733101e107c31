"""A manuscript of which several parts are read at once: the same story, whichever answer comes first."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import Field

from fake_model import FakeChatModel
from recurrentgpt.models.window import count_tokens
from recurrentgpt.nodes.read_manuscript import parts_of
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import GateError, ModelUnavailableError
from recurrentgpt.schemas.story_input import StoryInput
from recurrentgpt.stories.importing import keep_manuscript, read_on, unread
from recurrentgpt.stories.library import Library
from recurrentgpt.stories.manuscript import ToRead
from recurrentgpt.stories.reading_cost import cost_of_reading
from resources_at_hand import add_model
from stories_at_hand import at, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from recurrentgpt.stories.record import StoryRecord

PASSAGES = [
    f"Boat {number} lies at the quay. Nobody came to look at boat {number} that day." for number in range(1, 19)
]
AT_ONCE = Context(model="fake", plan_selection="first", read_at_once=3)
MEMORY, SUMMARIES, FACTS = "memory", "summaries", "facts"


def told(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
    """Of each part, that its first boat lies at the quay, in the place of the fact with number 1 where there is one."""
    if not schema or next(iter(schema["properties"])) != FACTS:
        return None
    number = _first_boat(messages)
    fact = {
        "fact": f"Boat {number} lies there.",
        "about": [f"Boat {number}"],
        "says": f"Boat {number} lies at the quay",
    }
    return json.dumps({"facts": [{**fact, "replaces": [1]}], "changes": []})


def _first_boat(messages: list[BaseMessage]) -> int:
    found = re.search(r"next part:\s+Boat (\d+)", messages[-1].text)
    assert found
    return int(found[1])


class SlowChatModel(FakeChatModel):
    """The fake whose first or last call of several is answered first; it keeps how many there are at once."""

    last_first: bool = False
    running: int = 0
    most: int = 0
    kinds: list[str] = Field(default_factory=list)

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> Any:
        self.running += 1
        self.most = max(self.most, self.running)
        waits = 20 - self.running if self.last_first else self.running
        for _ in range(50 * waits):
            await asyncio.sleep(0)
        self.running -= 1
        names = list(schema["properties"]) if schema else []
        self.kinds.append(MEMORY if MEMORY in names else names[0])
        return self._answer(messages, schema)


def begun(library: Library) -> StoryRecord:
    return library.begin(
        StoryInput(topic="The Shore", title="The Shore"),
        AT_ONCE,
        before=lambda folder: keep_manuscript(folder, ToRead("", PASSAGES, [])),
    )


def read(library: Library, record: StoryRecord, context: Context = AT_ONCE) -> None:
    async def act() -> None:
        async with library.open(record) as story:
            async for _ in read_on(story, context):
                pass

    asyncio.run(act())


def remembered(library: Library, record: StoryRecord) -> list[Any]:
    entries = at(library, record, lambda story: story.manuscript())
    state = at(library, record, lambda story: story.state())
    known = [entry.knowledge for entry in entries]
    facts = [[fact.text for fact in one.facts] for one in known if one]
    ended = [[change.what for change in one.changes] for one in known if one]
    return [
        [entry.text for entry in entries],
        [entry.summary for entry in entries],
        facts,
        ended,
        state["short_term_memory"],
    ]


def test_whichever_answers_first_the_story_is_the_same() -> None:
    found = []
    for last_first in (False, True):
        model = SlowChatModel(interfere=told, last_first=last_first)
        add_model("fake", lambda: model)  # noqa: B023 (used before the next)
        library = Library.of_the_process()
        record = begun(library)
        read(library, record)
        found.append(remembered(library, record))
        # 18 paragraphs are five parts: three at once, with the memory of them, and then two.
        assert model.most == 4
        assert [model.kinds.count(kind) for kind in (MEMORY, SUMMARIES, FACTS)] == [2, 5, 5]
        assert len(model.asked) == 12 + 1 + 1  # plans, and a synopsis of the first ten
        second = next(asked[-1].text for asked in model.asked if "next part:\n\nBoat 5" in asked[-1].text)
        assert PASSAGES[3] in second.partition("next part:")[0]
    assert found[0] == found[1]
    passages, summaries, facts, ended, memory = found[0]
    assert passages == PASSAGES
    assert all(summaries)
    assert memory
    # Each part knew the fact of the one before it, also of those that were read at once with it, and ended it.
    assert [texts for texts in facts if texts] == [[f"Boat {number} lies there."] for number in (1, 5, 9, 13, 17)]
    assert [kinds for kinds in ended if kinds] == [["replaced"]] * 4


def test_stopped_between_parts_it_goes_on_and_nothing_is_there_twice(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    def stops(messages: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema and MEMORY in schema["properties"] and broken and _first_boat(messages) == 13:
            return "nonsense"
        if schema and next(iter(schema["properties"])) == FACTS and broken and _first_boat(messages) == 9:
            raise ConnectionError("gone")
        return told(messages, schema)

    broken = True
    model = fake_models(interfere=stops)
    library = Library.of_the_process()
    record = begun(library)
    with pytest.raises(ModelUnavailableError, match="gone"):
        read(library, record)
    assert unread(library.folder(record)) == 18
    model.interfere = lambda messages, schema: None if broken and schema is None else told(messages, schema)
    broken = False
    # Also with other settings than those that it was begun with.
    read(library, record, AT_ONCE.model_copy(update={"read_at_once": 1}))
    assert unread(library.folder(record)) == 0
    assert texts(library, record) == PASSAGES
    told_of = [
        fact.text for entry in at(library, record, lambda story: story.manuscript()) for fact in entry.knowledge.facts
    ]
    assert len(told_of) == len(set(told_of))


def test_what_fails_beside_others_stops_them_and_is_said(fake_models: Callable[..., FakeChatModel]) -> None:
    def fails(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return "nonsense" if schema and next(iter(schema["properties"])) == SUMMARIES else None

    fake_models(interfere=fails)
    library = Library.of_the_process()
    with pytest.raises(GateError):
        read(library, begun(library))
    assert unread(library.folder(library.find())) == 18


def test_parts_have_room() -> None:
    text = "a word " * 100
    size = [len(part) for part in parts_of([text] * 20, 10**6, 3)]
    assert size == [4, 4, 4]
    assert [len(part) for part in parts_of([text] * 20, 4 * count_tokens(text), 3)] == [2, 1, 1]
    assert [len(part) for part in parts_of([text] * 20, 1, 3)] == [1]


def test_the_cost_of_reading_at_once_is_said(fake_models: Callable[..., FakeChatModel]) -> None:
    model = fake_models(interfere=told)
    library = Library.of_the_process()
    read(library, begun(library))
    cost = cost_of_reading(library, PASSAGES, AT_ONCE)
    assert cost.calls == 2 + 5 + 5 + 1
    assert abs(len(model.asked) - cost.calls) <= 2
    one_by_one = cost_of_reading(library, PASSAGES, AT_ONCE.model_copy(update={"read_at_once": 1}))
    assert cost.seconds
    assert one_by_one.seconds
    assert cost.seconds < one_by_one.seconds
    assert cost.output_tokens < one_by_one.output_tokens
    assert cost_of_reading(library, PASSAGES, Context(model="embedded", read_at_once=3)).calls == one_by_one.calls
