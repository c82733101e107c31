"""AG-UI's adapter over a conversation: nothing of ours stands in its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from ag_ui.core import ResumeEntry, RunAgentInput, UserMessage
from ag_ui_langgraph import LangGraphAgent
from langgraph.checkpoint.memory import InMemorySaver

from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.schemas.assistants import CO_AUTHOR
from recurrentgpt.schemas.errors import RecurrentGPTError
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from fake_model import FakeChatModel


class Page:
    """A page that talks by AG-UI: the messages it shows, and what came."""

    def __init__(self, saver: InMemorySaver | None = None, thread: str = "1", *, outcome: bool = False) -> None:
        self.graph: Any = in_messages(CO_AUTHOR).compile(checkpointer=saver or InMemorySaver())
        self._thread = thread
        self.messages: list[Any] = []
        self._agent = LangGraphAgent(
            name="co_author", graph=self.graph, emit_raw_events=False, emit_interrupt_outcome=outcome
        )

    async def run(self, messages: list[Any], resume: list[ResumeEntry] | None = None, **forwarded: Any) -> list[Any]:
        events = await self.events(messages, resume, **forwarded)
        kinds = [event.type.value for event in events]
        assert "RUN_ERROR" not in kinds
        assert kinds[-1] == "RUN_FINISHED"
        snapshots = [event.messages for event in events if event.type.value == "MESSAGES_SNAPSHOT"]
        self.messages = snapshots[-1] if snapshots else self.messages
        return events

    async def events(self, messages: list[Any], resume: list[ResumeEntry] | None = None, **forwarded: Any) -> list[Any]:
        given = RunAgentInput(
            thread_id=self._thread,
            run_id="1",
            state={},
            messages=messages,
            tools=[],
            context=[],
            forwarded_props=forwarded,
            resume=resume,
        )
        return [event async for event in self._agent.run(given)]

    @property
    def state(self) -> dict[str, Any]:
        values: dict[str, Any] = self.graph.get_state({"configurable": {"thread_id": self._thread}}).values
        return values


pytestmark = pytest.mark.filterwarnings("ignore:`get_config_jsonschema` is deprecated")  # the adapter's own use of it


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event.type.value == kind]


@pytest.fixture(autouse=True)
def _model(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()


async def test_a_story_is_begun_answered_and_an_older_message_is_said_anew() -> None:
    page = Page()
    begun = await page.run([UserMessage(id="m1", role="user", content="A lighthouse")])
    (question,) = of(begun, "CUSTOM")
    assert question.name == "on_interrupt"
    assert '"select_plan"' in question.value

    answered = await page.run(page.messages, command={"resume": 2})
    assert (page.state["step"], page.state["plan"]["number"]) == (1, 2)
    for events in (begun, answered):
        shown = "".join(event.delta for event in of(events, "TEXT_MESSAGE_CONTENT"))
        (start,) = of(events, "TEXT_MESSAGE_START")
        assert "{" not in shown, "the forms of the other gates are none of the page's"
        (said,) = [message for message in page.messages if message.id == start.message_id]
        assert shown in said.content
    first = page.state["paragraph"]

    await page.run([UserMessage(id="m1", role="user", content="A lighthouse on a cliff")])
    assert page.state["topic"] == "A lighthouse on a cliff"
    assert page.state["step"] == 0
    assert page.state["paragraph"] != first


async def test_a_pause_is_an_outcome_and_is_answered_by_its_id_where_the_page_speaks_the_newer_protocol() -> None:
    page = Page(outcome=True)
    events = await page.run([UserMessage(id="m1", role="user", content="A lighthouse")])
    for step, (status, payload, plan) in enumerate(
        [("resolved", 2, 2), ("cancelled", None, 2), ("resolved", '{"plan": 3}', 3), ("resolved", {"stop": True}, 3)]
    ):
        (asked,) = events[-1].outcome.interrupts
        events = await page.run(page.messages, [ResumeEntry(interrupt_id=asked.id, status=status, payload=payload)])
        assert page.state["plan"]["number"] == plan, step
    assert page.state["step"] == 2
    assert getattr(events[-1].outcome, "interrupts", None) is None


async def test_two_pages_at_once_keep_apart_and_another_server_goes_on_with_a_paused_one() -> None:
    saver = InMemorySaver()
    pages = [Page(saver, thread) for thread in ("1", "2")]
    said = [UserMessage(id=f"m{number}", role="user", content=topic) for number, topic in enumerate(("Foxes", "Rain"))]
    await asyncio.gather(*(page.run([message]) for page, message in zip(pages, said, strict=True)))

    again = [Page(saver, thread) for thread in ("1", "2")]
    await asyncio.gather(*(page.run([], command={"resume": plan}) for page, plan in zip(again, (2, 3), strict=True)))
    assert [(page.state["topic"], page.state["step"], page.state["plan"]["number"]) for page in again] == [
        ("Foxes", 1, 2),
        ("Rain", 1, 3),
    ]


async def test_a_page_is_told_what_went_wrong_and_goes_on_once_it_is_put_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Page()
    await page.run([UserMessage(id="m1", role="user", content="A lighthouse")])
    monkeypatch.setenv("RECURRENTGPT_MODEL", "nobody:nothing")
    read_environment()
    (error,) = of(await page.events(page.messages, command={"resume": 2}), "RUN_ERROR")
    assert str(RecurrentGPTError("no_provider", provider="nobody", model="nobody:nothing")) in error.message

    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()
    await page.run(page.messages, command={"resume": 2})  # said again, it goes on with what was answered
    assert (page.state["step"], page.state["plan"]["number"]) == (1, 2)
