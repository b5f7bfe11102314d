"""After every load the current run is what a new analysis would make, on a site that changes step by step."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from ingest.loads.load import load
from ingest.projection.projector import Projection
from ledger import loads, runs, withdrawals
from services.analysis import analyse
from services.arrears.history import history
from services.arrears.watch.watching import RuleKind, watch, watch_list
from services.arrears.why.trace import trace
from services.graph_answers.run_changes import changes_in
from services.live.following import LONGEST, Followed, follow
from services.loading import project
from services.risk import fitted as fits
from services.risk.current import current, model_of
from services.risk.model import RiskModel
from services.runs.tables import depth_of
from services.settings import Settings, settings
from services.site import Site, open_site
from terms.ids import RunId
from tests.everyone import seen

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


@pytest.fixture
def site(kept_home: Path) -> Iterator[Site]:
    with open_site(settings(kept_home)) as opened:
        yield opened


def assert_as_new(site: Site, followed: Followed) -> RiskModel:
    """The current run is what a new analysis makes; the current run stays as it is."""
    run, model = current(site)
    analyse(site)
    _, anew = current(site)
    runs.turn(site.ledger, run.id)
    assert model.ids == anew.ids
    assert np.abs(model.score - anew.score).max() <= 1e-9, followed
    assert model.solved.bound.max() <= 1e-9
    assert np.abs(model.expected_loss - anew.expected_loss).max() <= 1
    tables, expected = model.tables(), anew.tables()
    for name in set(tables) - {"parties"}:
        assert tables[name].equals(expected[name]), name
    return anew


def test_after_any_sequence_of_loads_the_run_is_what_a_new_analysis_would_make(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    assert follow(site).outcome == "no-run"
    analyse(site)
    outcomes = []
    for _ in range(LONGEST + 6):
        before, _ = current(site)
        change = world.chance.choice(CHANGES)
        followed = follow(site, take(site, world, change(world)))
        assert followed.fault is None
        outcomes.append(followed.outcome)
        assert_as_new(site, followed)
        run, model = current(site)
        if followed.outcome == "continued":
            assert run.parent == before.id == followed.parent
            assert followed.loss.fen == int(
                model.expected_loss.sum() - model_of(site, before).expected_loss.sum()
            )
            assert followed.changed == runs.get(site.ledger, run.id).files["changes"].rows
            assert sum(file.rows for name, file in run.files.items() if name != "changes") < 400
            assert model.cut_off == before.cut_off
    assert outcomes.count("continued") >= LONGEST
    assert "full" in outcomes


def test_a_load_without_any_input_of_risk_is_passed_over(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    followed = follow(site, take(site, world, [world.put("calls", "C1", "4400000001")]))
    assert (followed.outcome, followed.run) == ("unchanged", run.id)
    assert runs.known_until(site.ledger, current(site)[0]) > run.watermark
    # What is known to change nothing is not looked at again: the next load continues from there.
    assert follow(site, take(site, world, [world.guarantee(3)])).outcome == "continued"
    # The same said again later about evidence makes it younger, though the graph stays as it is.
    report = world.rows["enterprises"][code(1)]
    take(site, world, [("enterprises", report)], "2026-01-15")
    assert_as_new(site, follow(site))


def test_a_later_observation_moves_the_cut_off_and_makes_a_full_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    followed = follow(site, take(site, world, [world.guarantee(3)], "2026-04-30"))
    assert (followed.outcome, followed.reason) == ("full", "cut-off")
    run, _ = current(site)
    assert run.parent is None
    assert run.cut_off.isoformat() == "2026-04-30"
    assert follow(site).outcome == "unchanged"


def test_where_most_is_touched_a_full_run_finds_communities_anew(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    rows = [row for number in range(30) for row in world.enterprise(number)]
    followed = follow(site, take(site, world, rows))
    assert (followed.outcome, followed.reason) == ("full", "share")
    assert_as_new(site, followed)


def test_answers_and_history_are_those_of_the_continued_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    first, _ = current(site)
    party = code(5)
    watch(seen(site), party, RuleKind.RISE, 0.2, author="wang", idempotency_key="rise")
    take(site, world, [world.bill(5, month, paid=False) for month in range(4, 12)])
    followed = follow(site)
    assert followed.outcome == "continued"
    assert trace(seen(site), party).run.id == followed.run
    assert followed.run is not None
    changed = changes_in(seen(site), followed.run)
    assert len(changed) == followed.changed
    assert changed[0].loss.fen == max(abs(change.loss.fen) for change in changed)
    [own] = [change for change in changed if change.party.id == f"enterprise:{party}"]
    assert own.after == 1.0 > (own.before or 0.0)
    assert sum(change.loss.fen for change in changed) == followed.loss.fen
    assert changes_in(seen(site), first.id) == ()
    assert trace(seen(site), party).score == 1.0
    points = history(seen(site), party)
    assert [point.run.id for point in points] == [followed.run, first.id]
    assert points[0].score == 1.0
    assert points[1].score < 0.8
    # Later loads do not hide a rise since the last full run.
    quiet = follow(site, take(site, world, [world.guarantee(3)]))
    assert quiet.outcome == "continued"
    assert depth_of(current(site)[0]) == 2
    found = watch_list(seen(site))
    assert found.run_before is not None
    assert found.run_before.id == first.id
    assert [alert.rule.kind for alert in found.watched[0].alerts] == [RuleKind.RISE]
    assert history(seen(site), party)[0].score == 1.0


def test_a_party_that_is_gone_has_no_point_in_later_runs(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    number = len(world.rows["enterprises"])
    assert follow(site, take(site, world, new_party(world))).outcome == "continued"
    assert len(history(seen(site), code(number))) == 1
    gone = [
        (source, {**row, "state": "gone"})
        for source, rows in world.rows.items()
        for row in rows.values()
        if code(number) in row.values() or f"A{number}" in row.values()
    ]
    assert follow(site, take(site, world, gone)).outcome == "continued"
    assert all(name != f"enterprise:{code(number)}" for name in current(site)[1].ids)
    assert history(seen(site), code(1))[0].current


def test_it_can_be_turned_off_and_never_fails_a_load(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    off = Site(Settings(home=site.home, live_runs=False), site.schema, site.ledger, site.store)
    take(site, world, [world.guarantee(3)])
    assert follow(off).outcome == "off"
    assert current(site)[0].id == run.id
    damaged = site.home / run.files["links"].path
    content = damaged.read_bytes()
    damaged.unlink()
    model_of.__globals__["_load"].cache_clear()
    followed = follow(site)
    assert followed.outcome == "failed"
    assert followed.fault is not None
    assert followed.fault.code == "COLUMNS_MISSING"
    damaged.write_bytes(content)
    assert follow(site).outcome == "continued"


def test_a_fault_of_ours_is_reported_and_not_raised(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    parts = {**run.parts, "risk": {"algorithm": "another", "parameters": {"unheard-of": 1}}}
    runs.save(site.ledger, replace(run, id=RunId("odd"), parts=parts))
    runs.turn(site.ledger, RunId("odd"))
    followed = follow(site, take(site, world, [world.guarantee(3)]))
    assert followed.outcome == "failed"
    assert followed.fault is not None
    assert followed.fault.code == "LIVE_RUN_FAILED"
    assert "unheard-of" in followed.fault.message()


def test_another_fit_in_force_makes_a_full_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    fits.keep(site.home, RiskParameters(rho_guarantee=0.5, fitted=True), IDENTITY, {})
    followed = follow(site, take(site, world, [world.guarantee(3)]))
    assert (followed.outcome, followed.reason) == ("full", "parameters")
    assert follow(site, take(site, world, [world.guarantee(4)])).outcome == "continued"
    assert current(site)[0].parts["risk"]["parameters"]["rho_guarantee"] == 0.5
    fits.reset(site.home)
    assert_as_new(site, follow(site, take(site, world, [world.guarantee(5)])))


def take_back(site: Site, load_id: str) -> Projection:
    at = datetime.now(UTC)
    with site.ledger.writer():
        withdrawals.begin(site.ledger, load_id, at=at)
        assert sum(withdrawals.withdraw(site.ledger, load_id, at=at)) > 0
    return project(site)


def newest_load(site: Site) -> str:
    return loads.listing(site.ledger, 1)[0].id


def test_after_a_load_is_taken_back_the_run_is_what_a_new_analysis_would_make(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    _, before = current(site)
    follow(site, take(site, world, [world.bill(5, month, paid=False) for month in range(4, 12)]))
    assert np.abs(current(site)[1].score - before.score).max() > 0.1
    followed = follow(site, take_back(site, newest_load(site)))
    assert followed.outcome == "continued"
    after = assert_as_new(site, followed)
    assert np.abs(after.score - before.score).max() <= 1e-9


def test_where_what_reached_furthest_is_taken_back_the_cut_off_goes_back_too(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    # Of no type that any input of risk is read from: only its day counts.
    follow(site, take(site, world, [world.put("calls", "C1", "4400000001")], "2026-04-30"))
    assert current(site)[0].cut_off.isoformat() == "2026-04-30"
    followed = follow(site, take_back(site, newest_load(site)))
    assert (followed.outcome, followed.reason) == ("full", "cut-off")
    assert current(site)[0].cut_off.isoformat() == DAY
