"""Means with 95 % intervals: by bootstrap over the units that were drawn (novels, probes), shares after Wilson.

Differences that are paired by topic have theirs from the bias-corrected and accelerated bootstrap (BCa, Efron 1987).

What is told of all units together, and grows worse when one stands twice, has its interval from a jackknife.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    import numpy.typing as npt

    T = TypeVar("T")
    FloatArray = npt.NDArray[np.float64]

_SEED = 2305
_RESAMPLES = 2000
_BCA_RESAMPLES = 10_000
_Z = 1.959964
"""Standard deviations of a normal distribution that hold 95 % of it, to either side."""


class Interval(NamedTuple):
    """A mean and the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """The value, and its interval in brackets."""
        between = "-" if self.low >= 0 else " to "
        return f"{self.mean:.2f} ({self.low:.2f}{between}{self.high:.2f})"


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


def bootstrap_of(units: Sequence[T], figure: Callable[[Sequence[T]], float]) -> Interval:
    """A figure of some units and its interval: the units are drawn anew 2,000 times, with the same seed each time.

    Raises:
        ValueError: there is no unit.
    """
    if not units:
        msg = "an interval needs at least one unit"
        raise ValueError(msg)
    chance = np.random.default_rng(_SEED)
    drawn = chance.integers(0, len(units), (_RESAMPLES, len(units)))
    low, high = np.percentile([figure([units[place] for place in places]) for places in drawn], [2.5, 97.5])
    return Interval(figure(units), float(low), float(high))


def bca(values: Sequence[float]) -> Interval:
    """The mean and its BCa interval, as for differences that are paired by topic; the same seed each time.

    Where all values are the same, so are the bounds.

    Raises:
        ValueError: there are not two values.
    """
    sample = np.asarray(values, dtype=float)
    n = len(sample)
    _two(n)
    chance = np.random.default_rng(_SEED)
    means = sample[chance.integers(0, n, (_BCA_RESAMPLES, n))].mean(axis=1)
    without_one = (sample.sum() - sample) / (n - 1)
    return _bca(float(sample.mean()), means, without_one, 0.95)


def bca_of(units: Sequence[T], figure: Callable[[Sequence[T]], float], level: float = 0.95) -> Interval:
    """A figure of some units and its BCa interval.

    Args:
        units: what is drawn anew.
        figure: what is told of them.
        level: how often such an interval is to hold the truth.

    Raises:
        ValueError: there are not two units.
    """
    n = len(units)
    _two(n)
    chance = np.random.default_rng(_SEED)
    drawn = np.array([figure([units[place] for place in places]) for places in chance.integers(0, n, (_RESAMPLES, n))])
    without_one = np.array([figure([*units[:place], *units[place + 1 :]]) for place in range(n)])
    return _bca(figure(units), drawn, without_one, level)


def _two(n: int) -> None:
    if n < 2:  # noqa: PLR2004 (one left out, one left)
        msg = "a BCa interval needs at least two units"
        raise ValueError(msg)


def _bca(value: float, drawn: FloatArray, without_one: FloatArray, level: float) -> Interval:
    """The percentiles that bias and skewness move to."""
    below = float(np.mean(drawn < value) + np.mean(drawn <= value)) / 2
    away = without_one.mean() - without_one
    spread = float((away**2).sum())
    if spread == 0 or not 0 < below < 1:
        low, high = np.percentile(drawn, [50 - 50 * level, 50 + 50 * level])
        return Interval(value, float(low), float(high))
    normal = NormalDist()
    bias, skew = normal.inv_cdf(below), float((away**3).sum()) / (6 * spread**1.5)

    def moved(share: float) -> float:
        shifted = bias + normal.inv_cdf(share)
        return 100 * normal.cdf(bias + shifted / (1 - skew * shifted))

    low, high = np.percentile(drawn, [moved((1 - level) / 2), moved((1 + level) / 2)])
    return Interval(value, float(low), float(high))


def jackknife_of(units: Sequence[T], figure: Callable[[Sequence[T]], float]) -> Interval:
    """A figure of all units together and its interval: each unit is left out in turn, none is drawn twice.

    Raises:
        ValueError: there are not two units.
    """
    n = len(units)
    if n < 2:  # noqa: PLR2004 (one left out, one left)
        msg = "a jackknife needs at least two units"
        raise ValueError(msg)
    without_one = np.array([figure([*units[:place], *units[place + 1 :]]) for place in range(n)])
    error = sqrt((n - 1) * without_one.var())
    value = figure(units)
    return Interval(value, value - _student(n - 1) * error, value + _student(n - 1) * error)


def _student(freedom: int) -> float:
    """Student's t for 95 %, by its expansion about the normal distribution: within .005 of it from nine degrees on."""
    first = (_Z**3 + _Z) / (4 * freedom)
    return _Z + first + (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / (96 * freedom**2)


def wilson(hits: int, of: int) -> Interval:
    """A rate and its interval after Wilson, which says something also where the rate is 0 or 1.

    Raises:
        ValueError: there is nothing that it is a rate of.
    """
    if not of:
        msg = "a rate needs at least one case"
        raise ValueError(msg)
    rate, share = hits / of, _Z**2 / of
    middle = (rate + share / 2) / (1 + share)
    half = _Z / (1 + share) * sqrt(rate * (1 - rate) / of + share / (4 * of))
    return Interval(rate, max(0.0, middle - half), min(1.0, middle + half))
