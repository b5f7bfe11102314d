"""Any text comes back from the API byte for byte, and none of them is more than a text to the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.write import wipe
from ingest.cells.absence import SHIPPED
from ledger import quarantine
from services.loading import ingest
from services.settings import settings
from services.site import open_site
from tests.conftest import STORES
from tests.ingest_front.bad_input import NAUGHTY

CYPHER = (
    "'}) DETACH DELETE n //",
    '"}) RETURN 1 UNION MATCH (n) DETACH DELETE n //',
    "\\' RETURN 1 //",
    "\\u0027}) DETACH DELETE (n) //",
    '" WITH 1 AS x CALL dbms.components() YIELD name RETURN name //',
    "$name",
    "`] DELETE r //",
    "{name: 'x'}",
)
MANIFEST = """\
sources:
  - name: texts
    path: texts.jsonl
    channel: survey
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {name: text}
"""
TOLD = 'name provenance(field: "name") { value }'
AT_ONCE = 20
"""Customers that one question asks for: what costs time is the question."""


def answers(client: TestClient, numbers: list[str]) -> Iterator[tuple[str, Any]]:
    """Every customer as GraphQL tells it, by number."""
    for some in batched(numbers, AT_ONCE):
        names = ", ".join(f"$n{place}: ID!" for place in range(len(some)))
        fields = " ".join(f"c{place}: customer(id: $n{place}) {{ {TOLD} }}" for place in range(len(some)))
        variables = {f"n{place}": number for place, number in enumerate(some)}
        answer = client.post(
            "/graphql", json={"query": f"query ({names}) {{ {fields} }}", "variables": variables}
        )
        assert "errors" not in answer.json(), answer.text
        yield from zip(some, answer.json()["data"].values(), strict=True)


def batched(items: list[str], size: int) -> Iterator[list[str]]:
    """The items in order, so many at a time."""
    return (items[start : start + size] for start in range(0, len(items), size))


@pytest.mark.parametrize("kind", STORES)
def test_texts_come_back_as_they_went(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> None:
    texts = {f"{4_401_000_000 + i}": text for i, text in enumerate((*NAUGHTY, *CYPHER))}
    rows = [json.dumps({"no": number, "text": text}) for number, text in texts.items()]
    (tmp_path / "texts.jsonl").write_text("\n".join(rows))
    (tmp_path / "texts.yaml").write_text(MANIFEST)
    store = None
    if kind == "neo4j":
        store = request.getfixturevalue("neo4j_url")
        wipe(request.getfixturevalue("neo4j_store"), definitions=True)
    chosen = settings(tmp_path / "home", store)
    (source,) = ingest(chosen, tmp_path / "texts.yaml").report.sources
    with open_site(chosen) as site, TestClient(create_app(site)) as client:
        refused = {str(row.raw["no"]) for row in quarantine.listing(site.ledger, first=100)}
        assert len(refused) == source.quarantined
        kept = {number: text for number, text in texts.items() if number not in refused}
        assert set(CYPHER) <= set(kept.values())
        for number, customer in answers(client, list(kept)):
            text = kept[number]
            told = bool(text.strip()) and not SHIPPED.says_nothing(
                text
            )  # 'undefined' and its like are absent
            assert (number, customer["name"]) == (number, text if told else None)
            assert [said["value"] for said in customer["provenance"]] == ([text] if told else [])
        # As many entities as rows, of the one type: no text was more than a text.
        found = site.store.read(
            "MATCH (n) WHERE n.keys IS NOT NULL RETURN labels(n) AS labels, count(n) AS count"
        )
        assert [(row["labels"], row["count"]) for row in found] == [(["Customer"], len(kept))]


def test_half_a_character_ends_no_answer(tmp_path: Path) -> None:
    """Nothing is called so, and nothing fails: a document or its variables are refused, never the server."""
    with open_site(settings(tmp_path / "home")) as site, TestClient(create_app(site)) as client:
        bodies = [
            b'{"query": "query ($id: ID!) { customer(id: $id) { id } }", "variables": {"id": "a\\ud83d"}}',
            b'{"query": "{ customer(id: \\"a\\\\uD83D\\") { id } }"}',
            b'{"query": "{ search(text: \\"\\\\uDCFF\xe7\x94\xb5\\") { totalCount } }"}',
        ]
        for body in bodies:
            answer = client.post("/graphql", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code in (200, 400), (body, answer.status_code)
            assert answer.json()["errors"], body
        whole = client.post("/graphql", json={"query": '{ search(text: "电") { totalCount } }'})
        assert whole.json()["data"]["search"] == {"totalCount": 0}
