"""Lists over GraphQL: narrowed, ordered, page by page."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.asking import ask, nodes
from tests.supply_site import HOME_CUSTOMER, WORKS, WORKS_CUSTOMER


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("customers", [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ('customers(filter: {kind: "organisation"})', [WORKS_CUSTOMER]),
        ('customers(filter: {region: "CN/37/02"})', [HOME_CUSTOMER]),
        ('customers(filter: {region: "CN/37/"})', [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ('customers(filter: {line: "S2"})', [WORKS_CUSTOMER]),
        ('customers(filter: {text: "yunze jixie"})', []),
        ('customers(filter: {text: "机械"})', [WORKS_CUSTOMER]),
        ('customers(filter: {openedOn: {atLeast: "2020-01-01"}})', [HOME_CUSTOMER]),
        ("customers(orderBy: {field: OPENED_ON})", [WORKS_CUSTOMER, HOME_CUSTOMER]),
        ("customers(orderBy: {field: OPENED_ON, direction: DESC})", [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ("enterprises(filter: {netAssets: {atLeast: 300000000, atMost: 300000000}})", [WORKS]),
        ("enterprises(filter: {netAssets: {atLeast: 300000001}})", []),
        ("persons", []),
        ("lines(orderBy: {field: LENGTH})", ["S1", "F1", "S2"]),
        ("lines(orderBy: {field: LENGTH, direction: DESC})", ["F1", "S1", "S2"]),
        ('lines(filter: {line: "F1", length: {atMost: 100}})', ["S1"]),
        ('devices(filter: {ratedPower: {atLeast: 8}, line: "F1"})', ["D1"]),
        ('workOrders(filter: {state: "open"})', ["W1"]),
        ('workOrders(filter: {openedAt: {atMost: "2026-02-01"}})', ["W2"]),
        ("workOrders(orderBy: {field: OPENED_AT})", ["W2", "W1"]),
    ],
)
def test_lists_are_narrowed_and_ordered(supply: TestClient, arguments: str, expected: list[str]) -> None:
    found = next(iter(ask(supply, f"{{ {arguments} {{ totalCount edges {{ node {{ id }} }} }} }}").values()))
    assert [node["id"].partition(":")[2] for node in nodes(found)] == expected
    assert found["totalCount"] == len(expected)


def test_lists_by_risk_agree_with_the_customers_own_risk(risky: TestClient) -> None:
    query = """query ($order: CustomerOrder, $filter: CustomerFilter, $after: String, $first: Int!) {
      customers(orderBy: $order, filter: $filter, after: $after, first: $first) {
        totalCount pageInfo { endCursor hasNextPage }
        edges { node { customerNo risk { score expectedLoss { fen } } community { id } } } } }"""
    falling = {"field": "RISK", "direction": "DESC"}
    whole = ask(risky, query, order=falling, first=10)["customers"]
    scores = [node["risk"]["score"] for node in nodes(whole)]
    assert scores == sorted(scores, reverse=True)
    assert whole["totalCount"] == len(scores) == 3
    walked, after = [], None
    for _ in scores:
        page = ask(risky, query, order=falling, first=1, after=after)["customers"]
        walked += nodes(page)
        after = page["pageInfo"]["endCursor"]
    assert walked == nodes(whole)
    assert not page["pageInfo"]["hasNextPage"]
    losses = ask(risky, query, order={"field": "EXPECTED_LOSS"}, first=10)["customers"]
    fen = [node["risk"]["expectedLoss"]["fen"] for node in nodes(losses)]
    assert fen == sorted(fen)
    middle = sorted(scores)[1]
    some = ask(risky, query, filter={"risk": {"atLeast": middle}}, first=10)["customers"]
    assert sorted(node["risk"]["score"] for node in nodes(some)) == sorted(scores)[1:]
    community = nodes(whole)[0]["community"]["id"]
    together = {"community": community, "name": "Debtor Works"}
    assert [n["customerNo"] for n in nodes(ask(risky, query, filter=together, first=10)["customers"])] == [
        "4400000001"
    ]
    assert ask(risky, query, filter={"community": "community-999"}, first=10)["customers"]["totalCount"] == 0


def test_search_pages_over_types_and_counts_all(supply: TestClient) -> None:
    query = """query ($text: String!, $types: [SearchType!], $first: Int!, $after: String) {
      search(text: $text, types: $types, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } edges { node { id type name } } } }"""
    whole = ask(supply, query, text="yunze", first=10)["search"]
    assert [node["type"] for node in nodes(whole)] == ["Customer", "Enterprise"]
    first = ask(supply, query, text="yunze", first=1)["search"]
    rest = ask(supply, query, text="yunze", first=1, after=first["pageInfo"]["endCursor"])["search"]
    assert nodes(first) + nodes(rest) == nodes(whole)
    assert first["totalCount"] == rest["totalCount"] == 2
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    only = ask(supply, query, text="yunze", types=["ENTERPRISE", "DEVICE"], first=10)["search"]
    assert [node["type"] for node in nodes(only)] == ["Enterprise"]
