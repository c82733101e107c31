"""The book so far, as a prompt shows it: within a bound of tokens, at any length of the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory.sentences import sentences
from ..models.window import count_tokens

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ..schemas.languages import Language
    from ..schemas.spans import Told
    from .turn import Turn


async def book_so_far(turn: Turn, but: int = 0) -> list[Told]:
    """What the book told, without its last ``but`` passages; nothing where the run shows none of it."""
    return await turn.memory.so_far(but) if turn.context.synopsis_tokens else []


def within(turn: Turn, told: Sequence[Told], room: int, most: int | None = None) -> list[Told]:
    """The book so far in as many tokens as the run allows, or ``most``, and as there is room for.

    What is nearest gives way first, for the short-term memory knows that too: the last summaries go, then synopses come
    down to their first sentence, then they go. So it begins as it did a step ago, and a cache knows it.
    """
    kept = list(told)
    left = min(turn.context.synopsis_tokens if most is None else most, room) - sum(_tokens(turn, part) for part in kept)
    while left < 0 and kept and not kept[-1].level:
        left += _tokens(turn, kept.pop())
    for place in reversed(range(len(kept))):
        if left < 0:
            short = _in_short(kept[place], turn.language)
            left += _tokens(turn, kept[place]) - _tokens(turn, short)
            kept[place] = short
    while left < 0 and kept:
        left += _tokens(turn, kept.pop())
    return kept


def beside(told: Sequence[Told], places: Collection[int]) -> Sequence[Told]:
    """The book so far, where passages stand whole beside it; nothing where all that it tells of do.

    It is there or not: were single lines left out, it would begin otherwise at each step, and no cache would know it.
    """
    return () if all(not part.level and part.first in places for part in told) else told


def render(turn: Turn, told: Sequence[Told]) -> str:
    """Each with the numbers of its passages, on a line."""
    return "\n".join(_line(turn, part) for part in told)


def _tokens(turn: Turn, told: Told) -> int:
    return count_tokens(_line(turn, told))


def _line(turn: Turn, told: Told) -> str:
    return str(turn.phrase("line_told", numbers=told.numbers, line=" ".join(told.text.split())))


def _in_short(told: Told, language: Language) -> Told:
    return told._replace(text=sentences(told.text, language)[0])
