"""How a gate is said once and runs both ways.

A gate is a generator: it yields what has to be done (call a model, do blocking work) and is sent the
result. Two drivers, one sync and one async, do those things; so no gate is written twice, and an async
server is never blocked.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from langchain_core.runnables import run_in_executor

from ..models import CALL_FAILURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

T = TypeVar("T")

_FOR_THE_GATE = (*CALL_FAILURES, NotImplementedError)
"""What is thrown into the gate, which knows what it means; anything else ends the node as it is."""


class Effect(Protocol):
    """One thing to be done for a gate."""

    def do(self) -> object:
        """Do it here."""

    async def ado(self) -> object:
        """Do it without blocking the event loop."""


Steps = Generator[Effect, Any, T]
"""A gate at work: yields effects, is sent their results, returns a T."""


@dataclass(frozen=True)
class Call(Generic[T]):
    """Call a chat model with messages."""

    model: Runnable[list[BaseMessage], T]
    messages: Sequence[BaseMessage]
    tags: Sequence[str]

    def do(self) -> T:
        """Call it here."""
        return self.model.invoke(list(self.messages), {"tags": list(self.tags)})

    async def ado(self) -> T:
        """Call it on the event loop."""
        return await self.model.ainvoke(list(self.messages), {"tags": list(self.tags)})


@dataclass(frozen=True)
class Work(Generic[T]):
    """Do something that blocks: reach for a model, embed, read or write the long-term memory."""

    function: Callable[[], T]

    def do(self) -> T:
        """Do it here."""
        return self.function()

    async def ado(self) -> T:
        """Do it in a thread."""
        return await run_in_executor(None, self.function)


def work(function: Callable[[], T]) -> Steps[T]:
    """Have a blocking function done where it blocks nobody, and give what it returns."""
    result: T = yield Work(function)
    return result


def drive(steps: Steps[T]) -> T:
    """Run a gate in this thread."""
    result: object = None
    failure: Exception | None = None
    while True:
        try:
            effect = steps.throw(failure) if failure else steps.send(result)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        result, failure = None, None
        try:
            result = effect.do()
        except _FOR_THE_GATE as error:
            failure = error


async def adrive(steps: Steps[T]) -> T:
    """Run a gate on the event loop."""
    result: object = None
    failure: Exception | None = None
    while True:
        try:
            effect = steps.throw(failure) if failure else steps.send(result)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        result, failure = None, None
        try:
            result = await effect.ado()
        except _FOR_THE_GATE as error:
            failure = error
