"""What stands at a block of customers: meters and equipment; and what comes of it, contacts and work."""

from __future__ import annotations

import pyarrow as pa

from ingest.world import contacts, equipment, people
from ingest.world.billing import Booked
from ingest.world.draws import Bools, Ints
from ingest.world.equipment import Devices
from ingest.world.numbers import customer_numbers, prefixed
from ingest.world.world import Output, World

_MAKERS = ("禾安电气", "泽仪计量", "澜表科技")


def write(
    world: World,
    output: Output,
    customers: Ints,
    booked: Booked,
    devices: Devices,
    *,
    opened: Ints,
    disputed: Bools,
) -> None:
    """Add meters, devices, contacts and work orders of a block."""
    places = world.places
    point = world.points(customers)
    point_no = places.numbers.take(pa.array(point))
    region = pa.array(places.regions).take(pa.array(places.region_of[point]))
    meter_no = prefixed("M", customers, 10)
    at_work = customers[0] >= world.households
    output.tables.write(
        "meters",
        {
            "meter_no": meter_no,
            "service_point_no": point_no,
            "kind": ["three-phase" if at_work else "single-phase"] * len(customers),
            "manufacturer": pa.array(_MAKERS).take(pa.array(customers % len(_MAKERS))),
            "in_service_since": people.dates(opened),
            "region": region,
        },
    )
    customer_no = customer_numbers(customers)
    equipment.write(output, devices, customer_no, point_no, region=region)
    contacts.write(
        world,
        output,
        customers,
        booked,
        devices=devices,
        device_no=equipment.numbers(devices, customer_no),
        meter_no=meter_no,
        opened=opened,
        disputed=disputed,
    )
