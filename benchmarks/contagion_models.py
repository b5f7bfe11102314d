"""The chance by close groups, h and simple models of contagion, as forecasts to fit and to judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, identity
from scipy.sparse.linalg import spsolve

from algorithms.pagerank import personalised_pagerank
from algorithms.risk.fitting import Case, Forecast, called_weights, failing
from algorithms.risk.network import Network
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT, RiskParameters
from algorithms.risk.propagation import solve
from algorithms.risk.weights import MoneyEdges, loss_weights
from benchmarks.risk_page import FITTED, UNFITTED
from graph.arrays import Csr, Floats, Ints

RHO = ("rho_guarantee", "rho_trade_credit")
CALLS = ("called", "rho_trade_credit", "sigma")


def loss_matrix(seen: Case, parameters: RiskParameters) -> Csr:
    """Loss weights."""
    return loss_weights(len(seen.buffer), seen.money, seen.buffer, parameters).csr


def after_rounds(count: int, matrix: Callable[[Case, RiskParameters], Csr]) -> Forecast:
    """``count`` rounds of h := min(1, own + W'h) from own; one is one hop."""

    def forecast(seen: Case, parameters: RiskParameters) -> Floats:
        weights = matrix(seen, parameters)
        h = seen.own
        for _ in range(count):
            hit = np.bincount(weights.indices, weights.data * h[weights.rows()], minlength=weights.size)
            h = np.minimum(1.0, seen.own + hit)
        return h

    return forecast


def linear(seen: Case, parameters: RiskParameters) -> Floats:
    """h with break weights."""
    return solve(called_weights(seen, parameters), seen.own).h


def distress_by_loss(seen: Case, parameters: RiskParameters) -> Floats:
    """h with loss weights."""
    return solve(loss_matrix(seen, parameters), seen.own).h


def related(seen: Case, parameters: RiskParameters) -> Floats:
    """Personalised PageRank: restarts in proportion to own distress, steps along harm by loss weight."""
    return personalised_pagerank(loss_matrix(seen, parameters), seen.own)


def own_record(seen: Case, parameters: RiskParameters) -> Floats:
    """No contagion at all."""
    del parameters
    return seen.own


def reversed_links(seen: Case) -> Case:
    """Harm runs the wrong way."""
    money = seen.money
    return replace(seen, money=MoneyEdges(money.target, money.source, money.relation, money.amount))


def without_guarantees(seen: Case) -> Case:
    """Only trade."""
    money, kept = seen.money, seen.money.relation != GUARANTEE
    columns = (money.source, money.target, money.relation, money.amount)
    return replace(seen, money=MoneyEdges(*(column[kept] for column in columns)))


def swapped_relations(seen: Case) -> Case:
    """Guarantees taken for trade and trade for guarantees."""
    money = seen.money
    other = np.where(money.relation == GUARANTEE, TRADE_CREDIT, GUARANTEE)
    return replace(seen, money=replace(money, relation=other))


def on(change: Callable[[Case], Case]) -> Forecast:
    """The chance by close groups on changed input."""
    return lambda seen, parameters: failing(change(seen), parameters)


def passing_most(network: Network, own: Floats, picks: int) -> Ints:
    """Firms to ring-fence by h, greedily: the one that most of sum h passes through, cut off, solved again.

    Through u pass h_u (lamk_u - 1) with lamk = 1 + Wt lamk on the firms with h > 0; Wt is W with each column cut to
    raw = 1. Ties go to the lower position; fewer where nothing passes through anybody.
    """
    found: list[int] = []
    for _ in range(picks):
        network = network.plain()
        result = solve(network, own)
        at = np.flatnonzero(result.h > 0.0)
        out = network.out
        weight = out.data / np.maximum(1.0, result.raw)[out.indices]
        matrix = csr_matrix((weight, out.indices, out.indptr), shape=(out.size, out.size))[at][:, at]
        value = spsolve((identity(len(at)) - matrix).tocsc(), np.ones(len(at)))
        through = result.h[at] * (value - 1.0)
        best = int(np.argmax(through))
        if through[best] <= 0.0:
            break
        found.append(int(at[best]))
        network = network.silenced(at[best : best + 1])
    return np.array(found, dtype=np.int64)


# name, forecast, parameters to fit (none = start values)
MODELS: tuple[tuple[str, Forecast, tuple[str, ...]], ...] = (
    ("own record", own_record, ()),
    ("personalised PageRank", related, ()),
    ("one hop, loss weights, unfitted", after_rounds(1, loss_matrix), ()),
    ("one hop, loss weights, fitted", after_rounds(1, loss_matrix), RHO),
    ("one hop, break weights, unfitted", after_rounds(1, called_weights), ()),
    ("one hop, break weights, fitted", after_rounds(1, called_weights), CALLS),
    ("h, loss weights, unfitted", distress_by_loss, ()),
    ("h, loss weights, fitted", distress_by_loss, RHO),
    ("h, break weights, unfitted", linear, ()),
    ("h, break weights, fitted", linear, CALLS),
    (UNFITTED, failing, ()),
    (FITTED, failing, CALLS),
    ("wrong: links reversed", on(reversed_links), ()),
    ("wrong: no guarantees", on(without_guarantees), ()),
    ("wrong: relations swapped", on(swapped_relations), ()),
    ("wrong: two rounds only", after_rounds(2, called_weights), ()),
)
