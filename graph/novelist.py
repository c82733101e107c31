"""The recurrent graph for whoever speaks in messages: a chat, A2A, a supervisor, deepagents.

The first message says what the story is about; each later one is an answer to the review, whether the story waits at
its pause or has come to its end. What was written comes back as a message. Flat like the other graph, and with the same
gates::

    START → read_message → open_story → … propose_plans → tell → select_plan → …
                         → select_plan                    tell → END
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from ..memory import Lineage, open_memory
from ..nodes import as_node
from ..nodes.effects import work
from ..nodes.node import Inline
from ..prompts import load
from ..schemas.assistants import CO_AUTHOR, NOVELIST
from ..schemas.errors import SettingsError
from ..schemas.state import StoryState
from .builder import add_cycle, is_at_end, paths

if TYPE_CHECKING:
    from ..nodes.effects import Steps
    from ..nodes.gate import Gate, Update
    from ..schemas.assistants import Assistant
    from ..schemas.context import Context

AfterMessage = Literal["open_story", "select_plan"]
AfterTelling = Literal["select_plan", "__end__"]

_TOPIC = 2000


class NovelistInput(TypedDict, total=False):
    """What a conversation says, and what else a story may be begun from."""

    messages: Annotated[list[AnyMessage], add_messages]
    genre: str
    background: str
    outline: str
    style_sheet: str
    language: Literal["en", "zh"]
    mode: Literal["author", "interactive_fiction"]
    target_paragraphs: int | None


class NovelistOutput(TypedDict, total=False):
    """The conversation, and whose story it is."""

    messages: Annotated[list[AnyMessage], add_messages]
    story_id: str


class NovelistState(StoryState, total=False):
    """The state of a story in a conversation.

    ``heard`` is the id of the last message that was taken up, ``told`` how many paragraphs the conversation has.
    """

    messages: Annotated[list[AnyMessage], add_messages]
    heard: str
    told: int


def read_message(state: NovelistState, gate: Gate) -> Steps[Update]:
    """Take up what was said last: what the story is about, or an answer to the review.

    Raises:
        SettingsError: nothing was said, and no story has begun.
    """
    yield from ()
    said = [message for message in state.get("messages", []) if isinstance(message, HumanMessage)]
    has_begun = state.get("step") is not None
    if not said or not (text := said[-1].text.strip()):
        if has_begun or state.get("topic"):
            return {}
        raise SettingsError("no_message")
    if said[-1].id == state.get("heard"):
        return {}
    heard = str(said[-1].id)
    if not has_begun:
        topic, _, rest = text.partition("\n") if len(text) > _TOPIC else (text, "", "")
        background = "\n\n".join(part for part in (state.get("background", ""), topic[_TOPIC:], rest.strip()) if part)
        return {"heard": heard, "topic": topic[:_TOPIC], "background": background}
    more = gate.assistant.story.model_fields["target_paragraphs"].default or 1
    target = {"target_paragraphs": state["step"] + more} if is_at_end(state) and not state.get("stop") else {}
    return {"heard": heard, "said": text, "stop": False, **target}


def tell(state: NovelistState, gate: Gate) -> Steps[Update]:
    """Say what was written, where somebody is to answer or the story is at its end; and there, what may come next."""
    is_last = is_at_end(state)
    if not is_last and gate.context.plan_selection != "human":
        return {}
    lineage, told = Lineage.from_json(state["lineage"]), state.get("told", 0)

    def read() -> str:
        with open_memory(state["story_id"], gate.language) as memory:
            return "\n\n".join(entry.text for entry in memory.read(lineage, told))

    text = yield from work(read)
    if text and not told:
        text = f"# {state['title']}\n\n{text}"
    problem = state.get("review_problem", "")
    if not is_last:
        plans = "\n".join(f"{number}. {plan['text']}" for number, plan in enumerate(state["plans"], start=1))
        text = load("tell", gate.language).fill(text=text, plans=plans, problem=problem)
    update: Update = {"told": lineage.length}
    return {**update, "messages": [AIMessage(text, name=gate.assistant.name)]} if text else update


def after_read_message(state: NovelistState) -> AfterMessage:
    """An answer goes to the review; anything else to the beginning, which does nothing to a story that has begun."""
    return "select_plan" if state.get("said") else "open_story"


def after_tell(state: NovelistState) -> AfterTelling:
    """On, unless the story is at its end."""
    return "__end__" if is_at_end(state) else "select_plan"


def in_messages(assistant: Assistant) -> StateGraph[NovelistState, Context, NovelistInput, NovelistOutput]:
    """The graph of an assistant that speaks in messages, to be compiled."""
    build: StateGraph[Any, Any, Any, Any] = StateGraph(
        NovelistState, context_schema=assistant.context, input_schema=NovelistInput, output_schema=NovelistOutput
    )
    build.add_node("read_message", as_node(read_message, assistant))
    build.add_node("tell", as_node(tell, assistant))
    add_cycle(build, assistant, "tell")
    build.add_edge(START, "read_message")
    build.add_conditional_edges("read_message", Inline(after_read_message), paths(AfterMessage))
    build.add_conditional_edges("tell", Inline(after_tell), paths(AfterTelling))
    return build


novelist = in_messages(NOVELIST).compile(name=NOVELIST.name)
co_author = in_messages(CO_AUTHOR).compile(name=CO_AUTHOR.name)
