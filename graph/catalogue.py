"""Every gate of every graph, and every prompt that some gate sends, or that is sent beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..nodes.continuity import FIND_CLASHES
from ..nodes.leaning import FIND_LEANING
from ..nodes.outline_drawing import DRAW_OUTLINE
from ..nodes.retelling import RETELL
from ..nodes.rewriting import GO_ON, REWRITE
from ..nodes.style_note import STYLE_NOTE
from .conversation import read_message, tell
from .cycle import CYCLE
from .import_graph import reading_gates
from .studio import prompts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..nodes import Gate
    from ..prompts import PromptSpec
    from .cycle import Cycle


BESIDE = (DRAW_OUTLINE, FIND_CLASHES, FIND_LEANING, GO_ON, RETELL, REWRITE, STYLE_NOTE)
"""Prompts that are sent beside the graphs."""


def every_gate(cycle: Cycle | None = None) -> dict[str, Gate[Any]]:
    """The gates by name, those of the story first; by default the project's own."""
    gates = (*(cycle or CYCLE).gates, read_message, tell, *reading_gates())
    return {gate.name: gate for gate in gates}


def asking_gates(gates: Mapping[str, Gate[Any]] | None = None) -> dict[str, Gate[Any]]:
    """Those that may ask a model, by name: each can have one of its own (``Context.gate_models``).

    Args:
        gates: all that there are; by default the project's own.
    """
    return {name: gate for name, gate in (gates or every_gate()).items() if gate.record.asks_a_model}


def every_prompt(gates: Mapping[str, Gate[Any]] | None = None) -> dict[str, PromptSpec]:
    """The prompts by name: each can be replaced by one of a person's own (``Context.prompts``).

    Args:
        gates: those that send them; by default the project's own.
    """
    sent = (*prompts_of(tuple((gates or every_gate()).values())), *BESIDE)
    return {spec.name: spec for spec in sent}
