"""The MCP server with the official client: a story is begun, its plans are chosen, work is waited for and stopped."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from mcp import Client
from mcp_types import ElicitResult
from pydantic import Field

from fake_model import FakeChatModel
from recurrentgpt.mcp_server.server import make_server
from recurrentgpt.stories.library import Library
from resources_at_hand import add_model

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from langchain_core.messages import AIMessage, BaseMessage

LIGHTHOUSE = {"topic": "A lighthouse keeper finds a message in a bottle", "model": "fake"}


@asynccontextmanager
async def connected(wait: float = 45, **how: Any) -> AsyncIterator[Client]:
    server = make_server(Library.of_the_process(), wait=wait)
    async with Client(server, raise_exceptions=True, **how) as client:
        yield client


async def call(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    answer = await client.call_tool(tool, arguments)
    assert not answer.is_error, answer.content
    return dict(answer.structured_content)


async def refused(client: Client, tool: str, **arguments: Any) -> tuple[str, dict[str, Any]]:
    """The sentence of an error, and the error as data.

    Structured content is of the tool's schema or not there: the official client in TypeScript checks it in errors too,
    and then shows what does not fit instead of the sentence."""
    answer = await client.call_tool(tool, arguments)
    assert answer.is_error
    assert answer.structured_content is None
    (content,) = answer.content
    return content.text, answer.meta["recurrentgpt/error"]  # type: ignore[union-attr, index]


class Person:
    """Somebody who is asked by the client, and what they were asked."""

    def __init__(self, *answers: dict[str, str] | str) -> None:
        self.asked: list[Any] = []
        self._answers = list(answers)

    async def __call__(self, _: object, params: Any) -> ElicitResult:
        self.asked.append(params)
        answer = self._answers.pop(0)
        if isinstance(answer, str):
            return ElicitResult(action=answer)
        return ElicitResult(action="accept", content=dict(answer))


class HeldModel(FakeChatModel):
    """The fake that, while it is held, waits for its cue before it writes prose."""

    held: bool = False
    reached: Any = Field(default_factory=asyncio.Event)
    let_go: Any = Field(default_factory=asyncio.Event)

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        if self.held and schema is None:
            self.reached.set()
            await self.let_go.wait()
        return await super()._awaited(messages, schema)

    def release(self) -> None:
        """Go on."""
        self.held = False
        self.let_go.set()


class DeafModel(HeldModel):
    """The held one, which goes on waiting for its cue when it is told to end, the first time."""

    async def _awaited(self, messages: list[BaseMessage], schema: dict[str, Any] | None) -> AIMessage:
        try:
            return await super()._awaited(messages, schema)
        except asyncio.CancelledError:
            return await super()._awaited(messages, schema)


@pytest.fixture
async def held_model() -> HeldModel:
    """The chat model named ``fake``, which can be held."""
    made = HeldModel()
    add_model("fake", lambda: made)
    return made


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_person_is_asked_for_each_plan_where_the_client_can_ask(fake_model: FakeChatModel, mode: str) -> None:
    del fake_model
    person = Person(
        {"choice": "2"},
        {"choice": "own", "words": "She sells the light."},
        {"choice": "others", "words": "Quieter."},
        {"choice": "1"},
        *({"choice": "3"} for _ in range(2)),
    )
    async with connected(mode=mode, elicitation_callback=person) as client:
        now = await call(client, "begin_story", **LIGHTHOUSE)
        first = now["paragraphs"]
        seen = [now, *[await call(client, "choose_plan") for _ in range(6)]]
        book = (await call(client, "read_book"))["passages"]
    assert [now["paragraphs"] - first for now in seen] == [0, 1, 2, 2, 3, 4, 5]
    assert all(now["standing"] == "waiting" for now in seen)
    assert seen[3]["plans"] != seen[2]["plans"]
    assert book[first + 1]["text"] == seen[2]["passage"]
    question = person.asked[0]
    assert seen[0]["passage"] in question.message
    ways = question.requested_schema["properties"]["choice"]["oneOf"]
    assert [way["const"] for way in ways] == ["1", "2", "3", "own", "others", "stop"]
    assert ways[1]["title"].startswith("2. ")


async def test_without_an_answer_the_story_waits_as_it_did(fake_model: FakeChatModel) -> None:
    del fake_model
    person = Person("decline", "cancel")
    async with connected(elicitation_callback=person) as client:
        before = await call(client, "begin_story", **LIGHTHOUSE)
        for _ in range(2):
            assert await call(client, "choose_plan") == before


async def test_a_story_is_written_where_the_client_cannot_ask(fake_model: FakeChatModel) -> None:
    """The pause comes back with how to answer it, and five answers make five passages."""
    del fake_model
    async with connected() as client:
        await call(client, "begin_story", **LIGHTHOUSE)
        now = await call(client, "choose_plan")
        assert now["standing"] == "waiting"
        assert "answer_pause" in now["how"]
        first, plans = now["paragraphs"], []
        answers: list[dict[str, Any]] = [
            *({"plan": 2}, {"instruction": "She sells the light."}, {"plan": 1, "chapter": "The Cellar"}),
            *({"plan": 3, "short_term_memory": "Mara is alone."}, {"plan": 1}),
        ]
        for answer in answers:
            plans.append([plan["text"] for plan in now["plans"]])
            now = await call(client, "answer_pause", pause_id=now["pause_id"], **answer)
        book = (await call(client, "export_book"))["text"]
    assert now["paragraphs"] == first + 5
    assert now["passage"].split(".")[0] in book
    assert "## The Cellar" in book
    assert len({tuple(offered) for offered in plans}) == 5


async def test_two_clients_write_two_stories_at_once(fake_model: FakeChatModel) -> None:
    del fake_model

    async def write(client: Client, topic: str) -> list[dict[str, Any]]:
        now = await call(client, "begin_story", **LIGHTHOUSE | {"topic": topic})
        answer = {"story": now["story_id"], "plan": 2, "pause_id": now["pause_id"]}
        return [now, await call(client, "answer_pause", **answer)]

    async with connected() as one, connected() as other:
        told = await asyncio.gather(write(one, "Foxes in the snow"), write(other, "A bridge at night"))
    assert all(after["paragraphs"] == before["paragraphs"] + 1 for before, after in told)
    assert len({now["story_id"] for now in told[0]} | {now["story_id"] for now in told[1]}) == 2
    assert told[0][1]["passage"] != told[1][1]["passage"]


async def test_an_answer_with_the_id_of_its_pause_counts_once(fake_model: FakeChatModel) -> None:
    del fake_model
    async with connected() as client:
        before = await call(client, "begin_story", **LIGHTHOUSE)
        once = await call(client, "answer_pause", plan=1, pause_id=before["pause_id"])
        assert await call(client, "answer_pause", plan=2, pause_id=before["pause_id"]) == once


async def test_an_answer_that_means_nothing_is_asked_again_with_why(fake_model: FakeChatModel) -> None:
    del fake_model
    async with connected() as client:
        await call(client, "begin_story", **LIGHTHOUSE)
        now = await call(client, "answer_pause", plan=9)
        assert (now["standing"], now["again"]) == ("waiting", "There is no plan 9: there are plans 1 to 3.")
        assert (await refused(client, "answer_pause"))[1]["code"] == "plan_unclear"


async def test_what_is_to_be_said_of_the_plans_is_said_with_them(fake_model: FakeChatModel) -> None:
    del fake_model
    older = "These plans are older than a change of the outline"
    async with connected() as client:
        assert (await call(client, "begin_story", **LIGHTHOUSE))["remarks"] == []
        await call(client, "edit_story", what="outline", text="Mara keeps the lamp.\nShe puts it out.")
        now = await call(client, "answer_pause", short_term_memory="Mara is alone.")
        for seen in (now, await call(client, "read_pause")):
            assert [remark.partition(".")[0] for remark in seen["remarks"]] == [f"{older}; the short-term memory"]
        now = await call(client, "answer_pause", chapter="The Cellar")
        assert now["remarks"] == ["With the next paragraph a chapter begins: “The Cellar”."], "the plans are for it"
        assert (await call(client, "answer_pause", plan=1))["remarks"] == []


async def test_other_plans_are_made(fake_model: FakeChatModel) -> None:
    async with connected() as client:
        before = await call(client, "begin_story", **LIGHTHOUSE)
        now = await call(client, "other_plans", feedback="SENTINEL: quieter")
    assert now["plans"] != before["plans"]
    assert "SENTINEL: quieter" in fake_model.asked[-1][-1].text


async def test_several_are_written_with_nobody_asked_up_to_the_end(fake_model: FakeChatModel) -> None:
    del fake_model
    async with connected() as client:
        first = (await call(client, "begin_story", **LIGHTHOUSE, target_paragraphs=2))["paragraphs"]
        now = await call(client, "continue_story", paragraphs=5, chooser="first")
    assert (now["standing"], now["paragraphs"] - first, now["plans"]) == ("ended", 2, [])


# Work that takes long


async def test_a_call_returns_before_its_work_is_done_and_can_be_asked_again(
    held_model: HeldModel,
) -> None:
    told: list[str] = []

    async def tell(progress: float, total: float | None, message: str | None) -> None:
        assert (progress >= 1, total) == (True, None)
        told.append(str(message))

    async with connected(wait=0.05) as client:
        now = await call(client, "begin_story", **LIGHTHOUSE)
        while now["standing"] == "writing":
            now = await call(client, "read_pause")
        held_model.held = True
        now = await call(client, "answer_pause", plan=1, pause_id=now["pause_id"])
        assert now["standing"] == "writing"
        assert "read_pause" in now["how"]
        await asyncio.wait_for(held_model.reached.wait(), 20)
        again = await client.call_tool("answer_pause", {"plan": 2}, progress_callback=tell)
        assert again.structured_content["standing"] == "writing"
        held_model.release()
        while now["standing"] == "writing":
            answer = await client.call_tool("read_pause", {}, progress_callback=tell)
            now = answer.structured_content or {}
    assert now["standing"] == "waiting"
    assert now["paragraphs"] == 2
    assert told[0] == "Writing the next paragraph"


async def test_a_cancelled_call_ends_its_work_and_what_is_done_is_kept(
    held_model: HeldModel,
) -> None:
    async with connected() as client:
        before = await call(client, "begin_story", **LIGHTHOUSE)
        held_model.held = True
        calling = asyncio.create_task(client.call_tool("answer_pause", {"instruction": "She sells the light."}))
        await asyncio.wait_for(held_model.reached.wait(), 20)
        calling.cancel()
        await asyncio.wait([calling])
        held_model.release()
        now = await call(client, "read_pause")
        assert (now["standing"], now["paragraphs"]) == ("unsettled", before["paragraphs"])
        now = await call(client, "continue_story")
        book = (await call(client, "read_book"))["passages"]
    assert (now["standing"], now["paragraphs"]) == ("waiting", before["paragraphs"] + 1)
    assert book[-1]["text"] == now["passage"]


async def test_stop_ends_the_work_at_once(held_model: HeldModel) -> None:
    async with connected(wait=0.05) as client:
        held_model.held = True
        now = await call(client, "begin_story", **LIGHTHOUSE)
        assert now["standing"] == "writing"
        held_model.release()
        assert (await call(client, "stop"))["standing"] in ("unsettled", "waiting")


async def test_stop_ends_a_call_that_does_not_hear_it_the_first_time() -> None:
    """As a stream of LangChain's does not where a piece of it comes at the same moment."""
    deaf = DeafModel()
    add_model("fake", lambda: deaf)
    async with connected(wait=0.05) as client, asyncio.timeout(60):
        deaf.held = True
        await call(client, "begin_story", **LIGHTHOUSE)
        await deaf.reached.wait()
        assert (await call(client, "stop"))["standing"] == "unsettled"


