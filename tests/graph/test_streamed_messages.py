"""A conversation as it streams: what is shown while it is written is the message that stays, and no form is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver

from graph_at_hand import THREAD
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.schemas.assistants import CO_AUTHOR, NOVELIST
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.messages import BaseMessage

    from fake_model import FakeChatModel

HUMAN = Context(model="fake", opening_paragraphs=1)
UNATTENDED = HUMAN.model_copy(update={"plan_selection": "first"})


class Seen:
    """What a client sees of a run: each message that streams, and the conversation after each step."""

    def __init__(self, run: Any, text: str, context: Context) -> None:
        self.streamed: dict[str, str] = {}
        self.conversations: list[list[BaseMessage]] = []
        given = {"messages": [HumanMessage(text)]}
        for mode, data in run.stream(given, THREAD, context=context, stream_mode=["messages", "values"]):
            if mode == "values":
                self.conversations.append(data.get("messages", []))
            elif isinstance(data[0], AIMessageChunk):
                shown = str(data[0].id)
                self.streamed[shown] = self.streamed.get(shown, "") + data[0].text

    def texts(self, number: int = -1) -> dict[str, str]:
        """The answers of a conversation, by their ids."""
        return {str(said.id): said.text for said in self.conversations[number] if isinstance(said, AIMessage)}


def chat() -> Any:
    return in_messages(CO_AUTHOR).compile(checkpointer=InMemorySaver())


def test_a_streamed_paragraph_is_the_message_that_stays(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    for said, answers in (("A lighthouse", 1), ("2", 2)):
        seen = Seen(run, said, HUMAN)
        (streamed,) = seen.streamed
        assert list(seen.texts())[-1] == streamed
        assert len(seen.texts()) == answers
        assert seen.streamed[streamed] in seen.texts()[streamed]
        assert run.get_state(THREAD).values["plans"][0]["text"] in seen.texts()[streamed]


def test_no_conversation_after_a_text_has_streamed_is_without_it(fake_model: FakeChatModel) -> None:
    """A chat replaces what it shows by each conversation that comes: one without the text would wipe it away."""
    del fake_model
    run = chat()
    Seen(run, "A lighthouse", HUMAN)
    seen = Seen(run, "1", HUMAN)
    (streamed,) = seen.streamed
    first = next(number for number in range(len(seen.conversations)) if streamed in seen.texts(number))
    after = range(first, len(seen.conversations))
    assert all(seen.streamed[streamed] in seen.texts(number)[streamed] for number in after)
    assert len(after) >= 4


def test_a_whole_story_is_told_in_one_message_of_those_that_streamed(fake_model: FakeChatModel) -> None:
    del fake_model
    run = in_messages(NOVELIST).compile(checkpointer=InMemorySaver())
    seen = Seen(run, "Foxes", UNATTENDED)
    assert len(seen.streamed) == 1 + 5
    (told,) = seen.texts()
    assert told == list(seen.streamed)[-1]
    assert all(text in seen.texts()[told] for text in seen.streamed.values())
    assert any(len(seen.texts(number)) == 6 for number in range(len(seen.conversations)))


def test_a_text_that_was_refused_does_not_stay(fake_models: Callable[..., FakeChatModel]) -> None:
    refused: list[bool] = []

    def refuse_once(_: list[BaseMessage], schema: dict[str, Any] | None) -> str | None:
        if schema is None and not refused:
            refused.append(True)
            return "I'm sorry, but I can't write that."
        return None

    fake_models(interfere=refuse_once)
    seen = Seen(chat(), "A lighthouse", HUMAN)
    first, second = seen.streamed
    assert "sorry" in seen.streamed[first]
    assert list(seen.texts()) == [second]


async def test_every_call_that_answers_a_form_says_so_to_every_client(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    given = {"messages": [HumanMessage("A lighthouse")]}
    events = run.astream_events(given, THREAD, context=HUMAN, version="v2")
    calls = [
        (set(event["tags"]), event["metadata"]) async for event in events if event["event"] == "on_chat_model_start"
    ]
    prose = [tags for tags, _ in calls if "prose" in tags]
    forms = [(tags, metadata) for tags, metadata in calls if "prose" not in tags]
    assert (len(prose), len(forms)) == (1, 4)
    assert all({"nostream", "langsmith:nostream"} <= tags for tags, _ in forms)
    assert all(metadata["emit-messages"] is False for _, metadata in forms)


@pytest.mark.parametrize("edited", [1, 2, 3])
def test_an_older_message_said_anew_before_it_forks_at_its_passage(fake_model: FakeChatModel, edited: int) -> None:
    """As a chat does that has the whole history: another message at the checkpoint before the one that is edited."""
    del fake_model
    run = chat()
    answers = ["A lighthouse", "1", "She stays.", "She leaves."]
    for text in answers:
        said = run.invoke({"messages": [HumanMessage(text)]}, THREAD, context=HUMAN)
    human = [message for message in said["messages"] if isinstance(message, HumanMessage)]
    history = list(run.get_state_history(THREAD))
    first_seen = [state for state in history if human[edited].id in _ids(state)][-1]
    before = run.get_state(first_seen.parent_config)
    forked = run.invoke({"messages": [HumanMessage("She sells it.")]}, before.config, context=HUMAN)
    state = run.get_state(THREAD).values
    assert (state["step"], state["plan"]["text"]) == (edited, "She sells it.")
    assert [message.text for message in forked["messages"] if message.type == "human"] == [
        *answers[:edited],
        "She sells it.",
    ]
    assert sum(last - first + 1 for _, first, last in state["lineage"]) == 1 + edited


def test_an_older_message_said_anew_at_the_newest_checkpoint_changes_nothing(fake_model: FakeChatModel) -> None:
    run = chat()
    first = HumanMessage("A lighthouse", id="first")
    run.invoke({"messages": [first]}, THREAD, context=HUMAN)
    Seen(run, "1", HUMAN)
    before, calls = run.get_state(THREAD).values, len(fake_model.asked)
    run.invoke({"messages": [HumanMessage("A mine", id="first")]}, THREAD, context=HUMAN)
    after = run.get_state(THREAD).values
    assert len(fake_model.asked) == calls
    assert all(before[name] == after[name] for name in ("step", "topic", "lineage", "plans", "paragraph"))


def _ids(state: Any) -> list[str]:
    return [message.id for message in state.values.get("messages", [])]
