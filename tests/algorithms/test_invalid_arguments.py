"""An argument that is not taken is named with its value, what is expected, and the function that was given it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from algorithms.communities.network import Network
from algorithms.graph_measures.labels import propagated_labels
from algorithms.graph_measures.rank import pagerank
from algorithms.invalid_argument import InvalidArgumentError
from algorithms.pagerank import personalised_pagerank
from algorithms.risk.clearing import clear
from algorithms.risk.explain import apportion
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.propagation import solve
from graph.arrays import Csr
from terms.ids import Fen

PAIR = np.array([0]), np.array([1])
LINKS = Csr.from_edges(2, *PAIR, np.array([0.5]))
NEGATIVE = Csr(LINKS.indptr, LINKS.indices, np.array([-0.5]))
HALF = np.array([0.5, 0.5])


@pytest.mark.parametrize(
    ("call", "function", "found", "expected"),
    [
        (lambda: solve(NEGATIVE, HALF), "Network.of", "-0.5", ">= 0"),
        (lambda: solve(LINKS, np.array([0.5, 1.5])), "solve", "1.5", "0 to 1"),
        (lambda: Network.of(2, *PAIR, np.array([np.nan])), "Network.of", "nan", "finite"),
        (lambda: propagated_labels(LINKS, rounds=-1), "propagated_labels", "-1", "at least 0"),
        (lambda: pagerank(NEGATIVE), "pagerank", "-0.5", "at least 0"),
        (lambda: pagerank(LINKS, damping=1.5), "pagerank", "1.5", "[0, 1]"),
        (lambda: personalised_pagerank(LINKS, HALF, restart=0.0), "personalised_pagerank", "0.0", "(0, 1]"),
        (
            lambda: personalised_pagerank(LINKS, HALF[:1]),
            "personalised_pagerank",
            "1 values",
            "2 of at least 0",
        ),
        (lambda: clear(LINKS, np.array([1.0, -1.0])), "clear", "-1.0", ">= 0"),
        (lambda: apportion(Fen(1), [0.5, -1.0]), "apportion", "-1.0", "at least 0"),
    ],
)
def test_a_wrong_argument_names_who_was_given_it(
    call: Callable[[], object], function: str, found: str, expected: str
) -> None:
    with pytest.raises(ValueError, match=rf"^algorithms\.[a-z_.]+\.{function}: ") as refused:
        call()
    assert found in str(refused.value)
    assert expected in str(refused.value)


def make_parameters() -> RiskParameters:
    return RiskParameters(lgd_other=2)


def test_parameters_of_risk_name_who_makes_them() -> None:
    with pytest.raises(ValueError, match="make_parameters: lgd_other = 2 must be at most 1"):
        make_parameters()


def test_who_gave_it_in_a_file_can_be_told_without_the_name_of_a_function() -> None:
    with pytest.raises(InvalidArgumentError) as refused:
        propagated_labels(LINKS, rounds=-1)
    assert refused.value.text == "rounds = -1 must be at least 0"
