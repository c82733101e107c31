"""What a client sees of a run: text as it is written, what each gate does, what it changed, and the pause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessageChunk

from ..nodes import select_plan
from ..nodes.asking import PROSE

_INTERRUPT = "__interrupt__"
"""How LangGraph calls a pause among its updates."""

CHOICE = select_plan.name
"""The gate whose update says which plan was chosen."""


@dataclass(frozen=True)
class Text:
    """Story text as the model writes it, a piece at a time."""

    text: str


@dataclass(frozen=True)
class Progress:
    """What a gate says of itself: it begins, asks again, recalled, ends."""

    gate: str
    event: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Done:
    """A gate has finished, and this is what it changed in the state."""

    gate: str
    update: dict[str, Any]


@dataclass(frozen=True)
class Pause:
    """The story waits for a person: what it asks, and under which id."""

    request: dict[str, Any]
    interrupt_id: str


Event = Text | Progress | Done | Pause


@dataclass(frozen=True)
class Reply:
    """A person's answer to a pause. Sent twice, it counts once."""

    answer: object
    interrupt_id: str


def read_stream(mode: str, data: Any) -> list[Event]:  # noqa: ANN401 (LangGraph's streams are untyped)
    """What one item of a graph's stream says."""
    if mode == "messages":
        chunk, metadata = data
        if isinstance(chunk, AIMessageChunk) and PROSE in metadata.get("tags", []) and chunk.text:
            return [Text(chunk.text)]
        return []
    if mode == "custom":
        details = {key: value for key, value in data.items() if key not in ("gate", "event")}
        return [Progress(data["gate"], data["event"], details)]
    events: list[Event] = []
    for name, update in data.items():
        if name == _INTERRUPT and update:
            events.append(Pause(update[0].value, update[0].id))
        elif not name.startswith("__"):
            events.append(Done(name, update or {}))
    return events
