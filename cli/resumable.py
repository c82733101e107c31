"""Work on a story that goes on where it was stopped: a bar while it lasts, and what came of it, stopped or not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from .terminal import INTERRUPTED, agreed, errors, reading_bar

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


class Cost(Protocol):
    """About what the work costs."""

    @property
    def input_tokens(self) -> int:
        """Tokens sent."""

    @property
    def output_tokens(self) -> int:
        """Tokens answered."""


P = TypeVar("P", bound=Piece)


def agreed_to(what: str, cost: Cost, *, ask: bool) -> bool:
    """Whether to begin, with the cost before the person's eyes.

    Args:
        what: what is to be done, in how many calls of which model.
        cost: about what that costs.
        ask: whether the person is asked, and not only told.
    """
    told = f"about {cost.input_tokens:,} tokens sent and {cost.output_tokens:,} answered; retries come on top."
    errors.print(f"{what}: {told}", markup=False)
    return not ask or agreed("Begin?", err=True)


def paragraphs(count: int) -> str:
    """So many paragraphs, in words."""
    return "1 paragraph" if count == 1 else f"{count} paragraphs"


def calls(count: int) -> str:
    """So many calls of a model, in words."""
    return "1 call" if count == 1 else f"{count} calls"


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
