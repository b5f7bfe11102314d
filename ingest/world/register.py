"""What the business registry says about the enterprises, and the people behind them; who is who."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world import people
from ingest.world.calendar import SHOWN, WARM_UP
from ingest.world.draws import Floats, Ints, pick, uniform
from ingest.world.enterprises import INDUSTRIES, Enterprises
from ingest.world.links import Links
from ingest.world.names import enterprises as enterprise_names
from ingest.world.names import premises
from ingest.world.numbers import credit_codes, prefixed
from ingest.world.world import Output, Register, World

_NOW = WARM_UP + SHOWN


def register(seed: int, firms: Enterprises, links: Links, person_of_home: Ints) -> Register:
    """Numbers and names. Leaders who are customers at home are the persons of those homes."""
    leaders = links.leaders
    numbers = np.arange(len(firms), dtype=np.int64)
    outside = len(person_of_home) + np.arange(leaders.count, dtype=np.int64)
    persons = np.where(leaders.household >= 0, person_of_home[np.maximum(leaders.household, 0)], outside)
    return Register(
        codes=credit_codes(numbers),
        names=enterprise_names(seed, numbers, [i.word for i in INDUSTRIES], firms.industry),
        persons=persons,
        identities=people.identities(seed, persons),
    )


def write(world: World, output: Output) -> None:
    """Add all registers and the truth about the enterprises."""
    economy = world.economy
    for part in (_enterprises, _leaders_elsewhere, _representatives, _directors, _holdings):
        part(world, output)
    output.truth.write(
        "enterprises",
        {
            "credit_code": world.register.codes,
            "own_shock_month": _shown(economy.own_shock),
            "suppliers_unpaid_month": _shown(economy.suppliers_unpaid),
            "staff_unpaid_month": _shown(economy.staff_unpaid),
            "failed_month": _shown(economy.failed),
            "lost_by_trade": fen(economy.lost_by_trade),
            "lost_by_guarantees": fen(economy.lost_by_guarantees),
        },
    )


def _enterprises(world: World, output: Output) -> None:
    seed, firms, links, economy, reg = world.seed, world.firms, world.links, world.economy, world.register
    numbers = np.arange(len(firms), dtype=np.int64)
    # Some share premises with another enterprise; an agency gives its address to many, which means nothing.
    u = uniform(seed, "premises shared", numbers)
    place = np.where(u < 0.10, pick(seed, "premises of", numbers, len(firms)), numbers)
    place = np.where((u >= 0.10) & (u < 0.13), 0, place)
    # Small ones give the telephone of the person in charge, so enterprises of one person share it.
    own = people.enterprise_telephones(numbers).to_numpy(zero_copy_only=False)
    private = people.telephones(reg.persons[links.leaders.representative]).to_numpy(zero_copy_only=False)
    ago = _NOW - economy.failed
    gone = (economy.failed >= 0) & (economy.failed < _NOW)
    paid_in = fen(firms.paid_in_capital)
    unknown = uniform(seed, "capital unknown", numbers) < 0.12
    unknown[:: max(1, len(firms) // 2)] = True  # even the smallest world has some
    output.tables.write(
        "enterprises",
        {
            "credit_code": reg.codes,
            "name": reg.names,
            "industry": pa.array([i.zh for i in INDUSTRIES]).take(pa.array(firms.industry)),
            "scale": np.array(["micro", "small", "medium", "large"])[
                np.digitize(firms.employees, [10, 50, 300])
            ],
            "status": np.where(gone & (ago > 9), "吊销", np.where(gone, "经营异常", "存续")),
            "founded_on": people.dates(firms.founded),
            "registered_capital": fen(firms.registered_capital),
            "paid_in_capital": pa.array(paid_in, mask=unknown),
            "employees": firms.employees,
            "phone": np.where(uniform(seed, "private line", numbers) < 0.25, private, own),
            "address": premises(place, place // 50),
        },
    )


def _leaders_elsewhere(world: World, output: Output) -> None:
    """Persons who are no customers at home."""
    seed, reg, leaders = world.seed, world.register, world.links.leaders
    outside = np.flatnonzero(leaders.household < 0)
    persons = reg.persons[outside]
    output.tables.write(
        "persons",
        {
            "id_number": reg.identities.take(pa.array(outside)),
            "name": people.names(seed, persons),
            "phone": people.telephones(persons),
            "birth_date": people.dates(people.birth_days(seed, persons)),
            "address": pa.nulls(len(outside)),
            "since": pa.nulls(len(outside)),
        },
    )


def _representatives(world: World, output: Output) -> None:
    seed, firms, reg, leaders = world.seed, world.firms, world.register, world.links.leaders
    numbers = np.arange(len(firms), dtype=np.int64)
    output.tables.write(
        "legal_representatives",
        {
            "id": reg.codes,
            "id_number": reg.identities.take(pa.array(leaders.representative)),
            "credit_code": reg.codes,
            "since": people.dates(firms.founded + pick(seed, "leader since", numbers, 1_500)),
        },
    )


def _directors(world: World, output: Output) -> None:
    seed, firms, reg, leaders = world.seed, world.firms, world.register, world.links.leaders
    seats = np.arange(len(leaders.director), dtype=np.int64)
    output.tables.write(
        "directors",
        {
            "id": prefixed("DS", seats, 8),
            "id_number": reg.identities.take(pa.array(leaders.director)),
            "credit_code": reg.codes.take(pa.array(leaders.director_of)),
            "position": pa.array(["董事", "董事", "董事长", "独立董事"]).take(
                pa.array(pick(seed, "seat", seats, 4))
            ),
            "since": people.dates(
                firms.founded[leaders.director_of] + pick(seed, "seat since", seats, 1_500)
            ),
        },
    )


def _holdings(world: World, output: Output) -> None:
    seed, firms, reg, holdings = world.seed, world.firms, world.register, world.links.holdings
    since = firms.founded[holdings.company] + pick(seed, "held since", np.arange(len(holdings.share)), 1_500)
    for table, rows, investors in (
        ("enterprise_holdings", np.flatnonzero(~holdings.person), reg.codes),
        ("person_holdings", np.flatnonzero(holdings.person), reg.identities),
    ):
        output.tables.write(
            table,
            {
                "id": prefixed("HD", rows, 8),
                "investor": investors.take(pa.array(holdings.holder[rows])),
                "credit_code": reg.codes.take(pa.array(holdings.company[rows])),
                "share": holdings.share[rows],
                "amount": fen(holdings.share[rows] * firms.registered_capital[holdings.company[rows]]),
                "since": people.dates(since[rows]),
            },
        )


def fen(yuan: Floats) -> Ints:
    """Whole fen."""
    return np.asarray(np.round(np.asarray(yuan) * 100).astype(np.int64))


def _shown(month: Ints) -> pa.Array:
    """Months counted from the first on record; null = never."""
    return pa.array(np.asarray(month) - WARM_UP, mask=np.asarray(month) < 0)
