"""A run continued to new inputs is the run that solving them anew would make; its rows are kept as changes only."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.arrears import PaymentRecord
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Floats, Ints
from services.exposure.model import Caution, Customers, Exposure, Incidence, MoneyLinks, Override, Parties
from services.live.continuing import changes_of, continued
from services.risk.model import RiskModel
from services.risk.scores import Scores
from services.risk.weights import weigh
from services.runs.patches import ORDER, Patch, patched, patches

POOL = [f"enterprise:{number:02d}" for number in range(12)]
CUT_OFF = np.datetime64("2026-03-31")


@st.composite
def inputs(draw: st.DrawFn) -> Exposure:
    """A few parties of a pool with own distress, buffers, amounts and attributes from small sets, so that many stay as
    they are from one example to the next."""
    ids = sorted(draw(st.sets(st.sampled_from(POOL), min_size=1)))
    size = len(ids)
    place = st.integers(0, size - 1)
    own = [draw(st.sampled_from([0.0, 0.0, 0.1, 1.0])) for _ in ids]
    buffer = [draw(st.sampled_from([1e6, 5e6, 1e7])) for _ in ids]
    links = draw(
        st.lists(st.tuples(place, place, st.integers(0, 2), st.sampled_from([1e5, 1e6, 1e7])), max_size=30)
    )
    shared = draw(st.sets(st.tuples(place, st.integers(0, 3)), max_size=8))
    return exposure_of(ids, np.array(own), np.array(buffer), links, sorted(shared))


def exposure_of(
    ids: list[str],
    own: Floats,
    buffer: Floats,
    links: list[tuple[int, int, int, float]],
    shared: list[tuple[int, int]],
) -> Exposure:
    size = len(ids)
    at_default = np.full(size, 10_000, dtype=np.int64)
    nothing = np.zeros(size, dtype=np.int64)
    columns = [np.array(column) for column in zip(*links, strict=True)] or [np.zeros(0)] * 4
    whole = [column.astype(np.int64) for column in columns[:3]]
    none = Incidence(nothing[:0], nothing[:0], np.zeros(0), [])
    return Exposure(
        cut_off=CUT_OFF,
        parameters=RiskParameters(),
        parties=Parties(ids, ["Enterprise"] * size, own, buffer, nothing, at_default, np.full(size, 0.45)),
        customers=Customers(
            [f"customer:{name}" for name in ids],
            np.arange(size),
            PaymentRecord(own, nothing, nothing, nothing, at_default, np.zeros(size)),
            np.zeros((size, 5), dtype=np.int64),
        ),
        money=MoneyLinks(
            source=whole[0],
            target=whole[1],
            relation=whole[2],
            amount=columns[3].astype(np.float64),
            proxy=np.zeros(len(links), dtype=np.bool_),
            record=[f"bureau/{ids[int(i)]}-{ids[int(j)]}" for i, j, _, _ in links],
        ),
        evidence={
            "person": none,
            "premises": Incidence(
                np.array([party for party, _ in shared], dtype=np.int64),
                np.array([attribute for _, attribute in shared], dtype=np.int64),
                np.zeros(len(shared)),
                ["survey/1" for _ in shared],
            ),
            "contact": none,
        },
        overrides=[
            Override("risk-override:1", 0, 0.5, 0.1, "seen", "wang", date(2026, 5, 1), "2026-04-01T00:00:00Z")
        ],
        cautions=[Caution("AMOUNT_UNKNOWN", ids[0], "bureau/1")],
    )


def full(found: Exposure) -> RiskModel:
    """The model as a full run makes it, each party a community of its own."""
    weights = weigh(found)
    community: Ints = np.arange(len(found.parties.ids))
    prepared = prepare(weights.csr, keys=found.parties.ids)
    return RiskModel.of(found, weights, Scores.of(prepared, chances(prepared, found.parties.own)), community)


@given(st.lists(inputs(), min_size=2, max_size=4))
def test_continuing_is_solving_anew_whatever_changed(steps: list[Exposure]) -> None:
    model = full(steps[0])
    for step in steps[1:]:
        before, model = model, continued(model, step).model
        anew = full(step)
        assert np.abs(model.score - anew.score).max() <= 1e-9
        assert model.scores.bound.max() <= 1e-9
        assert np.abs(model.expected_loss - anew.expected_loss).max() <= 1
        for name, table in model.tables().items():
            if name != "parties":
                assert table.equals(anew.tables()[name])
        labels = dict(zip(before.ids, before.community.tolist(), strict=True))
        assert all(
            labels.get(name, label) == label
            for name, label in zip(model.ids, model.community.tolist(), strict=True)
        )


@given(inputs(), inputs())
def test_changes_name_every_party_that_is_not_as_it_was(first: Exposure, second: Exposure) -> None:
    before = full(first)
    found = continued(before, second)
    told = {row["id"]: row for row in found.changes.to_pylist()}
    assert list(told) == sorted(told)
    was, now = known(before), known(found.model)
    for name in {*was, *now}:
        if name in told:
            row = told[name]
            assert (row["score_before"], row["own_before"], row["expected_loss_before"]) == was.get(
                name, (None,) * 3
            )
            assert (row["score_after"], row["own_after"], row["expected_loss_after"]) == now.get(
                name, (None,) * 3
            )
        else:
            assert was[name][1:] == now[name][1:]
            assert was[name][0] == pytest.approx(now[name][0], abs=1e-12)


def known(model: RiskModel) -> dict[str, tuple[float, float, int]]:
    rows = zip(model.score.tolist(), model.own.tolist(), model.expected_loss.tolist(), strict=True)
    return dict(zip(model.ids, rows, strict=True))


@given(inputs(), inputs())
def test_the_rows_that_changed_give_the_whole_tables_again(first: Exposure, second: Exposure) -> None:
    before = full(first)
    after = continued(before, second).model.tables()
    assert_same(applied(before.tables(), after), after)


def applied(before: dict[str, pa.Table], after: dict[str, pa.Table]) -> dict[str, pa.Table]:
    found = patches(before, after)
    return patched(
        before, {name: found.get(name, after[name]) for name in after if found.get(name, 0) is not None}
    )


def assert_same(found: dict[str, pa.Table], expected: dict[str, pa.Table]) -> None:
    assert set(found) == set(expected)
    for name, table in expected.items():
        assert found[name].equals(table), name


@pytest.fixture(scope="module")
def wide() -> Exposure:
    """Two hundred parties, each linked with the next two."""
    size = 200
    ids = [f"enterprise:{number:03d}" for number in range(0, 2 * size, 2)]
    links = [(i, (i + step) % size, 0, 1e6) for i in range(size) for step in (1, 2)]
    own = np.where(np.arange(size) % 40 == 0, 0.2, 0.0)
    return exposure_of(ids, own, np.full(size, 1e8), links, [])


def test_one_party_more_stores_its_own_rows_only(wide: Exposure) -> None:
    before = full(wide)
    ids = ["enterprise:001", *wide.parties.ids]
    order = sorted(range(len(ids)), key=ids.__getitem__)
    place = {ids[old]: new for new, old in enumerate(order)}
    links = [
        (place[wide.parties.ids[i]], place[wide.parties.ids[j]], 0, 1e6)
        for i, j in zip(wide.money.source.tolist(), wide.money.target.tolist(), strict=True)
    ]
    own = np.r_[0.0, wide.parties.own][order]
    more = exposure_of(
        sorted(ids), own, np.full(len(ids), 1e8), [*links, (0, place["enterprise:001"], 0, 1e6)], []
    )
    after = continued(before, more)
    found = patches(before.tables(), after.model.tables())
    stored = {name: patch.rows.num_rows for name, patch in found.items() if isinstance(patch, Patch)}
    assert set(ORDER) & set(before.tables()) <= set(found)
    assert stored["parties"] == 1
    assert (stored["links"], stored["parts"], stored["money"], stored["customers"]) == (1, 1, 1, 1)
    assert after.work.touched <= 2
    assert_same(applied(before.tables(), after.model.tables()), after.model.tables())


def test_nothing_new_is_no_change(wide: Exposure) -> None:
    before = full(wide)
    after = continued(before, wide)
    assert after.work.touched == after.work.computed == after.changes.num_rows == 0
    assert all(patch is None for patch in patches(before.tables(), after.model.tables()).values())
    assert changes_of(before, before).num_rows == 0


def test_a_new_party_joins_the_community_of_its_heaviest_link(wide: Exposure) -> None:
    before = full(wide)
    ids = [*wide.parties.ids, "enterprise:998", "enterprise:999"]
    links = [
        *zip(wide.money.source.tolist(), wide.money.target.tolist(), [0] * 400, [1e6] * 400, strict=True)
    ]
    more = exposure_of(
        ids,
        np.r_[wide.parties.own, 0.0, 0.0],
        np.full(len(ids), 1e8),
        [*links, (3, 200, 0, 1e5), (7, 200, 0, 1e7)],
        [],
    )
    labels = continued(before, more).model.community
    assert labels[200] == labels[7]
    assert labels[201] == 200
