"""A note of how the prose is made, drawn from its samples by the model, once, for a person to keep, change or drop.

It is no gate: no step is under way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import HumanMessage

from ..prompts import PromptSpec
from ..schemas.story_input import NOTE
from . import voice
from .answers import Answer, Line
from .asking import AnswerSpec
from .generate_paragraph import generate_paragraph
from .messages import in_which_language
from .repetition import grams
from .turn import Surroundings, Turn

if TYPE_CHECKING:
    from ..schemas.context import Context
    from ..schemas.state import StoryState
    from .resources import Resources

STYLE_NOTE = PromptSpec("style_note", required=("samples",))
_COPIED = {"words": 6, "characters": 12}
"""As many words, or characters, in a row are copied from a sample; fewer are chance."""


class StyleNote(Answer):
    """How prose is made."""

    note: Line


SPEC = AnswerSpec({"": {"required": ["note"]}, "note": {"maxLength": NOTE}})


async def style_note(state: StoryState, context: Context, resources: Resources) -> str:
    """How the prose of a story's samples is made, as its model says it.

    Args:
        state: the story, with its samples.
        context: the settings of the run: which model, how many tries.
        resources: where the model comes from.

    Raises:
        ModelUnavailableError: the model cannot be had or did not answer.
        GateError: it gave no usable answer in its tries.
    """
    around = Surroundings.beside_a_step(resources)
    turn = Turn(generate_paragraph.name, context, state, around)
    samples = voice.shortened(voice.samples_in(state.get("voice") or ""), voice.TOKENS, turn.language)
    told = "\n\n".join(turn.phrase("voice_sample", number=at, text=text) for at, text in enumerate(samples, 1))
    run = _COPIED[turn.language.counts]
    shown = {gram for sample in samples for gram in grams(turn.language.words(sample), run)}

    def problem_of(answer: StyleNote) -> str:
        if len(answer.note) > NOTE:
            return turn.phrase("problem_note_length", count=len(answer.note), maximum=NOTE)
        copied = next((gram for gram in grams(turn.language.words(answer.note), run) if gram in shown), None)
        return turn.phrase("problem_note_copies", words=turn.language.joint.join(copied)) if copied else ""

    asked = in_which_language(turn.prompt(STYLE_NOTE).fill(samples=told), turn, STYLE_NOTE)
    return (await turn.ask([HumanMessage(asked)], StyleNote, SPEC, problem_of)).note
