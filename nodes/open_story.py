"""The opening: title, outline, first paragraphs (paper, section 3.1).

Idempotent: new input on a story that has begun does not begin it again. What is made of the opening (memory,
summaries, plans) is the next gates' affair, so that once it is written it is kept, whatever they run into.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from ..memory import Lineage
from ..prompts import PromptSpec
from ..schemas.ids import new_story_id
from ..schemas.state import FORMAT, SETTLED
from ..schemas.story_input import PREMISE, StoryInput, read_input
from .answers import Answer, Line
from .asking import AnswerSpec
from .gate import GateRecord, Update, gate
from .messages import opening_messages, premise_of

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

_TITLE, _OUTLINE = 60, 1200

OUTLINE_PROMPT = PromptSpec("open_story", optional=PREMISE)
OPENING_PROMPT = PromptSpec(
    "write_opening",
    required=("opening_paragraphs",),
    optional=("paragraph_sentences",),
    sizes=("paragraph_sentences",),
)


class Premise(Answer):
    """A title for the book, and its outline in a handful of sentences."""

    title: Line
    outline: Line


@gate(
    GateRecord(
        role="opening",
        label="Opening",
        busy="Thinking of a title, an outline and an opening",
        prompts=(OUTLINE_PROMPT, OPENING_PROMPT),
        answers=(Premise,),
        settings=("opening_paragraphs", "paragraph_sentences"),
        shows=frozenset({"passage"}),
        writes_prose=True,
    )
)
async def open_story(state: StoryState, turn: Turn) -> Update:
    """Begin the story, once."""
    given = read_input({key: value for key, value in state.items() if key in _INPUTS}, turn.assistant.story)
    if state.get("step") is not None:
        return dict(SETTLED)
    begun: Update = given.model_dump()
    begun["story_id"] = given.story_id or new_story_id()
    turn = turn.on(cast("StoryState", begun))
    begun |= await _title_and_outline(begun, turn)
    turn.emit("title", title=begun["title"])

    count, size = turn.context.opening_paragraphs, turn.context.paragraph_sentences
    prompt = turn.prompt(OPENING_PROMPT).fill(opening_paragraphs=count, paragraph_sentences=size)
    written = await turn.write(opening_messages(cast("StoryState", begun), turn, prompt), count * size)
    paragraphs = in_paragraphs(written, count)

    return {
        **begun,
        "format": FORMAT,
        "step": 0,
        "lineage": Lineage().to_json(),
        "prompt": prompt,
        "opening": paragraphs,
        "paragraph": paragraphs[-1],
        "plans": [],
        "retrieved": [],
        "chapters": [],
        "next_chapter": None,
        **SETTLED,
    }


_INPUTS = frozenset(StoryInput.model_fields)


async def _title_and_outline(begun: Update, turn: Turn) -> Update:
    """What the writer did not give of these; what was given stays as it is."""
    if begun["title"] and begun["outline"]:
        return {}
    state = cast("StoryState", begun)
    messages = opening_messages(state, turn, turn.prompt(OUTLINE_PROMPT).fill(**premise_of(state)))
    spec = AnswerSpec({"title": {"maxLength": _TITLE}, "outline": {"maxLength": _OUTLINE}})
    answer = await turn.ask(messages, Premise, spec)
    return {"title": begun["title"] or answer.title, "outline": begun["outline"] or answer.outline}


def in_paragraphs(text: str, count: int) -> list[str]:
    """The opening as at most ``count`` paragraphs: where there are more blocks, neighbours are joined."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    size, more = divmod(len(blocks), count)
    if not size:
        return blocks
    parts: list[str] = []
    start = 0
    for number in range(count):
        end = start + size + (number < more)
        parts.append("\n\n".join(blocks[start:end]))
        start = end
    return parts
