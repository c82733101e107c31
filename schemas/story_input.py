"""What a story is begun from. Plain enough to be read without loading LangGraph."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from annotated_types import MaxLen
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic.json_schema import SkipJsonSchema  # noqa: TC002 (Pydantic reads the annotations)

from .before import BookBefore  # noqa: TC001 (Pydantic reads the annotations)
from .characters import readable
from .errors import FieldError, SettingsError
from .field_problems import describe
from .language_folders import DEFAULT, TAG
from .modes import AUTHOR, MODES
from .pack import Hidden  # noqa: TC001 (Pydantic reads the annotations)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


@dataclass(frozen=True)
class PremiseField:
    """A field of the premise as forms and options show it: text from a person, which the writer is told.

    Attributes:
        name: as in the input.
        title: its label.
        description: its help.
        maximum: characters it may have.
        lines: how many lines a form gives it; 0: a form does not ask for it, and it is changed afterwards.
        tells_ahead: whether it tells what is to come, so that who is inside the story is not asked for it.
        is_needed: whether a story cannot begin without.
        for_prose: whether it says how the prose is to sound: told where prose is written, not in the system part.
        goes_on: whether a book after this one has it too, where a person says nothing else.
    """

    name: str
    title: str
    description: str
    maximum: int
    lines: int = 1
    tells_ahead: bool = False
    is_needed: bool = False
    for_prose: bool = False
    goes_on: bool = False


def _premise(maximum: int, title: str, description: str, **shown: int) -> Any:  # noqa: ANN401
    """A field of the premise that may be empty; ``shown`` is more of :class:`PremiseField`."""
    return Field(
        default="",
        max_length=maximum,
        title=title,
        description=description,
        json_schema_extra=_PREMISE | shown,
    )


_PREMISE: Final[dict[str, Any]] = {"is_premise": True}


LONG_TEXT = 20_000
"""Characters that a background, an outline or a style sheet may have."""
MOST_AUTHOR = 200
"""Characters that the author's name may have."""
NOTE = 1500
"""Characters that a style note may have: it is told whole."""


class StoryInput(BaseModel):
    """What a story is begun from (section 3.1 of the paper: topic, genre, a short background, an outline).

    A field made by ``_premise`` is all there is to say of it: the state, the card, the options of the command line, the
    forms of the page and of Studio are made of these fields. Only a prompt has to name it.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    topic: str = Field(
        min_length=1,
        max_length=2000,
        title="Topic",
        description="What the story is about, in a line or two.",
        json_schema_extra=_PREMISE | {"lines": 2},
    )
    genre: str = _premise(200, "Genre", "Any words you like.", lines=1, goes_on=True)
    background: str = _premise(LONG_TEXT, "Background", "The world, the people, what came before.", lines=4)
    outline: str = _premise(
        LONG_TEXT, "Outline", "Where it goes; empty: the model drafts one.", lines=3, tells_ahead=True
    )
    style_sheet: str = _premise(
        LONG_TEXT,
        "Character and style sheet",
        "Who is who, and how it is told; always before the writer's eyes.",
        lines=3,
        goes_on=True,
    )
    voice: str = _premise(
        LONG_TEXT,
        "Samples of the prose",
        "One to three passages that sound as the book is to; between two, a line with nothing but ---.",
        lines=3,
        for_prose=True,
        goes_on=True,
    )
    voice_note: str = _premise(
        NOTE,
        "Style note",
        "How the prose is made, in a few sentences: one's own, or drawn from the samples.",
        lines=2,
        for_prose=True,
        goes_on=True,
    )
    not_like: str = _premise(
        500, "Not like", "What the prose is not to sound like.", lines=1, for_prose=True, goes_on=True
    )
    title: str = _premise(200, "Title", "Empty: the model finds one.", lines=0)
    author: str = Field(
        default="", max_length=MOST_AUTHOR, title="Author", description="Who is named as the author of its books."
    )
    language: str = Field(
        default=DEFAULT,
        title="Language",
        description="Of the text: any BCP 47 tag, such as en, zh, de or pt-BR.",
        examples=["en", "zh", "de", "pt-BR"],
        json_schema_extra={"pattern": TAG},
    )
    target_paragraphs: int | None = length_field(None)
    mode: str = mode_field(AUTHOR)
    before: SkipJsonSchema[BookBefore | None] = Field(default=None, title="The book before this one")
    pack: SkipJsonSchema[Hidden | None] = Field(default=None, title="What its author keeps from who plays it")
    story_id: str = Field(default="", pattern=rf"{STORY_ID}|^$", title="Story id", description="Empty: a new one.")

    @field_validator("*", mode="before")
    @classmethod
    def _is_readable(cls, given: object) -> object:
        return readable(given) if isinstance(given, str) else given

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


def _premise_fields() -> Iterator[PremiseField]:
    # Of the fields themselves: the input's schema would be built at every import, only to be asked for these.
    for name, field in StoryInput.model_fields.items():
        shown = field.json_schema_extra
        if isinstance(shown, dict) and "is_premise" in shown:
            bounds: list[Any] = field.metadata
            yield PremiseField(
                name,
                field.title or "",
                field.description or "",
                maximum=next(bound.max_length for bound in bounds if isinstance(bound, MaxLen)),
                is_needed=field.is_required(),
                **{key: said for key, said in shown.items() if key != "is_premise"},  # type: ignore[arg-type]
            )


PREMISE_FIELDS = tuple(_premise_fields())
"""What a person says of a book before it is begun."""

PREMISE = tuple(field.name for field in PREMISE_FIELDS)
"""Their names."""

ALWAYS_TOLD = tuple(field.name for field in PREMISE_FIELDS if not field.for_prose)
"""The names of those that every gate is told."""


def premise_for(mode: Mode) -> tuple[PremiseField, ...]:
    """The fields of the premise that a person is asked for where a story of this mode begins."""
    return tuple(field for field in PREMISE_FIELDS if not (mode.asks_for_actions and field.tells_ahead))


def story_fields() -> dict[str, Any]:
    """The fields of an input and their types, for a state that holds them."""
    return {name: field.annotation for name, field in StoryInput.model_fields.items()}


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
