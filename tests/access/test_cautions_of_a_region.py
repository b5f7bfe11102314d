"""What somebody of a region is told of doubtful relations: of those whose both ends are seen, and of no other."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.access.asker import EVERYONE
from services.analysis import analyse
from services.loading import ingest
from services.reading.runs import current
from services.risk.parts.solution import SOLUTION
from services.risk.seen_model import seen_model
from services.settings import settings
from services.site import Site, open_site
from tests.access.test_answers_of_a_region import ask
from tests.access.test_risk_of_a_region import seen_in
from tests.districts_site import HERE, SIZE, THERE, code
from tests.districts_site import write as write_districts

SOURCES = ("bureau", "talks", "guesses")
GUARANTEES = """
  - name: {name}
    path: {name}.csv
    channel: {channel}
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: GUARANTEES
        from: {{Enterprise: {{creditCode: one}}}}
        to: {{Enterprise: {{creditCode: other}}}}
        key: {{contractNo: contract}}
        set: {{amount: {{column: amount, unit: wan-yuan{proxy}}}}}
"""
HELD = """
  - name: shares
    path: shares.csv
    channel: business-registry
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: INVESTS_IN
        from: {Enterprise: {creditCode: one}}
        to: {Enterprise: {creditCode: other}}
        set: {share: {column: amount, unit: percent}}
"""


CODES = {"AMOUNT_UNKNOWN", "AMOUNT_PROXY", "AMOUNT_TWICE", "HOLDINGS_ABOVE_ONE"}


@dataclass(frozen=True)
class Row:
    """A row of a file: numbers of the guarantor and borrower, or of the holder and the company, and the amount in
    10,000 yuan, or the share in percent; None where it is unknown."""

    source: str
    line: int
    one: int
    other: int
    amount: int | None

    @property
    def record(self) -> str:
        return f"{self.source}/{self.line}"


def drawn(seed: int = 3) -> list[Row]:
    """Guarantees of doubtful amounts, and holdings that are too many."""
    draw = random.Random(seed)
    pairs = [(one, other) for one in range(SIZE) for other in range(SIZE) if one != other]
    found = []
    for line, (one, other) in enumerate(draw.sample(pairs, 40)):
        found.append(Row("bureau", line, one, other, draw.choice((None, 30, 70))))
        if draw.random() < 0.6:
            found.append(Row("talks", line, one, other, draw.choice((30, 70))))
        if draw.random() < 0.5:
            found.append(Row("guesses", line, one, other, 20))
    # Companies that few or many hold, on either side of the border.
    for company in (4, 5, 6, 7, 8, 9):
        for holder in draw.sample([n for n in range(SIZE) if n != company], 4):
            found.append(Row("shares", len(found), holder, company, draw.choice((30, 40, 60))))
    return found


def write(folder: Path, rows: Iterable[Row]) -> Path:
    channels = {"bureau": "credit-bureau", "talks": "conversation", "guesses": "survey"}
    text = "sources:" + HELD
    for name in SOURCES:
        proxy = ", proxy: true" if name == "guesses" else ""
        text += GUARANTEES.format(name=name, channel=channels[name], proxy=proxy)
    folder.mkdir()
    for name in (*SOURCES, "shares"):
        lines = [
            f"{row.line},{code(row.one)},{code(row.other)},{name[0]}{row.line},"
            f"{'' if row.amount is None else row.amount}"
            for row in rows
            if row.source == name
        ]
        text_of = "\n".join(["line,one,other,contract,amount", *lines])
        (folder / f"{name}.csv").write_text(f"{text_of}\n", encoding="utf-8")
    (folder / "site.yaml").write_text(text, encoding="utf-8")
    return folder / "site.yaml"


def of_text(rows: Iterable[Row], known: set[str]) -> Mapping[str, set[str]]:
    """Cautions by enterprise, from the text alone: "equals the answer on the graph without what is not seen", where
    "a relation is seen when both ends are"; what is doubtful is said by docs/science.md, "Bad input"."""
    seen = [row for row in rows if {f"enterprise:{code(n)}" for n in (row.one, row.other)} <= known]
    found: dict[str, set[str]] = defaultdict(set)
    for row in seen:
        guarantor, company = f"enterprise:{code(row.one)}", f"enterprise:{code(row.other)}"
        if row.source == "shares":
            held = sum(
                other.amount or 0 for other in seen if (other.source, other.other) == ("shares", row.other)
            )
            if held > 100:
                found[company].add(f"HOLDINGS_ABOVE_ONE {row.record}")
            continue
        if row.amount is None:
            found[guarantor].add(f"AMOUNT_UNKNOWN {row.record}")
            continue
        if row.source == "guesses":
            found[guarantor].add(f"AMOUNT_PROXY {row.record}")
        alike = [
            other.record
            for other in seen
            if (other.one, other.other, other.amount) == (row.one, row.other, row.amount)
            and other.source != "shares"
        ]
        if len(alike) > 1:
            found[guarantor].add(f"AMOUNT_TWICE {', '.join(sorted(alike))}")
    return found


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return drawn()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("cautions")
    chosen = settings(folder / "home")
    # The district's own relations have certain amounts; its holdings would count, so they are left out.
    manifest = write_districts(folder / "districts")
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text[: text.index("  - name: guarantees")], encoding="utf-8")
    ingest(chosen, manifest)
    ingest(chosen, write(folder / "doubtful", rows))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


ASKED = '{ riskTrace(id: "%s") { cautions assumptions { code subject record } } }'


@pytest.mark.parametrize("region", [HERE, THERE, "CN/"])
def test_cautions_are_of_relations_whose_both_ends_are_seen(site: Site, rows: list[Row], region: str) -> None:
    known = seen_in(site, region)
    expected, everything = of_text(rows, known), of_text(rows, {f"enterprise:{code(n)}" for n in range(SIZE)})
    told, kept_back = set(), 0
    with TestClient(create_app(site)) as client:
        for party in sorted(one for one in known if one.startswith("enterprise:")):
            answer = ask(client, site, ASKED % party, "credit-officer", region)["data"]["riskTrace"]
            cautions = {one for one in answer["cautions"] if one.partition(" ")[0] in CODES}
            assert cautions == expected[party], party
            assumed = {f"{one['code']} {one['record']}" for one in answer["assumptions"]}
            assert {one for one in assumed if one.partition(" ")[0] in CODES} == expected[party]
            told |= {one.partition(" ")[0] for one in cautions}
            kept_back += len(everything[party] - expected[party])
    assert told == CODES
    assert (kept_back > 0) == (region != "CN/")


def test_a_run_of_an_earlier_program_is_read_and_tells_a_region_of_no_doubtful_relation(site: Site) -> None:
    _, model = current(site.as_seen_by(EVERYONE))
    columns = SOLUTION.columns(model.solved)
    tables = {name: pa.table(dict(own)) for name, own in columns.items()}
    tables["cautions"] = tables["cautions"].drop_columns(["other"])
    assert SOLUTION.kept(tables)
    older = replace(model, solved=SOLUTION.read(tables, model.solved.probability))
    assert {one.code for one in older.cautions} >= CODES
    assert not {one.code for one in seen_model(older, seen_in(site, HERE)).cautions} & CODES
    assert not SOLUTION.kept({**tables, "cautions": tables["cautions"].drop_columns(["record"])})
