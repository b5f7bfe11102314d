"""Organisation customers: the sites of enterprises, with bills that are paid when the enterprise pays."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import billing, cases, equipment, people, premises
from ingest.world.calendar import MONTHS
from ingest.world.draws import Floats, Ints, pick, stream, uniform
from ingest.world.enterprises import HOTELS, INDUSTRIES
from ingest.world.numbers import customer_numbers, prefixed
from ingest.world.world import Output, World

BLOCK = 4_096
PRICE = 0.68
"""Yuan a kWh of organisations."""

_CLOSED_AFTER = 5
"""Months after the failure of an enterprise until its supply is cut and no bill is issued any more."""


def write(world: World, output: Output) -> None:
    """Add every organisation customer with its bills and payments."""
    firms = world.firms
    owner = np.repeat(np.arange(len(firms)), firms.sites)
    weight = uniform(world.seed, "site size", np.arange(len(owner))) + 0.2
    part = weight / np.bincount(owner, weight, len(firms))[owner]
    for block, start in enumerate(range(0, len(owner), BLOCK)):
        sites = np.arange(start, min(start + BLOCK, len(owner)), dtype=np.int64)
        _write_block(world, output, block, sites, owner[sites], part=part[sites])


def _write_block(world: World, output: Output, block: int, sites: Ints, owner: Ints, *, part: Floats) -> None:
    """``owner``: enterprise of each site; ``part``: share of the owner's energy that is used there."""
    seed, firms, economy, places = world.seed, world.firms, world.economy, world.places
    rng = stream(seed, "organisations", block)
    cost = economy.energy_cost[owner].astype(np.float64) * part[:, None]
    amount = np.round(cost * 100).astype(np.int64)
    energy = np.round(cost / PRICE, 1)
    failed = economy.failed[owner]
    billed = (failed[:, None] < 0) | (np.arange(MONTHS) <= failed[:, None] + _CLOSED_AFTER)
    paid = economy.bill_paid[owner]
    later = paid > np.arange(MONTHS) + 1
    late = rng.random(paid.shape) < 0.04
    day = np.where(late | later, rng.integers(21, 28, paid.shape), rng.integers(4, 20, paid.shape)).astype(
        np.int16
    )

    numbers = world.households + sites
    codes, names = world.register.codes, world.register.names
    point = world.points(numbers)
    region = places.region_of[point]
    customer_no = customer_numbers(numbers)
    account_no = prefixed("66", numbers, 9)
    method = pa.array(["bank-transfer", "autopay", "mobile-app"]).take(
        pa.array(pick(seed, "organisation pays by", numbers, 3))
    )
    opened = 13_000 + pick(seed, "opened", numbers, 5_800)
    largest = energy.max(axis=1)
    output.tables.write(
        "organisations",
        {
            "customer_no": customer_no,
            "name": names.take(pa.array(owner)),
            "phone": people.enterprise_telephones(owner),
            "credit_code": codes.take(pa.array(owner)),
            "industry": pa.array([i.zh for i in INDUSTRIES]).take(pa.array(firms.industry[owner])),
            "service_point_no": places.numbers.take(pa.array(point)),
            "region": pa.array(places.regions).take(pa.array(region)),
            "opened_on": people.dates(opened),
            "contracted_capacity": np.ceil(largest / 180 / 10) * 10,  # 180 hours of full use a month
            "account_no": account_no,
            "payment_method": method,
            "deposit": np.where(
                uniform(seed, "deposit", numbers) < 0.3,
                np.round(largest * PRICE, -2).astype(np.int64) * 100,
                0,
            ),
        },
    )
    booked = billing.Booked(account_no, method, energy, amount, paid, day, billed)
    billing.write(output.tables, booked, months=world.months)
    output.add_load(world, point, energy)
    kind = np.where(firms.industry[owner] == HOTELS, "vacation-hotel", "owner-occupied")
    output.truth.write("customers", billing.truth(customer_no, "organisation", booked, kind, kind))
    cases.write(world, output, numbers, customer_no, booked=booked, reason=kind)
    devices = equipment.simulate(seed, block, energy, organisations=True)
    disputed = np.zeros(len(numbers), bool)
    premises.write(world, output, numbers, booked, devices, opened=opened, disputed=disputed)
