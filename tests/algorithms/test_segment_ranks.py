"""Ranks of values beside those of SciPy's statistics, which commands do not wait for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import bdtrc
from scipy.stats import binom, rankdata

from algorithms.segments.ranks import average_ranks


@given(st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False)), max_size=40))
def test_equal_values_share_the_mean_of_their_places(values: list[float]) -> None:
    assert average_ranks(np.array(values)).tolist() == rankdata(values).tolist()


@given(st.integers(0, 400), st.integers(0, 400), st.floats(1e-6, 1.0 - 1e-6))
def test_the_tail_of_a_valley_is_that_of_the_binomial_distribution(
    side: int, valley: int, share: float
) -> None:
    expected = binom.sf(side - 1, side + valley, share)
    assert np.isclose(bdtrc(side - 1, side + valley, share), expected, rtol=1e-9, atol=1e-300)
