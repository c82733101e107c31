"""The graph with a saver in memory, and what it is run with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from recurrentgpt.graph import builder
from recurrentgpt.memory import Lineage
from recurrentgpt.schemas.context import Context
from resources_at_hand import open_memory

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

TOPIC = {"topic": "A lighthouse keeper finds a message in a bottle"}
FIRST = Context(model="fake", plan_selection="first")
HUMAN = Context(model="fake")
THREAD: RunnableConfig = {"configurable": {"thread_id": "1"}}


def compiled() -> Any:
    return builder.compile(checkpointer=InMemorySaver())


def book(state: dict[str, Any]) -> list[str]:
    with open_memory(state["story_id"], state["language"]) as memory:
        return [entry.text for entry in memory.read(Lineage.from_json(state["lineage"]))]
