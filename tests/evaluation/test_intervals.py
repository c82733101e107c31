"""Intervals on samples whose answer is known: from the textbook, from another library, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from recurrentgpt.evaluation.intervals import bca, bca_of, wilson

SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]
"""The spatial test data, test A, of Efron and Tibshirani, An Introduction to the Bootstrap (1993), table 14.1."""


def test_the_textbooks_interval_of_a_variance() -> None:
    found = bca_of(SPATIAL, lambda drawn: float(np.var(drawn)), level=0.9)
    assert found.mean == pytest.approx(171.5, abs=0.05)
    # Table 14.2: (115.8, 259.6), of 2,000 resamples; the plain percentiles are (100.8, 233.9).
    assert found.low == pytest.approx(115.8, abs=3)
    assert found.high == pytest.approx(259.6, abs=8)


def test_the_same_as_another_librarys() -> None:
    stats = pytest.importorskip("scipy.stats")
    sample = np.random.default_rng(1).exponential(size=25)
    other = stats.bootstrap((sample,), np.mean, method="BCa", n_resamples=10_000, rng=np.random.default_rng(0))
    found = bca([float(value) for value in sample])
    assert found.mean == pytest.approx(float(sample.mean()))
    assert found.low == pytest.approx(other.confidence_interval.low, abs=0.03)
    assert found.high == pytest.approx(other.confidence_interval.high, abs=0.03)


def test_a_skewed_sample_has_a_skewed_interval() -> None:
    found = bca([0.0] * 15 + [1.0, 2.0, 8.0])
    assert found.high - found.mean > 1.5 * (found.mean - found.low)


def test_the_same_difference_everywhere_has_no_width() -> None:
    assert bca([0.25] * 6) == (0.25, 0.25, 0.25)


def test_one_value_has_no_interval() -> None:
    with pytest.raises(ValueError, match="at least two"):
        bca([1.0])


def test_wilson_by_hand() -> None:
    # Wilson 1927: 10 of 10 at 95 % is 1 / (1 + z²/10) = .722 to 1
    found = wilson(10, 10)
    assert found.low == pytest.approx(1 / (1 + 1.959964**2 / 10), abs=1e-6)
    assert found.high == pytest.approx(1)
