"""Random trees, drawn from seeds: how many, and how often something was done to them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable


def explored(examples: int, explore: Callable[[Random], int]) -> int:
    """Explore so many random trees; gives how many operations were taken over all of them."""
    taken = 0

    # The trees are large and drawn from a seed, so there is nothing to shrink.
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate])
    @given(st.integers(0, 2**64))
    def each(seed: int) -> None:
        nonlocal taken
        taken += explore(Random(seed))  # noqa: S311 (a test repeats what it drew)

    each()
    return taken
