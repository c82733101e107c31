"""The recurrent graph for whoever speaks in messages: a chat, A2A, a supervisor, deepagents.

The first message says what the story is about; each later one is an answer to the review, whether the story waits at
its pause or has come to its end. What was written comes back as a message. Flat like the other graph, and with the same
gates::

    START → read_message → open_story → … propose_plans → tell → select_plan → …
                         → select_plan                    tell → END
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, RemoveMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from ..nodes import GateRecord, as_node, gate, open_story, select_plan
from ..nodes.node import Inline
from ..nodes.remarks import remarks
from ..prompts import PromptSpec
from ..schemas.errors import SettingsError
from ..schemas.state import StoryState
from ..schemas.story_input import PREMISE_FIELDS, story_fields
from .cycle import CYCLE, Cycle, is_at_end, to
from .studio import context_schema

if TYPE_CHECKING:
    from ..nodes import Turn
    from ..nodes.gate import Update
    from ..nodes.resources import Resources
    from ..schemas.assistants import Assistant
    from ..schemas.context import Context

_TOPIC = next(field.maximum for field in PREMISE_FIELDS if field.is_needed)

TELL = PromptSpec("tell", required=("text", "plans"), optional=("problem", "remarks"))


if TYPE_CHECKING:

    class NovelistInput(TypedDict, total=False):
        """What a conversation says, and what else a story may be begun from, of which code reads nothing by name."""

        messages: Annotated[list[AnyMessage], add_messages]

else:
    _SAID_BY_MESSAGES = ("topic", "story_id")
    NovelistInput = TypedDict(
        "NovelistInput",
        {
            "messages": Annotated[list[AnyMessage], add_messages],
            **{name: kind for name, kind in story_fields().items() if name not in _SAID_BY_MESSAGES},
        },
        total=False,
    )


class NovelistOutput(TypedDict, total=False):
    """The conversation, and whose story it is."""

    messages: Annotated[list[AnyMessage], add_messages]
    story_id: str


def _spoken(before: list[str] | None, more: list[str] | None) -> list[str]:
    """The ids of messages, with more of them; ``None``: none any longer."""
    return [] if more is None else [*(before or []), *more]


class NovelistState(StoryState, total=False):
    """The state of a story in a conversation.

    ``heard`` is the id of the last message that was taken up, ``told`` how many paragraphs the conversation has;
    ``speaking`` are the ids of the messages in which text was streamed that is not told yet.
    """

    messages: Annotated[list[AnyMessage], add_messages]
    heard: str
    told: int
    speaking: Annotated[list[str], _spoken]


@gate(GateRecord(role="a message", label="Message", busy="Reading the message"))
async def read_message(state: NovelistState, turn: Turn) -> Update:
    """Take up what was said last: what the story is about, or an answer to the review.

    Raises:
        SettingsError: nothing was said, and no story has begun.
    """
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
    return {"heard": heard, "said": text, "stop": False, **_goes_on(state, turn)}


def _goes_on(state: NovelistState, turn: Turn) -> Update:
    """How long a story is that goes on after its end: as much longer as is written at once, or of no set length."""
    if not is_at_end(state) or state.get("stop"):
        return {}
    more = turn.assistant.story.model_fields["target_paragraphs"].default
    return {"target_paragraphs": more and state["step"] + more}


@gate(GateRecord(role="a message", label="Telling", busy="Telling what was written", prompts=(TELL,)))
async def tell(state: NovelistState, turn: Turn) -> Update:
    """Say what was written, where somebody is to answer or the story is at its end; and there, what may come next."""
    is_last = is_at_end(state)
    if not is_last and turn.context.plan_selection != "human":
        return {}
    told = state.get("told", 0)
    text = "\n\n".join(entry.text for entry in await turn.memory.read(told))
    if text and not told:
        text = f"# {state['title']}\n\n{text}"
    problem = state.get("review_problem", "")
    if not is_last:
        said = remarks(state, turn.context, turn.phrase)
        plans = "\n".join(f"{number}. {plan['text']}" for number, plan in enumerate(state["plans"], start=1))
        text = turn.prompt(TELL).fill(text=text, plans=plans, problem=problem, remarks="\n".join(said))
    update: Update = {"told": turn.memory.length, "speaking": None}
    if not text:
        return update
    speaking: list[str | None] = [*state.get("speaking", [])] or [None]
    *before, last = speaking
    # What was streamed stays under the id that clients know; of several texts, all are under the last.
    known = {message.id for message in state.get("messages", [])}
    gone = [RemoveMessage(id=str(one)) for one in before if one in known]
    return {**update, "messages": [*gone, AIMessage(text, id=last, name=turn.assistant.name)]}


def speak(state: NovelistState, update: Update, turn: Turn) -> Update:
    """The message in which a gate's text was streamed, as one of the conversation: under its id, at once."""
    passages: list[str] = update.get("opening") or [update.get("paragraph", "")]
    streamed = turn.streamed.get(passages[-1]) or next(reversed(turn.streamed.values()), "")
    if not streamed or "paragraph" not in update:
        return {}
    text = "\n\n".join(passages)
    if update.get("opening"):
        text = f"# {update['title'] if 'title' in update else state['title']}\n\n{text}"
    return {"messages": [AIMessage(text, id=streamed, name=turn.assistant.name)], "speaking": [streamed]}


def after_read_message(state: NovelistState) -> str:
    """An answer goes to the review; anything else to the beginning, which does nothing to a story that has begun."""
    return select_plan.name if state.get("said") else open_story.name


def after_tell(state: NovelistState) -> str:
    """On, unless the story is at its end."""
    return END if is_at_end(state) else select_plan.name


def in_messages(
    assistant: Assistant, resources: Resources | None = None, cycle: Cycle = CYCLE
) -> StateGraph[NovelistState, Context, NovelistInput, NovelistOutput]:
    """The graph of an assistant that speaks in messages, to be compiled.

    Args:
        assistant: whose defaults hold where a run says nothing.
        resources: where models and memories come from; by default what the environment says.
        cycle: the gates between the messages.
    """
    build: StateGraph[Any, Any, Any, Any] = StateGraph(
        NovelistState,
        context_schema=context_schema(assistant, (*cycle.gates, tell)),
        input_schema=NovelistInput,
        output_schema=NovelistOutput,
    )
    for own in (read_message, tell):
        build.add_node(own.name, as_node(own, assistant, resources, cycle.replaceable))
    cycle.add_to(build, assistant, resources, tell.name, speak)
    build.add_edge(START, read_message.name)
    build.add_conditional_edges(read_message.name, Inline(after_read_message), to(open_story.name, select_plan.name))
    build.add_conditional_edges(tell.name, Inline(after_tell), to(select_plan.name, END))
    return build
