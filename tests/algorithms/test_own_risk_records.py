"""A customer's own record at a cut-off: what was known then and nothing later; and what happened after it."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.arrears import OVERDUE_FOR_DEFAULT, Bills, payment_record
from algorithms.own_risk import trees
from algorithms.own_risk.columns import Texts, learn
from algorithms.own_risk.declared import FEATURES, FOR_NEXT_BILL
from algorithms.own_risk.models import CANDIDATES, choose
from algorithms.own_risk.outcomes import Event, defaults, in_default, months_later, next_bill_late
from algorithms.own_risk.plain import learned_from, plain
from algorithms.own_risk.protected import protected
from algorithms.own_risk.records import NEVER, Claims, Known, Records, known_at, records
from algorithms.own_risk.scorecard import log_odds
from algorithms.own_risk.splits import by_group
from graph.arrays import Floats

N = 3
START = np.datetime64("2024-01-01")
NONE: dict[str, Claims] = {}


def texts(values: list[str | None]) -> Texts:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def made(
    rows: list[tuple[int, int, int, int | None, int]], registers: dict[str, Claims] | None = None
) -> Records:
    """Rows: customer, month from January 2024, amount in yuan, days from issue to payment (None = unpaid), kWh.

    Issued on the 3rd of the next month, due 17 days later.
    """
    customer = np.array([row[0] for row in rows], dtype=np.int64)
    period = START.astype("datetime64[M]") + np.array([row[1] for row in rows], dtype=np.int64)
    issued = (period + 1).astype("datetime64[D]") + 2
    paid = [
        np.datetime64("NaT") if row[3] is None else day + row[3]
        for row, day in zip(rows, issued, strict=True)
    ]
    return records(
        Bills(
            customer,
            period,
            np.array([row[2] * 100 for row in rows], dtype=np.int64),
            issued + 17,
            np.array(paid, dtype="datetime64[D]"),
        ),
        issued=issued,
        energy=np.array([row[4] for row in rows], dtype=np.float64),
        party=np.arange(N),
        kind=texts(["consumer", "organisation", None]),
        opened=np.array(["2020-01-01", "2024-06-01", "NaT"], dtype="datetime64[D]"),
        registers=registers or NONE,
    )


BILLS = st.lists(
    st.tuples(
        st.integers(0, N - 1),
        st.integers(0, 23),
        st.integers(1, 900),
        st.one_of(st.none(), st.integers(0, 200)),
        st.integers(0, 500),
    ),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
)
CUT_OFFS = st.integers(60, 700).map(lambda days: START + days)


def same(one: Known, other: Known) -> bool:
    tables = ((one.table, other.table), (one.next_bill, other.next_bill))
    return all(
        np.array_equal(mine, theirs, equal_nan=mine.dtype != object)
        for a, b in tables
        for mine, theirs in zip(a.values(), b.values(), strict=True)
    ) and (one.bills.tolist(), one.overdue.tolist(), one.late.tolist()) == (
        other.bills.tolist(),
        other.overdue.tolist(),
        other.late.tolist(),
    )


@given(rows=BILLS, cut_off=CUT_OFFS, later=BILLS)
def test_what_became_known_later_changes_nothing(
    rows: list[tuple[int, int, int, int | None, int]],
    cut_off: np.datetime64,
    later: list[tuple[int, int, int, int | None, int]],
) -> None:
    day = int(cut_off.astype("datetime64[D]").astype(np.int64))
    record = made(rows)
    # Bills that are issued after the cut-off come on top; payments after it are taken away.
    taken = {row[:2] for row in rows}
    newer = [row for row in later if row[:2] not in taken]
    more = made([*rows, *newer])
    of_old = np.isin(more.customer * 1000 + more.month, record.customer * 1000 + record.month)
    kept = of_old | (more.known > day)
    names = ("customer", "month", "amount", "use", "known", "due", "paid")
    grown = replace(more, **{name: getattr(more, name)[kept] for name in names})
    unpaid = replace(record, paid=np.where(record.paid > day, NEVER, record.paid))
    expected = known_at(record, cut_off)
    assert same(known_at(grown, cut_off), expected)
    assert same(known_at(unpaid, cut_off), expected)


@given(rows=BILLS, cut_off=CUT_OFFS)
def test_late_and_overdue_bills_are_those_of_the_start_rule(
    rows: list[tuple[int, int, int, int | None, int]], cut_off: np.datetime64
) -> None:
    record = made(rows)
    day = int(cut_off.astype("datetime64[D]").astype(np.int64))
    issued = record.known <= day
    bills = Bills(
        record.customer[issued],
        record.month[issued].astype("datetime64[M]"),
        (record.amount[issued] * 100).astype(np.int64),
        record.due[issued].astype("datetime64[D]"),
        np.where(
            record.paid[issued] == NEVER, np.datetime64("NaT"), record.paid[issued].astype("datetime64[D]")
        ),
    )
    rule = payment_record(N, bills, cut_off, np.zeros(N, dtype=np.int64))
    known = known_at(record, cut_off)
    assert known.overdue.tolist() == rule.overdue_bills.tolist()
    assert known.late.tolist() == rule.late_bills.tolist()
    assert np.where(in_default(known.overdue, Event()), 1.0, known.late / 24) == pytest.approx(rule.own)


def test_features_of_a_record_that_can_be_read() -> None:
    # Twelve bills of 100 yuan; the last three paid 10 days late, then one unpaid; use halves at the end.
    rows: list[tuple[int, int, int, int | None, int]] = [(0, m, 100, 5, 200) for m in range(8)]
    rows += [(0, m, 100, 27, 100) for m in (8, 9, 10)] + [(0, 11, 100, None, 100)]
    table = known_at(made(rows), np.datetime64("2025-02-20")).table
    value = {name: column[0] for name, column in table.items()}
    assert value["late_share"] == pytest.approx(4 / 12)
    assert value["late_share_recent"] == 1.0
    assert value["delay_recent"] == pytest.approx((10 + 10 + 31) / 3)
    assert value["delay_longest"] == 31
    assert value["overdue_bills"] == 1
    assert value["overdue_days"] == 31
    assert value["overdue_months"] == pytest.approx(1.0)
    assert value["bills_since_late"] == 0
    assert value["bill_mean"] == 100
    assert value["use_recent"] == pytest.approx(100 / ((8 * 200 + 4 * 100) / 12))
    assert value["kind"] == "consumer"
    assert value["tenure"] == pytest.approx(1877 / 365.25)
    assert np.isnan(value["use_year"])
    empty = {name: column[1] for name, column in table.items()}
    assert empty["overdue_bills"] == 0
    assert all(
        value is None or np.isnan(value)
        for name, value in empty.items()
        if name not in ("overdue_bills", "tenure", "kind")
    )


def test_registers_count_from_the_day_on_which_they_were_known_and_the_trusted_one_first() -> None:
    def claims(*rows: tuple[int, str, object]) -> Claims:
        days = [int(np.datetime64(day).astype("datetime64[D]").astype(np.int64)) for _, day, _ in rows]
        return Claims(np.array([r[0] for r in rows]), np.array(days), texts([r[2] for r in rows]))  # type: ignore[misc]

    record = made(
        [(0, 0, 100, 5, 100)],
        {
            "business_status": claims((1, "2025-06-01", "revoked"), (1, "2024-06-01", "active")),
            "total_assets": claims((1, "2024-12-31", 200.0)),
            "total_liabilities": claims((1, "2024-12-31", 150.0)),
        },
    )
    found = {
        day: known_at(record, np.datetime64(day)).table for day in ("2024-05-31", "2024-12-31", "2025-06-01")
    }
    assert [table["business_status"][1] for table in found.values()] == [None, "active", "revoked"]
    assert np.isnan(found["2024-05-31"]["debt_ratio"][1])
    assert found["2024-12-31"]["debt_ratio"][1] == pytest.approx(0.75)
    assert found["2024-12-31"]["business_status"][0] is None
    nobody = known_at(replace(record, party=np.array([-1, 1, -1])), np.datetime64("2025-06-01")).table
    assert nobody["business_status"].tolist() == [None, "revoked", None]


def test_every_feature_is_declared_and_none_is_of_a_protected_attribute() -> None:
    known = known_at(made([(0, 0, 100, 5, 100)]), np.datetime64("2024-06-01"))
    assert list(known.table) == list(FEATURES)
    assert list(known.next_bill) == list(FOR_NEXT_BILL)
    for name, feature in {**FEATURES, **FOR_NEXT_BILL}.items():
        assert protected(name) is None
        assert protected(feature.en) is None
        assert protected(feature.zh) is None
        assert all((feature.window, feature.missing, feature.why))


@given(rows=BILLS, cut_off=CUT_OFFS, bills=st.integers(1, 4), months=st.integers(1, 12))
def test_default_is_so_many_bills_overdue_at_once_on_a_day_after_the_cut_off(
    rows: list[tuple[int, int, int, int | None, int]], cut_off: np.datetime64, bills: int, months: int
) -> None:
    record, event = made(rows), Event(bills, months)
    found = defaults(record, cut_off, np.datetime64("2030-01-01"), event)
    first = int(cut_off.astype("datetime64[D]").astype(np.int64)) + 1
    last = int(months_later(cut_off, months).astype("datetime64[D]").astype(np.int64))
    for customer in range(N):
        mine = record.customer == customer
        most = [
            int(((record.due < day) & (record.paid > day) & mine).sum()) for day in range(first, last + 1)
        ]
        begun = int(((record.due < first - 1) & (record.paid > first - 1) & mine).sum())
        if begun < bills:  # who is in default at the cut-off is not forecast
            assert found.happened[customer] == (max(most) >= bills)
    assert (found.settled == last).all()
    assert (defaults(record, cut_off, np.datetime64(last, "D") - 1, event).settled == NEVER).all()


@given(rows=BILLS, cut_off=CUT_OFFS)
def test_the_next_bill_is_the_first_to_fall_due_that_was_not_paid_by_the_cut_off(
    rows: list[tuple[int, int, int, int | None, int]], cut_off: np.datetime64
) -> None:
    record, end = made(rows), np.datetime64("2025-12-01")
    day, last = (int(d.astype("datetime64[D]").astype(np.int64)) for d in (cut_off, end))
    found = next_bill_late(record, cut_off, end)
    for customer in range(N):
        ahead = np.flatnonzero((record.customer == customer) & (record.due >= day) & (record.paid > day))
        if not len(ahead):
            assert found.settled[customer] == NEVER
            continue
        bill = ahead[np.argmin(record.due[ahead])]
        assert found.happened[customer] == (record.paid[bill] > record.due[bill])
        assert found.settled[customer] == (record.due[bill] + 1 if record.due[bill] < last else NEVER)


@given(day=st.integers(0, 3_000), months=st.integers(-30, 30))
def test_months_later_keep_the_day_or_take_the_last_one(day: int, months: int) -> None:
    start = np.datetime64("2020-01-01") + day
    later = months_later(start, months)
    assert (later.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(int) == months
    number = [
        (d.astype("datetime64[D]") - d.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
        for d in (start, later)
    ]
    end_of_month = (later + 1).astype("datetime64[M]") != later.astype("datetime64[M]")
    assert number[1] == number[0] or (end_of_month and number[1] < number[0])


def some(rows: int, seed: int) -> tuple[dict[str, Floats | Texts], Floats]:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=rows), rng.normal(size=rows)
    x[rng.random(rows) < 0.2] = np.nan
    kind = rng.choice(np.array(["a", "b", None], dtype=object), rows)
    odds = -1.0 + np.nan_to_num(x, nan=1.0) * np.where(kind == "a", 2.0, 0.5)
    return {"x": x, "z": z, "kind": kind}, (rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(np.float64)


def test_copied_trees_forecast_as_scikit_learn_does_and_their_reasons_add_up() -> None:
    table, happened = some(1_500, 0)
    codings = learn(table)
    model = trees.estimator(codings, table, happened, leaves=6, rounds=40, seed=0)
    copy = trees.copied(codings, model)
    fresh, _ = some(400, 1)
    theirs = model.predict_proba(trees.matrix(codings, fresh)[0])[:, 1]
    assert copy.forecast(fresh) == pytest.approx(theirs, abs=1e-12)
    assert log_odds(copy.forecast(fresh)) == pytest.approx(
        copy.base + copy.contributions(fresh).sum(axis=1), abs=1e-9
    )
    # Inner values are means of what they lead to: over the training rows reasons average to nothing.
    assert copy.contributions(table).mean(axis=0).sum() == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("name", ["logistic, C 0.2", "trees, 6 leaves"])
def test_a_model_survives_its_plain_form_to_the_last_bit(name: str) -> None:
    table, happened = some(600, 2)
    folds = by_group([str(k) for k in range(600)], 0, happened)
    learned = choose(table, happened, folds, {name: CANDIDATES[name]}, seed=0)
    again = learned_from(json.loads(json.dumps(plain(learned))))
    assert again.forecast(table).tobytes() == learned.forecast(table).tobytes()
    assert plain(again) == plain(learned)


def test_the_event_is_the_start_rules_own_default() -> None:
    assert Event().overdue_bills == OVERDUE_FOR_DEFAULT
