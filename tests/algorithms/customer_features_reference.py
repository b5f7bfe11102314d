"""Features of one customer at a time, in plain words and loops, from services/features/contract.yaml alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, timedelta

NAN = math.nan


@dataclass
class PlainBill:
    """A bill of one customer; None is unknown."""

    month: tuple[int, int] | None
    energy: float | None
    fen: int
    issued: date | None
    due: date | None
    paid: date | None


@dataclass
class PlainCustomer:
    """What is known of one customer. Events: kind, day, number."""

    kind: str = ""
    industry: str = ""
    capacity: float | None = None
    opened: date | None = None
    distress: float = 0.0
    bills: list[PlainBill] = field(default_factory=list)
    contacts: list[tuple[str, date | None, float | None]] = field(default_factory=list)
    orders: list[tuple[str, date | None]] = field(default_factory=list)
    devices: list[tuple[str, float | None]] = field(default_factory=list)


def features(one: PlainCustomer, today: date, costs: dict[str, float]) -> dict[str, float | str]:
    """Every feature that is not read off directly; NaN or '' where it is missing."""
    found: dict[str, float | str] = {}
    months: dict[int, tuple[float | None, float]] = {}
    for bill in one.bills:
        if bill.month is None:
            continue
        year, month = bill.month
        following = date(year + month // 12, month % 12 + 1, 1)
        if (bill.issued or following) > today:
            continue
        energy, amount = months.get(number(bill.month), (0.0, 0.0))
        together = None if energy is None or bill.energy is None else energy + bill.energy
        months[number(bill.month)] = (together, amount + bill.fen / 100)
    newest = max(months, default=0)
    window = {m: (e, a) for m, (e, a) in months.items() if e is not None and m > newest - 12}
    use = [e for e, _ in window.values()]
    level = sum(use) / len(use) if use else NAN
    found["energy_level"] = level if len(use) >= 3 else NAN
    pairs = [
        (months[m][0], months[m - 12][0])
        for m in months
        if m > newest - 3 and months[m][0] is not None and months.get(m - 12, (None,))[0] is not None
    ]
    before = sum(b for _, b in pairs)
    found["energy_trend"] = sum(a for a, _ in pairs) / before - 1 if before > 0 else NAN
    enough = len(use) >= 6
    spread = math.sqrt(sum((e - level) ** 2 for e in use) / len(use)) if use else NAN
    found["energy_variation"] = spread / level if enough and level > 0 else NAN
    found["peak_valley"] = (max(use) - min(use)) / max(use) if enough and max(use) > 0 else NAN
    total = sum(use)
    for name, season in (("summer_share", {6, 7, 8, 9}), ("winter_share", {12, 1, 2})):
        inside = sum(e for m, (e, _) in window.items() if m % 12 + 1 in season)
        found[name] = inside / total if len(use) >= 12 and total > 0 else NAN
    found["idle_share"] = sum(e < 0.25 * level for e in use) / len(use) if enough and level > 0 else NAN
    margin = sum(a for _, a in window.values()) / total - costs["energy"] if total > 0 else NAN
    found["margin"] = margin if len(use) >= 3 else NAN

    found |= payments(one, today) | others(one, today, costs, found)
    return found


def payments(one: PlainCustomer, today: date) -> dict[str, float | str]:
    """How bills are paid."""
    found: dict[str, float | str] = {}
    year_ago = today - timedelta(days=365)
    delays = []
    for bill in one.bills:
        if bill.due and year_ago < bill.due < today:
            until = bill.paid if bill.paid and bill.paid <= today else today
            delays.append(min(max((until - bill.due).days, -31), 365))
    found["payment_delay"] = sum(delays) / len(delays) if delays else NAN
    found["on_time_share"] = sum(d <= 0 for d in delays) / len(delays) if delays else NAN
    paid = [(bill.paid, bill.fen) for bill in one.bills if bill.paid and bill.paid <= today]
    found["days_since_payment"] = (today - max(day for day, _ in paid)).days if paid else NAN
    lately = [fen for day, fen in paid if day > year_ago]
    found["payments"], found["paid_amount"] = len(lately), sum(lately) / 100
    found["arrears"] = (
        sum(
            bill.fen
            for bill in one.bills
            if bill.due and bill.due < today and not (bill.paid and bill.paid <= today)
        )
        / 100
    )
    return found


def others(
    one: PlainCustomer, today: date, costs: dict[str, float], use: dict[str, float | str]
) -> dict[str, float | str]:
    """Contacts, orders, value and equipment."""
    found: dict[str, float | str] = {}

    def recent(day: date | None) -> bool:
        return day is not None and today - timedelta(days=730) < day <= today

    contacts = [c for c in one.contacts if recent(c[1])]
    orders = [o for o in one.orders if recent(o[1])]
    found["contacts"] = len(contacts) / 2
    found["complaints"] = sum(c[0] == "complaint" for c in contacts) / 2
    found["reports"] = sum(c[0] == "report" for c in contacts) / 2
    said = [c[2] for c in contacts if c[2] is not None]
    found["satisfaction"] = sum(said) / len(said) if said else NAN
    found["orders"] = len(orders) / 2
    found["services"] = len({kind for kind, _ in orders if kind})
    cost = len(contacts) / 2 * costs["contact"] + len(orders) / 2 * costs["order"]
    found["cost_to_serve"] = cost
    known_margin, known_level = float(use["margin"]), float(use["energy_level"])
    kept = (1 - one.distress) / (1 + costs["discount"])
    yearly = known_margin * known_level * 12 - cost
    found["lifetime_value"] = sum(yearly * kept**t for t in range(1, int(costs["horizon"]) + 1))
    capacity = one.capacity if one.capacity and one.capacity > 0 else NAN
    found["capacity"] = capacity
    found["capacity_use"] = known_level / 730.5 / capacity
    found["unused_capacity"] = capacity * max(0.0, 1 - float(found["capacity_use"]))
    if math.isnan(float(found["capacity_use"])):
        found["unused_capacity"] = NAN
    found["tenure"] = (today - one.opened).days / 365.25 if one.opened and one.opened <= today else NAN
    found["industry"] = one.industry or ("household" if one.kind == "consumer" else "")
    found["devices"] = len(one.devices)
    found["device_power"] = sum(power or 0 for _, power in one.devices)
    found["own_generation"] = sum(kind in ("pv-inverter", "wind turbine") for kind, _ in one.devices)
    return found


def number(month: tuple[int, int]) -> int:
    """Months since January 1970."""
    return (month[0] - 1970) * 12 + month[1] - 1
