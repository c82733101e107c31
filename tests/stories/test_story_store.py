"""A story's memory as LangGraph's store: what another agent finds in it, along one branch; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from langchain.tools import ToolRuntime, tool
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode
from langgraph.types import Command

from fact_tellers import tell_first_sentence
from graph_at_hand import THREAD, TOPIC
from recurrentgpt import Context, Library, StoryStore, builder
from recurrentgpt.schemas.errors import StoryStateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from langchain_core.runnables import RunnableConfig

    from fake_model import FakeChatModel

CONTEXT = Context(model="fake", opening_paragraphs=1, paragraph_sentences=5)


@pytest.fixture
def story(fake_models: Callable[..., FakeChatModel]) -> Any:
    """A graph whose thread has three passages, with a fact each."""
    fake_models(interfere=tell_first_sentence)
    run: Any = builder.compile(checkpointer=InMemorySaver())
    run.invoke(TOPIC, THREAD, context=CONTEXT)
    for _ in range(2):
        run.invoke(Command(resume=1), THREAD, context=CONTEXT)
    return run


def state_of(story: Any, config: RunnableConfig = THREAD) -> dict[str, Any]:
    values: dict[str, Any] = story.get_state(config).values
    return values


def test_passages_are_listed_had_by_number_and_searched(story: Any) -> None:
    state = state_of(story)
    store = StoryStore(Library.of_the_process(), state)
    place = ("stories", state["story_id"], "passages")
    listed = store.search(place)
    assert [item.key for item in listed] == ["1", "2", "3"]
    assert listed[2].value["text"] == state["paragraph"]
    assert store.get(place, "3").value == listed[2].value  # type: ignore[union-attr]
    assert [store.get(place, key) for key in ("0", "4", "x", "-1", "²")] == [None] * 5
    assert store.get(("stories", "nobody", "passages"), "1") is None
    asked = listed[1].value["text"].split(".")[0]
    found = store.search(place, query=asked, limit=2)
    assert "2" in [item.key for item in found]
    assert [item.score for item in found] == [1, 0.5]
    assert [item.key for item in store.search(place, filter={"number": {"$gte": 2}}, limit=1)] == ["2"]
    assert [item.key for item in store.search(place, offset=2)] == ["3"]


def test_facts_are_listed_had_by_id_and_searched(story: Any) -> None:
    state = state_of(story)
    store = StoryStore(Library.of_the_process(), state)
    place = ("stories", state["story_id"], "facts")
    listed = store.search(place)
    first = listed[0]
    assert first.value["holds"]
    assert store.get(place, first.key).value == first.value  # type: ignore[union-attr]
    assert store.search(place, query=first.value["text"], limit=1)[0].key == first.key
    assert store.search(place, filter={"since": 99}) == []


@pytest.mark.parametrize("query", ["", " ", "\x00", "\ud800", "lamp\udc00", "x" * 50_000])
def test_whatever_is_asked_a_search_answers(story: Any, query: str) -> None:
    state = state_of(story)
    store = StoryStore(Library.of_the_process(), state)
    for kind, held in (("passages", 3), ("facts", 1)):
        assert len(store.search(("stories", state["story_id"], kind), query=query)) == held


def test_namespaces_are_listed(story: Any) -> None:
    state = state_of(story)
    store = StoryStore(Library.of_the_process(), state)
    name = state["story_id"]
    assert store.list_namespaces() == [("stories", name, "passages"), ("stories", name, "facts")]
    assert store.list_namespaces(suffix=("facts",)) == [("stories", name, "facts")]
    assert store.list_namespaces(prefix=("stories", "*"), max_depth=2) == [("stories", name)]
    assert store.list_namespaces(prefix=("other",)) == []


def test_nothing_is_written(story: Any) -> None:
    store = StoryStore(Library.of_the_process(), state_of(story))
    with pytest.raises(StoryStateError, match="cannot be written"):
        store.put(("stories", "a", "passages"), "1", {"text": "no"})
    with pytest.raises(StoryStateError, match="cannot be written"):
        store.delete(("stories", "a", "passages"), "1")


def test_a_branch_never_shows_another(story: Any) -> None:
    first = next(
        state
        for state in story.get_state_history(THREAD)
        if state.next == ("select_plan",) and state.values["step"] == 1
    )
    before = state_of(story)
    story.update_state(first.config, {"short_term_memory": "Otherwise."}, as_node="propose_plans")
    story.invoke(None, THREAD, context=CONTEXT)
    story.invoke(Command(resume="She sells the light."), THREAD, context=CONTEXT)
    after = state_of(story)
    library, place = Library.of_the_process(), ("stories", before["story_id"], "passages")
    one, other = StoryStore(library, before), StoryStore(library, after)
    assert one.search(place)[:2] == other.search(place)[:2]
    assert before["paragraph"] != after["paragraph"]
    for store, theirs in ((one, after["paragraph"]), (other, before["paragraph"])):
        found = store.search(place, query=theirs.split(".")[0], limit=10)
        assert theirs not in [item.value["text"] for item in found]


def test_a_store_over_what_gives_the_state_sees_what_is_written_meanwhile(story: Any) -> None:
    store = StoryStore(Library.of_the_process(), lambda: state_of(story))
    place = ("stories", state_of(story)["story_id"], "passages")
    assert len(store.search(place)) == 3
    story.invoke(Command(resume=1), THREAD, context=CONTEXT)
    assert len(store.search(place)) == 4


async def test_the_tool_of_another_agent_looks_things_up(story: Any) -> None:
    @tool
    async def look_up(question: str, runtime: ToolRuntime) -> str:
        """Look something up in the story."""
        assert runtime.store is not None
        found = await runtime.store.asearch(("stories",), query=question, limit=1)
        return str(found[0].value["text"])

    agent = StateGraph(MessagesState)
    agent.add_node("tools", ToolNode([look_up]))
    agent.add_edge(START, "tools")
    compiled = agent.compile(store=StoryStore(Library.of_the_process(), lambda: state_of(story)))
    paragraph = state_of(story)["paragraph"]
    asked = paragraph.rsplit(". ", maxsplit=1)[-1]  # a sentence of it, as its facts are of its first
    call = {"name": "look_up", "args": {"question": asked}, "id": "1", "type": "tool_call"}
    done = await compiled.ainvoke({"messages": [AIMessage("", tool_calls=[call])]})
    assert done["messages"][-1].text == paragraph
