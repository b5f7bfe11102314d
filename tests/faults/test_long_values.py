"""A value that an index does not take is refused at the door: behind it, it would stop the graph for good."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.schema.ddl import LONGEST_KEY
from graph.schema.load import schema
from graph.store import Store
from ingest.load import load
from ingest.projector import catch_up
from ingest.readers import FIELD_LIMIT
from ledger import quarantine
from ledger.database import Ledger

WIDE = "𠮷"  # four bytes
MANIFEST = """
sources:
  - name: places
    path: places.csv
    channel: survey
    observedAt: 2026-01-31
    mapping:
      - node: Area
        key: {areaCode: code}
        set: {path: path, name: name}
  - name: people
    path: people.csv
    channel: survey
    recordId: [id, part]
    observedAt: 2026-01-31
    mapping:
      - node: Person
        set: {name: name}
      - relation: LIVES_AT
        from: {Person: {}}
        to: {Address: {text: address}}
"""


def cells(*rows: tuple[str, ...]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    most = WIDE * LONGEST_KEY
    (tmp_path / "places.csv").write_text(
        cells(
            ("code", "path", "name"),
            (most, most[:-1] + "/", "as long as may be"),
            (most + "a", "a/", "a key too long"),
            ("ﷺ" * 30, "a/", "a key that is too long in its plain form"),  # 18 characters each
            ("a", most + "/", "an indexed value too long"),
            ("b", "b/", "x" * (FIELD_LIMIT - 1)),
            ("c", "c/", "电力" * 20_000),
        )
    )
    (tmp_path / "people.csv").write_text(
        cells(
            ("id", "part", "name", "address"),
            (most[:-1], "a", "甲", "street " * 10_000),
            (most, "a", "an id too long", "street"),
        )
    )
    (tmp_path / "site.yaml").write_text(MANIFEST)
    return tmp_path / "site.yaml"


def test_what_no_index_takes_is_quarantined_and_the_rest_reaches_the_graph(
    store: Store, ledger: Ledger, manifest: Path
) -> None:
    report = load(ledger, manifest)
    assert [(s.read, s.accepted, s.quarantined) for s in report.sources] == [(6, 3, 3), (2, 1, 1)]
    refused = quarantine.listing(ledger)
    assert {row.code for row in refused} == {"ROW_FIELD_TOO_LONG"}
    assert {(row.field, row.details["found"]) for row in refused} == {
        ("code", LONGEST_KEY + 1),
        ("code", 30),
        ("path", LONGEST_KEY + 1),
        ("id, part", LONGEST_KEY + 1),
    }
    catch_up(ledger, store, schema())
    codes = store.read("MATCH (a:Area) RETURN a.areaCode AS code ORDER BY size(a.areaCode)")
    assert [len(row["code"]) for row in codes] == [1, 1, LONGEST_KEY]
    lives = store.read("MATCH (:Person)-[:LIVES_AT]->(a:Address) RETURN size(a.text) AS size")
    assert len(lives) == 1
