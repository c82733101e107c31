"""The settings of a run as a form: a control for each field of the context, made from its schema, read by one function.

An empty control means the default: of the story's mode, where that has sizes of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from ..schemas.catalogue import say_part
from ..schemas.context import Context
from ..schemas.dialects import FULL
from ..schemas.gathered import OWN_MODEL, OWN_PROMPT
from ..schemas.modes import AUTHOR
from ..schemas.setting_bounds import BOUNDS
from ..stories.beginning import gate_labels, prompt_names, prompt_templates

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import BaseModel

    from ..schemas.dialects import Dialect
    from ..schemas.errors import RecurrentGPTError
    from ..schemas.modes import Mode
    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from .words import Words

FIRST = ("model", "temperature", "paragraph_sentences", "plan_count", "plan_sentences", "retrieve_k")
"""What is changed most often: shown first and in this order. Everything else is folded away, in the context's order."""
AT_BEGINNING = ("model", "paragraph_sentences")
"""The same, where a story is begun."""


@dataclass(frozen=True)
class Setting:
    """One value that a form can change: a field of the context, or a key of one that is a mapping.

    Attributes:
        path: the field's name, and the key.
        schema: its JSON schema, without the choice of there being none.
    """

    path: tuple[str, ...]
    schema: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What its control is called."""
        return ".".join(self.path)

    @property
    def is_prompt(self) -> bool:
        """Whether it is a prompt, alone or one of a mapping: a text of many lines that is kept to the letter."""
        return self.schema.get("langgraph_type") == "prompt" or (len(self.path) > 1 and not self.is_gate_model)

    @property
    def is_gate_model(self) -> bool:
        """Whether it is a gate's own model."""
        return self.path[0] == "gate_models"

    def of(self, dumped: Mapping[str, Any]) -> object:
        """Its value in a context as JSON; ``None``, where there is none."""
        value: Any = dumped
        for key in self.path:
            value = value.get(key)
        return value

    @property
    def changed_as(self) -> str:
        """What it is called where it is changed (:meth:`Context.changed`)."""
        if self.is_gate_model:
            return f"{self.path[-1]}{OWN_MODEL}"
        return f"{self.path[-1]}{OWN_PROMPT}" if self.is_prompt else self.name


@dataclass(frozen=True)
class Control:
    """A setting as a page shows it.

    Attributes:
        name: what its value is sent under.
        title: its label, in the page's language.
        hint: what it does.
        kind: how it is typed.
        value: as it is typed; empty: the default.
        default: the default, as it would be typed.
        choices: what can be chosen, and how that is called.
        low: the least number, if there is one.
        high: the largest.
        is_whole: whether a number has to be whole.
        problem: why the value that was sent cannot work.
    """

    name: str
    title: str
    hint: str
    kind: Literal["line", "text", "number", "choice"]
    value: str
    default: str
    choices: tuple[tuple[str, str], ...]
    low: float | None
    high: float | None
    is_whole: bool
    problem: str


@dataclass(frozen=True)
class Group:
    """Settings that are shown together.

    Attributes:
        name: ``first``, ``more``, ``parts`` (what can be left out), ``models`` (of gates), ``prompts`` or
            ``phrases``.
        controls: one each.
    """

    name: str
    controls: list[Control]

    @property
    def hint(self) -> str:
        """What is said of each of several, said once."""
        hints = {control.hint for control in self.controls}
        return hints.pop() if len(hints) == 1 and len(self.controls) > 1 else ""

    @property
    def is_open(self) -> bool:
        """Whether there is something in it that a person should see."""
        return any(control.value or control.problem for control in self.controls)


@dataclass(frozen=True)
class Sent:
    """A form that was refused: what was typed, and why it cannot work."""

    form: Mapping[str, str]
    error: RecurrentGPTError

    def problems(self, language: str) -> dict[str, str]:
        """What is wrong with each setting, by the name of its control, in a language."""
        found = self.error.values.get("problems", [])
        return {one["field"]: say_part(one, language) for one in found if isinstance(one, dict) and "field" in one}


@dataclass(frozen=True)
class Offered:
    """What a form has controls for.

    Attributes:
        settings: all of them, in order.
        first: the names of those in the first group.
        templates: the project's own prompts and phrases, by name, to be shown beside one's own.
        phrases: which of them are phrases.
    """

    settings: tuple[Setting, ...]
    first: tuple[str, ...] = FIRST
    templates: Mapping[str, str] = field(default_factory=dict)
    phrases: frozenset[str] = frozenset()

    @classmethod
    def by(cls, library: Library, first: tuple[str, ...] = FIRST, story: StoryRecord | None = None) -> Offered:
        """What the gates of a library take; for a story also phrases, and what it has that no gate sends."""
        names, gates = prompt_names(library), tuple(gate_labels(library).items())
        if story is None:
            return cls(every_setting(names, gates), first)
        templates = prompt_templates(library, story.language, story.mode, story.context)
        every = tuple(dict.fromkeys((*names, *sorted(templates), *story.context.prompts)))
        return cls(every_setting(every, gates), first, templates, frozenset(templates) - frozenset(names))


def defaults_of(mode: Mode = AUTHOR, dialect: Dialect = FULL) -> Context:
    """The settings that a story of this mode has where nobody changed them."""
    return Context().sized_for(mode, dialect)


