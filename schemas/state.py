"""The state of a story: plain JSON, the same size however long the story grows.

The hidden state h_t of the LSTM analogy (the short-term memory) and its input x_t (last paragraph and
plan) live here; the cell state c_t (the long-term memory) lives in Qdrant, and ``lineage`` says which
part of it this story sees.
"""

from __future__ import annotations

from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NotRequired, cast, get_type_hints

from langgraph.managed import RemainingSteps  # noqa: TC002 (LangGraph reads the annotations)
from typing_extensions import TypedDict

from .story_input import story_fields

if TYPE_CHECKING:

    class BegunFrom(TypedDict, total=False):
        """What the story was begun from, of which the type checker is told what code reads by name."""

        story_id: str
        title: str
        author: str
        topic: str
        background: str
        outline: str
        style_sheet: str
        voice: str
        voice_note: str
        not_like: str
        language: str
        mode: str
        target_paragraphs: int | None
        before: dict[str, Any] | None
        pack: dict[str, Any] | None

else:
    BegunFrom = TypedDict("BegunFrom", story_fields(), total=False)


class PlanThread(TypedDict):
    """An open question or promise that a plan moves or settles: its fact's id, its words, the place it is open from."""

    id: str
    text: str
    since: int


class ToldOfPlan(TypedDict):
    """A passage that was written by a plan for several: after which step, and what it tells."""

    at: int
    summary: str


class Plan(TypedDict):
    """What may happen next, and what the past may hold that it would lean on (recall cues).

    ``threads`` are the open ones that it names, where it names any. ``passages`` is how many a plan is for, where it is
    for several, and ``told`` those of them that are written. ``recall_is_given`` says that a person said what it leans
    on, be it nothing.
    """

    text: str
    recall: list[str]
    threads: NotRequired[list[PlanThread]]
    passages: NotRequired[int]
    told: NotRequired[list[ToldOfPlan]]
    recall_is_given: NotRequired[bool]


class Refusal(TypedDict):
    """What a person would not have, and what they said of it (which may be nothing)."""

    refused: list[str]
    said: str


class ChoiceMade(TypedDict):
    """What a player did, and what they left of the actions that were offered, each in short."""

    took: str
    left: list[str]


class ChosenPlan(Plan):
    """The plan the next paragraph follows: who chose it, which one it was, and why.

    ``act`` says how a player means it, where they do not simply do it; ``refused`` are the passages written by it that
    a person would not have, in short.
    """

    chosen_by: str
    number: int | None
    reason: str
    act: NotRequired[str]
    refused: NotRequired[list[Refusal]]


def chosen_plan(plan: Plan, chosen_by: str, number: int) -> ChosenPlan:
    """A proposed plan as the one that is followed."""
    made = ChosenPlan(text=plan["text"], recall=plan["recall"], chosen_by=chosen_by, number=number, reason="")
    if "threads" in plan:
        made["threads"] = plan["threads"]
    if "passages" in plan:
        made["passages"] = plan["passages"]
        made["told"] = plan.get("told", [])
    if "recall_is_given" in plan:
        made["recall_is_given"] = plan["recall_is_given"]
    return made


def passages_left(plan: Plan) -> int:
    """How many passages a plan is still for; 0: none, or it never was for several."""
    return max(0, plan.get("passages", 0) - len(plan.get("told", [])))


class StandingFact(TypedDict):
    """A fact that holds, as the writer was shown it: since which place (from 0), who knows it, when last taken up."""

    fact: dict[str, Any]
    since: int
    known_by: list[str]
    touched: int


class NoteOf(TypedDict):
    """The fact that a note beside a passage is about, and whether most of it is to be shown there, or a word of it."""

    text: str
    names: list[str]
    most: bool


class Passage(TypedDict):
    """A paragraph recalled from the long-term memory, and why.

    ``question`` is the plan or the recall cue that its nearest ``sentence`` answers, ``similarity`` how near the
    two are (cosine), and ``score`` its place in the fusion of all searches. ``shown`` says what of it the writer saw:
    ``whole``, ``in short`` (its summary and that sentence), or ``left out``, where the token budget had no room. One of
    those that are recalled to be shown in short has no ``text``. ``since`` says what has changed of what it tells,
    ``since_of`` what each of these lines is about, ``is_put_right`` that a person wrote its
    summary, ``begins_it`` and ``ends_it`` that the sentence is its first, its last.
    """

    seq: int
    text: str
    summary: str
    score: float
    question: str
    sentence: str
    similarity: float
    shown: str
    since: NotRequired[list[str]]
    since_of: NotRequired[list[NoteOf]]
    is_put_right: NotRequired[bool]
    begins_it: NotRequired[bool]
    ends_it: NotRequired[bool]


class StepKnowledge(TypedDict):
    """What the last passage made true and changed, and how much was said of it that it did not prove."""

    facts: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    left_out: int


class Chapter(TypedDict):
    """Where a chapter begins (the place of its first paragraph, from 0), and what it is called.

    ``part`` is the title of the part of the book that begins with it, where one does. ``kind`` says of what is no
    chapter of the story that it stands before it (``front``) or after it (``back``).
    """

    title: str
    seq: int
    part: NotRequired[str]
    kind: NotRequired[Literal["front", "back"]]


