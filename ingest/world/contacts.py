"""Why customers call: faults of their equipment, bills much higher than before, disputes, moves."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import service
from ingest.world.billing import Booked, bill_numbers
from ingest.world.calendar import SHOWN, WARM_UP, moments
from ingest.world.draws import Bools, Ints, stream
from ingest.world.equipment import KINDS, Devices
from ingest.world.service import Contacts
from ingest.world.world import Output, World

_ON_RECORD = slice(WARM_UP, WARM_UP + SHOWN)


def write(
    world: World, output: Output, customers: Ints, booked: Booked, *, devices: Devices, device_no: pa.Array,
    meter_no: pa.Array, opened: Ints, disputed: Bools,
) -> None:  # fmt: skip
    """Add the contacts of a block and the work that follows.

    Args:
        customers: n numbers in the world, ascending. devices, device_no: their equipment.
        meter_no, opened, disputed: by customer; opened in days since 1970-01-01.
    """
    rng = stream(world.seed, "contacts", int(customers[0]))
    contacts = Contacts()

    device, month = np.nonzero(devices.fault[:, _ON_RECORD])
    by_kind = np.array([service.position(kind.name) for kind in KINDS])
    contacts.add(
        by_kind[devices.kind[device]],
        customers[devices.owner[device]],
        moments(rng, month + WARM_UP),
        device_no.take(pa.array(device)),
    )

    row, month = np.nonzero(_surprising(booked.amount) & booked.billed)
    asks = (rng.random(len(row)) < 0.25) & (month >= WARM_UP + SHOWN - world.months)
    at = moments(rng, month + 1)[asks]  # the bill comes in the month after the one that it is for
    row, month = row[asks], month[asks]
    contacts.add("high-bill", customers[row], at, bill_numbers(booked, row, month))

    row, month = np.nonzero(disputed[:, None] & (rng.random((len(customers), SHOWN)) < 0.12))
    contacts.add("meter", customers[row], moments(rng, month + WARM_UP), meter_no.take(pa.array(row)))

    at = (opened - rng.integers(3, 12, len(opened))) * 86_400 + rng.integers(
        9 * 60, 17 * 60, len(opened)
    ) * 60
    new = np.flatnonzero(at > moments(rng, np.array([WARM_UP]))[0])
    contacts.add("installation", customers[new], at[new], meter_no.take(pa.array(new)))

    row = np.repeat(np.arange(len(customers)), rng.poisson(0.12 * SHOWN / 12, len(customers)))
    everyday = np.array([service.position(s) for s in ("tariff", "transfer", "praise")])
    subject = everyday[rng.choice(3, len(row), p=[0.6, 0.25, 0.15])]
    contacts.add(subject, customers[row], moments(rng, rng.integers(WARM_UP, WARM_UP + SHOWN, len(row))))

    service.write(world, output, contacts, "C")


def _surprising(amount: Ints) -> Bools:
    """Bills on record far above the mean of the six months before, by month."""
    sums = np.concatenate([np.zeros((len(amount), 1)), np.cumsum(amount, axis=1, dtype=np.float64)], axis=1)
    before = np.full(amount.shape, np.inf)
    before[:, 6:] = (sums[:, 6:-1] - sums[:, :-7]) / 6
    result = np.zeros(amount.shape, bool)
    result[:, _ON_RECORD] = ((amount > 1.9 * before) & (amount > 8_000))[:, _ON_RECORD]
    return result
