"""The story as part of something larger, each way the docs show: pause, answer, resume, two at once, an error."""

from __future__ import annotations

import asyncio
from collections.abc import Callable  # noqa: TC003 (Pydantic reads the annotations)
from typing import TYPE_CHECKING, Any, TypedDict
from uuid import uuid4

import pytest
from deepagents import create_deep_agent
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command
from langgraph_supervisor import create_supervisor
from langgraph_swarm import create_handoff_tool, create_swarm

from recurrentgpt import Context, RecurrentGPTError, StoryState, co_author
from recurrentgpt.graph import graph
from resources_at_hand import read_environment

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from fake_model import FakeChatModel

FOXES, SNOW = "A lighthouse keeper finds a message", "Foxes in the snow"
SHORT = Context(opening_paragraphs=1, paragraph_sentences=3)


class Caller(BaseChatModel):
    """An agent's model: to a person's first message it answers with calls of one tool, and afterwards with a word.

    Attributes:
        calls: the tool, and what it is called with for each topic in the message (divided by semicolons).
    """

    calls: tuple[str, Callable[[str], dict[str, Any]]]

    @property
    def _llm_type(self) -> str:
        return "caller"

    def bind_tools(self, *_: Any, **__: Any) -> Any:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        name, given = self.calls
        done = any(isinstance(message, ToolMessage) for message in messages)
        topics = [] if done else messages[-1].text.split("; ")
        calls = [{"name": name, "args": given(topic), "id": str(uuid4())} for topic in topics]
        said = AIMessage("Done." if done else "", tool_calls=calls)
        return ChatResult(generations=[ChatGeneration(message=said)])


def in_a_message(topic: str) -> dict[str, Any]:
    return {"messages": [HumanMessage(topic)]}


class Magazine(TypedDict, total=False):
    """A parent's state that shares no key with the story's."""

    theme: str
    printed: str


def subgraph(saver: BaseCheckpointSaver[Any]) -> Any:
    build = StateGraph(StoryState, context_schema=Context)
    build.add_node("story", graph)
    build.add_edge(START, "story")
    return build.compile(checkpointer=saver)


def node(saver: BaseCheckpointSaver[Any]) -> Any:
    def commission(state: Magazine) -> Magazine:
        written = graph.invoke({"topic": state["theme"]}, context=SHORT)
        return {"printed": written["paragraph"]}

    build = StateGraph(Magazine)
    build.add_node("commission", commission)
    build.add_edge(START, "commission")
    return build.compile(checkpointer=saver)


@tool
def write_story(topic: str) -> str:
    """Write a story about a topic."""
    written = graph.invoke({"topic": topic}, context=SHORT)
    return str(written["paragraph"])


def in_a_tool(saver: BaseCheckpointSaver[Any]) -> Any:
    model = Caller(calls=("write_story", lambda topic: {"topic": topic}))
    return create_agent(model, tools=[write_story], checkpointer=saver)


def deep_agent(saver: BaseCheckpointSaver[Any]) -> Any:
    model = Caller(calls=("task", lambda topic: {"description": topic, "subagent_type": "co_author"}))
    writer: Any = {"name": "co_author", "description": "Writes a story with a person.", "runnable": co_author}
    return create_deep_agent(model=model, subagents=[writer], checkpointer=saver)


def supervisor(saver: BaseCheckpointSaver[Any]) -> Any:
    model = Caller(calls=("transfer_to_co_author", lambda _: {}))
    return create_supervisor([co_author], model=model).compile(checkpointer=saver)


def swarm(saver: BaseCheckpointSaver[Any]) -> Any:
    hand_over = create_handoff_tool(agent_name="co_author")
    model = Caller(calls=("transfer_to_co_author", lambda _: {}))
    editor = create_agent(model, tools=[hand_over], name="editor")
    writer = co_author.copy({"checkpointer": True})
    return create_swarm([editor, writer], default_active_agent="editor").compile(checkpointer=saver)


WAYS: dict[str, tuple[Callable[[Any], Any], Callable[[str], dict[str, Any]]]] = {
    "subgraph": (subgraph, lambda topic: {"topic": topic}),
    "node": (node, lambda topic: {"theme": topic}),
    "tool": (in_a_tool, in_a_message),
    "deepagents": (deep_agent, in_a_message),
    "supervisor": (supervisor, in_a_message),
    "swarm": (swarm, in_a_message),
}
pytestmark = [
    pytest.mark.filterwarnings("ignore:create_react_agent has been moved"),  # langgraph-supervisor's own use of it
]


