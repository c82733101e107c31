"""The book so far, as a prompt shows it: within a bound of tokens, at any length of the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..memory.sentences import sentences
from ..models.window import count_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..schemas.languages import Language
    from ..schemas.spans import Told
    from .turn import Turn


async def book_so_far(turn: Turn, but: int = 0) -> list[Told]:
    """What the book told, without its last ``but`` passages; nothing where the run shows none of it."""
    return await turn.memory.so_far(but) if turn.context.synopsis_tokens else []


def within(turn: Turn, told: Sequence[Told], room: int) -> str:
    """The book so far in as many tokens as the run allows, and as there is room for.

    What is nearest gives way first, for the short-term memory knows that too: the last summaries go, then synopses come
    down to their first sentence, then they go. So it begins as it did a step ago, and a cache knows it.
    """
    tokens = min(turn.context.synopsis_tokens, room)
    lines = [_line(turn, part) for part in told]
    left = tokens - sum(map(count_tokens, lines))
    while left < 0 and lines and not told[len(lines) - 1].level:
        left += count_tokens(lines.pop())
    for place in reversed(range(len(lines))):
        if left < 0:
            short = _line(turn, _in_short(told[place], turn.language))
            left += count_tokens(lines[place]) - count_tokens(short)
            lines[place] = short
    while left < 0 and lines:
        left += count_tokens(lines.pop())
    return "\n".join(lines)


def render(turn: Turn, told: Sequence[Told]) -> str:
    """Each with the numbers of its passages, on a line."""
    return "\n".join(_line(turn, part) for part in told)


def _line(turn: Turn, told: Told) -> str:
    return str(turn.phrase("line_told", numbers=told.numbers, line=" ".join(told.text.split())))


def _in_short(told: Told, language: Language) -> Told:
    return told._replace(text=sentences(told.text, language)[0])
