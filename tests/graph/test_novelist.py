"""The graph that speaks in messages: a conversation, an agent's sub-agent, and what they get back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.graph.message import MessagesState
from langgraph.types import Command

from graph_at_hand import THREAD
from recurrentgpt.graph import novelist
from recurrentgpt.graph.conversation import in_messages
from recurrentgpt.memory.last_state import read_last_state
from recurrentgpt.schemas.assistants import CO_AUTHOR, NOVELIST
from recurrentgpt.schemas.context import Context
from recurrentgpt.schemas.errors import SettingsError
from resources_at_hand import memories, read_environment

if TYPE_CHECKING:
    from fake_model import FakeChatModel

CONTEXT = Context(model="fake", opening_paragraphs=1)
UNATTENDED = CONTEXT.model_copy(update={"plan_selection": "first"})


@dataclass
class Desk:
    """A parent's context: not ours."""

    desk: str = "fiction"


def chat() -> Any:
    return in_messages(CO_AUTHOR).compile(checkpointer=InMemorySaver())


def say(run: Any, text: str, context: Context = CONTEXT) -> dict[str, Any]:
    state: dict[str, Any] = run.invoke({"messages": [HumanMessage(text)]}, THREAD, context=context)
    return state


def test_a_story_is_talked_about(fake_model: FakeChatModel) -> None:
    run = chat()
    opening = say(run, "A lighthouse keeper finds a bottle")["messages"][-1]
    begun = run.get_state(THREAD).values
    assert begun["topic"] == "A lighthouse keeper finds a bottle"
    assert opening.text.startswith(f"# {begun['title']}\n\n{begun['paragraph']}")
    assert all(f"{number}. {plan['text']}" in opening.text for number, plan in enumerate(begun["plans"], start=1))

    second = say(run, "2")["messages"][-1]
    assert run.get_state(THREAD).values["plan"]["text"] == begun["plans"][1]["text"]
    assert begun["paragraph"] not in second.text
    say(run, "She burns the letter.")
    assert "She burns the letter." in fake_model.asked[-4][1].text
    assert run.get_state(THREAD).values["step"] == 2


def test_a_pause_in_a_conversation_is_answered_as_any_other(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    paused = say(run, "A lighthouse")
    assert paused["__interrupt__"][0].value["action_requests"][0]["name"] == "select_plan"
    state = run.invoke(Command(resume={paused["__interrupt__"][0].id: 3}), THREAD, context=CONTEXT)
    assert run.get_state(THREAD).values["plan"]["number"] == 3
    assert [type(message) for message in state["messages"]] == [HumanMessage, AIMessage, AIMessage]


def test_an_answer_that_means_nothing_is_answered_with_what_was_wrong(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    say(run, "A lighthouse")
    state = say(run, "99")
    assert "There is no plan 99: there are plans 1 to 3." in state["messages"][-1].text
    assert state["__interrupt__"]
    assert run.get_state(THREAD).values["step"] == 0
    say(run, "1")
    assert run.get_state(THREAD).values["step"] == 1


def test_what_is_to_be_said_of_the_plans_is_said_with_them(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    assert "older" not in say(run, "A lighthouse")["messages"][-1].text
    outline = '{"outline": "Mara keeps the lamp.\\nShe puts it out."}'
    older, chapter = (
        "These plans are older than a change of the outline.",
        "With the next paragraph a chapter begins: “The Cellar”.",
    )
    told = say(run, outline)["messages"][-1].text
    assert -1 < told.find(older) < told.index("\n1. ")
    told = say(run, '{"chapter": "The Cellar"}')["messages"][-1].text
    assert -1 < told.find(chapter) < told.index("\n1. ")
    assert older not in told, "these were made for it"


def test_the_same_message_is_heard_once(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    say(run, "A lighthouse")
    message = HumanMessage("1", id="once")
    run.invoke({"messages": [message]}, THREAD, context=CONTEXT)
    run.invoke({"messages": [message]}, THREAD, context=CONTEXT)
    assert run.get_state(THREAD).values["step"] == 1


def test_nobody_is_asked_where_the_novelist_is_at_work(fake_model: FakeChatModel) -> None:
    del fake_model
    state = novelist.invoke({"messages": [HumanMessage("Foxes")]}, context=UNATTENDED)
    assert set(state) == {"messages", "story_id"}
    asked, told = state["messages"]
    assert (asked.text, told.name) == ("Foxes", "novelist")
    assert len(told.text.split("\n\n")) == 1 + 1 + 5


def test_a_finished_story_goes_on_when_it_is_spoken_of_again(fake_model: FakeChatModel) -> None:
    run: Any = in_messages(NOVELIST).compile(checkpointer=InMemorySaver())
    first = say(run, "Foxes", UNATTENDED)
    calls = len(fake_model.asked)
    second = say(run, "The vixen leaves.", UNATTENDED)
    assert "The vixen leaves." in fake_model.asked[calls + 1][1].text
    assert len(second["messages"]) == len(first["messages"]) + 2
    assert len(second["messages"][-1].text.split("\n\n")) == 5
    assert first["messages"][-1].text not in second["messages"][-1].text


@pytest.mark.parametrize("messages", [[], [HumanMessage("  ")], [AIMessage("I am ready.")]])
def test_without_a_message_there_is_no_story(fake_model: FakeChatModel, messages: list[Any]) -> None:
    del fake_model
    with pytest.raises(SettingsError, match="no message that says what it is to be about"):
        novelist.invoke({"messages": messages}, context=UNATTENDED)


def test_a_long_message_is_topic_and_background(fake_model: FakeChatModel) -> None:
    run = chat()
    say(run, "A lighthouse.\n" + "The sea was grey. " * 200)
    state = run.get_state(THREAD).values
    assert state["topic"] == "A lighthouse."
    assert state["background"].startswith("The sea was grey.")
    assert "The sea was grey." in fake_model.asked[-1][0].text


def test_fields_beside_the_message_count(fake_model: FakeChatModel) -> None:
    del fake_model
    run = chat()
    given = {"messages": [HumanMessage("灯塔")], "language": "zh", "genre": "悬疑"}
    told = run.invoke(given, THREAD, context=CONTEXT)["messages"][-1].text
    assert "接下来" in told


def test_it_serves_a_parent_with_messages_and_a_context_of_its_own(
    fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    del fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()
    parent = StateGraph(MessagesState, context_schema=Desk)
    parent.add_node("novelist", novelist)
    parent.add_edge(START, "novelist")
    state = parent.compile().invoke({"messages": [HumanMessage("Foxes")]}, context=Desk())
    assert [message.type for message in state["messages"]] == ["human", "ai"]


def test_what_is_kept_beside_the_memory_is_the_storys_own(fake_model: FakeChatModel) -> None:
    del fake_model
    state = novelist.invoke({"messages": [HumanMessage("Foxes")]}, context=UNATTENDED)
    kept = read_last_state(memories().folder(state["story_id"]))
    assert kept is not None
    assert "messages" not in kept
    assert kept["step"] == 5
