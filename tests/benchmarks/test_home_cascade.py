"""The full cascade by draws, and the close groups of a whole home beside it."""

from __future__ import annotations

import numpy as np
import pytest

from algorithms.risk.close_groups.groups import Limits
from benchmarks.home_cascade import cascade, measure
from graph.arrays import Csr
from services.site import Site
from tests.algorithms.close_group_cases import Network
from tests.algorithms.close_groups_reference import cascade as by_outcomes

DRAWS = 64 * 1_000


@pytest.mark.parametrize("seed", range(3))
def test_the_cascade_is_that_of_all_outcomes(seed: int) -> None:
    generator = np.random.default_rng(seed)
    links = {
        (i, k): float(generator.choice([0.02, 0.1, 0.6, 1.0]))
        for i in range(5)
        for k in range(5)
        if i != k and generator.random() < 0.4
    }
    graph = Network(5, links, [0.0, 0.001, 0.3, 0.05, 1.0], Limits())
    truth = np.clip(by_outcomes(5, links, graph.own), 0.0, 1.0)
    found = cascade(graph.csr(), graph.seeds(), DRAWS, seed)
    error = np.sqrt(truth * (1.0 - truth) / DRAWS)
    assert (np.abs(found - truth) <= 4.5 * error + 1e-12).all()


def test_without_links_only_own_causes_count() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    found = cascade(Csr.from_edges(3, nothing, nothing, np.zeros(0)), np.array([0.0, 0.5, 1.0]), DRAWS, 1)
    assert found[[0, 2]].tolist() == [0.0, 1.0]
    assert found[1] == pytest.approx(0.5, abs=0.01)


def test_a_home_is_within_its_limits(small_site: Site) -> None:
    found = measure(small_site, DRAWS, 1)
    assert found["parties"] > 0
    assert found["links"] > 0
    assert found["above"] == found["below"] == []
    assert 1.0 <= found["highest_ratio_where_draws_are_exact_to_1_percent"] < 1.06
    assert found["worst_bound"] <= 1e-9
