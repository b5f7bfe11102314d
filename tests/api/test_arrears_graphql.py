"""Answers about arrears risk over GraphQL, on the small site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.site import Site
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
