"""Means with 95 % intervals, by bootstrap over the units that were drawn (novels, probes)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEED = 2305
_RESAMPLES = 2000


class Interval(NamedTuple):
    """A mean and the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float


def bootstrap(values: Sequence[float]) -> Interval:
    """The mean and its interval: the units are drawn anew 2,000 times, with the same seed each time.

    Raises:
        ValueError: there is no value.
    """
    if not values:
        msg = "an interval needs at least one value"
        raise ValueError(msg)
    chance = np.random.default_rng(_SEED)
    sample = np.asarray(values, dtype=float)
    means = sample[chance.integers(0, len(sample), (_RESAMPLES, len(sample)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(sample.mean()), float(low), float(high))
