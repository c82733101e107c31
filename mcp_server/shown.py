"""What the server's tools answer with: structured, and with a schema that a client gets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

Stands = Literal["waiting", "writing", "ended", "unsettled"]


class StoryCard(BaseModel):
    """A story on the shelf."""

    story_id: str
    title: str
    topic: str
    language: str = Field(description="BCP 47 tag.")
    mode: str = Field(description="author, or interactive_fiction.")
    paragraphs: int = Field(description="How many the current branch has.")
    branch: str = Field(description="The current branch.")
    branches: list[str]
    synopsis: str = Field(description="What it told last, in a few words.")
    written: str = Field(description="When it was last written on (ISO 8601).")


class Shelf(BaseModel):
    """The stories there are, the latest written first."""

    stories: list[StoryCard]


class PlanShown(BaseModel):
    """A plan on the table."""

    number: int
    text: str
    leans_on: list[str] = Field(description="What the past may hold that it needs.")


class Problem(BaseModel):
    """What went wrong: a sentence, and the same as data."""

    message: str
    code: str
    values: dict[str, Any]


class StoryNow(BaseModel):
    """How a story stands, and what can be done next."""

    story_id: str
    title: str
    standing: Stands = Field(
        description="waiting: for an answer to its plans; writing: ask again with read_pause; ended: it has its "
        "length; unsettled: something stopped it in the middle of a step, continue_story goes on."
    )
    branch: str
    paragraphs: int
    passage: str = Field(description="The last passage as it is.")
    plans: list[PlanShown] = Field(description="What may come next, where it waits.")
    remarks: list[str] = Field(
        description="What is to be said beside the plans: a chapter begins, they have grown old."
    )
    short_term_memory: str
    rationale: str = Field(description="Why the short-term memory was changed.")
    pause_id: str = Field(description="Give it with an answer: sent twice, it then counts once.")
    doing: str = Field(description="What is being done, while it is written.")
    again: str = Field(description="Why the last answer was asked for again, where it was.")
    problem: Problem | None = Field(description="Why the last piece of work ended, where it went wrong.")
    how: str = Field(description="What to do next.")


class PassageShown(BaseModel):
    """A passage of the book, or one that was recalled."""

    number: int = Field(description="From 1; 0 and below are of the book before this one.")
    text: str
    summary: str
    question: str = ""
    sentence: str = Field(default="", description="The sentence that is nearest to the question.")
    likeness: float = 0


class Passages(BaseModel):
    """Passages of a story."""

    story_id: str
    passages: list[PassageShown]


class FactShown(BaseModel):
    """Something that is, or was, true in the story."""

    id: str
    text: str
    about: list[str]
    open_question: bool
    since: int = Field(description="The paragraph it holds from.")
    until: int | None = Field(description="The paragraph that ended it; null: it holds.")
    known_by: list[str] = Field(description="Who knows it; empty: everybody.")


class Facts(BaseModel):
    """The facts of a branch."""

    story_id: str
    facts: list[FactShown]


class Exported(BaseModel):
    """A book as a text."""

    story_id: str
    format: str
    text: str
