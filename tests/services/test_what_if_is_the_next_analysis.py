"""A what-if says what an analysis says once the change is loaded: every kind of shock, and pairs of them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, permutations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from algorithms.risk.parameters import RiskParameters
from ingest.loads.load import load
from services.analysis import analyse
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.overrides.overriding import override
from services.arrears.what_if.what_if import what_if_of
from services.exposure.model import BUFFER_KINDS
from services.loading import project
from services.risk.current import current
from services.risk.model import RiskModel
from services.settings import settings as site_settings
from services.site import Site, open_site
from terms.money import Money
from tests.everyone import seen
from tests.services import live_world

DAY = "2026-03-31"
SIZE = 9
WAN = 10_000

SOURCES = {
    "enterprises": ("business-registry", "code", "code,name,net,capital,phone"),
    "customers": ("marketing", "no", "no,code,account"),
    "bills": ("marketing", "bill", "bill,account,period,amount,due,paid"),
    "guarantees": ("credit-bureau", "contract", "contract,harmed,failing,amount"),
    "loans": ("credit-bureau", "contract", "contract,harmed,failing,amount"),
    "holdings": ("business-registry", "part", "part,harmed,failing,share,amount"),
}
ENTERPRISE = "{Enterprise: {creditCode: %s}}"
BETWEEN = f"from: {ENTERPRISE % 'harmed'}\n        to: {ENTERPRISE % 'failing'}"
MAPPING = {
    "enterprises": """
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: net, paidInCapital: capital, phone: phone}""",
    "customers": live_world.MAPPING["customers"],
    "bills": live_world.MAPPING["bills"],
    "guarantees": f"""
      - relation: GUARANTEES
        {BETWEEN}
        key: {{contractNo: contract}}
        set: {{amount: amount}}""",
    "loans": f"""
      - relation: LENDS_TO
        {BETWEEN}
        key: {{contractNo: contract}}
        set: {{amount: amount}}""",
    "holdings": f"""
      - relation: INVESTS_IN
        {BETWEEN}
        set: {{share: share, amount: amount}}""",
}

Row = dict[str, str]


def code(number: int) -> str:
    return f"91330100MA2NEXT{number:03d}"


@dataclass
class Sources:
    """What the sources say; every shock is told as the rows that would say it."""

    chance: random.Random
    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in SOURCES})
    changed: list[tuple[str, Row]] = field(default_factory=list)
    loads: int = 0

    def put(self, source: str, *values: object) -> None:
        _, key, columns = SOURCES[source]
        row = dict(zip(columns.split(","), map(str, values), strict=True))
        self.rows[source][row[key]] = row
        self.changed.append((source, row))

    def end(self, source: str, key: str) -> None:
        self.changed.append((source, {**self.rows[source].pop(key), "state": "gone"}))

    def load(self, site: Site) -> None:
        """Load what changed, if anything did."""
        if not self.changed:
            return
        folder = site.home / "loads" / str(self.loads)
        folder.mkdir(parents=True)
        self.loads += 1
        manifest = ["sources:"]
        for source in dict.fromkeys(name for name, _ in self.changed):
            channel, key, columns = SOURCES[source]
            header = f"{columns},state"
            last = {row[key]: {"state": "kept", **row} for name, row in self.changed if name == source}
            lines = [",".join(row[column] for column in header.split(",")) for row in last.values()]
            (folder / f"{source}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
            manifest.append(
                f"  - name: {source}\n    path: {source}.csv\n    channel: {channel}\n    recordId: {key}\n"
                f"    observedAt: {DAY}\n    delete: {{column: state, equals: gone}}\n"
                f"    mapping:{MAPPING[source]}"
            )
        (folder / "site.yaml").write_text("\n".join(manifest), encoding="utf-8")
        report = load(site.ledger, folder / "site.yaml")
        assert sum(source.quarantined for source in report.sources) == 0
        project(site)
        self.changed.clear()

    def enterprise(self, number: int) -> None:
        net = self.chance.choice(["", f"{50 * WAN}", f"{200 * WAN}", f"-{5 * WAN}"])
        capital = self.chance.choice(["", f"{100 * WAN}"])
        self.put("enterprises", code(number), f"Works {number}", net, capital, f"0571-8888{number // 2:04d}")

    def customer(self, number: int, account: str, unpaid: int) -> None:
        self.put("customers", f"44{account[1:]:0>8}", code(number), account)
        for month in range(1, 13):
            paid = "" if month > 12 - unpaid else f"2025-{month:02d}-{self.chance.choice(['15', '28'])}"
            self.put(
                "bills",
                f"{account}-{month:02d}",
                account,
                f"2025-{month:02d}",
                "3100.00",
                f"2025-{month:02d}-20",
                paid,
            )


def first_sources() -> Sources:
    """Firms in pairs that share a phone; some have two customers, some are in default."""
    said = Sources(random.Random(5))
    for number in range(SIZE):
        said.enterprise(number)
        said.customer(number, f"A{number}", said.chance.choice([1, 2, 7]))
        if number % 3 == 0:
            said.customer(number, f"A{100 + number}", said.chance.choice([0, 3]))
    for number in range(14):
        first, second = said.chance.sample(range(SIZE), 2)
        source = said.chance.choice(["guarantees", "guarantees", "loans"])
        said.put(source, f"C{number}", code(first), code(second), said.chance.choice([50, 300]) * WAN)
    for number in range(5):
        first, second = number, (number + said.chance.choice([2, 3, 4])) % SIZE
        share, amount = said.chance.choice([("0.3", ""), ("0.6", f"{20 * WAN}"), ("", f"{40 * WAN}")])
        said.put("holdings", f"H{number}", code(first), code(second), share, amount)
    return said


@dataclass(frozen=True)
class Asked:
    """A site with what its sources say, and the run that a what-if starts from."""

    site: Site
    said: Sources
    model: RiskModel


def default(asked: Asked) -> Shock:
    said = asked.said
    party, level = code(said.chance.randrange(SIZE)), said.chance.choice([0.0, 0.4, 1.0])
    override(
        seen(asked.site),
        party,
        level,
        reason="supposed",
        author="wang",
        until=date(2027, 1, 1),
        idempotency_key=str(said.chance.random()),
    )
    return Shock(ShockKind.DEFAULT, party, level=level)


def equity(asked: Asked) -> Shock:
    said, model = asked.said, asked.model
    party, yuan = code(said.chance.randrange(SIZE)), said.chance.choice([30, 400]) * WAN
    row = said.rows["enterprises"][party]
    at = model.ids.index(f"enterprise:{party}")
    buffer = round(float(model.inputs.buffer[at])) / 100
    floored = BUFFER_KINDS[int(model.inputs.buffer_kind[at])] == "floor"
    reported = float(row["net"] or row["capital"] or buffer) if floored else buffer
    said.put("enterprises", party, row["name"], f"{reported + yuan:.2f}", row["capital"], row["phone"])
    return Shock(ShockKind.EQUITY, party, amount=Money(100 * yuan))


def settle(asked: Asked) -> Shock:
    said, model = asked.said, asked.model
    owing = np.unique(model.inputs.customer_party[model.inputs.customer_balance > 0]).tolist()
    party = model.ids[said.chance.choice(owing)].removeprefix("enterprise:")
    accounts = {row["account"] for row in said.rows["customers"].values() if row["code"] == party}
    bills = [row for row in said.rows["bills"].values() if row["account"] in accounts and not row["paid"]]
    bills.sort(key=lambda row: (row["due"], row["period"], row["bill"]))
    count = said.chance.choice([1, len(bills), len(bills)])
    for row in bills[:count]:
        said.put("bills", *{**row, "paid": DAY}.values())
    amount = None if count == len(bills) else Money(310_000 * count)
    return Shock(ShockKind.SETTLE, party, amount=amount)


def cut(asked: Asked) -> Shock:
    said = asked.said
    source, row = said.chance.choice(
        [(name, row) for name in ("guarantees", "loans", "holdings") for row in said.rows[name].values()]
    )
    ends = {row["harmed"], row["failing"]}
    relation = {"guarantees": "GUARANTEES", "loans": "LENDS_TO", "holdings": "INVESTS_IN"}[source]
    first, second = sorted(ends)
    whole = said.chance.random() < 0.5
    for name in ("guarantees", "loans", "holdings") if whole else (source,):
        for number in [k for k, r in said.rows[name].items() if {r["harmed"], r["failing"]} == ends]:
            said.end(name, number)
    if whole:
        # What the two share ends with a number of its own.
        there = said.rows["enterprises"][second]
        if there["phone"] == said.rows["enterprises"][first]["phone"]:
            said.put("enterprises", *{**there, "phone": f"0571-7777{said.loads:04d}"}.values())
    return Shock(ShockKind.CUT, first, second, None if whole else relation)


def add(asked: Asked) -> Shock:
    said = asked.said
    harmed, failing = (code(number) for number in said.chance.sample(range(SIZE), 2))
    held = {(row["harmed"], row["failing"]) for row in said.rows["holdings"].values()}
    kinds = ["guarantees", "loans"] + (["holdings"] if (harmed, failing) not in held else [])
    source, yuan = said.chance.choice(kinds), said.chance.choice([20, 250]) * WAN
    relation = {"guarantees": "GUARANTEES", "loans": "LENDS_TO", "holdings": "INVESTS_IN"}[source]
    share = [""] if source == "holdings" else []
    said.put(source, f"N{said.loads}-{harmed[-3:]}", harmed, failing, *share, yuan)
    return Shock(ShockKind.ADD, harmed, failing, relation, Money(100 * yuan))


Telling = Callable[[Asked], Shock]
KINDS: tuple[Telling, ...] = (default, equity, settle, cut, add)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Sources]]:
    with open_site(site_settings(tmp_path_factory.mktemp("next") / "home")) as site:
        said = first_sources()
        said.load(site)
        analyse(site)
        yield site, said


@pytest.mark.parametrize(
    "kinds",
    [*((kind,) for kind in KINDS), *combinations(KINDS, 2)],
    ids=lambda kinds: "-".join(kind.__name__ for kind in kinds),
)
def test_a_what_if_is_what_the_next_analysis_says(
    told: tuple[Site, Sources], kinds: tuple[Telling, ...]
) -> None:
    site, said = told
    run, before = current(site)
    # An override continues the run at once: the what-if is asked of the run before.
    shocks = [kind(Asked(site, said, before)) for kind in kinds]
    answer = what_if_of(seen(site), run, before, shocks)
    said.load(site)
    analyse(site)
    _, after = current(site)
    expected, loss = before.score.copy(), np.zeros(len(before.ids), dtype=np.int64)
    for hit in answer.hits:
        at = before.ids.index(hit.party.id)
        expected[at], loss[at] = hit.after, hit.loss.fen
    assert after.ids == before.ids
    assert np.abs(expected - after.score).max() <= 1e-9
    assert np.abs(loss - (after.expected_loss - before.expected_loss)).max() <= 1


def guaranteed(weight: float) -> float:
    """Yuan of a guarantee that brings down a firm of a million with this chance."""
    start = RiskParameters()
    return 100 * WAN * math.exp(start.sigma * float(norm.ppf(weight / start.called)))


def test_a_fall_after_an_addition_is_told_with_both_groups(tmp_path: Path) -> None:
    """Six firms that guarantee each other just below a tenth: above it, one party's group counts each failure once."""
    size, amount = 6, guaranteed(0.0999)
    more = guaranteed(0.1001) - amount
    with open_site(site_settings(tmp_path / "home")) as site:
        said = Sources(random.Random(7))
        for number in range(size):
            said.put("enterprises", code(number), f"Works {number}", 100 * WAN, "", f"0571-7000{number:04d}")
            said.customer(number, f"A{number}", 2)
        for first, second in permutations(range(size), 2):
            said.put("guarantees", f"C{first}{second}", code(first), code(second), f"{amount:.2f}")
        said.load(site)
        analyse(site)
        run, model = current(site)
        assert model.prepared.groups.group(0).tolist() == [0]
        shocks = [
            Shock(ShockKind.ADD, code(0), code(other), "GUARANTEES", Money(round(100 * more)))
            for other in range(1, size)
        ]
        answer = what_if_of(seen(site), run, model, shocks)
    [hit] = [hit for hit in answer.hits if hit.party.id == model.ids[0]]
    assert hit.after < hit.before
    [told] = [one for one in answer.assumptions if one.code == "GROUP_CHANGED"]
    assert told.subject == model.ids[0]
    assert told.record == f"{model.ids[0]} → {', '.join(model.ids)}"
    for lang in ("en", "zh"):
        assert model.ids[size - 1] in told.message(lang)
    assert any(caution.startswith("GROUP_CHANGED") for caution in answer.cautions)
