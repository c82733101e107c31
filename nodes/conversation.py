"""One conversation a step: the gates of a step share one growing list of messages.

``system`` (role, premise, style) → ``user`` (short-term memory, passages, last paragraph, plan) →
``assistant`` (the new paragraph) → ``user`` (the gate's own task). The later gates repeat the first one's
opening to the letter, so a provider's prompt cache and a local server's KV cache pay for it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .gate import Gate

PREMISE = ("title", "genre", "topic", "background", "outline", "style_sheet")


def premise_of(state: StoryState) -> dict[str, str]:
    """What the whole book is about, for the prompts."""
    return {name: str(state.get(name) or "") for name in PREMISE}


def opening(state: StoryState, gate: Gate, prompt: str) -> list[BaseMessage]:
    """What the step's conversation begins with.

    Args:
        state: the story.
        gate: the gate at work.
        prompt: the user message the step began with (``state["prompt"]`` for the later gates).
    """
    system = gate.prompt("system").fill(**premise_of(state))
    return [SystemMessage(system), HumanMessage(prompt)]


def after_paragraph(state: StoryState, gate: Gate, task: str) -> list[BaseMessage]:
    """The conversation of a later gate: the step's opening, its new paragraph, and the gate's task.

    In the first step, what is new is the whole opening of the book.
    """
    new = "\n\n".join(state.get("opening", [])) or state["paragraph"]
    return [*opening(state, gate, state["prompt"]), AIMessage(new), HumanMessage(task)]
