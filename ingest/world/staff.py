"""The field staff: technicians with skills and districts, and who is sent."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.world.draws import Bools, Ints, uniform
from ingest.world.names import persons as person_names
from ingest.world.numbers import phones, prefixed
from ingest.world.world import Output, World

SKILLS = {
    "high-voltage": "高压设备检修",
    "low-voltage": "低压配电抢修",
    "metering": "电能计量",
    "appliance": "客户侧用电设备",
    "photovoltaic": "分布式光伏",
}
CUSTOMERS_EACH = 600
_WINDOWS = np.array([8, 10, 14, 16])


def technicians(world: World) -> int:
    """How many there are."""
    return max(len(SKILLS), -(-world.customers // CUSTOMERS_EACH))


def _has(world: World) -> Bools:
    """Technicians x skills. Everybody has one of them in turn, and some others."""
    count = technicians(world)
    rows = np.arange(count)
    more = [uniform(world.seed, f"skill {skill}", rows) < 0.35 for skill in SKILLS]
    own: Bools = rows[:, None] % len(SKILLS) == np.arange(len(SKILLS))
    return np.asarray(np.stack(more, axis=1) | own)


def write(world: World, output: Output) -> None:
    """Add technicians, skills and who has which."""
    rows = np.arange(technicians(world), dtype=np.int64)
    numbers = prefixed("JS", rows, 5)
    early = uniform(world.seed, "early shift", rows) < 0.7
    output.tables.write(
        "technicians",
        {
            "technician_no": numbers,
            "name": person_names(world.seed, rows + 700_000_000),
            "phone": phones(99_000_000 + rows),
            "shift_start": np.where(early, "08:00", "10:00"),
            "shift_end": np.where(early, "17:00", "19:00"),
            "region": pa.array(world.places.regions).take(pa.array(rows % len(world.places.regions))),
        },
    )
    output.tables.write("skills", {"skill_code": list(SKILLS), "name": list(SKILLS.values())})
    who, what = np.nonzero(_has(world))
    output.tables.write(
        "technician_skills",
        {
            "id": prefixed("TS", who * len(SKILLS) + what, 7),
            "technician_no": numbers.take(pa.array(who)),
            "skill_code": pa.array(list(SKILLS)).take(pa.array(what)),
        },
    )


def assign(world: World, skill: npt.NDArray[np.str_], region: Ints, day: Ints) -> pa.Array:
    """Number of the technician who is sent: of those with the skill in turn by day, near ones first."""
    has = _has(world)
    chosen = np.zeros(len(skill), dtype=np.int64)
    for column, name in enumerate(SKILLS):
        able = np.flatnonzero(has[:, column])
        rows = skill == name
        near = np.searchsorted(able, region[rows] * len(has) // max(1, len(world.places.regions)))
        chosen[rows] = able[(near + day[rows] % 3) % len(able)]
    return prefixed("JS", chosen, 5)


def next_window(moment: Ints) -> Ints:
    """The next begin of a visiting window (8, 10, 14, 16 o'clock) at or after a moment; seconds, local."""
    day, second = moment // 86_400, moment % 86_400
    slot = np.searchsorted(_WINDOWS * 3_600, second)
    tomorrow = slot == len(_WINDOWS)
    return np.asarray((day + tomorrow) * 86_400 + _WINDOWS[np.where(tomorrow, 0, slot)] * 3_600)
