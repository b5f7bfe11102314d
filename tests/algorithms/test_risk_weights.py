"""Break and loss weights: formulas, splitting, units, what is left out."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from algorithms.risk.evidence import evidence_pairs
from algorithms.risk.parameters import (
    AT_FACE_VALUE,
    CONTACT,
    GUARANTEE,
    LOAN,
    OWNERSHIP,
    PERSON,
    RiskParameters,
)
from algorithms.risk.uncertainty import with_buffers
from algorithms.risk.weights import EvidenceEdges, MoneyEdges, Weights, break_weights, loss_weights

START = RiskParameters()
Edge = tuple[int, int, int, float]


def money(*edges: Edge) -> MoneyEdges:
    columns = list(zip(*edges, strict=True)) if edges else [(), (), (), ()]
    source, target, relation = (np.array(c, dtype=np.int64) for c in columns[:3])
    return MoneyEdges(source, target, relation, np.array(columns[3], dtype=np.float64))


def evidence(*edges: Edge) -> EvidenceEdges:
    made = money(*edges)
    return EvidenceEdges(made.source, made.target, made.relation, made.amount)


def sure(size: int) -> np.ndarray:
    return np.zeros(size, dtype=bool)


def test_a_break_weight_is_the_chance_that_the_loss_exceeds_an_uncertain_buffer() -> None:
    made = break_weights(
        2,
        money((0, 1, GUARANTEE, 100.0)),
        EvidenceEdges.none(),
        np.array([1.0, 200.0]),
        sure(2),
        parameters=START,
    )
    assert made.csr.data.tolist() == pytest.approx([norm.cdf(math.log(0.6 * 100 / 200) / 0.8)])


def test_an_uncertain_buffer_has_the_wider_sigma() -> None:
    made = break_weights(
        2,
        money((0, 1, LOAN, 100.0)),
        EvidenceEdges.none(),
        np.array([1.0, 200.0]),
        np.array([False, True]),
        parameters=START,
    )
    assert made.csr.data.tolist() == pytest.approx([norm.cdf(math.log(0.45 * 100 / 200) / 1.2)])


def test_two_contracts_count_twice_and_splitting_one_changes_nothing() -> None:
    buffer = np.array([1.0, 200.0])
    both = break_weights(
        2,
        money((0, 1, GUARANTEE, 60.0), (0, 1, GUARANTEE, 40.0)),
        EvidenceEdges.none(),
        buffer,
        sure(2),
        parameters=START,
    )
    whole = break_weights(
        2, money((0, 1, GUARANTEE, 100.0)), EvidenceEdges.none(), buffer, sure(2), parameters=START
    )
    assert both.csr.data.tolist() == whole.csr.data.tolist()
    assert both.money_part.tolist() == [0, 0]


def test_parts_by_relation_follow_rho_times_amount_and_add_up() -> None:
    made = break_weights(
        2,
        money((0, 1, GUARANTEE, 100.0), (0, 1, LOAN, 100.0)),
        evidence((0, 1, PERSON, 1.0), (1, 0, PERSON, 1.0)),
        np.array([1.0, 200.0]),
        sure(2),
        parameters=START,
    )
    entry = made.entry(0, 1)
    parts = {p.relation: p for p in made.parts(entry)}
    chance = norm.cdf(math.log(105 / 200) / 0.8)
    assert parts["guarantee"].value == pytest.approx(chance * 60 / 105)
    assert parts["loan"].value == pytest.approx(chance * 45 / 105)
    assert parts["person"].value == pytest.approx(0.15)
    assert parts["loan"].amount == 100.0
    assert sum(p.value for p in parts.values()) == pytest.approx(float(made.csr.data[entry]), rel=1e-15)
    assert made.entry(1, 1) == -1


def test_a_weight_above_one_is_cut_with_its_parts() -> None:
    made = break_weights(
        2,
        money((0, 1, GUARANTEE, 1e9)),
        evidence((0, 1, CONTACT, 1.0)),
        np.ones(2),
        sure(2),
        parameters=START,
    )
    assert made.csr.data.tolist() == [1.0]
    assert sum(p.value for p in made.parts(0)) == pytest.approx(1.0)


def test_evidence_of_one_kind_adds_at_most_theta_per_target() -> None:
    edges = evidence(*[(k, 0, PERSON, 1.0) for k in range(1, 5)])
    made = break_weights(5, money(), edges, np.ones(5), sure(5), parameters=START)
    assert made.csr.data.sum() == pytest.approx(0.15)


def test_loss_weights_are_shares_of_the_buffer_and_not_cut() -> None:
    made = loss_weights(2, money((0, 1, OWNERSHIP, 150.0)), np.array([1.0, 50.0]), AT_FACE_VALUE)
    assert made.csr.data.tolist() == [3.0]


def test_self_links_and_unknown_amounts_are_left_out_and_named() -> None:
    edges = money((0, 0, GUARANTEE, 5.0), (0, 1, GUARANTEE, np.nan), (1, 0, LOAN, 7.0), (0, 1, LOAN, 0.0))
    made = loss_weights(2, edges, np.ones(2), START)
    assert made.self_links.tolist() == [0]
    assert made.unknown_amounts.tolist() == [1]
    assert made.money_part.tolist() == [-1, -1, 0, -1]
    assert made.csr.indptr.tolist() == [0, 0, 1]


def test_parent_support_is_off_until_a_site_turns_it_on() -> None:
    edges = money((0, 1, 4, 5.0))
    assert len(loss_weights(2, edges, np.ones(2), START).csr.data) == 0
    assert loss_weights(2, edges, np.ones(2), AT_FACE_VALUE).csr.data.tolist() == [5.0]


def some_edges(size: int) -> st.SearchStrategy[list[Edge]]:
    party = st.integers(0, size - 1)
    return st.lists(st.tuples(party, party, st.integers(0, 3), st.floats(1.0, 1e7)), max_size=12)


def made_of(edges: list[Edge], scale: float = 1.0) -> tuple[Weights, Weights]:
    scaled = money(*[(a, b, r, x * scale) for a, b, r, x in edges])
    buffer = np.array([1e4, 500.0, 1e6, 2e5]) * scale
    doubt = np.array([True, False, True, False])
    return (
        break_weights(4, scaled, evidence((0, 1, PERSON, 0.5)), buffer, doubt, parameters=START),
        loss_weights(4, scaled, buffer, START),
    )


@settings(max_examples=60, deadline=None)
@given(some_edges(4), st.sampled_from([1e-6, 0.01, 100.0, 1e6, 7.3]))
def test_the_unit_of_money_does_not_matter(edges: list[Edge], scale: float) -> None:
    for one, other in zip(made_of(edges), made_of(edges, scale), strict=True):
        np.testing.assert_allclose(one.csr.data, other.csr.data, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(some_edges(4), st.data())
def test_the_order_of_edges_does_not_matter_to_the_last_bit(edges: list[Edge], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(edges))
    for one, other in zip(made_of(edges), made_of(shuffled), strict=True):
        assert one.csr.data.tobytes() == other.csr.data.tobytes()


@settings(max_examples=60, deadline=None)
@given(some_edges(4))
# Parts that are cut to 1 together sum to a last digit more.
@example([(0, 1, GUARANTEE, 301369.28125), (0, 1, LOAN, 602739.375)])
def test_parts_add_up_to_the_weight_and_break_weights_are_probabilities(edges: list[Edge]) -> None:
    for made in made_of(edges):
        whole = np.add.reduceat(made.part_value, made.part_indptr[:-1]) if len(made.csr.data) else []
        np.testing.assert_allclose(whole, made.csr.data, rtol=1e-14)
    assert (made_of(edges)[0].csr.data <= 1.0).all()


@settings(max_examples=40, deadline=None)
@given(some_edges(4), st.floats(1.0, 3.0))
def test_weights_rise_with_rho_and_fall_with_the_buffer(edges: list[Edge], factor: float) -> None:
    more = RiskParameters(
        rho_guarantee=0.6 * factor,
        rho_loan=0.45 * factor,
        rho_trade_credit=0.45 * factor,
        rho_ownership=factor,
    )
    buffer = np.array([1e4, 500.0, 1e6, 2e5])
    base = break_weights(4, money(*edges), EvidenceEdges.none(), buffer, sure(4), parameters=START).csr.data
    risen = break_weights(4, money(*edges), EvidenceEdges.none(), buffer, sure(4), parameters=more).csr.data
    fallen = break_weights(
        4, money(*edges), EvidenceEdges.none(), buffer * factor, sure(4), parameters=START
    ).csr.data
    assert (risen >= base - 1e-15).all()
    assert (fallen <= base + 1e-15).all()


def test_an_attribute_shared_by_three_gives_each_pair_one_half_faded_by_age() -> None:
    party, attribute = np.array([4, 2, 7, 2]), np.array([1, 1, 1, 1])
    pairs = evidence_pairs(party, attribute, np.array([24.0, 12.0, 48.0, 60.0]), PERSON, START)
    assert sorted(zip(pairs.source, pairs.target, strict=True)) == [
        (2, 4), (2, 7), (4, 2), (4, 7), (7, 2), (7, 4),
    ]  # fmt: skip
    assert pairs.weight == pytest.approx(np.full(6, 0.5 * math.exp(-0.5)))


def test_a_switchboard_says_nothing() -> None:
    party = np.arange(201)
    same = np.zeros(201, dtype=np.int64)
    assert len(evidence_pairs(party, same, np.zeros(201), CONTACT, START).source) == 0
    assert len(evidence_pairs(party[:200], same[:200], np.zeros(200), CONTACT, START).source) == 200 * 199


@pytest.mark.parametrize(
    ("edges", "buffer", "said"),
    [
        ([(0, 1, 0, 5.0)], [1.0, 0.0], "buffer of party 1 is 0.0"),
        ([(0, 1, 0, 5.0)], [1.0, np.nan], "buffer of party 1 is nan"),
        ([(0, 1, 0, -5.0)], [1.0, 1.0], "amount of money edge 0 is -5.0"),
        ([(0, 2, 0, 5.0)], [1.0, 1.0], "target of money edge 0 is 2"),
        ([(0, 1, 5, 5.0)], [1.0, 1.0], "relation of money edge 0 is 5"),
        ([(0, 1, 0, 5.0)], [1.0], "1 buffers for 2 parties"),
    ],
)
def test_input_without_meaning_is_refused(edges: list[Edge], buffer: list[float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        loss_weights(2, money(*edges), np.array(buffer), START)


def test_parameters_without_meaning_are_refused_and_start_values_say_unfitted() -> None:
    assert START.status == "unfitted"
    for wrong in ({"sigma": 0.0}, {"rho_loan": -1.0}, {"lgd_other": 1.1}, {"called": 1.1}, {"tau": math.inf}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RiskParameters(**wrong)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 1), st.floats(1.0, 1e4)), max_size=12
    ),
    st.lists(st.floats(0.25, 4.0), min_size=4, max_size=4),
    st.sampled_from([0.15, 0.95]),
)
def test_weights_of_other_buffers_are_those_that_they_would_have_been_made_with(
    edges: list[Edge], factor: list[float], theta: float
) -> None:
    before = np.array([100.0, 1000.0, 10.0, 5000.0])
    after = before * np.array(factor)
    parameters = replace(START, theta_person=theta)
    unsure = np.array([True, False, True, False])
    shared = evidence((0, 3, PERSON, 1.0), (1, 2, PERSON, 1.0), (2, 0, PERSON, 0.5))
    made = break_weights(
        4, money(*edges), shared, before, unsure, parameters=parameters, called=parameters.called
    )
    anew = break_weights(
        4, money(*edges), shared, after, unsure, parameters=parameters, called=parameters.called
    )
    found = with_buffers(made, before, after, unsure, parameters)
    assert found.data == pytest.approx(anew.csr.data, rel=1e-9)
    same = with_buffers(made, before, before, unsure, parameters)
    assert same.data.tolist() == made.csr.data.tolist()
