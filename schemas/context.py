"""What may change from run to run: the runtime context of the graph, an assistant's form in Studio."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from .client_keys import is_of_clients
from .dialects import FULL, Dialect, DialectChoice
from .errors import FieldError, SettingsError
from .field_problems import describe, near_field
from .gathered import GATHERED, gathered_in, is_as_offered, is_own
from .modes import AUTHOR, Mode
from .setting_bounds import BOUNDS, in_order

Chooser = Literal["first", "random", "model"]
"""Who can pick plans where nobody is asked."""
PlanSelection = Literal["human", Chooser]
USUAL_CHOOSER: Final[Chooser] = "model"
"""Who does where nobody says who: the paper's simulated human."""

_OURS = frozenset({"messages", "model", "response_format", "stream", "stream_options", "tool_choice", "tools"})
"""Fields of a request that are the project's own."""

MAX_TASTES: Final = 2000
"""Characters of what a player likes."""


def plan_selection_field(default: PlanSelection) -> Any:  # noqa: ANN401
    """The field for who picks the plan, with a default of an assistant's own."""
    return Field(
        default=default,
        title="Who picks the plan",
        description="human pauses and asks; first, random and model (the paper's simulated human) do not.",
    )


class Context(BaseModel):
    """Settings of one run. The defaults are the paper's sizes (section 3) and a human who picks the plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    model: str = Field(
        default="",
        title="Model",
        description=(
            "provider:model, the name of a model at OPENAI_BASE_URL, or 'embedded'. "
            "Empty: RECURRENTGPT_MODEL, else the embedded demonstration model."
        ),
    )
    helper_model: str = Field(
        default="",
        title="Helper model",
        description=(
            "The model for all but prose: memory, summaries, facts, plans; at RECURRENTGPT_HELPER_BASE_URL, if that is "
            "set. Empty: RECURRENTGPT_HELPER_MODEL, else the same as for prose."
        ),
    )
    dialect: DialectChoice = Field(
        default="auto",
        title="Dialect",
        description="In what words and sizes a model is asked. small: short prompts and small forms; auto: small for "
        "the embedded model, for those whose name says that they have at most 2B parameters, and where doctor found "
        "that a model needs it, else full.",
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, title="Temperature", description="Empty: the model's own default."
    )
    input_price: float | None = Field(
        default=None,
        ge=0,
        title="Price of what is sent",
        description="Of a million tokens, in any money: what writing costs is then said in it too.",
    )
    output_price: float | None = Field(
        default=None, ge=0, title="Price of what is answered", description="Of a million tokens, in the same money."
    )
    seed: int | None = Field(
        default=None, title="Seed", description="For the model, where it takes one, and for random plans."
    )
    reasoning_effort: str = Field(
        default="",
        max_length=40,
        title="Reasoning effort",
        description="How long a reasoning model thinks, in its server's own words: none, minimal, low, medium, high. "
        "Empty: as long as it does.",
    )
    request_fields: str = Field(
        default="",
        title="Fields of a request",
        description="What else an OpenAI-compatible server is told, as a JSON object such as "
        '{"chat_template_kwargs": {"enable_thinking": false}}.',
    )
    timeout: float = Field(default=300, gt=0, title="Time-out", description="Seconds one model call may take.")
    max_retries: int = Field(
        default=4,
        ge=0,
        le=20,
        title="Retries",
        description="How often a call is repeated, with growing pauses, after a rate limit, a time-out or a 5xx.",
    )
    tries: int = Field(
        default=3,
        ge=1,
        le=10,
        title="Tries",
        description="How many answers a gate may ask for until one is usable; each time the model is told why.",
    )
    plan_selection: PlanSelection = plan_selection_field("human")
    retrieve_k: int = Field(
        default=3,
        ge=0,
        le=20,
        title="Passages recalled",
        description="How many passages of the long-term memory the writer is shown.",
    )
    retrieve_in_short: int = Field(
        default=3,
        ge=0,
        le=8,
        title="Recalled in short",
        description="How many more the writer is shown as their summary and the sentence that led there.",
    )
    prompt_tokens: int | None = Field(
        default=None,
        ge=1000,
        title="Prompt budget",
        description=(
            "Tokens a step's prompts may have, with all that is asked in one conversation; what does not fit is shown "
            "in short or left out, and the trace says so. At least what the paragraph, the memory and the plans need. "
            "Empty: what the model's window leaves, where it can be asked for, else 16,000."
        ),
    )
    repetition_limit: float = Field(
        default=0.2,
        ge=0,
        le=1,
        title="Repetition allowed",
        description="The part of a paragraph that may be repetition; above it, it is written once more.",
    )
    new_character_chance: float = Field(
        default=0,
        ge=0,
        le=1,
        title="Chance of a new character",
        description="How often the writer is invited to bring in somebody new, by seeded chance, if the plan has room "
        "for it; who makes plans is not told. The original: 0.1.",
    )
    chapter_paragraphs: int | None = Field(
        default=None,
        ge=1,
        title="Paragraphs a chapter",
        description="Empty: chapters begin where a person says so.",
    )
    early_end: bool = Field(
        default=False,
        title="May end early",
        description="On: after each paragraph whoever plans is asked whether the story is told; if it is, the next one "
        "is its last, whatever its length.",
    )
    tastes: str = Field(
        default="",
        max_length=MAX_TASTES,
        title="Tastes",
        description="Where one plays: what the player likes, in their own words. The actions that are offered heed it.",
    )
    use_tastes: bool = Field(
        default=True,
        title="Heed tastes",
        description="Where one plays. Off: what the player says they like, and what their choices show, is not heeded.",
    )
    opening_paragraphs: int = Field(
        default=3,
        ge=1,
        le=10,
        title="Opening paragraphs",
        description="How many a story begins with, before its first plans.",
    )
    paragraph_sentences: int = Field(
        default=20,
        ge=1,
        le=100,
        title="Sentences a paragraph",
        description="About how many are asked for; with less than a sixth of that it is written once more.",
    )
    memory_min_sentences: int = Field(
        default=10,
        ge=1,
        le=100,
        title="Short-term memory, at least",
        description="Sentences; one with fewer is asked for again.",
    )
    memory_max_sentences: int = Field(
        default=20,
        ge=1,
        le=100,
        title="Short-term memory, at most",
        description="Sentences; one with more is asked for again.",
    )
    plan_count: int = Field(
        default=3, ge=1, le=9, title="Plans proposed", description="How many there are to choose from at each pause."
    )
    plan_sentences: int = Field(
        default=5,
        ge=1,
        le=20,
        title="Sentences a plan",
        description="About how many are asked for; a model that can be held to a form is held to their length.",
    )
    use_short_term_memory: bool = Field(
        default=True,
        title="Short-term memory",
        description="Off: none is kept, to see what it does (an ablation of the paper's). "
        "The long-term memory is left out with retrieve_k=0.",
    )
    use_rationale: bool = Field(
        default=True,
        title="Rationale",
        description="Off: the memory is rewritten without first saying why, to see what that does.",
    )
    use_word_search: bool = Field(
        default=True,
        title="Search by words",
        description="Off: passages are recalled by meaning alone, without BM25, to see what that does.",
    )
    use_recall_cues: bool = Field(
        default=True,
        title="Recall cues",
        description="Off: passages are searched by the plan alone, not by what it says that it leans on, to see what "
        "that does.",
    )
    use_facts: bool = Field(
        default=True,
        title="Facts",
        description="Off: no record is kept of what is true since when, and none is shown, to see what that does. "
        "In the small dialect off, if nothing is said.",
    )
    use_threads: bool = Field(
        default=True,
        title="Threads",
        description="Off: nobody is shown which questions and promises are open, to see what that does. Without facts "
        "there are none.",
    )
    fact_tokens: int = Field(
        default=170,
        ge=0,
        le=4000,
        title="As things stand",
        description="Tokens of the facts that hold which the writer is shown.",
    )
    synopsis_tokens: int = Field(
        default=260,
        ge=0,
        le=4000,
        title="The book so far",
        description="Tokens of the synopsis of all that was written which the writer is shown; 0: none is made. "
        "In the small dialect 0, if nothing is said.",
    )
    read_at_once: int = Field(
        default=1,
        ge=1,
        le=16,
        title="Read at once",
        description="Parts of a manuscript, of at most four paragraphs each, that are summed up side by side.",
    )

    gate_models: dict[str, str] = Field(
        default_factory=dict,
        title="Models of gates",
        description="A gate's own model, by the gate's name; empty: the model, or the helper. The helper's name means "
        "the model where the helper is.",
    )
    prompts: dict[str, str] = Field(
        default_factory=dict,
        title="Prompts of your own",
        description="By name, instead of the project's own in the story's language; empty: the project's.",
    )

    @property
    def is_searching(self) -> bool:
        """Whether a plan and its cues lead to anything: to passages, or to facts."""
        return bool(self.retrieve_k or (self.use_facts and self.fact_tokens))

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: object) -> object:
        """A prompt and a gate's model may be given as fields of their own, ``<name>_prompt`` and ``<gate>_model``.

        In Studio each prompt is an editor at its gate.
        """
        if not isinstance(given, Mapping):
            return given
        given = {
            name: value
            for name, value in given.items()
            if not (is_of_clients(str(name)) or is_as_offered(cls, str(name), value, Context.model_fields))
        }
        for field, end in GATHERED.items():
            given = gathered_in(field, end, given, Context.model_fields)
        return given

    def changed(self, changes: Mapping[str, object], mode: Mode = AUTHOR) -> Context:
        """These settings with others; ``None`` or an empty text clears one, back to its default in a mode.

        Args:
            changes: by name; ``<name>_prompt`` is a prompt of one's own, ``<gate>_model`` a gate's own model.
            mode: the story's.

        Raises:
            SettingsError: there is no such setting, or a value cannot work.
        """
        fields = self.model_dump(exclude_unset=True)
        for name, value in changes.items():
            if field := next((kept for kept, end in GATHERED.items() if is_own(name, end, Context.model_fields)), ""):
                fields[field] = {**fields.get(field, {}), name.removesuffix(GATHERED[field]): value or ""}
            elif name not in Context.model_fields:
                raise _no_setting(name)
            elif value in (None, ""):
                fields.pop(name, None)
            else:
                fields[name] = value
        try:
            return type(self).model_validate(fields).sized_for(mode)
        except ValidationError as error:
            raise SettingsError("settings_unusable", problems=describe(error, Context.model_fields)) from error

    def sized_for(self, mode: Mode, dialect: Dialect = FULL) -> Context:
        """These settings with the sizes of a mode and of a dialect, where none was asked for.

        None is asked for by that: in another mode or dialect it has other sizes.
        """
        asked_for = self.model_fields_set
        sizes = {name: size for name, size in {**mode.sizes, **dialect.sizes}.items() if name not in asked_for}
        if not sizes:
            return self
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_construct(set(asked_for), **in_order(values | sizes, asked_for))

    @field_validator("request_fields")
    @classmethod
    def _is_an_object(cls, given: str) -> str:
        try:
            fields = json.loads(given or "{}")
        except ValueError as error:
            raise FieldError("no_json_object", reason=str(error)) from error
        if not isinstance(fields, dict):
            raise FieldError("no_json_object", reason=type(fields).__name__)
        if taken := sorted(set(fields) & _OURS):
            raise FieldError("fields_taken", names=taken)
        return given

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Context:
        for least, most in BOUNDS:
            low, high = getattr(self, least), getattr(self, most)
            if low > high and {least, most} <= self.model_fields_set:
                raise FieldError("memory_bounds", low=low, high=high)
        # A default gives way to what was asked for: that is no change of the settings, which are frozen.
        self.__dict__.update(in_order(self.__dict__, self.model_fields_set))
        return self


def near_setting(name: str, likeness: float = 0.7) -> str:
    """The setting that a misspelt name may mean; empty: none is that like it.

    Args:
        name: what is no setting.
        likeness: how like the two have to be, 0 to 1.
    """
    return "" if is_of_clients(name) else near_field(name, Context.model_fields, likeness)


def _no_setting(name: str) -> SettingsError:
    if near := near_setting(name, 0.5):
        return SettingsError("no_setting_but_near", name=name, near=near)
    return SettingsError("no_setting", name=name, known=list(Context.model_fields))


def read_context(given: object, kind: type[Context] = Context) -> Context:
    """The context of a run, whatever a caller or a parent graph handed down.

    Args:
        given: a :class:`Context`, a mapping of its fields, ``None``, or a parent graph's context of
            another type, which is not ours to read: then the defaults hold.
        kind: whose defaults those are.

    Raises:
        SettingsError: a field has a value that cannot work.
    """
    if isinstance(given, Context):
        return given
    if not isinstance(given, Mapping):
        return kind()
    try:
        return kind.model_validate(dict(given))
    except ValidationError as error:
        raise SettingsError("context_unusable", problems=describe(error, Context.model_fields)) from error
