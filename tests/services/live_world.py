"""Sources of a small site that change step by step, and loads of what they say, for tests of runs that follow loads."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from ingest.loads.load import load
from ingest.projection.projector import Projection
from ledger import loads, runs, withdrawals
from services.analysis import analyse
from services.live.following import Followed
from services.loading import project
from services.risk.current import current
from services.risk.model import RiskModel
from services.site import Site

DAY = "2026-03-31"
SIZE = 40

SOURCES = {
    "enterprises": ("business-registry", "code", "code,name,net,address,phone"),
    "customers": ("marketing", "no", "no,code,account"),
    "bills": ("marketing", "bill", "bill,account,period,amount,due,paid"),
    "guarantees": ("credit-bureau", "contract", "contract,guarantor,borrower,amount"),
    "calls": ("hotline", "call", "call,no"),
}

MAPPING = {
    "enterprises": """
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {column: net, unit: wan-yuan}, phone: phone}
      - relation: LOCATED_AT
        from: {Enterprise: {creditCode: code}}
        to: {Address: {text: address}}""",
    "customers": """
      - node: Customer
        key: {customerNo: no}
        set: {kind: {const: organisation}}
      - relation: IS
        from: {Customer: {customerNo: no}}
        to: {Enterprise: {creditCode: code}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: no}}
        to: {Account: {accountNo: account}}""",
    "bills": """
      - node: Bill
        key: {billNo: bill}
        set: {period: period, amount: amount, dueOn: due, paidOn: paid}
      - relation: BILLED
        from: {Account: {accountNo: account}}
        to: {Bill: {billNo: bill}}""",
    "guarantees": """
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: guarantor}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: contract}
        set: {amount: {column: amount, unit: wan-yuan}}""",
    "calls": """
      - node: Interaction
        key: {interactionNo: call}
      - relation: CONTACTED
        from: {Customer: {customerNo: no}}
        to: {Interaction: {interactionNo: call}}""",
}

Row = dict[str, str]


def code(number: int) -> str:
    """A credit code; the digits at the end are free."""
    return f"91330100MA2LIVE{number:03d}"


@dataclass
class World:
    """What the sources say now; rows by source and id. ``step``: number of the next load."""

    chance: random.Random
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in SOURCES})
    step: int = 0

    def put(self, source: str, *values: object) -> tuple[str, Row]:
        """A new or changed row."""
        _, key, columns = SOURCES[source]
        row = dict(zip(columns.split(","), map(str, values), strict=True))
        self.rows[source][row[key]] = row
        return source, row

    def enterprise(self, number: int) -> list[tuple[str, Row]]:
        net = self.chance.choice(["", "100", "400", "2000"])
        street, phone = self.chance.randrange(12), self.chance.randrange(400)
        said = (code(number), f"Works {number}", net, f"Street {street}", f"0571-8888{phone:04d}")
        return [self.put("enterprises", *said)]

    def customer(self, number: int) -> list[tuple[str, Row]]:
        bills = [self.bill(number, month, paid=self.chance.random() < 0.7) for month in range(4, 11)]
        return [self.put("customers", f"44{number:08d}", code(number), f"A{number}"), *bills]

    def bill(self, number: int, month: int, *, paid: bool) -> tuple[str, Row]:
        when = f"2025-{month + 1:02d}-15" if paid else ""
        said = (
            f"A{number}-{month:02d}",
            f"A{number}",
            f"2025-{month:02d}",
            "3100.00",
            f"2025-{month + 1:02d}-20",
        )
        return self.put("bills", *said, when)

    def guarantee(self, number: int) -> tuple[str, Row]:
        first, second = self.chance.sample(range(SIZE), 2)
        return self.put(
            "guarantees", f"G{number}", code(first), code(second), self.chance.choice(["50", "300", ""])
        )


def first_world() -> World:
    world = World(random.Random(11))
    for number in range(SIZE):
        world.enterprise(number)
        world.customer(number)
    for number in range(60):
        world.guarantee(number)
    return world


Change = Callable[[World], list[tuple[str, Row]]]


def new_party(world: World) -> list[tuple[str, Row]]:
    number = len(world.rows["enterprises"])
    return [*world.enterprise(number), *world.customer(number)]


def another_report(world: World) -> list[tuple[str, Row]]:
    return world.enterprise(world.chance.randrange(SIZE))


def another_bill(world: World) -> list[tuple[str, Row]]:
    number = world.chance.randrange(SIZE)
    return [world.bill(number, world.chance.randrange(4, 12), paid=world.chance.random() < 0.5)]


def another_guarantee(world: World) -> list[tuple[str, Row]]:
    return [world.guarantee(world.chance.randrange(70))]


def withdrawal(world: World) -> list[tuple[str, Row]]:
    source = world.chance.choice(["guarantees", "guarantees", "bills", "customers", "enterprises"])
    _, row = world.chance.choice(sorted(world.rows[source].items()))
    return [(source, {**row, "state": "gone"})]


CHANGES: list[Change] = [new_party, another_report, another_bill, another_guarantee, withdrawal]


def take(site: Site, world: World, rows: list[tuple[str, Row]], day: str = DAY) -> Projection:
    """Load rows as one load of all their sources."""
    folder = site.home / "loads" / str(world.step)
    folder.mkdir(parents=True)
    world.step += 1
    manifest = ["sources:"]
    for source in dict.fromkeys(name for name, _ in rows):
        channel, key, columns = SOURCES[source]
        header = f"{columns},state"
        told = [{"state": "kept", **row} for name, row in rows if name == source]
        lines = [",".join(row[column] for column in header.split(",")) for row in told]
        (folder / f"{source}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        manifest.append(
            f"  - name: {source}\n    path: {source}.csv\n    channel: {channel}\n    recordId: {key}\n"
            f"    observedAt: {day}\n    delete: {{column: state, equals: gone}}\n    mapping:{MAPPING[source]}"
        )
    (folder / "site.yaml").write_text("\n".join(manifest), encoding="utf-8")
    report = load(site.ledger, folder / "site.yaml")
    assert sum(source.quarantined for source in report.sources) == 0
    return project(site)


def all_rows(world: World) -> list[tuple[str, Row]]:
    return [(source, row) for source, rows in world.rows.items() for row in rows.values()]


def take_back(site: Site, load_id: str) -> Projection:
    at = datetime.now(UTC)
    with site.ledger.writer():
        withdrawals.begin(site.ledger, load_id, at=at)
        assert sum(withdrawals.withdraw(site.ledger, load_id, at=at)) > 0
    return project(site)


def newest_load(site: Site) -> str:
    return loads.listing(site.ledger, 1)[0].id


def assert_as_new(site: Site, followed: Followed) -> RiskModel:
    """The current run is what a new analysis makes; the current run stays as it is."""
    run, model = current(site)
    analyse(site)
    _, anew = current(site)
    runs.turn(site.ledger, run.id)
    assert model.ids == anew.ids
    assert np.abs(model.score - anew.score).max() <= 1e-9, followed
    assert model.scores.bound.max() <= 1e-9
    assert np.abs(model.expected_loss - anew.expected_loss).max() <= 1
    tables, expected = model.tables(), anew.tables()
    # Communities stay those of the full run before, whose own place in the line a new analysis takes; so do vectors and
    # features, but for new customers.
    mine = ["community", "community_strength"]
    of_communities = {"communities", "lineage", "customer_communities", "customer_lineage", "customer_shares"}
    of_communities |= {"community_traits", "community_heads"}
    of_full_runs = {
        *of_communities,
        "party_vectors",
        "customer_features",
        "customer_segments",
        "segments",
        "segment_model",
    }
    for name in set(tables) - {"parties"} - of_full_runs:
        one, other = (
            table[name].drop_columns(mine) if name == "customers" else table[name]
            for table in (tables, expected)
        )
        assert one.equals(other), name
    return anew
