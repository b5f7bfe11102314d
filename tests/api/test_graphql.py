"""The GraphQL API over HTTP, on the small site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import build_schema

from api.app import create_app
from api.schema import sdl
from services.site import Site
from tests.small_site import DEBTOR, GUARANTOR

PORTRAIT = """
query ($id: ID!) {
  customer(id: $id) {
    id name kind customerNo phone
    party { id name type }
    accounts { edges { node { accountNo } } totalCount }
    bills(first: 2) {
      edges { node { billNo period amount { fen currency } dueOn paidOn } }
      totalCount
    }
    risk {
      score expectedLoss { fen }
      contributions(first: 3) { edges { node { share amount { fen } steps { from { id } to { id } } } } }
      run { id }
    }
    arrears { balance { fen } probability }
    community { id size risk }
    provenance(field: "name") { field value current source recordId observedAt recordedAt }
  }
}
"""


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_the_portrait_of_a_customer(client: TestClient) -> None:
    document = ask(client, PORTRAIT, id="4400000002")
    assert "errors" not in document
    found = document["data"]["customer"]
    assert found["id"] == "customer:4400000002"
    assert found["name"] == "Guarantor Mills"
    assert found["party"] == {
        "id": f"enterprise:{GUARANTOR}",
        "name": "Guarantor Mills",
        "type": "Enterprise",
    }
    assert found["accounts"]["totalCount"] == 1
    assert found["bills"]["totalCount"] == 7
    newest = found["bills"]["edges"][0]["node"]
    assert newest == {
        "billNo": "A2-10",
        "period": "2025-10",
        "amount": {"fen": 620000, "currency": "CNY"},
        "dueOn": "2025-11-20",
        "paidOn": "2025-11-15",
    }
    assert 0 < found["risk"]["score"] < 1
    [contribution] = found["risk"]["contributions"]["edges"]
    assert contribution["node"]["amount"]["fen"] == found["risk"]["expectedLoss"]["fen"]
    assert contribution["node"]["steps"] == [
        {"from": {"id": f"enterprise:{DEBTOR}"}, "to": {"id": f"enterprise:{GUARANTOR}"}}
    ]
    assert found["community"]["size"] == 3


def test_the_portrait_names_the_record_of_a_value(client: TestClient) -> None:
    found = ask(client, PORTRAIT, id="4400000002")["data"]["customer"]["provenance"]
    assert [(p["value"], p["current"], p["source"], p["recordId"]) for p in found] == [
        ("Guarantor Mills", True, "customers", "customers/4400000002")
    ]


def test_pages_follow_each_other_without_gap_or_repeat(client: TestClient) -> None:
    query = """query ($after: String) { customer(id: "4400000001") {
      bills(first: 3, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }"""
    seen: list[str] = []
    after = None
    while True:
        found = ask(client, query, after=after)["data"]["customer"]["bills"]
        seen += [edge["node"]["id"] for edge in found["edges"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == 7


def test_an_unknown_customer_is_null_and_an_unknown_party_an_error_with_its_remedy(
    client: TestClient,
) -> None:
    assert ask(client, '{ customer(id: "4499999999") { id } }') == {"data": {"customer": None}}
    document = ask(client, '{ riskTrace(id: "nobody") { score } }')
    assert document["errors"][0]["extensions"]["code"] == "UNKNOWN_ID"
    assert document["errors"][0]["extensions"]["remedy"]


def test_errors_speak_the_language_of_the_asker(client: TestClient) -> None:
    answer = client.post(
        "/graphql",
        json={"query": '{ riskTrace(id: "nobody") { score } }'},
        headers={"Accept-Language": "zh-CN"},
    )
    assert "不对应任何实体" in answer.json()["errors"][0]["message"]


def test_a_page_that_is_too_large_is_refused(client: TestClient) -> None:
    query = '{ customer(id: "4400000001") { bills(first: 100000) { totalCount } } }'
    answer = client.post("/graphql", json={"query": query})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "PAGE_SIZE"


def test_search_finds_by_name_and_not_by_a_phone_that_is_masked(client: TestClient) -> None:
    query = "query ($text: String!) { search(text: $text) { edges { node { id type name } } totalCount } }"
    by_name = ask(client, query, text="guarantor")["data"]["search"]
    assert {edge["node"]["type"] for edge in by_name["edges"]} == {"Customer", "Enterprise"}
    by_phone = ask(client, query, text="88887777")["data"]["search"]
    # Without a token an analyst asks, who sees no telephone number in clear.
    assert by_phone == {"edges": [], "totalCount": 0}


def test_the_server_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").json() == {"status": "ok"}


def test_the_committed_schema_is_that_of_the_code() -> None:
    committed = Path(__file__).parents[2] / "api" / "schema.graphql"
    assert committed.read_text(encoding="utf-8") == sdl()


def test_every_type_and_field_of_the_schema_is_described() -> None:
    missing = [
        f"{name}.{field}"
        for name, kind in build_schema(sdl()).type_map.items()
        if not name.startswith("__") and hasattr(kind, "fields") and kind.ast_node
        for field, definition in kind.fields.items()
        if not definition.description
    ]
    assert missing == []
