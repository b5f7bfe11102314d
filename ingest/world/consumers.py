"""Consumer customers, block by block: the homes' contracts, their people, bills and payments."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import billing, cases, equipment, people, premises
from ingest.world.calendar import MONTHS
from ingest.world.draws import Ints, pick, uniform
from ingest.world.enterprises import Enterprises
from ingest.world.households import HABITS, TENANCIES, Homes, simulate
from ingest.world.links import Leaders
from ingest.world.names import homes as home_addresses
from ingest.world.names import homes_elsewhere
from ingest.world.numbers import customer_numbers, prefixed
from ingest.world.world import Output, Residents, World

BLOCK = 4_096
"""Homes that are worked on at once; it bounds the memory and is part of what the seed determines."""

_SHARED_LINE = 0.03  # homes that give the telephone of another one, of the family
_UNVERIFIED = 0.07  # contracts without an identity number
_LANDLORD = 0.04  # homes that belong to the person of a home nearby


def residents(seed: int, households: int, firms: Enterprises, leaders: Leaders) -> Residents:
    """Persons and employers of all homes; who leads an enterprise lives on it."""
    numbers = np.arange(households, dtype=np.int64)
    back = 1 + pick(seed, "landlord", numbers, 40)
    owns_another = (uniform(seed, "landlord or not", numbers) < _LANDLORD) & (numbers >= back)
    person = np.where(owns_another, numbers - back, numbers)
    person = np.where(owns_another, person[np.maximum(numbers - back, 0)], person)
    staff = np.cumsum(firms.employees)
    employer = np.searchsorted(staff, uniform(seed, "employer", numbers) * staff[-1], side="right")
    employer = np.where(
        uniform(seed, "employed here", numbers) < 0.45, np.minimum(employer, len(firms) - 1), -1
    )
    home = leaders.household[leaders.representative]
    employer[home[home >= 0]] = np.flatnonzero(home >= 0)
    return Residents(person, employer.astype(np.int64))


def write(world: World, output: Output) -> None:
    """Add every consumer customer with its person, bills and payments."""
    for block, start in enumerate(range(0, world.households, BLOCK)):
        numbers = np.arange(start, min(start + BLOCK, world.households), dtype=np.int64)
        homes = simulate(world.seed, block, world.residents.employer[numbers], world.economy)
        _write_block(world, output, block, numbers, homes)


def _write_block(world: World, output: Output, block: int, numbers: Ints, homes: Homes) -> None:
    seed, places, tables = world.seed, world.places, output.tables
    person = world.residents.person[numbers]
    point = world.points(numbers)
    region = places.region_of[point]
    customer_no = customer_numbers(numbers)
    account_no = prefixed("66", numbers, 9)
    address = home_addresses(numbers, region)
    identity = people.identities(seed, person)
    verified = uniform(seed, "verified", numbers) >= _UNVERIFIED
    family = (uniform(seed, "shared line", numbers) < _SHARED_LINE) & (numbers > 0)
    opened = 13_000 + pick(seed, "opened", numbers, 6_500)
    method = pa.array(HABITS).take(pa.array(homes.habit))
    prepaid = np.where(
        uniform(seed, "prepaid", numbers) < 0.04, pick(seed, "prepaid sum", numbers, 40) * 1_000, 0
    )
    tables.write(
        "consumers",
        {
            "customer_no": customer_no,
            "name": people.names(seed, person),
            "phone": people.telephones(np.where(family, np.maximum(person - 1, 0), person)),
            "id_number": pa.array(np.where(verified, identity.to_numpy(zero_copy_only=False), "")),
            "address": address,
            "service_point_no": places.numbers.take(pa.array(point)),
            "region": pa.array(places.regions).take(pa.array(region)),
            "opened_on": people.dates(opened),
            "account_no": account_no,
            "payment_method": method,
            "prepayment": prepaid,
        },
    )
    first = person == numbers  # every person once, at the first of its homes
    migrant = homes.tenancy == TENANCIES.index("migrant")
    registered = np.where(  # migrants are registered where they come from
        migrant,
        homes_elsewhere(numbers, region).to_numpy(zero_copy_only=False),
        address.to_numpy(zero_copy_only=False),
    )
    tables.write(
        "persons",
        {
            "id_number": identity.filter(pa.array(first)),
            "name": people.names(seed, person[first]),
            "phone": people.telephones(person[first]),
            "birth_date": people.dates(people.birth_days(seed, person[first])),
            "address": registered[first],
            "since": people.dates(15_000 + pick(seed, "moved in", numbers[first], 4_500)),
        },
    )
    booked = billing.Booked(
        account_no,
        method,
        homes.energy,
        homes.amount,
        homes.paid,
        homes.paid_day,
        billed=np.ones((len(numbers), MONTHS), bool),
    )
    billing.write(tables, booked, months=world.months)
    output.add_load(world, point, homes.energy)
    tenancy = np.array(TENANCIES)[homes.tenancy]
    reason = np.where(tenancy == "second-home", "vacant", tenancy)
    reason = np.where(homes.disputed, "dispute", np.where(homes.malicious, "malicious", reason))
    output.truth.write("customers", billing.truth(customer_no, "consumer", booked, tenancy, reason))
    cases.write(world, output, numbers, customer_no, booked=booked, reason=reason)
    devices = equipment.simulate(seed, block, homes.energy, organisations=False)
    premises.write(world, output, numbers, booked, devices, opened=opened, disputed=homes.disputed)