class Repetition(TypedDict):
    """What the last paragraph says again: the part of its words, 0 to 1, the phrases, and how often it was written."""

    share: float
    phrases: list[str]
    tries: int


WRITTEN_BY_HAND: Final = Repetition(share=0.0, phrases=[], tries=0)
"""Of a paragraph that no model wrote: it was never looked for what it says again."""


class CallUsage(TypedDict):
    """What one gate cost in its latest step. Seconds are the gate's own, tokens the model's figures.

    ``model`` is what a person calls the model that was asked; a story of before does not say.
    """

    model: NotRequired[str]

    calls: int
    seconds: float
    input_tokens: int
    cached_tokens: int
    output_tokens: int


class StoryOutput(BegunFrom, total=False):
    """What a client sees live: everything but the machinery.

    ``pins`` are the ids of facts that a person pinned, ``aliases`` groups of names that a person said are one's,
    ``apart`` names that a person said are not.
    ``clashes`` are places that cannot both be true, ``clash_marks`` what a person said of some, by their ids.
    ``refused`` are the plans that a person would not have at this pause, ``changed_since_plans`` what was changed of
    what those on the table were made for (:mod:`recurrentgpt.nodes.remarks`), ``titles_kept`` the titles of chapters
    that an outline changed since then has no longer, ``choices`` what a player did of late.
    ``beat`` is the place, from 0, of the outline's part that is told now (missing: the first).
    """

    lineage: list[list[str | int]]
    step: int
    chapters: list[Chapter]
    beat: int
    paragraph: str
    new_character: bool
    repetition: Repetition
    short_term_memory: str
    previous_memory: str
    rationale: str
    retrieved: list[Passage]
    standing: list[StandingFact]
    pins: list[str]
    aliases: list[list[str]]
    apart: list[list[str]]
    clashes: list[dict[str, Any]]
    clash_marks: dict[str, str]
    summary: str
    knowledge: StepKnowledge
    plans: list[Plan]
    refused: list[Refusal]
    changed_since_plans: list[str]
    titles_kept: list[str]
    choices: list[ChoiceMade]
    plan: ChosenPlan
    usage: Annotated[dict[str, CallUsage], or_]


class StoryState(StoryOutput, total=False):
    """The whole state.

    ``prompt`` is the user message the step's conversation began with, kept so that the later gates repeat
    it to the letter; ``opening`` holds the first paragraphs until the next is written, and ``reading`` says that they
    were read of a manuscript; ``ended_at`` is the step with which the story had its length, so that no plans followed;
    ``end_told`` is how many passages the book had when its last one was written: with more to come, it was lengthened;
    ``review_problem`` says what was wrong with an answer that has to be asked for again; ``stop`` is a person's word
    to end the run.
    ``after_review`` is where the last review leads (empty once that is done), ``feedback`` what it said of the plans;
    ``next_chapter`` is the title of the chapter that the next paragraph begins (empty: the model finds one;
    ``None``: it begins none); ``said`` is an answer that came as a message (:mod:`recurrentgpt.graph.conversation`).
    ``edited`` says that it changed the last paragraph, and whether the memory follows (``"memory"``) or was given with
    it (``"no memory"``); ``memory_put_right`` that a person changed the memory since the step's prompt was made.
    ``shifts`` say where paragraphs were put in or taken out, each a place (from 0) and by how many more there are.
    ``codex`` is what a person said of names beside the facts: what each is, a note, whether it is hidden.
    ``look`` is what a person changed that was not looked after yet, and what is proposed because of it; ``looked`` what
    such looks left out: the texts of passages (:mod:`.looked`).
    ``clashes_read`` is the path of the passages that were read for clashes. ``condense_from`` is the length before
    which no synopsis is asked for: the last one failed.
    """

    format: int
    prompt: str
    opening: list[str]
    reading: bool
    ended_at: int
    end_told: int
    review_problem: str
    after_review: Literal["", "ask", "plans", "write"]
    feedback: str
    edited: Literal["", "memory", "no memory"]
    memory_put_right: bool
    next_chapter: str | None
    clashes_read: list[list[str | int]]
    shifts: list[list[int]]
    codex: list[dict[str, Any]]
    look: dict[str, Any]
    looked: dict[str, Any]
    condense_from: int
    said: str
    stop: bool
    remaining_steps: RemainingSteps


def output_of(state: type[StoryState]) -> type[StoryOutput]:
    """What a client sees live of a state: where that is an extension of the story's, its own keys as well."""
    hints = get_type_hints(state, include_extras=True)
    own = {name: kind for name, kind in hints.items() if name not in StoryState.__annotations__}
    if not own:
        return StoryOutput
    make: Any = TypedDict  # its keys are known at run time only
    return cast(
        "type[StoryOutput]", make("StoryOutput", get_type_hints(StoryOutput, include_extras=True) | own, total=False)
    )


FORMAT = 1
"""Version of the state's layout, stored with every story."""

SETTLED: Final[dict[str, Any]] = {
    "review_problem": "",
    "after_review": "",
    "feedback": "",
    "edited": "",
    "said": "",
    "stop": False,
}
"""The part of the state that belongs to a review, when none is under way."""

OF_NEW_PLANS: Final[dict[str, Any]] = {"changed_since_plans": [], "titles_kept": []}
"""What a pause says of the plans on the table besides them: of new ones, and of none, nothing."""
