"""Settings that bound each other: the one that was asked for moves the other along, where that is only a default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

BOUNDS: Final = (("memory_min_sentences", "memory_max_sentences"),)
"""Settings of which one may not be more than the other."""
_MOST_SENTENCES: Final = 100


def in_order(values: Mapping[str, Any], asked_for: Collection[str]) -> dict[str, Any]:
    """Settings of which the bound that was asked for moves the other one along, where that is only a default."""
    moved = dict(values)
    for least, most in BOUNDS:
        if moved[least] > moved[most]:
            if most in asked_for:
                moved[least] = max(1, moved[most] // 2)
            else:
                moved[most] = min(_MOST_SENTENCES, 2 * moved[least])
    return moved
