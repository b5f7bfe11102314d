"""Links with changes are those that an analysis of the changed records would have, weight by weight."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.risk.network import Network
from algorithms.risk.parameters import (
    GUARANTEE,
    LOAN,
    MONEY_RELATIONS,
    OWNERSHIP,
    EvidenceRelation,
    MoneyRelation,
    RiskParameters,
)
from algorithms.risk.weights import loss_weights
from graph.arrays import Csr
from services.exposure.model import BUFFER_KINDS, Exposure, Holdings, Incidence
from services.risk.next_links import NextLinks
from services.risk.situation import equity_of
from services.risk.weights import edges, weigh
from tests.services.test_live_continuing import exposure_of, full

SIZE = 5
KINDS: tuple[EvidenceRelation, ...] = ("premises", "contact")


@dataclass
class Records:
    """What records say: contracts, holdings as (company, holder, share, amount in fen), net assets in fen or none, and
    who has which attribute."""

    contracts: list[tuple[int, int, int, float]]
    holdings: list[tuple[int, int, float, float]]
    net: list[float | None]
    shared: dict[str, set[tuple[int, int]]]

    def exposure(self) -> Exposure:
        """The inputs of an analysis; where no net assets are known, a proxy of 2,000,000 fen."""
        worth = [
            (company, holder, OWNERSHIP, value)
            for company, holder, share, amount in self.holdings
            for value in [self._worth(company, share, amount)]
            if not np.isnan(value)
        ]
        buffer = np.array([max(1e6, 2e6 if net is None else net) for net in self.net])
        ids = [f"enterprise:{number}" for number in range(SIZE)]
        made = exposure_of(ids, np.full(SIZE, 0.1), buffer, [*self.contracts, *worth], [])
        kind = [
            BUFFER_KINDS.index("proxy" if net is None else "floor" if net < 1e6 else "net-assets")
            for net in self.net
        ]
        held = np.array(self.holdings, dtype=np.float64).reshape(-1, 4)
        return replace(
            made,
            parties=replace(made.parties, buffer_kind=np.array(kind)),
            money=replace(
                made.money,
                holdings=Holdings(
                    held[:, 0].astype(np.int64), held[:, 1].astype(np.int64), held[:, 2], held[:, 3]
                ),
            ),
            evidence={kind: _incidence(sorted(self.shared[kind])) for kind in KINDS},
        )

    def _worth(self, company: int, share: float, amount: float) -> float:
        net = self.net[company]
        by_share = np.nan if net is None else share * max(0.0, net)
        return amount if np.isnan(by_share) else float(by_share)


def _incidence(pairs: list[tuple[int, int]]) -> Incidence:
    party, attribute = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Incidence(party, attribute, 2.0 * attribute, ["survey/1"] * len(pairs))


PLACE = st.integers(0, SIZE - 1)
AMOUNTS = st.sampled_from([2e5, 1e6, 4e6])
UNKNOWN = st.just(float("nan"))


@st.composite
def records(draw: st.DrawFn) -> Records:
    pairs = st.tuples(PLACE, PLACE).filter(lambda pair: pair[0] != pair[1])
    contracts = [
        (*pair, draw(st.sampled_from([GUARANTEE, LOAN])), draw(AMOUNTS))
        for pair in draw(st.lists(pairs, max_size=8))
    ]
    holdings = [
        (*pair, draw(st.sampled_from([0.2, 0.6]) | UNKNOWN), draw(AMOUNTS | UNKNOWN))
        for pair in draw(st.lists(pairs, max_size=4, unique=True))
    ]
    net = draw(st.lists(st.sampled_from([None, -5e5, 2e6, 8e6]), min_size=SIZE, max_size=SIZE))
    # Two parties share an attribute: a third would be parted from both.
    shared = {
        kind: {
            (party, number) for number, pair in enumerate(draw(st.lists(pairs, max_size=6))) for party in pair
        }
        for kind in KINDS
    }
    return Records(contracts, holdings, net, shared)


@settings(max_examples=100, deadline=None)
@given(records(), st.data())
def test_changed_links_are_those_of_an_analysis_of_changed_records(
    said: Records, data: st.DataObject
) -> None:
    model, parameters = full(said.exposure()), RiskParameters()
    links = NextLinks(model, parameters)
    for _ in range(data.draw(st.integers(1, 3))):
        first, second = data.draw(st.lists(PLACE, min_size=2, max_size=2, unique=True))
        match data.draw(st.sampled_from(["cut", "add", "part"])):
            case "cut":
                code = data.draw(st.sampled_from([GUARANTEE, LOAN, OWNERSHIP]))
                links.cut(first, second, MONEY_RELATIONS[code])
                said.contracts = [c for c in said.contracts if c[:3] != (first, second, code)]
                if code == OWNERSHIP:
                    said.holdings = [h for h in said.holdings if h[:2] != (first, second)]
            case "add":
                relation: MoneyRelation = data.draw(st.sampled_from(["guarantee", "loan"]))
                yuan = data.draw(AMOUNTS) / 100
                links.add(first, second, relation, yuan)
                said.contracts.append((first, second, MONEY_RELATIONS.index(relation), 100 * yuan))
            case _:
                kind = data.draw(st.sampled_from(KINDS))
                links.cut(first, second, kind)
                common = {a for p, a in said.shared[kind] if p == first} & {
                    a for p, a in said.shared[kind] if p == second
                }
                said.shared[kind] = {(p, a) for p, a in said.shared[kind] if p != first or a not in common}
    for company in data.draw(st.sets(PLACE, max_size=2)):
        before = said.net[company]
        after = (2e6 if before is None else before) + data.draw(AMOUNTS)
        said.net[company] = after
        links.report(company, max(1e6, after) / 100, uncertain=after < 1e6, net_assets=after / 100)
    expected = said.exposure()
    after_cut = links.breaks()
    assert_same(after_cut.network, weigh(expected).csr)
    was = dict(entries(model.weights.csr))
    now = dict(entries(after_cut.network.plain().out))
    changed = {end for end in was.keys() | now.keys() if was.get(end, 0.0) != now.get(end, 0.0)}
    assert after_cut.touched.tolist() == sorted({target for _, target in changed})
    assert after_cut.rose == any(now.get(end, 0.0) > was.get(end, 0.0) for end in changed)
    assert after_cut.fell == any(now.get(end, 0.0) < was.get(end, 0.0) for end in changed)
    money, _ = edges(expected)
    lost = loss_weights(SIZE, money, expected.parties.buffer / 100, parameters)
    assert_same(links.losses(equity_of(model, parameters).network).network, lost.csr)


def assert_same(found: Network, expected: Csr) -> None:
    """Equal weights; an entry of weight 0 is none."""
    assert dict(entries(found.plain().out)) == pytest.approx(dict(entries(expected)), rel=1e-9)


def entries(matrix: Csr) -> list[tuple[tuple[int, int], float]]:
    ends = zip(matrix.rows().tolist(), matrix.indices.tolist(), matrix.data.tolist(), strict=True)
    return [((source, target), weight) for source, target, weight in ends if weight > 0]
