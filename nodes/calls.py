"""The two ways to do what blocks: here, or without holding up an event loop.

A gate is an ``async def`` that awaits nothing but its turn. Under ``invoke`` the turn does everything where it stands,
so the coroutine runs to its end at one go, also inside a running loop; under ``ainvoke`` it awaits.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from langchain_core.runnables import run_in_executor
from langgraph.constants import TAG_NOSTREAM

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable, RunnableConfig

T = TypeVar("T")
_SAID_AGAIN = 0.2
"""Seconds after which a call that was told to end is told again."""

_NOSTREAM_OF_LANGSMITH = "langsmith:nostream"
_NOT_SHOWN = {"emit-messages": False, "emit-tool-calls": False}
"""How AG-UI is told that a call's answer is none to be shown, such as a form."""


def _config(tags: Sequence[str]) -> RunnableConfig:
    """A call's tags; what is not to be streamed says so in the words of every client that has some."""
    if TAG_NOSTREAM not in tags:
        return {"tags": list(tags)}
    return {"tags": [*tags, _NOSTREAM_OF_LANGSMITH], "metadata": dict(_NOT_SHOWN)}


class Calls(Protocol):
    """How a chat model is called, and how blocking work is done."""

    async def model(
        self, model: Runnable[list[BaseMessage], T], messages: Sequence[BaseMessage], tags: Sequence[str]
    ) -> T:
        """Call a chat model with messages."""

    async def work(self, function: Callable[[], T]) -> T:
        """Do something that blocks: reach for a model, embed, read or write the long-term memory."""

    async def together(self, several: Sequence[Coroutine[Any, Any, None]]) -> None:
        """Do several things of which none waits for another; what the first that fails raises is raised."""


class Here:
    """In this thread."""

    async def model(
        self, model: Runnable[list[BaseMessage], T], messages: Sequence[BaseMessage], tags: Sequence[str]
    ) -> T:
        """Call a chat model with messages."""
        return model.invoke(list(messages), _config(tags))

    async def work(self, function: Callable[[], T]) -> T:
        """Do it."""
        return function()

    async def together(self, several: Sequence[Coroutine[Any, Any, None]]) -> None:
        """Do one after the other."""
        rest = iter(several)
        try:
            for one in rest:
                await one
        finally:
            for one in rest:
                one.close()


class OnTheLoop:
    """On an event loop, which goes on meanwhile."""

    async def model(
        self, model: Runnable[list[BaseMessage], T], messages: Sequence[BaseMessage], tags: Sequence[str]
    ) -> T:
        """Call a chat model with messages."""
        return await _to_be_stopped(model.ainvoke(list(messages), _config(tags)))

    async def work(self, function: Callable[[], T]) -> T:
        """Do it in a thread."""
        return await run_in_executor(None, function)

    async def together(self, several: Sequence[Coroutine[Any, Any, None]]) -> None:
        """Do them side by side; once one fails, the others are given up."""
        tasks = [asyncio.ensure_future(one) for one in several]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _to_be_stopped(called: Coroutine[Any, Any, T]) -> T:
    """What a call gives; stopped, it ends, though a client under it drops the first word of that.

    LangChain's waits for each piece of a stream with ``asyncio.wait_for``, which forgets that it was cancelled when the
    piece comes at the same moment (Python before 3.12): the model would write on to the end of its answer.
    """
    asked = asyncio.ensure_future(called)
    try:
        return await asyncio.shield(asked)
    except asyncio.CancelledError:
        while not asked.done():
            asked.cancel()
            await asyncio.wait([asked], timeout=_SAID_AGAIN)
        raise
    finally:
        if asked.done() and not asked.cancelled():
            asked.exception()  # Looked at, so that nobody is told of one that was never asked for.


HERE: Calls = Here()
ON_THE_LOOP: Calls = OnTheLoop()


def run_here(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run what awaits nothing but calls made :data:`HERE`, to its end, in this thread.

    Raises:
        RuntimeError: it waits for something else, which only an event loop could give.
    """
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    coroutine.close()
    msg = "a gate may await its turn's methods only: it waited for something else"
    raise RuntimeError(msg)