@pytest.fixture(autouse=True)
def _model(fake_model: FakeChatModel, monkeypatch: pytest.MonkeyPatch) -> None:
    del fake_model
    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()


def thread(name: str) -> Any:
    return {"configurable": {"thread_id": name}}


def pauses(state: dict[str, Any]) -> list[Any]:
    return list(state.get("__interrupt__", []))


@pytest.mark.parametrize("way", WAYS)
def test_a_pause_is_answered_and_gone_on_with_by_a_process_that_knows_the_thread_alone(way: str) -> None:
    make, begin = WAYS[way]
    saver = InMemorySaver()
    (first,) = pauses(make(saver).invoke(begin(FOXES), thread("1"), context=SHORT))
    assert (first.value["step"], first.value["action_requests"][0]["name"]) == (0, "select_plan")

    (second,) = pauses(make(saver).invoke(Command(resume={first.id: 2}), thread("1"), context=SHORT))
    assert (second.value["step"], second.value["story_id"]) == (1, first.value["story_id"])
    assert second.value["paragraph"] != first.value["paragraph"]

    (third,) = pauses(make(saver).invoke(Command(resume="She burns the letter."), thread("1"), context=SHORT))
    assert third.value["step"] == 2

    ended = make(saver).invoke(Command(resume={third.id: {"stop": True}}), thread("1"), context=SHORT)
    assert not pauses(ended)
    assert third.value["paragraph"] in str(ended)


@pytest.mark.parametrize("way", WAYS)
async def test_two_threads_at_once_mix_nothing(way: str) -> None:
    make, begin = WAYS[way]
    desk = make(InMemorySaver())

    async def write(topic: str) -> Any:
        (first,) = pauses(await desk.ainvoke(begin(topic), thread(topic), context=SHORT))
        (second,) = pauses(await desk.ainvoke(Command(resume={first.id: 2}), thread(topic), context=SHORT))
        return first.value, second.value

    one, other = await asyncio.gather(write(FOXES), write(SNOW))
    assert {value["story_id"] for value in one}.isdisjoint({value["story_id"] for value in other})
    assert [value["step"] for value in (*one, *other)] == [0, 1, 0, 1]
    assert one[1]["paragraph"] != other[1]["paragraph"]


@pytest.mark.parametrize("way", ["tool", "deepagents"])
def test_two_stories_that_one_agent_began_at_once_are_answered_each_by_its_pause(way: str) -> None:
    make, begin = WAYS[way]
    desk = make(InMemorySaver())
    first = pauses(desk.invoke(begin(f"{FOXES}; {SNOW}"), thread("1"), context=SHORT))
    assert len({pause.value["story_id"] for pause in first}) == 2

    second = pauses(desk.invoke(Command(resume={first[0].id: 1, first[1].id: 2}), thread("1"), context=SHORT))
    assert {pause.value["story_id"] for pause in second} == {pause.value["story_id"] for pause in first}
    assert [pause.value["step"] for pause in second] == [1, 1]

    ended = desk.invoke(Command(resume={pause.id: {"stop": True} for pause in second}), thread("1"), context=SHORT)
    assert not pauses(ended)
    assert all(pause.value["paragraph"] in str(ended) for pause in second)


@pytest.mark.parametrize("way", WAYS)
def test_an_error_arrives_with_its_code_and_the_thread_goes_on_once_it_is_put_right(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, begin = WAYS[way]
    desk = make(InMemorySaver())
    (first,) = pauses(desk.invoke(begin(FOXES), thread("1"), context=SHORT))
    monkeypatch.setenv("RECURRENTGPT_MODEL", "nobody:nothing")
    read_environment()
    with pytest.raises(RecurrentGPTError) as raised:
        desk.invoke(Command(resume={first.id: 2}), thread("1"), context=SHORT)
    assert raised.value.as_data()["message"] == str(raised.value)

    monkeypatch.setenv("RECURRENTGPT_MODEL", "fake")
    read_environment()
    (second,) = pauses(desk.invoke(None, thread("1"), context=SHORT))
    assert (second.value["step"], second.value["story_id"]) == (1, first.value["story_id"])
