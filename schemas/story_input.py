"""What a story is begun from. Plain enough to be read without loading LangGraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from .context import describe
from .errors import FieldError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["en", "zh"]
Mode = Literal["author", "interactive_fiction"]
STORY_ID = r"^[a-z0-9][a-z0-9-]{0,63}$"


def length_field(default: int | None) -> Any:  # noqa: ANN401 (what pydantic.Field itself returns)
    """The field for a story's length, with a default of an assistant's own."""
    return Field(
        default=default,
        ge=0,
        title="Paragraphs",
        description="How many to write after the opening; empty: until told to stop.",
    )


def mode_field(default: Mode) -> Any:  # noqa: ANN401
    """The field for who the person is, with a default of an assistant's own."""
    return Field(
        default=default,
        title="Mode",
        description="author: you write, plans are what happens next; interactive_fiction: you are inside the story.",
    )


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
    target_paragraphs: int | None = length_field(None)
    mode: Mode = mode_field("author")
    story_id: str = Field(default="", pattern=rf"{STORY_ID}|^$", title="Story id", description="Empty: a new one.")

    @field_validator("topic")
    @classmethod
    def _says_something(cls, topic: str) -> str:
        if not topic.strip():
            raise FieldError("no_topic")
        return topic.strip()


def read_input(given: Mapping[str, object], kind: type[StoryInput] = StoryInput) -> StoryInput:
    """Check what a story is to be begun from.

    Args:
        given: the fields that are there.
        kind: whose defaults hold for the others.

    Raises:
        SettingsError: a field is missing or cannot work.
    """
    try:
        return kind.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        raise SettingsError("input_unusable", problems=describe(error)) from error
