"""Contacts with customers and the work that follows from them, as the hotline, the app and the work desk have them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa

from ingest.world import staff
from ingest.world.calendar import NOW
from ingest.world.draws import Bools, Ints, stream, uniform
from ingest.world.numbers import customer_numbers, joined, prefixed
from ingest.world.world import Output, World

About = Literal["device", "bill", "outage", "meter", ""]


@dataclass(frozen=True, slots=True)
class Work:
    """Work that a contact leads to. ``hours``: usual time until somebody comes; ``minutes``: on the spot."""

    kind: str
    skill: str
    priority: str
    hours: float
    minutes: int


def _repair(skill: str, priority: str, hours: float, minutes: int) -> Work:
    return Work("repair", skill, priority, hours, minutes)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a contact is about."""

    kind: str  # report | question | complaint | praise
    summary: str
    about: About = ""
    work: Work | None = None


_COME_SOON = Work("repair", "high-voltage", "urgent", 3, 180)
_CHECK = Work("meter-check", "metering", "normal", 60, 45)
_INSTALL = Work("installation", "metering", "normal", 72, 60)

SUBJECTS: dict[str, Subject] = {
    "ev-charger": Subject(
        "report", "报修：充电桩无法启动充电", "device", _repair("appliance", "normal", 30, 60)
    ),
    "pv-inverter": Subject(
        "report", "报修：光伏逆变器停机", "device", _repair("photovoltaic", "normal", 40, 90)
    ),
    "heat-pump": Subject("report", "报修：热泵启动时跳闸", "device", _repair("appliance", "high", 12, 75)),
    "transformer": Subject("report", "报修：专变异响、油温偏高", "device", _COME_SOON),
    "switchgear": Subject("report", "报修：开关柜无法合闸", "device", _COME_SOON),
    "capacitor-bank": Subject(
        "report", "报修：补偿电容鼓包", "device", _repair("low-voltage", "normal", 40, 90)
    ),
    "backup-generator": Subject(
        "report", "报修：备用电源失灵", "device", _repair("low-voltage", "high", 16, 120)
    ),
    "high-bill": Subject("question", "咨询：本月电费明显高于往常", "bill"),
    "meter": Subject("complaint", "投诉：对电量有异议，要求校表", "meter", _CHECK),
    "installation": Subject("question", "申请：新装用电，约定装表时间", "meter", _INSTALL),
    "tariff": Subject("question", "咨询：分时电价与阶梯电价"),
    "transfer": Subject("question", "咨询：办理过户与更名"),
    "praise": Subject("praise", "表扬：抢修人员到达及时"),
    "no-power": Subject("report", "报修：家中停电", "outage"),
    "not-told": Subject("complaint", "投诉：计划停电未提前通知", "outage"),
}
_NAMES = tuple(SUBJECTS)


@dataclass(slots=True)
class Contacts:
    """Contacts as columns, gathered process by process; those after the extract are left out.

    ``customer``: number in the world; ``at``: seconds since 1970, local; ``about``: number of the device, bill,
    outage or meter, or empty.
    """

    customer: list[Ints] = field(default_factory=list)
    at: list[Ints] = field(default_factory=list)
    subject: list[Ints] = field(default_factory=list)
    about: list[pa.Array] = field(default_factory=list)

    def add(self, subject: str | Ints, customer: Ints, at: Ints, about: pa.Array | None = None) -> None:
        """Add contacts of one subject, or of one for each (positions among ``SUBJECTS``)."""
        known = at <= NOW
        self.customer.append(customer[known])
        self.at.append(at[known])
        code = _NAMES.index(subject) if isinstance(subject, str) else subject
        self.subject.append(np.broadcast_to(np.asarray(code, dtype=np.int64), customer.shape)[known])
        empty = pa.array([""] * int(known.sum()), pa.string())
        self.about.append(empty if about is None else about.filter(pa.array(known)))


def position(subject: str) -> int:
    """Position of a subject among ``SUBJECTS``."""
    return _NAMES.index(subject)


def write(world: World, output: Output, contacts: Contacts, series: str) -> None:
    """Add contacts and their work orders. ``series``: letters that keep the numbers of two calls apart."""
    customer, at = np.concatenate(contacts.customer), np.concatenate(contacts.at)
    subject, about = np.concatenate(contacts.subject), pa.concat_arrays(contacts.about)
    order = np.lexsort((subject, at, customer))
    customer, at, subject, about = customer[order], at[order], subject[order], about.take(pa.array(order))
    customer_no = customer_numbers(customer)
    number = joined(f"{series}I", customer_no, "-", prefixed("", _running(customer), 2))
    _contacts(world, output, _Listed(number, customer, customer_no, at, subject, about))
    to_do = np.flatnonzero(np.array([s.work is not None for s in SUBJECTS.values()])[subject])
    rows = pa.array(to_do)
    _orders(
        world,
        output,
        _Listed(
            joined(f"{series}W", customer_no.take(rows), "-", prefixed("", _running(customer[to_do]), 2)),
            customer[to_do],
            customer_no.take(rows),
            at[to_do],
            subject[to_do],
            about.take(rows),
        ),
        number.take(rows),
    )


