"""Answers about arrears risk over GraphQL, on the small site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.site import Site
from tests.linked_site import code
from tests.small_site import DEBTOR, GUARANTOR

WHAT_IF = """
query ($shocks: [ShockInput!]!) {
  whatIf(shocks: $shocks) {
    hits(first: 1) {
      edges { node { party { id name } before after loss { fen currency } equityLoss { fen } shocked } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
    rest { count }
    totalLoss { fen } ownLoss { fen } totalEquityLoss { fen }
    run { id } dataTime cautions
  }
}
"""


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


@pytest.fixture(scope="module")
def linked(linked_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(linked_site)) as opened:
        yield opened


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def test_what_if_over_graphql(client: TestClient) -> None:
    shocks = [
        {"kind": "DEFAULT", "party": GUARANTOR},
        {"kind": "SETTLE", "party": DEBTOR, "amount": 310_000},
    ]
    document = ask(client, WHAT_IF, shocks=shocks)
    assert "errors" not in document, document
    found = document["data"]["whatIf"]
    assert found["hits"]["totalCount"] == 3
    assert found["hits"]["pageInfo"]["hasNextPage"]
    assert found["hits"]["edges"][0]["node"]["loss"]["currency"] == "CNY"
    assert found["rest"] == {"count": 0}


def test_a_shock_on_nobody_is_an_error_with_its_remedy(client: TestClient) -> None:
    document = ask(client, WHAT_IF, shocks=[{"kind": "CUT", "party": DEBTOR}])
    assert document["errors"][0]["extensions"]["code"] == "SHOCK_NEEDS"
    assert document["errors"][0]["extensions"]["remedy"]


def test_guarantee_circles_over_graphql(linked: TestClient) -> None:
    query = """query ($after: String) { guaranteeCircles(first: 2, after: $after) {
      edges { node { id kind size internal { fen } inflow { fen } outflow { fen } expectedLoss { fen } moreCycles
        members(first: 2) { edges { node { id name } } totalCount }
        cycles(first: 1) { edges { node { bottleneck { fen }
          steps { guarantor { id } borrower { id } amount { fen } amountUnknown recordIds } } } totalCount } } }
      pageInfo { hasNextPage endCursor } totalCount } }"""
    document = ask(linked, query)
    assert "errors" not in document, document
    page = document["data"]["guaranteeCircles"]
    assert page["totalCount"] == 4
    first = page["edges"][0]["node"]
    assert (first["kind"], first["members"]["totalCount"], first["cycles"]["totalCount"]) == ("complex", 3, 2)
    rest = ask(linked, query, after=page["pageInfo"]["endCursor"])["data"]["guaranteeCircles"]
    assert [edge["node"]["kind"] for edge in rest["edges"]] == ["ring", "self"]


def test_owners_over_graphql(linked: TestClient) -> None:
    query = """query ($id: ID!) { owners(id: $id) { party { id name } threshold unknown cautions
      beneficial { party { name } share direct } enterprises { party { name } share }
      persons(first: 1) { edges { node { party { name } share } } totalCount }
      direct(first: 5) { edges { node { holder { name } share proxy recordId } } }
      unknownAt { party { name } share } } }"""
    document = ask(linked, query, id=code("K"))
    assert "errors" not in document, document
    found = document["data"]["owners"]
    assert [owner["party"]["name"] for owner in found["beneficial"]] == ["li", "wang"]
    assert found["persons"]["totalCount"] == 3
    assert found["unknownAt"][0]["party"]["name"] == "Works K"


def test_risk_clusters_over_graphql(client: TestClient) -> None:
    query = """{ riskClusters(first: 5) { totalCount edges { node { id name size expectedLoss { fen } suggestedAction
      seeds { party { id name } share amount { fen } } channels { relation share amount { fen } }
      members(first: 2) { edges { node { id name } } totalCount }
      action { kind party { name } spared { fen } share } } } } }"""
    document = ask(client, query)
    assert "errors" not in document, document
    [edge] = document["data"]["riskClusters"]["edges"]
    found = edge["node"]
    assert found["size"] == found["members"]["totalCount"] == 3
    assert len(found["members"]["edges"]) == 2
    assert sum(channel["amount"]["fen"] for channel in found["channels"]) == found["expectedLoss"]["fen"]
    assert found["action"]["kind"] == "AGREE_ON_PAYMENT"
    assert found["seeds"][0]["party"]["id"] == f"enterprise:{DEBTOR}"


def test_a_trace_tells_its_changes_for_programs(client: TestClient) -> None:
    query = (
        "query ($id: ID!) { riskTrace(id: $id) "
        "{ wouldChange { what effect { fen } kind party { id } other { id } } } }"
    )
    document = ask(client, query, id=GUARANTOR)
    assert "errors" not in document, document
    kinds = {change["kind"] for change in document["data"]["riskTrace"]["wouldChange"]}
    assert kinds == {"SETTLE", "CUT"}
