"""The context of a run as Studio shows it: each gate's settings and prompts at its node."""

from __future__ import annotations

from copy import copy
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ..nodes.asking import TRY_AGAIN
from ..nodes.calling import ANSWER_IN_SECTIONS
from ..nodes.messages import SYSTEM
from ..prompts import load_by_tag
from ..schemas.catalogue import fill
from ..schemas.errors import SettingsError
from ..schemas.field_problems import describe
from ..schemas.gathered import OWN_PROMPT
from ..schemas.language_folders import AGENT, DEFAULT, PAGE, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..nodes import Gate
    from ..prompts import PromptSpec
    from ..schemas.assistants import Assistant
    from ..schemas.context import Context


class _InOurWords(BaseModel):
    """Settings as LangGraph makes them of a mapping that a caller hands over: what is wrong is said in our words."""

    model_config = ConfigDict(defer_build=True)

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 (whatever a caller gives)
        try:
            super().__init__(**given)
        except ValidationError as error:
            raise SettingsError("context_unusable", problems=describe(error, type(self).model_fields)) from error


def prompts_of(gates: Sequence[Gate[Any]]) -> dict[PromptSpec, list[str]]:
    """Every prompt that some gates send, and which of them do."""
    found: dict[PromptSpec, list[str]] = {}
    for gate in gates:
        for spec in dict.fromkeys((*gate.record.prompts, *_shared(gate))):
            found.setdefault(spec, []).append(gate.name)
    return found


def _shared(gate: Gate[Any]) -> tuple[PromptSpec, ...]:
    """What every gate may send that asks a model: for prose, or for something with a form."""
    if gate.record.answers:
        return (SYSTEM, TRY_AGAIN, ANSWER_IN_SECTIONS)
    return (SYSTEM, TRY_AGAIN) if gate.record.writes_prose else ()


def settings_of(gates: Sequence[Gate[Any]]) -> dict[str, list[str]]:
    """The settings that gates read, and which of them do."""
    found: dict[str, list[str]] = {}
    for gate in gates:
        for name in gate.record.settings:
            found.setdefault(name, []).append(gate.name)
    return found


@lru_cache(maxsize=32)
def context_schema(assistant: Assistant, gates: tuple[Gate[Any], ...]) -> type[Context]:
    """The context of an assistant's runs, with a field for each prompt: an editor at the nodes that send it.

    An editor opens on the project's own prompt, in the assistant's language and mode; what comes back unchanged is none
    of a person's own. What is given in such a field is gathered in ``prompts`` (see :class:`Context`).

    Args:
        assistant: whose.
        gates: its nodes.
    """
    base = assistant.context
    # The settings' own titles are English: the page's words are read for another language alone.
    words = texts(assistant.language, PAGE) if assistant.language != DEFAULT else {}
    own = texts(assistant.language, AGENT)
    fields: dict[str, Any] = {
        f"{spec.name}{OWN_PROMPT}": (
            str,
            Field(
                default=load_by_tag(spec, assistant.language, assistant.mode).template,
                title=fill(own["studio_prompt"], {"name": spec.name.replace("_", " ")}),
                description=own["studio_prompt_hint"],
                json_schema_extra={"langgraph_nodes": [*names], "langgraph_type": "prompt"},
            ),
        )
        for spec, names in prompts_of(gates).items()
    }
    at_nodes = settings_of(gates)
    for name, known in base.model_fields.items():
        title = words.get(f"setting_{name}")
        if name in fields or not (title or name in at_nodes):
            continue
        field = copy(known)
        if title:
            field.title, field.description = title, words.get(f"setting_{name}_hint", known.description)
        if name in at_nodes:
            field.json_schema_extra = {"langgraph_nodes": [*at_nodes[name]]}
        fields[name] = (known.annotation, field)
    made: Any = create_model(base.__name__, __base__=(_InOurWords, base), __doc__=base.__doc__, **fields)
    return cast("type[Context]", made)