def settings_form(
    words: Words, now: Context, defaults: Context, sent: Sent | None = None, offered: Offered | None = None
) -> list[Group]:
    """The controls of all settings, in groups.

    Args:
        words: in the page's language.
        now: the settings as they are.
        defaults: what an empty control means.
        sent: what was typed, where that was refused.
        offered: what there are controls for; by default the project's own.
    """
    offered = offered or Offered(every_setting())
    first = offered.first
    values, usual = now.model_dump(mode="json"), defaults.model_dump(mode="json")
    # A default that another setting moved is still one that nobody asked for.
    usual |= {name: values[name] for bounds in BOUNDS for name in bounds if name not in now.model_fields_set}
    groups: dict[str, list[Control]] = {
        "first": [],
        "more": [],
        "parts": [],
        "models": [],
        "prompts": [],
        "phrases": [],
    }
    known = {setting.name: setting for setting in offered.settings}
    problems = sent.problems(words.language) if sent else {}
    for name in (*first, *(name for name in known if name not in first)):
        setting = known[name]
        value = setting.of(values)
        default = offered.templates.get(setting.path[-1]) if setting.is_prompt else setting.of(usual)
        text = sent.form.get(name) if sent else None
        if text is None:
            text = "" if value == setting.of(usual) else as_typed(value)
        control = _control(setting, words, text, as_typed(default), problems.get(name, ""))
        is_phrase = setting.is_prompt and setting.path[-1] in offered.phrases
        groups["first" if name in first else "phrases" if is_phrase else _group(setting)].append(control)
    return [Group(name, controls) for name, controls in groups.items() if controls]


def read_settings(
    form: Mapping[str, str], mode: Mode = AUTHOR, now: Context | None = None, offered: Offered | None = None
) -> Context:
    """The settings that a form leads to.

    Args:
        form: what was sent; an empty value is the default.
        mode: the story's, whose defaults hold.
        now: the settings as they are: what the form does not name stays so.
        offered: what it had controls for; by default the project's own.

    Raises:
        SettingsError: one has a value that cannot work.
    """
    changes: dict[str, object] = {}
    for setting in (offered or Offered(every_setting())).settings:
        given = form.get(setting.name)
        if given is not None:
            changes[setting.changed_as] = given if setting.is_prompt and given.strip() else given.strip()
    return (now or defaults_of(mode)).changed(changes, mode)


@lru_cache
def every_setting(prompts: tuple[str, ...] = (), gates: tuple[tuple[str, str], ...] = ()) -> tuple[Setting, ...]:
    """Every setting of a run, with a prompt and a model for each of these names; by default the project's own.

    Args:
        prompts: names of prompts.
        gates: gates by name, and what each is called.
    """
    labels = dict(gates) or gate_labels()
    keys = {"prompts": dict.fromkeys(prompts or prompt_names(), ""), "gate_models": labels}
    return tuple(settings_of(Context, keys))


def settings_of(kind: type[BaseModel], keys: Mapping[str, Mapping[str, str]] | None = None) -> Iterator[Setting]:
    """Every setting of a context, in the order of its fields.

    Args:
        kind: the context.
        keys: of its fields that are mappings, what they may have, and how each is called (empty: as it is); where the
            schema itself names the keys, those.
    """
    for name, schema in kind.model_json_schema()["properties"].items():
        kinds = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
        whole = {**schema, **kinds[0]}
        if whole.get("type") != "object":
            yield Setting((name,), whole)
            continue
        called = (keys or {}).get(name, {})
        known = whole.get("propertyNames", {}).get("enum", called)
        said = {"description": whole.get("description", ""), **whole["additionalProperties"]}
        for key in known:
            title = called.get(key) or key.replace("_", " ").capitalize()
            yield Setting((name, key), {**said, "title": title})


def as_typed(value: object) -> str:
    """A value as a person would type it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value.is_integer():
            return str(int(value))
    return str(value)


def _group(setting: Setting) -> str:
    if setting.is_prompt or setting.is_gate_model:
        return "prompts" if setting.is_prompt else "models"
    return "parts" if setting.schema.get("type") == "boolean" else "more"


def _control(setting: Setting, words: Words, value: str, default: str, problem: str) -> Control:
    schema, key = setting.schema, f"setting_{'_'.join(setting.path)}"
    title = str(schema.get("title") or setting.name)
    if setting.is_gate_model and (label := words.label({}, setting.path[-1])) != setting.path[-1]:
        title = label
    choices = _choices(setting, words)
    kinds = {"integer": "number", "number": "number", "string": "text" if setting.is_prompt else "line"}
    return Control(
        name=setting.name,
        title=words.or_else(key, title),
        hint=_hint(setting, words, key),
        kind="choice" if choices else kinds[schema["type"]],  # type: ignore[arg-type]
        value=value,
        default=dict(choices).get(default, default),
        choices=choices,
        low=schema.get("minimum", schema.get("exclusiveMinimum")),
        high=schema.get("maximum", schema.get("exclusiveMaximum")),
        is_whole=schema.get("type") == "integer",
        problem=problem,
    )


def _hint(setting: Setting, words: Words, key: str) -> str:
    said = str(setting.schema.get("description", ""))
    if setting.is_prompt or setting.is_gate_model:
        said = words.or_else("setting_prompt_hint" if setting.is_prompt else "setting_gate_model_hint", said)
    return words.or_else(f"{key}_hint", said)


def _choices(setting: Setting, words: Words) -> tuple[tuple[str, str], ...]:
    if setting.schema.get("type") == "boolean":
        return (("true", words("on")), ("false", words("off")))
    values = [str(value) for value in setting.schema.get("enum", ())]
    return tuple((value, words.or_else(f"setting_{setting.name}_{value}", value)) for value in values)
