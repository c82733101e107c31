"""Scenes that nothing but empty lines divides: more of them than usual between two paragraphs of a chapter."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from ...schemas.light_markdown import SCENE_BREAK, as_text
from .furniture import is_end
from .headings import is_number
from .pieces import SURE, Block
from .plain import LINE_END

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST: Final = 1 / 3
"""The part of the places between two paragraphs that may divide scenes."""
_LONG: Final = 50
"""Characters of what is prose, whatever it ends with."""


def with_scene_breaks(blocks: Sequence[Block]) -> list[Block]:
    """Blocks of a story with a scene break wherever its empty lines say that there is one."""
    told = list(pairwise(blocks))
    gaps = Counter(after.gap for before, after in told if _are_text(before, after))
    usual = max(gaps, key=lambda gap: (gaps[gap], -gap), default=0)
    wider = sum(count for gap, count in gaps.items() if usual < gap < SURE)
    is_told = bool(wider) and gaps[usual] > 1 and wider <= _MOST * gaps.total()
    return list(_divided(blocks, usual if is_told else SURE - 1))


def _divided(blocks: Sequence[Block], usual: int) -> Iterator[Block]:
    before = Block("", 1)
    for block in blocks:
        if block.gap > usual and _are_text(before, block) and (block.gap >= SURE or _are_prose(before, block)):
            yield Block(SCENE_BREAK)
        yield block
        before = block


def _are_text(before: Block, after: Block) -> bool:
    return not any(block.rank or block.text == SCENE_BREAK for block in (before, after))


def _are_prose(before: Block, after: Block) -> bool:
    """Whether two paragraphs are prose: no verse, no number of a stanza, no edge of a letter, no "The End"."""
    said = [as_text(before.text), as_text(after.text)]
    if "\n" in before.text or "\n" in after.text or is_end(said[1]) or any(map(is_number, said)):
        return False
    return all(len(text) >= _LONG or LINE_END.search(text) for text in said)
