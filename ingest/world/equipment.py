"""Equipment on the customers' side and how it wears; a block of customers at a time.

Wear grows with age and with the square of the load, unevenly. The more worn, the likelier a fault in a month; a
repair takes some wear away. Nothing here knows the product's fault model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ingest.world import people
from ingest.world.calendar import MONTHS, SHOWN, WARM_UP, day_number
from ingest.world.draws import Bools, Floats, Ints, stream
from ingest.world.numbers import joined, prefixed
from ingest.world.world import Output


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of equipment. ``owners``: share of the customers that have one; ``life``: months until worn out."""

    name: str
    zh: str
    for_organisations: bool
    owners: float
    rated: tuple[float, ...]  # kVA
    life: float


KINDS: tuple[Kind, ...] = (
    Kind("ev-charger", "充电桩", False, 0.07, (7.0, 7.0, 11.0), 110),
    Kind("pv-inverter", "光伏逆变器", False, 0.05, (5.0, 8.0, 10.0), 130),
    Kind("heat-pump", "热泵机组", False, 0.06, (3.0, 5.0), 140),
    Kind("transformer", "专用变压器", True, 0.45, (200.0, 315.0, 400.0, 630.0), 260),
    Kind("switchgear", "高压开关柜", True, 0.55, (630.0, 1250.0), 220),
    Kind("capacitor-bank", "无功补偿柜", True, 0.25, (60.0, 120.0), 150),
    Kind("backup-generator", "自备发电机", True, 0.12, (100.0, 200.0), 180),
)
_MAKERS = ("禾安电气", "澜川电力设备", "岳丰机电", "景瑞新能源")


@dataclass(frozen=True, slots=True)
class Devices:
    """d devices (x months). ``owner``: row of its customer in the block; ``first``: month of the world in which it
    went into service, negative before it; ``fault``: whether it fails in the month."""

    owner: Ints
    kind: Ints
    rated: Floats
    first: Ints
    wear: Floats
    fault: Bools


def simulate(seed: int, block: int, energy: Floats, *, organisations: bool) -> Devices:
    """Devices of one block. ``energy``: kWh of its customers by month; high months wear more."""
    rng = stream(seed, f"equipment of {'organisations' if organisations else 'homes'}", block)
    has = np.array([k.owners if k.for_organisations == organisations else 0.0 for k in KINDS])
    owner, kind = np.nonzero(rng.random((len(energy), len(KINDS))) < has)
    d = len(owner)
    choice = rng.random(d)
    rated = np.array(
        [KINDS[k].rated[int(u * len(KINDS[k].rated))] for k, u in zip(kind, choice, strict=True)]
    )
    life = np.array([k.life for k in KINDS])[kind] * rng.lognormal(0, 0.25, d)
    first = rng.integers(-140, WARM_UP + SHOWN, d)
    load = energy / np.maximum(energy.mean(axis=1, keepdims=True), 1.0)
    wear, fault = wear_out(rng, np.maximum(0, -first) / life, first, load[owner], life=life)
    return Devices(
        owner.astype(np.int64), kind.astype(np.int64), rated.astype(np.float64), first, wear, fault
    )


def wear_out(
    rng: np.random.Generator, age: Floats, first: Ints, load: Floats, *, life: Floats
) -> tuple[Floats, Bools]:
    """Wear by month (1 = worn out) and the faults.

    Args:
        age: of n things at the start, in lives. first: month in which each goes into service.
        load: n x months, 1 = usual. life: months at the usual load.
    """
    n = len(first)
    wear = np.zeros((n, MONTHS))
    fault = np.zeros((n, MONTHS), bool)
    now = age * rng.uniform(0.6, 1.2, n)
    for month in range(MONTHS):
        running = first <= month
        now = now + running * rng.gamma(2.0, 0.5, n) * (0.4 + 0.6 * load[:, month] ** 2) / life
        fails = running & (rng.random(n) < 0.003 + 0.10 * np.clip(now - 0.5, 0, None) ** 2)
        fault[:, month] = fails
        now = np.where(fails, now * rng.uniform(0.3, 0.8, n), now)
        wear[:, month] = now
    return wear, fault


def numbers(devices: Devices, customer_no: pa.Array) -> pa.Array:
    """Numbers of the devices: of the owner and the kind."""
    return joined("D", customer_no.take(pa.array(devices.owner)), "-", prefixed("", devices.kind + 1, 1))


def write(
    output: Output, devices: Devices, customer_no: pa.Array, point_no: pa.Array, *, region: pa.Array
) -> None:
    """Add the devices of a block and the truth about their wear. The last three are by row of the block."""
    owner = pa.array(devices.owner)
    number = numbers(devices, customer_no)
    maker = devices.owner * 7 + devices.kind * 3
    output.tables.write(
        "devices",
        {
            "device_no": number,
            "customer_no": customer_no.take(owner),
            "service_point_no": point_no.take(owner),
            "name": pa.array([k.zh for k in KINDS]).take(pa.array(devices.kind)),
            "kind": pa.array([k.name for k in KINDS]).take(pa.array(devices.kind)),
            "rated_power": devices.rated,
            "manufacturer": pa.array(_MAKERS).take(pa.array(maker % len(_MAKERS))),
            "in_service_since": people.dates(day_number(0) + devices.first * 30 + maker % 28),
            "region": region.take(owner),
        },
    )
    after = devices.fault[:, WARM_UP + SHOWN :]
    output.truth.write(
        "devices",
        {
            "device_no": number,
            "wear": np.round(devices.wear[:, WARM_UP + SHOWN - 1], 4),
            "months_to_next_fault": pa.array(after.argmax(axis=1) + 1, mask=~after.any(axis=1)),
        },
    )
