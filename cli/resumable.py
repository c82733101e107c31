"""Work on a story that goes on where it was stopped: a bar while it lasts, and what came of it, stopped or not."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from .terminal import INTERRUPTED, agreed, errors, reading_bar
from .words import t

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
    errors.print(t("about_so_much", what=what, sent=cost.input_tokens, told=cost.output_tokens), markup=False)
    return not ask or agreed(t("begin_now"), err=True)


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
        kept: what is said to be kept where a person stops it.
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
        errors.print(f"\n{t('stopped_work', kept=kept)}", style="bold", markup=False)
        raise typer.Exit(INTERRUPTED) from None
    finally:
        tell(made)