async def test_what_was_under_way_when_a_server_ended_is_taken_up_by_the_next(
    held_model: HeldModel,
) -> None:
    async with connected(wait=0.05) as client:
        now = await call(client, "begin_story", **LIGHTHOUSE)
        while now["standing"] == "writing":
            now = await call(client, "read_pause")
        held_model.held = True
        now = await call(client, "answer_pause", plan=1)
        await asyncio.wait_for(held_model.reached.wait(), 20)
    held_model.release()
    async with connected() as client:
        now = await call(client, "read_pause")
    assert (now["standing"], now["paragraphs"]) == ("waiting", 2)


async def test_a_model_that_refuses_is_told_with_what_to_do_and_the_story_goes_on(
    fake_models: Callable[..., FakeChatModel],
) -> None:
    broken = {"on": False}

    def refuse(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        return "No." if broken["on"] and schema and "plans" in schema["properties"] else None

    fake_models(interfere=refuse)
    async with connected() as client:
        await call(client, "begin_story", **LIGHTHOUSE)
        broken["on"] = True
        now = await call(client, "answer_pause", plan=1)
        assert now["standing"] == "unsettled"
        assert now["problem"]["code"] == "gate_gave_up"
        assert "'propose_plans'" in now["problem"]["message"]
        assert "continue_story" in now["how"]
        broken["on"] = False
        now = await call(client, "continue_story")
    assert (now["standing"], now["problem"], now["paragraphs"]) == ("waiting", None, 2)


async def test_a_story_that_cannot_be_begun_says_why_as_a_sentence_and_as_data(fake_model: FakeChatModel) -> None:
    del fake_model
    async with connected() as client:
        said, data = await refused(client, "begin_story", topic="  ", model="fake")
        assert "The story's input cannot be used" in said
        assert (data["code"], data["message"]) == ("input_unusable", said)
        assert (await refused(client, "read_pause", story="no such story"))[1]["type"] == "StoryNotFoundError"


async def test_a_chinese_story_asks_in_chinese(fake_model: FakeChatModel) -> None:
    del fake_model
    person = Person({"choice": "1"})
    async with connected(elicitation_callback=person) as client:
        now = await call(client, "begin_story", topic="守灯塔的人捡到一个漂流瓶", model="fake", language="zh")
        assert "choose_plan" in now["how"]
        assert "计划" in now["how"]
        await call(client, "choose_plan")
    assert "接下来怎么写？" in person.asked[0].message
