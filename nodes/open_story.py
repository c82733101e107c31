"""The opening: title, outline, first paragraphs (paper, section 3.1).

Idempotent: new input on a story that has begun does not begin it again. What is made of the opening (memory,
summaries, plans) is the next gates' affair, so that once it is written it is kept, whatever they run into.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, cast

from ..memory import Lineage
from ..schemas.state import FORMAT, SETTLED
from ..schemas.story_input import StoryInput, read_input
from .answers import Answer, Line
from .conversation import opening, premise_of
from .gate import Gate, Update, Wanted

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .effects import Steps

_TITLE, _OUTLINE = 60, 1200


class Premise(Answer):
    """A title for the book, and its outline in a handful of sentences."""

    title: Line
    outline: Line


def open_story(state: StoryState, gate: Gate) -> Steps[Update]:
    """Begin the story, once."""
    given = read_input({key: value for key, value in state.items() if key in _INPUTS}, gate.assistant.story)
    if state.get("step") is not None:
        return dict(SETTLED)
    gate.language, gate.mode = given.language, given.mode
    begun: Update = given.model_dump()
    begun["story_id"] = given.story_id or uuid.uuid4().hex[:12]
    begun |= yield from _title_and_outline(begun, gate)
    gate.report("title", title=begun["title"])
    premise = cast("StoryState", begun)

    prompt = gate.prompt("write_opening").fill(
        opening_paragraphs=gate.context.opening_paragraphs,
        paragraph_sentences=gate.context.paragraph_sentences,
    )
    messages = opening(premise, gate, prompt)
    length = gate.context.opening_paragraphs * gate.context.paragraph_sentences
    written = yield from gate.write(messages, length, lambda _: "")
    paragraphs = in_paragraphs(written.text, gate.context.opening_paragraphs)

    return {
        **begun,
        "format": FORMAT,
        "step": 0,
        "lineage": Lineage().to_json(),
        "prompt": written.prompt,
        "opening": paragraphs,
        "paragraph": paragraphs[-1],
        "plans": [],
        "retrieved": [],
        "chapters": [],
        "next_chapter": None,
        **SETTLED,
    }


_INPUTS = frozenset(StoryInput.model_fields)


def _title_and_outline(begun: Update, gate: Gate) -> Steps[Update]:
    """What the writer did not give of these; what was given stays as it is."""
    if begun["title"] and begun["outline"]:
        return {}
    state = cast("StoryState", begun)
    messages = opening(state, gate, gate.prompt("open_story").fill(**premise_of(state)))
    wanted = Wanted(bounds={"title": {"maxLength": _TITLE}, "outline": {"maxLength": _OUTLINE}}, counts={})
    answer = yield from gate.ask(messages, Premise, wanted)
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
