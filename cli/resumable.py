"""Work on a story that goes on where it was stopped: a bar while it lasts, and what came of it, stopped or not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from .terminal import INTERRUPTED, errors, reading_bar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from ..stories.library import Library
    from ..stories.record import StoryRecord
    from ..stories.story import Story


class Piece(Protocol):
    """What came of a piece of the work."""

    @property
    def done(self) -> int:
        """How much is done by now, of the whole."""


P = TypeVar("P", bound=Piece)


def go_through(
    library: Library,
    record: StoryRecord,
    pieces: Callable[[Story], AsyncIterator[P]],
    *,
    title: str,
    total: int,
    kept: str,
    tell: Callable[[list[P]], None],
) -> None:
    """Do the work, piece by piece.

    Args:
        library: where the story is.
        record: its card.
        pieces: does the work.
        title: what the bar is called.
        total: how much there is to do.
        kept: what is said to be kept where a person stops it ("what was made is kept").
        tell: says what came of it.
    """
    made: list[P] = []

    async def work() -> None:
        async with library.open(record) as story:
            async for one in pieces(story):
                made.append(one)
                at(one.done)

    try:
        with reading_bar(total, title) as at:
            asyncio.run(work())
    except KeyboardInterrupt:
        errors.print(f"\nStopped; {kept}. The same command again goes on.", style="bold")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        tell(made)
