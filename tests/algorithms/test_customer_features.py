"""Features of customers: what whole arrays give is what one customer at a time gives, by the contract's own words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from algorithms.customer_features.features import features_of
from algorithms.customer_features.observed import BilledUse, Contract, Costs, Happened, Observed, Standing
from tests.algorithms.customer_features_reference import PlainBill, PlainCustomer, features

TODAY = date(2026, 3, 31)
COSTS = {"energy": 0.42, "contact": 12.0, "order": 120.0, "discount": 0.06, "horizon": 5.0}


def some_day(rng: np.random.Generator, first: int, last: int) -> date | None:
    """A day so many days from today, or none."""
    return None if rng.random() < 0.1 else TODAY + timedelta(days=int(rng.integers(first, last)))


def some_customer(rng: np.random.Generator) -> PlainCustomer:
    """A customer with gaps wherever there may be some."""
    one = PlainCustomer(
        kind=str(rng.choice(["consumer", "organisation", ""])),
        industry=str(rng.choice(["", "food"])),
        capacity=None if rng.random() < 0.3 else float(rng.choice([0.0, 10.0, 500.0])),
        opened=some_day(rng, -4000, 50),
        distress=float(rng.random()),
    )
    scale = float(rng.choice([0.0, 1.0, 50.0]))
    for back in range(int(rng.integers(0, 30))):
        if rng.random() < 0.1:
            continue
        at = 2026 * 12 + 2 - back + int(rng.integers(-1, 2))
        due = some_day(rng, -30 * back - 20, -30 * back + 20)
        one.bills.append(
            PlainBill(
                month=None if rng.random() < 0.05 else (at // 12, at % 12 + 1),
                energy=None if rng.random() < 0.1 else round(scale * float(rng.random()), 2),
                fen=int(rng.integers(-100, 10_000)),
                issued=None if rng.random() < 0.3 else some_day(rng, -30 * back - 20, -30 * back + 30),
                due=due,
                paid=None
                if due is None or rng.random() < 0.2
                else due + timedelta(days=int(rng.integers(-60, 400))),
            )
        )
    for _ in range(int(rng.integers(0, 5))):
        one.contacts.append(
            (
                str(rng.choice(["complaint", "report", "praise", ""])),
                some_day(rng, -900, 30),
                None if rng.random() < 0.5 else float(rng.random()),
            )
        )
        one.orders.append((str(rng.choice(["repair", "installation", ""])), some_day(rng, -900, 30)))
        one.devices.append(
            (
                str(rng.choice(["pv-inverter", "wind turbine", "backup-generator", "heat-pump"])),
                None if rng.random() < 0.3 else float(rng.random()),
            )
        )
    return one


def observed(customers: list[PlainCustomer], order: np.random.Generator) -> Observed:
    """The same as arrays, rows of bills in any order."""
    n = len(customers)
    bills = [(at, bill) for at, one in enumerate(customers) for bill in one.bills]
    bills = [bills[k] for k in order.permutation(len(bills)).tolist()]
    events = {
        name: [(at, *event) for at, one in enumerate(customers) for event in getattr(one, name)]
        for name in ("contacts", "orders", "devices")
    }

    def days(values: list[date | None], unit: str = "D") -> Any:
        return np.array([value or "NaT" for value in values], dtype=f"datetime64[{unit}]")

    def numbers(values: list[float | None]) -> Any:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)

    def texts(values: list[str]) -> Any:
        return np.array([*values, ""], dtype=object)[:-1]

    def whose(rows: list[Any]) -> Any:
        return np.array([row[0] for row in rows], dtype=np.int64)

    return Observed(
        np.datetime64(TODAY),
        Contract(
            kind=texts([one.kind for one in customers]),
            industry=texts([one.industry for one in customers]),
            supply_level=texts([""] * n),
            payment_channel=texts(["counter"] * n),
            voltage=np.full(n, np.nan),
            capacity=numbers([one.capacity for one in customers]),
            critical=np.full(n, np.nan),
            opened=days([one.opened for one in customers]),
        ),
        BilledUse(
            customer=whose(bills),
            month=np.array(
                [f"{b.month[0]}-{b.month[1]:02}" if b.month else "NaT" for _, b in bills],
                dtype="datetime64[M]",
            ),
            energy=numbers([b.energy for _, b in bills]),
            amount=np.array([b.fen for _, b in bills], dtype=np.int64),
            issued=days([b.issued for _, b in bills]),
            due=days([b.due for _, b in bills]),
            paid=days([b.paid for _, b in bills]),
        ),
        Standing(*(np.zeros(n) for _ in range(7))),
        np.array([one.distress for one in customers]),
        contacts=Happened(
            whose(events["contacts"]),
            texts([row[1] for row in events["contacts"]]),
            days([row[2] for row in events["contacts"]]),
            numbers([row[3] for row in events["contacts"]]),
        ),
        orders=Happened(
            whose(events["orders"]),
            texts([row[1] for row in events["orders"]]),
            days([row[2] for row in events["orders"]]),
            np.full(len(events["orders"]), np.nan),
        ),
        devices=Happened(
            whose(events["devices"]),
            texts([row[1] for row in events["devices"]]),
            days([TODAY] * len(events["devices"])),
            numbers([row[2] for row in events["devices"]]),
        ),
    )


@pytest.mark.parametrize("seed", range(25))
def test_whole_arrays_give_what_one_customer_at_a_time_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    customers = [some_customer(rng) for _ in range(int(rng.integers(0, 80)))]
    found = features_of(observed(customers, rng), Costs(*COSTS.values()))
    for at, one in enumerate(customers):
        for name, expected in features(one, TODAY, COSTS).items():
            value = found[name][at]
            if isinstance(expected, str):
                assert value == expected, name
            else:
                assert value == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True), (name, one)


def test_what_came_later_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    customers = [some_customer(rng) for _ in range(40)]
    costs = Costs(*COSTS.values())
    before = features_of(observed(customers, np.random.default_rng(0)), costs)
    tomorrow = TODAY + timedelta(days=1)
    for one in customers:
        one.bills.append(PlainBill((2026, 2), 99.0, 1_000, tomorrow, tomorrow, None))
        one.contacts.append(("complaint", tomorrow, 0.0))
        one.orders.append(("repair", tomorrow))
    after = features_of(observed(customers, np.random.default_rng(0)), costs)
    for name, values in before.items():
        if values.dtype == object:
            assert values.tolist() == after[name].tolist()
        else:
            np.testing.assert_allclose(values, after[name], rtol=1e-12, atol=1e-12, err_msg=name)
