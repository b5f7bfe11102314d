"""Answers about arrears risk over GraphQL, on the small site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.linked_site import code
from tests.small_site import DEBTOR, GUARANTOR, write

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


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A client of a small site that tests may change."""
    folder = tmp_path_factory.mktemp("own")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as site:
        analyse(site)
        with TestClient(create_app(site)) as opened:
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


def test_the_suggested_action_is_told_in_the_language_of_the_asker(client: TestClient) -> None:
    query = "{ riskClusters(first: 1) { edges { node { suggestedAction } } } }"

    def told(lang: str) -> str:
        answer = client.post("/graphql", json={"query": query}, headers={"Accept-Language": lang}).json()
        [edge] = answer["data"]["riskClusters"]["edges"]
        return edge["node"]["suggestedAction"]

    assert told("en").startswith("Agree on payment with Debtor Works first; that would spare ")
    assert told("zh-CN").startswith("首先与Debtor Works商定付款；可减少 ")
    assert told("zh-CN").endswith("。")


def test_a_trace_tells_its_changes_for_programs(client: TestClient) -> None:
    query = (
        "query ($id: ID!) { riskTrace(id: $id) "
        "{ wouldChange { what effect { fen } kind party { id } other { id } } } }"
    )
    document = ask(client, query, id=GUARANTOR)
    assert "errors" not in document, document
    kinds = {change["kind"] for change in document["data"]["riskTrace"]["wouldChange"]}
    assert kinds == {"SETTLE", "CUT"}


OVERRIDE = """mutation ($id: ID!, $own: Float, $key: String!) {
  overrideRisk(id: $id, own: $own, reason: "pays again", author: "analyst", until: "2026-12-31", idempotencyKey: $key) {
    party { id } override { own recorded reason author until recordedAt } before after loss { fen } totalLoss { fen }
    run { id } repeated } }"""


def test_an_override_over_graphql_is_shown_on_the_portrait(own: TestClient) -> None:
    document = ask(own, OVERRIDE, id=DEBTOR, own=0.5, key="K1")
    assert "errors" not in document, document
    found = document["data"]["overrideRisk"]
    assert (found["before"], found["after"], found["repeated"]) == (1.0, 0.5, False)
    assert found["loss"]["fen"] < 0
    query = """{ customer(id: "4400000001") { arrears { balance { fen } ageing { fromDays toDays amount { fen } } }
      risk { score override { own author reason } run { id } } } }"""
    customer = ask(own, query)["data"]["customer"]
    assert customer["risk"]["override"] == {"own": 0.5, "author": "analyst", "reason": "pays again"}
    assert customer["risk"]["run"]["id"] == found["run"]["id"]
    ageing = customer["arrears"]["ageing"]
    assert ageing[-1]["toDays"] is None
    assert sum(bucket["amount"]["fen"] for bucket in ageing) == customer["arrears"]["balance"]["fen"]
    changed = """query ($id: ID!) { run(id: $id) { parent
      changes(first: 5) { totalCount edges { node { party { id } before after loss { fen } } } } } }"""
    head = ask(own, changed, id=found["run"]["id"])["data"]["run"]
    assert head["parent"]
    changes = {edge["node"]["party"]["id"]: edge["node"] for edge in head["changes"]["edges"]}
    assert (changes[f"enterprise:{DEBTOR}"]["before"], changes[f"enterprise:{DEBTOR}"]["after"]) == (1.0, 0.5)
    assert sum(change["loss"]["fen"] for change in changes.values()) == found["totalLoss"]["fen"]
    assert ask(own, changed, id=head["parent"])["data"]["run"]["changes"]["totalCount"] == 0
    assert ask(own, OVERRIDE, id=DEBTOR, own=0.5, key="K1")["data"]["overrideRisk"]["repeated"]
    conflict = ask(own, OVERRIDE, id=DEBTOR, own=0.6, key="K1")
    assert conflict["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_CONFLICT"
    assert ask(own, OVERRIDE, id=DEBTOR, own=None, key="K2")["data"]["overrideRisk"]["override"] is None


def test_the_watch_list_over_graphql(own: TestClient) -> None:
    add = """mutation ($id: ID!) {
      watchParty(id: $id, kind: THRESHOLD, level: 0.3, idempotencyKey: "W1")
      { id kind level author } }"""
    document = ask(own, add, id=DEBTOR)
    assert "errors" not in document, document
    made = document["data"]["watchParty"]
    assert made["kind"] == "THRESHOLD"
    query = """{ watchList(first: 5) { totalCount edges { node { party { id name } score before expectedLoss { fen }
      rules { id } alerts { rule { kind } value path { name } } } } } }"""
    found = ask(own, query)["data"]["watchList"]
    assert found["totalCount"] == 1
    node = found["edges"][0]["node"]
    assert node["rules"] == [{"id": made["id"]}]
    assert node["alerts"][0]["value"] == node["score"] == 1.0
    remove = "mutation ($rule: ID!) { unwatchParty(rule: $rule) }"
    assert ask(own, remove, rule=made["id"])["data"] == {"unwatchParty": True}
    assert ask(own, query)["data"]["watchList"]["totalCount"] == 0


def test_history_over_graphql(own: TestClient) -> None:
    query = """query ($id: ID!) { riskHistory(id: $id, first: 2) { totalCount edges { node {
      run { id } createdAt dataTime score own expectedLoss { fen } current } } } }"""
    document = ask(own, query, id=GUARANTOR)
    assert "errors" not in document, document
    found = document["data"]["riskHistory"]
    assert found["edges"][0]["node"]["dataTime"] == "2026-03-31"
    assert sum(edge["node"]["current"] for edge in found["edges"]) <= 1
