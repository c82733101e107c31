"""The book so far, as a prompt shows it: within a bound of tokens, at any length of the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory.sentences import sentences
from ..models.window import count_tokens
from ..schemas.spans import Told

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..schemas.languages import Language
    from .turn import Turn

_LEFT_OUT = -1
"""The level of a line that stands for passages which are not told."""


async def book_so_far(turn: Turn, but: int = 0) -> list[Told]:
    """What the book told, without its last ``but`` passages; nothing where the run shows none of it."""
    return await turn.memory.so_far(but) if turn.context.synopsis_tokens else []


def within(turn: Turn, told: Sequence[Told], room: int, most: int | None = None) -> list[Told]:
    """The book so far in as many tokens as the run allows, or ``most``, and as there is room for.

    What is nearest gives way first, for the short-term memory knows that too: the last summaries go, then synopses come
    down to their first sentence, then they go. So it begins as it did a step ago, and a cache knows it. Which passages
    it leaves out is said behind it.
    """
    kept = list(told)
    left = min(turn.context.synopsis_tokens if most is None else most, room) - sum(_tokens(turn, part) for part in kept)

    def is_over() -> bool:
        return left < sum(_tokens(turn, part) for part in _left_out(turn, kept, told))

    while kept and not kept[-1].level and is_over():
        left += _tokens(turn, kept.pop())
    for place in reversed(range(len(kept))):
        if is_over():
            short = _in_short(kept[place], turn.language)
            left += _tokens(turn, kept[place]) - _tokens(turn, short)
            kept[place] = short
    while kept and is_over():
        left += _tokens(turn, kept.pop())
    return [*kept, *_left_out(turn, kept, told)]


def _left_out(turn: Turn, kept: Sequence[Told], told: Sequence[Told]) -> list[Told]:
    """The line that says which of the last passages are not told; none where all are, or nothing is."""
    if not kept or len(kept) == len(told):
        return []
    return [Told(kept[-1].end, told[-1].end, _LEFT_OUT, str(turn.phrase("told_left_out")))]


def beside(told: Sequence[Told], places: Collection[int]) -> Sequence[Told]:
    """The book so far, where passages stand whole beside it; nothing where all that it tells of do.

    It is there or not: were single lines left out, it would begin otherwise at each step, and no cache would know it.
    """
    every = (part for part in told if part.level != _LEFT_OUT)
    return () if all(not part.level and part.first in places for part in every) else told


def render(turn: Turn, told: Sequence[Told]) -> str:
    """Each with the numbers of its passages, on a line."""
    return "\n".join(_line(turn, part) for part in told)


def _tokens(turn: Turn, told: Told) -> int:
    return count_tokens(_line(turn, told))


def _line(turn: Turn, told: Told) -> str:
    return str(turn.phrase("line_told", numbers=told.numbers, line=" ".join(told.text.split())))


def _in_short(told: Told, language: Language) -> Told:
    return told._replace(text=sentences(told.text, language)[0])
