"""What an evaluation is to do: which systems write how many novels of what length, with which settings."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..schemas.context import Context
from ..schemas.errors import FieldError, SettingsError
from ..schemas.field_problems import describe
from ..schemas.languages import language_named
from ..schemas.modes import AUTHOR
from .systems import SYSTEMS
from .topics import TONGUES, genres, topics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .topics import Topic

LANGUAGE = language_named("en")
"""Of the measurements that are English only."""

QUICK_GENRES = ("mystery",)
QUICK_PARAGRAPHS = 3
_WORDS_A_SENTENCE = 17


class Experiment(BaseModel):
    """The settings of an evaluation. Two with the same settings ask the same questions.

    Attributes:
        context: the writers' settings; ``prompt_tokens`` is the budget of every system's prompts but full context's.
        judge: the judge's model; empty: the model under test.
        reader: who answers questions over the written book; empty: the judge.
        language: the novels', by its tag.
        systems: who writes.
        genres: of which genres.
        novels: how many novels a genre.
        paragraphs: how many paragraphs after the opening, by genre.
        embedding_model: what makes the vectors.
        prompts: a digest of the words of all prompts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    context: Context
    judge: str = ""
    reader: str = ""
    language: str = "en"
    systems: tuple[str, ...] = tuple(SYSTEMS)
    genres: tuple[str, ...] = Field(default_factory=lambda: tuple(genres()))
    novels: int = Field(default=5, ge=1)
    paragraphs: dict[str, int]
    embedding_model: str = ""
    prompts: str = ""

    @field_validator("context")
    @classmethod
    def _nobody_is_asked(cls, context: Context) -> Context:
        if context.plan_selection == "human":
            raise FieldError("nobody_picks")
        return context

    @field_validator("systems")
    @classmethod
    def _known_systems(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in names if name not in SYSTEMS]:
            raise FieldError("no_system", name=unknown[0], known=list(SYSTEMS))
        return tuple(name for name in SYSTEMS if name in names)

    @field_validator("genres")
    @classmethod
    def _known_genres(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [name for name in names if name not in genres()]:
            raise FieldError("no_genre", name=unknown[0], known=list(genres()))
        return tuple(name for name in genres() if name in names)

    @field_validator("language")
    @classmethod
    def _known_language(cls, tag: str) -> str:
        if tag not in TONGUES:
            raise FieldError("no_evaluation_language", name=tag, known=list(TONGUES))
        return tag

    @model_validator(mode="after")
    def _every_novel_has_a_topic_and_a_length(self) -> Experiment:
        if missing := [genre for genre in self.genres if self.paragraphs.get(genre, 0) < 1]:
            raise FieldError("no_length", genre=missing[0])
        most = min(len(genre["topics"]) for genre in genres(self.language).values())
        if self.novels > most:
            raise FieldError("few_topics", most=most)
        return self

    def topics(self) -> Iterator[Topic]:
        """Every novel's topic, genre by genre."""
        return topics(self.genres, self.novels, self.language)

    def judge_context(self) -> Context:
        """The settings of the judge's calls."""
        return self.context.model_copy(update={"model": self.judge or self.context.model, "temperature": 0.0})

    def reader_context(self) -> Context:
        """The settings of the calls of who answers questions over the book."""
        return self.judge_context().model_copy(update={"model": self.reader or self.judge_context().model})

    def difference(self, other: Experiment) -> tuple[str, object, object] | None:
        """The first setting that another experiment has otherwise: its name, the other's value, this one's."""
        mine, others = _flat(self), _flat(other)
        for name in sorted(mine.keys() | others.keys()):
            if mine.get(name) != others.get(name):
                return name, others.get(name), mine.get(name)
        return None


def experiment(**given: Any) -> Experiment:  # noqa: ANN401 (fields of the experiment)
    """An experiment from settings that a person gave.

    Raises:
        SettingsError: one of them cannot work.
    """
    try:
        return Experiment.model_validate(given)
    except ValidationError as error:
        raise SettingsError("evaluation_unusable", problems=describe(error)) from error


def quick(**changes: Any) -> Context:  # noqa: ANN401 (fields of the context)
    """The writers' settings of ``--quick``: sizes that the embedded model can do in minutes."""
    return Context(
        **{
            "seed": 1,
            "tries": 6,
            "plan_selection": "first",
            "prompt_tokens": 2500,
            "repetition_limit": 1,
            "opening_paragraphs": 1,
            "paragraph_sentences": 4,
            "retrieve_k": 2,
            "memory_min_sentences": 2,
            "memory_max_sentences": 3,
            "plan_count": 2,
            "plan_sentences": 1,
            **changes,
        }
    )


def paragraphs_for(words: int, context: Context) -> int:
    """How many paragraphs after the opening make about so many words."""
    return max(1, round(words / (_WORDS_A_SENTENCE * context.paragraph_sentences)) - context.opening_paragraphs)


def prompts_digest(tag: str = "en") -> str:
    """A digest of every prompt that an evaluation in a language may use: other words are another experiment."""
    package = (__package__ or "").rpartition(".")[0]
    folder = language_named(tag).folder
    folders = (
        files(f"{package}.prompts") / folder,
        files(f"{package}.prompts") / folder / AUTHOR.name,
        files(__package__ or "") / "prompts" / folder,
    )
    places = [place for folder in folders for place in folder.iterdir() if place.name.endswith((".md", ".toml"))]
    words = "\0".join(f"{place.name}\0{place.read_text(encoding='utf-8')}" for place in sorted(places, key=str))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _flat(wanted: Experiment) -> dict[str, object]:
    fields = json.loads(wanted.model_dump_json())
    context = fields.pop("context")
    return {**context, "own prompts": context.pop("prompts"), **fields}
