"""The state of a story: plain JSON, the same size however long the story grows.

The hidden state h_t of the LSTM analogy (the short-term memory) and its input x_t (last paragraph and
plan) live here; the cell state c_t (the long-term memory) lives in Qdrant, and ``lineage`` says which
part of it this story sees.
"""

from __future__ import annotations

from operator import or_
from typing import Annotated, Literal

from langgraph.managed import RemainingSteps  # noqa: TC002 (LangGraph reads the annotations)
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from typing_extensions import TypedDict

from .context import describe
from .errors import SettingsError

Language = Literal["en", "zh"]
STORY_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"


class Plan(TypedDict):
    """What may happen next, and what the past may hold that it would lean on (recall cues)."""

    text: str
    recall: list[str]


class ChosenPlan(Plan):
    """The plan the next paragraph follows: who chose it, which one it was, and why."""

    chosen_by: str
    number: int | None
    reason: str


class Passage(TypedDict):
    """A paragraph recalled from the long-term memory: where it stands, and how near it was."""

    seq: int
    text: str
    summary: str
    score: float


class NewEntry(TypedDict):
    """A paragraph on its way into the long-term memory."""

    text: str
    summary: str


class CallUsage(TypedDict):
    """What one gate cost in its latest step. Seconds are the gate's own, tokens the model's figures."""

    calls: int
    seconds: float
    input_tokens: int
    cached_tokens: int
    output_tokens: int


class StoryInput(BaseModel):
    """What a story is begun from (section 3.1 of the paper: topic, genre, a short background, an outline)."""

    model_config = ConfigDict(extra="ignore")

    topic: str = Field(
        min_length=1, max_length=2000, title="Topic", description="What the story is about, in a line or two."
    )
    genre: str = Field(default="", max_length=200, title="Genre", description="Any words you like.")
    background: str = Field(default="", max_length=20_000, title="Background", description="World, people, past.")
    outline: str = Field(
        default="",
        max_length=20_000,
        title="Outline",
        description="Where it goes; empty: the model drafts one.",
    )
    style_sheet: str = Field(
        default="",
        max_length=20_000,
        title="Character and style sheet",
        description="Free text that the writer always sees.",
    )
    title: str = Field(default="", max_length=200, title="Title", description="Empty: the model finds one.")
    language: Language = Field(default="en", title="Language", description="Of the text and of every prompt.")
    target_paragraphs: int | None = Field(
        default=None,
        ge=0,
        title="Paragraphs",
        description="How many to write after the opening; empty: until told to stop.",
    )
    story_id: str = Field(default="", pattern=rf"{STORY_ID}|^$", title="Story id", description="Empty: a new one.")

    @field_validator("topic")
    @classmethod
    def _says_something(cls, topic: str) -> str:
        if not topic.strip():
            msg = "a story needs a topic: say in a line what it is about"
            raise ValueError(msg)
        return topic.strip()


class StoryOutput(TypedDict, total=False):
    """What a client sees live: everything but the machinery."""

    story_id: str
    title: str
    topic: str
    genre: str
    background: str
    outline: str
    style_sheet: str
    language: Language
    target_paragraphs: int | None
    lineage: list[list[str | int]]
    step: int
    paragraph: str
    short_term_memory: str
    rationale: str
    retrieved: list[Passage]
    plans: list[Plan]
    plan: ChosenPlan
    usage: Annotated[dict[str, CallUsage], or_]


class StoryState(StoryOutput, total=False):
    """The whole state.

    ``prompt`` is the user message the step's conversation began with, kept so that the later gates repeat
    it to the letter; ``opening`` carries the first paragraphs to ``store_opening``; ``review_problem`` says
    what was wrong with an answer that has to be asked for again; ``stop`` is a person's word to end the run.
    """

    format: int
    prompt: str
    opening: list[NewEntry]
    review_problem: str
    stop: bool
    remaining_steps: RemainingSteps


FORMAT = 1
"""Version of the state's layout, stored with every story."""


def read_input(given: dict[str, object]) -> StoryInput:
    """Check what a story is to be begun from.

    Raises:
        SettingsError: a field is missing or cannot work.
    """
    try:
        return StoryInput.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError(describe("story's input", error)) from error
