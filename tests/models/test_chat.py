"""The chat models that a process has, and what they cost it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from langgraph.checkpoint.memory import InMemorySaver

from bench import fake_model
from fake_model import FakeChatModel
from recurrentgpt.graph import builder
from recurrentgpt.models import ChatModels
from recurrentgpt.schemas.context import Context

if TYPE_CHECKING:
    import pytest


def test_a_model_is_made_once_for_its_settings_and_the_latest_are_kept() -> None:
    made: list[FakeChatModel] = []

    def make() -> FakeChatModel:
        made.append(FakeChatModel())
        return made[-1]

    def context(seed: int) -> Context:
        return Context(model="counted", seed=seed)

    models = ChatModels(own={"counted": make})
    assert models.known(context(1)) is None, "it was not asked for yet"
    assert models.resolve(context(1)) is models.resolve(context(1)) is models.known(context(1))
    for seed in range(2, 40):
        models.resolve(context(seed))
    assert len(made) == 39
    assert models.known(context(39)) is not None
    assert models.known(context(1)) is None, "the oldest was let go"


async def test_a_step_takes_a_thread_only_for_what_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recall, what holds, what is open, what the recalled passages say of it, the book so far, the paragraphs before,
    what the new one may change, the paragraph just before it and its facts, what was open before it and what is after
    it (in an ending for its writer too), the summary, the head of the story, which is kept once more where plans are
    made that an end had left unmade; before these the book so far, told anew: what called the last paragraph the last
    is no more.

    No edge takes one, no model known before, and no look for what is to be condensed before a span is full.
    """
    fake_model()
    run: Any = builder.compile(checkpointer=InMemorySaver())
    thread = {"configurable": {"thread_id": "1"}}
    context = Context(model="fake", plan_selection="first")
    await run.ainvoke({"topic": "A lighthouse", "target_paragraphs": 1}, thread, context=context)
    threads: list[object] = []
    take_one = asyncio.BaseEventLoop.run_in_executor

    def counted(self: asyncio.BaseEventLoop, executor: Any, function: Any, *arguments: Any) -> Any:
        threads.append(function)
        return take_one(self, executor, function, *arguments)

    monkeypatch.setattr(asyncio.BaseEventLoop, "run_in_executor", counted)
    await run.ainvoke({"target_paragraphs": 4}, thread, context=context)
    assert len(threads) == 13 * 3 + 3
