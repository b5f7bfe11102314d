"""The utility's transformers: how they wear under the load of the world, their faults, outages and maintenance.

Runs after all customers are written, because their use of energy is the load.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import equipment, service, staff
from ingest.world.calendar import NOW, SHOWN, SUMMER, WARM_UP, moments, month_start
from ingest.world.draws import Bools, Floats, Ints, stream
from ingest.world.numbers import joined, prefixed
from ingest.world.service import Contacts
from ingest.world.world import Output, World

_LIFE = 300.0
"""Months until a transformer is worn out at its usual load."""


def write(world: World, output: Output, load: Floats) -> None:
    """Add outages, what customers say about them, and the work on the transformers.

    Args:
        load: transformers x months of the world, kWh of all customers behind each.
    """
    transformers = len(world.places.transformers)
    if not transformers:
        return
    rng = stream(world.seed, "network")
    age = rng.uniform(0, 1.0, transformers)
    usual = np.maximum(load.mean(axis=1, keepdims=True), 1.0)
    # The heaviest days are worse than the month says, in summer most of all.
    stress = load / usual * rng.uniform(0.7, 1.25, (transformers, 1)) * (1 + 0.25 * SUMMER)
    never = np.full(transformers, -1)
    wear, fault = equipment.wear_out(rng, age, never, stress, life=np.full(transformers, _LIFE))
    known = slice(WARM_UP, WARM_UP + SHOWN)
    hit, month = np.nonzero(fault[:, known])
    planned, planned_month = np.nonzero(rng.random((transformers, SHOWN)) < 0.03)
    # Planned work begins on a weekday at eight.
    planned_at = month_start(planned_month + WARM_UP) + rng.integers(7, 24, len(planned)) * 86_400 + 8 * 3_600
    which = np.concatenate([hit, planned])
    starts = np.concatenate([moments(rng, month + WARM_UP), planned_at])
    minutes = np.concatenate(
        [rng.gamma(2.5, 55, len(hit)) + 20, rng.choice([120, 180, 240, 360], len(planned))]
    )
    by_plan = np.arange(len(which)) >= len(hit)
    order = np.lexsort((which, starts))
    _outages(
        world,
        output,
        which[order],
        starts=starts[order],
        seconds=(minutes[order] * 60).astype(np.int64),
        planned=by_plan[order],
    )
    output.truth.write(
        "transformers",
        {
            "transformer_no": world.places.transformers,
            "wear": np.round(wear[:, WARM_UP + SHOWN - 1], 4),
            "months_to_next_fault": pa.array(
                fault[:, WARM_UP + SHOWN :].argmax(axis=1) + 1, mask=~fault[:, WARM_UP + SHOWN :].any(axis=1)
            ),
        },
    )


def _outages(
    world: World, output: Output, which: Ints, *, starts: Ints, seconds: Ints, planned: Bools
) -> None:
    number = prefixed("TD", np.arange(len(which)) + 1, 7)
    region = _regions(world)[which]
    region_name = pa.array(world.places.regions).take(pa.array(region))
    ends = starts + seconds
    began = starts <= NOW
    transformer_no = world.places.transformers.take(pa.array(which))
    output.tables.write(
        "outages",
        {
            "outage_no": number,
            "kind": np.where(planned, "planned", "fault"),
            "starts_at": starts,
            "ends_at": pa.array(ends),
            "cause": np.where(planned, "计划检修", "配变故障"),
            "state": np.where(ends <= NOW, "restored", np.where(began, "running", "announced")),
            "transformer_no": transformer_no,
            "region": region_name,
        },
    )
    opened = np.where(planned, starts - 10 * 86_400, starts + 900)
    technician = staff.assign(world, np.full(len(which), "high-voltage"), region, starts // 86_400)
    done = ends <= NOW
    listed = pa.array(opened <= NOW)
    columns = {
        "work_order_no": joined("NW", number),
        "customer_no": pa.nulls(len(which), pa.string()),
        "interaction_no": pa.nulls(len(which), pa.string()),
        "title": pa.array(np.where(planned, "配变计划检修", "配变故障抢修")),
        "kind": pa.array(np.where(planned, "maintenance", "repair")),
        "priority": pa.array(np.where(planned, "normal", "urgent")),
        "state": pa.array(np.where(done, "done", np.where(began, "working", "assigned"))),
        "opened_at": pa.array(opened),
        "window_start": pa.array(np.maximum(starts, opened)),
        "window_end": pa.array(starts + 7_200),
        "duration": pa.array(seconds / 60.0),
        "closed_at": pa.array(ends, mask=~done),
        "skill_code": pa.array(["high-voltage"] * len(which)),
        "technician_no": technician,
        "region": region_name,
        "service_point_no": pa.nulls(len(which), pa.string()),
        "device_no": pa.nulls(len(which), pa.string()),
        "meter_no": pa.nulls(len(which), pa.string()),
        "transformer_no": transformer_no,
    }
    output.tables.write("work_orders", {name: column.filter(listed) for name, column in columns.items()})
    _calls(world, output, which, starts=starts, planned=planned, number=number)


def _calls(
    world: World, output: Output, which: Ints, *, starts: Ints, planned: Bools, number: pa.Array
) -> None:
    """Some of the customers behind the transformer call: to report, or because nobody had told them."""
    rng = stream(world.seed, "calls about outages")
    customers = np.arange(world.customers, dtype=np.int64)
    behind = world.places.transformer_of[world.points(customers)]
    order = np.argsort(behind, kind="stable")
    first = np.searchsorted(behind[order], which)
    count = np.searchsorted(behind[order], which, side="right") - first
    calling = rng.binomial(count, np.where(planned, 0.015, 0.06))
    outage = np.repeat(np.arange(len(which)), calling)
    caller = order[first[outage] + (rng.random(len(outage)) * count[outage]).astype(np.int64)]
    at = starts[outage] + rng.integers(2, 50, len(outage)) * 60
    contacts = Contacts()
    for subject, mine in (("no-power", ~planned[outage]), ("not-told", planned[outage])):
        contacts.add(subject, customers[caller[mine]], at[mine], number.take(pa.array(outage[mine])))
    service.write(world, output, contacts, "N")


def _regions(world: World) -> Ints:
    """Region of each transformer: that of its service points."""
    regions = np.zeros(len(world.places.transformers), dtype=np.int64)
    known = world.places.transformer_of >= 0
    regions[world.places.transformer_of[known]] = world.places.region_of[known]
    return regions
