"""One conversation a step: the gates of a step share one growing list of messages.

``system`` (role, premise, style) → ``user`` (short-term memory, passages, last paragraph, plan) →
``assistant`` (the new paragraph) → ``user`` (the gate's own task). The later gates repeat the first one's
opening to the letter, so a provider's prompt cache and a local server's KV cache pay for it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from ..prompts import PromptSpec, every_phrase, has_every_prompt, is_in, phrase
from ..schemas.cldr import name_of
from ..schemas.languages import DEFAULT, language_named
from ..schemas.story_input import ALWAYS_TOLD
from .refusals import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..schemas.state import StoryState
    from .turn import Turn

SYSTEM = PromptSpec("system", required=("topic", "outline"), optional=ALWAYS_TOLD)
_OF_NUMBERED = ("replaces", "changes", "clashes")
FACT_RULES = PromptSpec("fact_rules", optional=_OF_NUMBERED, sizes=_OF_NUMBERED)
"""How facts are kept. It is the same at every step but the first, so it stands where a cache knows it."""


def premise_of(state: StoryState) -> dict[str, str]:
    """What the whole book is about, for the prompts."""
    kept: Mapping[str, object] = state
    told = {name: str(kept.get(name) or "") for name in ALWAYS_TOLD}
    # Of a manuscript that was read nobody said what it is about.
    return told | {"topic": ""} if told["topic"] == told["title"] else told


def system_text(state: StoryState, turn: Turn, *, of_step: bool = False) -> str:
    """The system message's text, which says last in which language to write.

    It is the same for every gate, and every conversation of a gate with a model begins with it.

    Args:
        state: the story.
        turn: the gate's.
        of_step: whether it begins the conversation that a step's gates share: then it says how facts are kept.
    """
    text = turn.prompt(SYSTEM).fill(**premise_of(state))
    if before := state.get("before"):
        told = turn.phrase("book_before", title=before["title"], told=before["told"])
        text = f"{text}\n\n{told}"
    for name in ("secrets", "rules", "endings"):
        if kept := (state.get("pack") or {}).get(name):
            text = f"{text}\n\n{turn.phrase(f'pack_{name}', told=listed(kept))}"
    if of_step and turn.context.use_facts:
        numbered = asked_of_numbered(turn) if _may_have_numbers(state, turn) else dict.fromkeys(_OF_NUMBERED, "")
        text = f"{text}\n\n{turn.prompt(FACT_RULES).fill(**numbered)}"
    return in_which_language(text, turn, SYSTEM)


def _may_have_numbers(state: StoryState, turn: Turn) -> bool:
    """Whether some fact may have a number in the conversation of a step: none has where the book has its first text.

    It is the same for all the gates of a step, so that a cache knows what the conversation begins with.
    """
    if turn.writes_the_passage or state.get("edited") or state.get("before"):
        return True
    return bool(turn.memory.length) if state.get("reading") else not state.get("opening")


def asked_of_numbered(turn: Turn) -> dict[str, str]:
    """What is asked where some facts have numbers, for a prompt that has places for it."""
    said = ("facts_replace", "facts_change", "facts_clash")
    return {name: str(turn.phrase(key)) for name, key in zip(_OF_NUMBERED, said, strict=True)}


def in_which_language(text: str, turn: Turn, spec: PromptSpec) -> str:
    """What a conversation begins with, and in which language to write, unless one's own words name it.

    Where not every prompt is in the story's very language, it says what is to stay as it is.

    Args:
        text: the filled prompt.
        turn: the gate's.
        spec: the prompt.
    """
    language = turn.language
    if turn.has_own(spec) and any(name in text for name in (language.name, language.own_name)):
        return text
    if language.tag == language.folder and has_every_prompt(language, turn.mode, turn.dialect):
        return f"{text}\n\n{turn.phrase('write_in', name=language.own_name)}"
    said_in = language_named(language.folder if is_in(language, spec, turn.mode, turn.dialect) else DEFAULT)
    name = name_of(language.tag, said_in.tag)
    own = turn.has_own(every_phrase()["write_in_language"])
    words = turn.phrase("write_in_language", name=name) if own else phrase("write_in_language", said_in, name=name)
    return f"{text}\n\n{words}"


def opening_messages(state: StoryState, turn: Turn, prompt: str, *, of_step: bool = True) -> list[BaseMessage]:
    """What the step's conversation begins with.

    Args:
        state: the story.
        turn: the turn of the gate at work.
        prompt: the user message the step began with (``state["prompt"]`` for the later gates).
        of_step: whether gates that keep facts go on in it; an opening is written without a word of them.
    """
    return [SystemMessage(system_text(state, turn, of_step=of_step)), HumanMessage(prompt)]


def messages_after_paragraph(state: StoryState, turn: Turn, task: str) -> list[BaseMessage]:
    """The conversation of a later gate: the step's opening, its new paragraph, and the gate's task.

    In the first step, what is new is the whole opening of the book. What was read of a manuscript is nobody's answer:
    it stands in the request.
    """
    new = "\n\n".join(state.get("opening", [])) or state["paragraph"]
    if state.get("reading"):
        return opening_messages(state, turn, "\n\n".join(part for part in (state["prompt"], new, task) if part))
    return [*opening_messages(state, turn, state["prompt"]), AIMessage(new), HumanMessage(task)]