@dataclass(frozen=True, slots=True)
class _Listed:
    number: pa.Array
    customer: Ints
    customer_no: pa.Array
    at: Ints
    subject: Ints
    about: pa.Array


def _contacts(world: World, output: Output, listed: _Listed) -> None:
    online = uniform(world.seed, "prefers the app", listed.customer) < 0.35
    mood = 0.55 + 0.4 * uniform(world.seed, "mood", listed.customer)
    kinds = np.array([s.kind for s in SUBJECTS.values()])[listed.subject]
    content = np.where(kinds == "praise", 1.0, np.where(kinds == "complaint", mood - 0.35, mood))
    abouts = np.array([s.about for s in SUBJECTS.values()])[listed.subject]
    for table, mine in (("app_messages", online), ("hotline_calls", ~online)):
        rows = pa.array(np.flatnonzero(mine))
        output.tables.write(
            table,
            {
                "interaction_no": listed.number.take(rows),
                "customer_no": listed.customer_no.take(rows),
                "kind": kinds[mine],
                "summary": pa.array([s.summary for s in SUBJECTS.values()]).take(
                    pa.array(listed.subject[mine])
                ),
                "at": listed.at[mine],
                "satisfaction": np.round(np.clip(content[mine], 0, 1), 1),
                **{
                    f"{about}_no": _only(listed.about.take(rows), abouts[mine] == about)
                    for about in ("device", "bill", "outage", "meter")
                },
            },
        )


def _orders(world: World, output: Output, listed: _Listed, contact_no: pa.Array) -> None:
    """Work orders: opened soon after the contact, done in a window of two hours, unless there was no time yet."""
    seed, count = world.seed, len(listed.customer)
    works = [s.work or Work("", "", "", 0, 0) for s in SUBJECTS.values()]
    rng = stream(seed, f"work {listed.number[0].as_py() if count else ''}")
    opened = listed.at + rng.integers(5, 90, count) * 60
    wait = np.array([w.hours for w in works])[listed.subject] * rng.lognormal(0, 0.5, count)
    window = opened + (wait * 3_600).astype(np.int64)
    urgent = np.array([w.priority == "urgent" for w in works])[listed.subject]
    window = np.where(urgent, window // 1_800 * 1_800, staff.next_window(window))
    minutes = np.array([w.minutes for w in works])[listed.subject]
    closed = (
        window
        + rng.integers(0, 110, count) * 60
        + (minutes * rng.lognormal(0, 0.3, count)).astype(np.int64) * 60
    )
    point = world.points(listed.customer)
    region = world.places.region_of[point]
    technician = staff.assign(
        world, np.array([w.skill for w in works])[listed.subject], region, window // 86_400
    )
    waiting = (window > NOW) & (uniform(seed, "not assigned yet", listed.customer + opened % 1_000_003) < 0.5)
    state = np.where(
        closed <= NOW, "done", np.where(window <= NOW, "working", np.where(waiting, "open", "assigned"))
    )
    abouts = np.array([s.about for s in SUBJECTS.values()])[listed.subject]
    known = opened <= NOW
    columns: dict[str, pa.Array] = {
        "work_order_no": listed.number,
        "customer_no": listed.customer_no,
        "interaction_no": contact_no,
        "title": pa.array([s.summary.partition("：")[2] for s in SUBJECTS.values()]).take(
            pa.array(listed.subject)
        ),
        "kind": pa.array([w.kind for w in works]).take(pa.array(listed.subject)),
        "priority": pa.array([w.priority for w in works]).take(pa.array(listed.subject)),
        "state": pa.array(state),
        "opened_at": pa.array(opened),
        "window_start": pa.array(window),
        "window_end": pa.array(window + 7_200),
        "duration": pa.array(minutes.astype(np.float64)),
        "closed_at": pa.array(closed, mask=state != "done"),
        "skill_code": pa.array([w.skill for w in works]).take(pa.array(listed.subject)),
        "technician_no": _only(technician, state != "open"),
        "region": pa.array(world.places.regions).take(pa.array(region)),
        "service_point_no": world.places.numbers.take(pa.array(point)),
        "device_no": _only(listed.about, abouts == "device"),
        "meter_no": _only(listed.about, abouts == "meter"),
        "transformer_no": pa.nulls(count, pa.string()),
    }
    keep = pa.array(known)
    output.tables.write("work_orders", {name: column.filter(keep) for name, column in columns.items()})


def _running(customer: Ints) -> Ints:
    """Number of each row among those of its customer, from 1; rows are sorted by customer."""
    starts = np.flatnonzero(np.diff(customer, prepend=-1))
    return np.asarray(np.arange(len(customer)) - np.repeat(starts, np.diff(starts, append=len(customer))) + 1)


def _only(values: pa.Array, keep: Bools) -> pa.Array:
    """The values to keep; the others are absent."""
    return pa.array(np.where(keep, values.to_numpy(zero_copy_only=False), None), pa.string())
