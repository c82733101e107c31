"""What a story is begun from. Plain enough to be read without loading LangGraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from .context import describe
from .errors import FieldError, SettingsError
from .language_folders import DEFAULT, TAG
from .modes import AUTHOR, MODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .modes import Mode

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
        default=default.name,
        title="Mode",
        description=" ".join(f"{mode.name}: {mode.title}" for mode in MODES.values()),
        json_schema_extra={"enum": list(MODES)},
    )


def _premise(maximum: int, title: str, description: str, **more: Any) -> Any:  # noqa: ANN401
    """A field of the premise: text that a person gives, and that the writer is always told."""
    return Field(
        default="",
        max_length=maximum,
        title=title,
        description=description,
        json_schema_extra={"is_premise": True},
        **more,
    )


LONG_TEXT = 20_000
"""Characters that a background, an outline or a style sheet may have."""


class StoryInput(BaseModel):
    """What a story is begun from (section 3.1 of the paper: topic, genre, a short background, an outline).

    A field made by ``_premise`` is all there is to say of it: the state, the card, the options of the command line, the
    forms of the page and of Studio are made of these fields. Only a prompt has to name it.
    """

    model_config = ConfigDict(extra="ignore")

    topic: str = Field(
        min_length=1,
        max_length=2000,
        title="Topic",
        description="What the story is about, in a line or two.",
        json_schema_extra={"is_premise": True},
    )
    genre: str = _premise(200, "Genre", "Any words you like.")
    background: str = _premise(LONG_TEXT, "Background", "The world, the people, what came before.")
    outline: str = _premise(LONG_TEXT, "Outline", "Where it goes; empty: the model drafts one.")
    style_sheet: str = _premise(
        LONG_TEXT, "Character and style sheet", "Who is who, and how it is told; always before the writer's eyes."
    )
    title: str = _premise(200, "Title", "Empty: the model finds one.")
    language: str = Field(
        default=DEFAULT,
        title="Language",
        description="Of the text: any BCP 47 tag, such as en, zh, de or pt-BR.",
        examples=["en", "zh", "de", "pt-BR"],
        json_schema_extra={"pattern": TAG},
    )
    target_paragraphs: int | None = length_field(None)
    mode: str = mode_field(AUTHOR)
    story_id: str = Field(default="", pattern=rf"{STORY_ID}|^$", title="Story id", description="Empty: a new one.")

    @field_validator("topic")
    @classmethod
    def _says_something(cls, topic: str) -> str:
        if not topic.strip():
            raise FieldError("no_topic")
        return topic.strip()

    @field_validator("language")
    @classmethod
    def _is_a_tag(cls, language: str) -> str:
        if not re.fullmatch(TAG, language):
            raise FieldError("no_language")
        return language

    @field_validator("mode")
    @classmethod
    def _is_known(cls, mode: str) -> str:
        if mode not in MODES:
            raise FieldError("no_mode", name=mode, known=list(MODES))
        return mode


PREMISE = tuple(
    name
    for name, field in StoryInput.model_fields.items()
    if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("is_premise")
)
"""The names of the fields that the writer is always told."""


def read_language(given: Mapping[str, object]) -> str:
    """The language that somebody names, or the usual one.

    Raises:
        SettingsError: it is no tag of a language.
    """
    return read_input({"topic": "?", "language": given.get("language") or None}).language


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
