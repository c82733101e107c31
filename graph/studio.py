"""The context of a run as Studio shows it: each gate's settings and prompts at its node."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from pydantic import Field, create_model

from ..nodes.asking import TRY_AGAIN
from ..nodes.calling import ANSWER_IN_SECTIONS
from ..nodes.messages import SYSTEM
from ..schemas.context import OWN_PROMPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..nodes import Gate
    from ..prompts import PromptSpec
    from ..schemas.context import Context


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


def context_schema(base: type[Context], gates: Sequence[Gate[Any]]) -> type[Context]:
    """A context with a field for each prompt, shown as an editor at the nodes that send it.

    What is given in such a field is gathered in ``prompts`` (see :class:`Context`).
    """
    fields: dict[str, Any] = {
        f"{spec.name}{OWN_PROMPT}": (
            str,
            Field(
                default="",
                title=f"Prompt: {spec.name.replace('_', ' ')}",
                description="A prompt of your own; empty: the project's, in the story's language.",
                json_schema_extra={"langgraph_nodes": [*names], "langgraph_type": "prompt"},
            ),
        )
        for spec, names in prompts_of(gates).items()
    }
    for name, names in settings_of(gates).items():
        field = base.model_fields[name]
        at_its_nodes = copy(field)
        at_its_nodes.json_schema_extra = {"langgraph_nodes": [*names]}
        fields[name] = (field.annotation, at_its_nodes)
    made: type[Context] = create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)
    return made
