"""The opening: title, outline, first paragraphs (paper, section 3.1).

Idempotent: new input on a story that has begun does not begin it again. What is made of the opening (memory,
summaries, plans) is the next gates' affair, so that once it is written it is kept, whatever they run into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..memory import Lineage
from ..prompts import PromptSpec
from ..schemas.ids import new_story_id
from ..schemas.state import FORMAT, SETTLED
from ..schemas.story_input import ALWAYS_TOLD, StoryInput, read_input
from . import voice
from .answers import Answer, Line
from .asking import AnswerSpec
from .budget import room_for_prompt
from .gate import GateRecord, Update, gate
from .messages import opening_messages, premise_of
from .passages import in_passages

if TYPE_CHECKING:
    from ..schemas.state import StoryState
    from .turn import Turn

_LENGTHS = {"title": 60, "outline": 1200}
"""Characters that each may have."""

OUTLINE_PROMPT = PromptSpec("open_story", optional=(*ALWAYS_TOLD, "find_title", "draft_outline"))
OPENING_PROMPT = PromptSpec(
    "write_opening",
    optional=("opening_sentences", "opening_paragraphs", "paragraph_sentences"),
    sizes=("opening_sentences", "opening_paragraphs", "paragraph_sentences"),
)


class Title(Answer):
    """A title for the book."""

    title: Line


class Outline(Answer):
    """The book's outline in a handful of sentences."""

    outline: Line


class Premise(Outline, Title):
    """A title for the book, and its outline in a handful of sentences."""


@gate(
    GateRecord(
        role="opening",
        label="Opening",
        busy="Thinking of a title, an outline and an opening",
        prompts=(OUTLINE_PROMPT, OPENING_PROMPT),
        answers=(Premise, Title, Outline),
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
    sizes = {"opening_sentences": count * size, "opening_paragraphs": count, "paragraph_sentences": size}
    opened = cast("StoryState", begun)
    sounds = voice.told(opened, turn, room_for_prompt(turn.context, await turn.window()))
    prompt = sounds + turn.prompt(OPENING_PROMPT).fill(**sizes)
    written = await turn.write(opening_messages(opened, turn, prompt), count * size)
    paragraphs = in_passages(written, count, size, turn.language)

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
    """What the writer did not give of these, which alone is asked for; what was given stays as it is."""
    wanted = [name for name in ("title", "outline") if not begun[name]]
    if not wanted:
        return {}
    alone: dict[str, type[Answer]] = {"title": Title, "outline": Outline}
    form = Premise if len(wanted) > 1 else alone[wanted[0]]
    state = cast("StoryState", begun)
    asked = {
        "find_title": turn.phrase("find_title") if "title" in wanted else "",
        "draft_outline": turn.phrase("draft_outline") if "outline" in wanted else "",
    }
    task = turn.prompt(OUTLINE_PROMPT).fill(**premise_of(state), **asked)
    spec = AnswerSpec({name: {"maxLength": _LENGTHS[name]} for name in wanted})
    answer = await turn.ask(opening_messages(state, turn, task), form, spec)
    return {name: getattr(answer, name) for name in wanted}
