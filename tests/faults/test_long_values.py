"""A value that an index does not take is refused at the door: behind it, it would stop the graph for good."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from graph.schema.ddl import LONGEST_KEY, longest_of
from graph.schema.load import schema
from graph.schema.model import LONGEST_TEXT
from graph.search_text import search_text
from graph.store import Store
from graph.write import BATCH_BYTES, KEYS_SHOWN, GraphChange, NodeRow, apply
from ingest.loads.load import load
from ingest.projection.projector import catch_up
from ledger import quarantine
from ledger.aliases import resolve
from ledger.database import Ledger
from ledger.records import append
from tests.ingest_projector.material import START, node, row

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
            ("b", "b/", "x" * LONGEST_TEXT),
            ("c", "c/", "电力" * (LONGEST_TEXT // 2)),
            ("d", "d/", "x" * (LONGEST_TEXT + 1)),
        )
    )
    (tmp_path / "people.csv").write_text(
        cells(
            ("id", "part", "name", "address"),
            (most[:-1], "a", "甲", "street " * (LONGEST_TEXT // 7)),
            (most, "a", "an id too long", "street"),
        )
    )
    (tmp_path / "site.yaml").write_text(MANIFEST)
    return tmp_path / "site.yaml"


def test_what_no_index_takes_is_quarantined_and_the_rest_reaches_the_graph(
    store: Store, ledger: Ledger, manifest: Path
) -> None:
    report = load(ledger, manifest)
    assert [(s.read, s.accepted, s.quarantined) for s in report.sources] == [(7, 3, 4), (2, 1, 1)]
    refused = quarantine.listing(ledger)
    assert {row.code for row in refused} == {"ROW_FIELD_TOO_LONG"}
    assert {(row.field, row.details["found"]) for row in refused} == {
        ("code", LONGEST_KEY + 1),
        ("code", 30),
        ("path", LONGEST_KEY + 1),
        ("name", LONGEST_TEXT + 1),
        ("id, part", LONGEST_KEY + 1),
    }
    catch_up(ledger, store, schema())
    codes = store.read("MATCH (a:Area) RETURN a.areaCode AS code ORDER BY size(a.areaCode)")
    assert [len(row["code"]) for row in codes] == [1, 1, LONGEST_KEY]
    lives = store.read("MATCH (:Person)-[:LIVES_AT]->(a:Address) RETURN size(a.text) AS size")
    assert len(lives) == 1


@pytest.mark.parametrize("widest", ["\x7f", "電", WIDE])
def test_no_accepted_texts_together_are_more_than_a_message_takes(widest: str) -> None:
    for declared in schema().types:
        texts = {
            name: widest * longest_of(prop)
            for name, prop in declared.properties.items()
            if prop.type == "text" and not prop.values
        }
        searched = [
            texts[name] for name, prop in declared.properties.items() if prop.searched and name in texts
        ]
        row = {
            **texts,
            "search": search_text(searched) if searched else "",
            "keys": [WIDE * 600] * KEYS_SHOWN,
        }
        assert len(orjson.dumps(row)) < BATCH_BYTES, declared.name


def test_an_entity_with_more_keys_than_a_message_takes_reaches_the_graph(store: Store) -> None:
    keys = tuple(f"enterprise:source-that-never-names-them-alike/{number:09}" for number in range(200_000))
    entity = NodeRow("Enterprise", keys[0], keys, ("real",), {"name": "甲"})
    assert sum(map(len, keys)) > BATCH_BYTES
    for recovering in (False, True):
        apply(store, schema(), GraphChange(1, create_nodes=[entity]), recovering=recovering)
    (row,) = store.read("MATCH (n:Enterprise) RETURN n.id AS id, n.keys AS keys")
    assert row == {"id": keys[0], "keys": list(keys[:KEYS_SHOWN])}


def test_an_entity_is_found_by_keys_that_its_node_does_not_show(store: Store, ledger: Ledger) -> None:
    key, many = "enterprise:913300000000000001", KEYS_SHOWN + 200
    for part in range(0, many, 300):
        rows = [
            row(f"visits/{n}", node("Enterprise", key, f"enterprise:visits/{n:05}", name="甲"))
            for n in range(part, min(part + 300, many))
        ]
        append(ledger, rows, recorded_at=START)
    catch_up(ledger, store, schema(), batch=500)
    (found,) = store.read("MATCH (n:Enterprise) RETURN n.id AS id, size(n.keys) AS keys")
    assert found == {"id": key, "keys": KEYS_SHOWN}
    assert {resolve(ledger, f"enterprise:visits/{n:05}") for n in (0, many // 2, many - 1)} == {key}
