"""Own risk learned in the synthetic world, judged by the year that the world keeps apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from algorithms.metrics import auc
from algorithms.own_risk.columns import take
from algorithms.own_risk.models import CANDIDATES
from algorithms.own_risk.outcomes import Event, in_default
from algorithms.own_risk.plain import plain
from algorithms.own_risk.records import NEVER, Records, known_at
from algorithms.own_risk.training import START_RULE, TooLittleError, Trained, train_default, train_next_bill
from benchmarks.world_records import END, Seen, read

EVENT = Event()
BY_BILL = ("customer", "month", "amount", "use", "known", "due", "paid")
FEW = {name: CANDIDATES[name] for name in ("logistic, C 0.02", "logistic, C 0.2")}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return read(tmp_path_factory.mktemp("world"), 3_000, 8)


@pytest.fixture(scope="module")
def trained(seen: Seen) -> Trained:
    return train_default(seen.record, END, seen.parties, EVENT, seed=0, candidates=FEW)


def test_it_beats_the_start_rule_and_the_dummy_in_the_year_after_the_data(
    seen: Seen, trained: Trained
) -> None:
    known = known_at(seen.record, END)
    at = np.flatnonzero((known.bills > 0) & ~in_default(known.overdue, EVENT))
    happened = (seen.most_overdue[at] >= EVENT.overdue_bills).astype(np.float64)
    chance, rule = trained.learned.forecast(take(known.table, at)), known.late[at] / START_RULE
    # The margin is the data's own: the difference in draws of the same customers must not reach 0.
    rng = np.random.default_rng(0)
    gains, losses = [], []
    for _ in range(200):
        rows = rng.integers(0, len(at), len(at))
        gains.append(auc(happened[rows], chance[rows]) - auc(happened[rows], rule[rows]))
        losses.append(((chance - happened)[rows] ** 2 - (rule - happened)[rows] ** 2).mean())
    assert np.percentile(gains, 2.5) > 0.0
    assert np.percentile(losses, 97.5) < 0.0
    dummy = np.full(len(at), happened.mean())  # even one that knew the coming year's share
    assert ((chance - happened) ** 2).mean() < ((dummy - happened) ** 2).mean()


def test_on_later_cut_offs_and_other_parties_it_is_calibrated_within_sampling_error(trained: Trained) -> None:
    assert trained.judged.calibration_error <= trained.judged.of_a_perfect_one_at_most
    rule = trained.baselines["start rule"]
    assert rule.calibration_error > rule.of_a_perfect_one_at_most
    assert max(trained.split.learned_from) < min(trained.split.judged_on)


def test_two_trainings_give_the_same_bytes(seen: Seen, trained: Trained) -> None:
    again = train_default(seen.record, END, seen.parties, EVENT, seed=0, candidates=FEW)
    assert plain(again.learned) == plain(trained.learned)
    assert (again.judged, again.losses, again.weights) == (trained.judged, trained.losses, trained.weights)


def of_some(record: Records, customers: int) -> Records:
    """Only the bills of so many customers."""
    some = np.isin(record.customer, np.linspace(0, record.size - 1, customers).astype(np.int64))
    return replace(record, **{name: getattr(record, name)[some] for name in BY_BILL})


def test_the_next_bill_is_learned_with_a_gap(seen: Seen) -> None:
    found = train_next_bill(of_some(seen.record, 800), END, seen.parties, seed=0, candidates=FEW)
    assert found.split.gap
    assert found.judged.auc.low > found.baselines["dummy"].auc.high
    assert found.judged.brier.value < found.baselines["share of late bills"].brier.value


def test_bills_that_come_later_change_nothing_that_was_learned_before(seen: Seen) -> None:
    record, end = seen.record, np.datetime64("2025-07-05")
    day = int(end.astype("datetime64[D]").astype(np.int64))
    event = Event(months=6)
    # The record as it was on that day: later bills are not there, later payments not made.
    old = record.known <= day
    then = replace(record, **{name: getattr(record, name)[old] for name in BY_BILL})
    then = replace(then, paid=np.where(then.paid > day, NEVER, then.paid))

    def learned(seen_then: Records) -> object:
        return plain(train_default(seen_then, end, seen.parties, event, seed=0, candidates=FEW).learned)

    assert learned(record) == learned(then)


def test_a_record_without_a_year_to_judge_by_is_too_little(seen: Seen) -> None:
    with pytest.raises(TooLittleError) as short:
        train_default(seen.record, np.datetime64("2025-03-05"), seen.parties, EVENT, seed=0, candidates=FEW)
    assert (short.value.what, short.value.needed) == ("months of bills", 20)
    assert short.value.found < 20


def test_an_event_that_happened_to_too_few_is_too_little(seen: Seen) -> None:
    small = of_some(seen.record, 60)
    with pytest.raises(TooLittleError) as short:
        train_default(small, END, seen.parties, EVENT, seed=0, candidates=FEW)
    assert short.value.what.startswith("customers to whom it happened")
