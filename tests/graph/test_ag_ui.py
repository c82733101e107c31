"""AG-UI's adapter over a conversation: nothing of ours stands in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ag_ui.core import RunAgentInput, UserMessage
from ag_ui_langgraph import LangGraphAgent
from langgraph.checkpoint.memory import InMemorySaver

from graph_at_hand import THREAD
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.schemas.assistants import CO_AUTHOR
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from fake_model import FakeChatModel


class Page:
    """A page that talks by AG-UI: the messages it shows, and what came."""

    def __init__(self) -> None:
        self.graph: Any = in_messages(CO_AUTHOR).compile(checkpointer=InMemorySaver())
        self.messages: list[Any] = []
        self._agent = LangGraphAgent(name="co_author", graph=self.graph, emit_raw_events=False)

    async def run(self, messages: list[Any], **forwarded: Any) -> list[Any]:
        given = RunAgentInput(
            thread_id="1",
            run_id="1",
            state={},
            messages=messages,
            tools=[],
            context=[],
            forwarded_props=forwarded,
        )
        events = [event async for event in self._agent.run(given)]
        kinds = [event.type.value for event in events]
        assert "RUN_ERROR" not in kinds
        assert kinds[-1] == "RUN_FINISHED"
        snapshots = [event.messages for event in events if event.type.value == "MESSAGES_SNAPSHOT"]
        self.messages = snapshots[-1] if snapshots else self.messages
        return events

    @property
    def state(self) -> dict[str, Any]:
        values: dict[str, Any] = self.graph.get_state(THREAD).values
        return values


def of(events: list[Any], kind: str) -> list[Any]:
    return [event for event in events if event.type.value == kind]


@pytest.mark.filterwarnings("ignore:`get_config_jsonschema` is deprecated")  # the adapter's own use of it
async def test_a_story_is_begun_answered_and_an_older_message_is_said_anew(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()
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
