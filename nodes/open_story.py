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
from . import beats, voice
from .answers import Answer, Line
from .asking import AnswerSpec
from .budget import room_for_prompt
from .gate import GateRecord, Update, gate
from .messages import opening_messages, premise_of
from .passages import in_passages
from .standing import About, find_standing, in_state, render

if TYPE_CHECKING:
    from ..schemas.state import StandingFact, StoryState
    from .turn import Turn

_LENGTHS = {"title": 60, "outline": 1200}
"""Characters that each may have."""

_LEAST_PARTS, _PARTS = 3, 6
"""Parts that an outline has, where the length of the book allows them."""

OUTLINE_PROMPT = PromptSpec("open_story", optional=(*ALWAYS_TOLD, "find_title", "draft_outline"))
OPENING_PROMPT = PromptSpec(
    "write_opening",
    optional=(*ALWAYS_TOLD, "book_length", "opening_sentences", "opening_paragraphs", "paragraph_sentences"),
    sizes=("opening_sentences", "opening_paragraphs", "paragraph_sentences"),
)


class Title(Answer):
    """A title for the book."""

    title: Line


class Outline(Answer):
    """The book's outline in its parts."""

    outline: Line


class Premise(Outline, Title):
    """A title for the book, and its outline in its parts."""


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
    if given.before:
        begun |= {"pins": given.before.pins, "aliases": given.before.aliases}
    turn = turn.on(cast("StoryState", begun))
    begun |= await _title_and_outline(begun, turn)
    turn.emit("title", title=begun["title"])

    count, size = turn.context.opening_paragraphs, turn.context.paragraph_sentences
    sizes = {"opening_sentences": count * size, "opening_paragraphs": count, "paragraph_sentences": size}
    opened = cast("StoryState", begun)
    sounds = voice.told(opened, turn, room_for_prompt(turn.context, await turn.window()))
    goes_on, standing = await _end_of_the_book_before(opened, turn)
    prompt = (
        sounds
        + goes_on
        + turn.prompt(OPENING_PROMPT).fill(**premise_of(opened), **sizes, book_length=_book_length(opened, turn))
    )
    written = await turn.write(opening_messages(opened, turn, prompt, of_step=False), count * size)
    paragraphs = in_passages(written, count, size, turn.language)

    first = beats.first_chapter(begun["outline"], turn.language)

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
        **({"standing": standing} if standing else {}),
        "chapters": [{"title": first, "seq": 0}] if first else [],
        "next_chapter": None,
        **SETTLED,
    }


_INPUTS = frozenset(StoryInput.model_fields)
_OPEN = 6
"""Open questions of the book before that an opening is told."""


async def _end_of_the_book_before(state: StoryState, turn: Turn) -> tuple[str, list[StandingFact]]:
    """How the book before this one ended, for the prompt of an opening, and the facts in it; nothing where none is."""
    if not turn.memory.before:
        return "", []
    last = await turn.memory.last_before()
    standing = await _standing_before(state, turn, last) if turn.context.use_facts else []
    parts = [str(turn.phrase("book_before_ends", last_paragraph=last))]
    if standing:
        parts.append(f"{turn.phrase('book_before_stands')}\n{render(turn, standing)}")
    return "".join(f"{part}\n\n" for part in parts), standing


async def _standing_before(state: StoryState, turn: Turn, last: str) -> list[StandingFact]:
    """What an opening has to know of how things stood at the end of the book before, whose last paragraph is given."""
    questions = [text for text in premise_of(state).values() if text]
    about = About(questions, last, pins=state.get("pins", []), aliases=state.get("aliases", []))
    standing = (await find_standing(turn, about)).facts
    shown = {kept["fact"]["id"] for kept in standing}
    threads = (await turn.memory.open_threads())[-_OPEN:]
    return [*standing, *(in_state(thread) for thread in threads if thread.fact.id not in shown)]


def _book_length(state: StoryState, turn: Turn) -> str:
    """How many passages the book is to have, and how many of them are its opening; empty for one without a length."""
    target, count = state.get("target_paragraphs"), turn.context.opening_paragraphs
    if target is None:
        return ""
    size = turn.context.paragraph_sentences
    return str(turn.phrase("book_length", target=target + count, count=count, sentences=size))


def _draft_outline(state: StoryState, turn: Turn) -> str:
    """What asks for an outline: of no more parts than the book has passages, because each passage tells one at most."""
    target = state.get("target_paragraphs")
    most = _PARTS if target is None else min(_PARTS, max(2, target + turn.context.opening_paragraphs))
    asked = turn.phrase("draft_outline", least=min(_LEAST_PARTS, most - 1), most=most)
    return "\n".join(filter(None, (str(asked), _book_length(state, turn))))


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
        "draft_outline": _draft_outline(state, turn) if "outline" in wanted else "",
    }
    task = turn.prompt(OUTLINE_PROMPT).fill(**premise_of(state), **asked)
    spec = AnswerSpec({name: {"maxLength": _LENGTHS[name]} for name in wanted})
    answer = await turn.ask(opening_messages(state, turn, task, of_step=False), form, spec)
    return {name: getattr(answer, name) for name in wanted}
