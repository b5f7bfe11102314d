"""Whoever sees a region gets the answers that there would be without the rest, and does not learn of the rest."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from api.app import create_app
from api.masked import plain_schema
from api.schema import schema
from graph.project import nodes, relations
from graph.state import prepare
from graph.store import Store
from graph.write import wipe
from services.access.areas.computing import Link, Node
from services.access.asker import Asker, asker
from services.access.root_fields import CLOSED, OPEN_TYPES
from services.access.tokens.issuing import issue
from services.analysis import analyse
from services.loading import ingest, project
from services.reading import party_relations, seen_runs
from services.settings import settings
from services.site import Site, open_site
from tests.access.documents import Documents
from tests.access.seen_reference import Scope, seen
from tests.small_site import write as write_small_site
from tests.supply_site import HOME_CUSTOMER, WORKS, WORKS_CUSTOMER
from tests.supply_site import write as write_supply_site

HERE, THERE = "CN/37/02/", "CN/37/021/"
MISSING = "4499999999"
TYPES = plain_schema(schema)
ONE = {
    "customer": (HOME_CUSTOMER, WORKS_CUSTOMER, "4400000001", MISSING),
    "enterprise": (WORKS, "91330100MA2DEBTOR1"),
    "person": ("person:none",),
    "line": ("F1", "S2", "line:none"),
    "device": ("D1", "device:none"),
    "workOrder": ("W1", "W2"),
    "entity": (HOME_CUSTOMER, WORKS_CUSTOMER, "S2", "P1", "P2", "I1", MISSING),
    "neighbours": (HOME_CUSTOMER, WORKS_CUSTOMER, "S1", "D1", WORKS, MISSING),
    "gridTrace": (HOME_CUSTOMER, "F1", "S2"),
}
"""What is asked for by id: some of it lies here, some there, some nowhere."""
FREE = {
    "search": (
        'text: "4400"',
        'text: "works"',
        'text: "1380", first: 2',
        'text: "p1", types: [SERVICE_POINT]',
        'text: "a"',
    ),
    "paths": tuple(
        f'from: "{one}", to: "{other}"'
        for one, other in (
            (HOME_CUSTOMER, "F1"),
            (HOME_CUSTOMER, WORKS_CUSTOMER),
            (WORKS_CUSTOMER, WORKS),
            (WORKS_CUSTOMER, "S1"),
            (HOME_CUSTOMER, MISSING),
        )
    ),
}
"""What is asked for by something else than one id."""
LISTS = {
    "customers": (
        "",
        "(first: 1)",
        "(orderBy: {field: RISK, direction: DESC})",
        '(filter: {kind: "organisation"})',
    ),
    "enterprises": ("", "(orderBy: {field: EXPECTED_LOSS})", "(filter: {risk: {atLeast: 0}})"),
    "persons": ("",),
    "lines": ("(orderBy: {field: LENGTH})", '(filter: {line: "F1"})'),
    "devices": ("", '(filter: {line: "F1"})'),
    "workOrders": ("(orderBy: {field: OPENED_AT})",),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Two districts with a network, and three enterprises that guarantee each other and are in none; with a run."""
    folder = tmp_path_factory.mktemp("regions")
    chosen = settings(folder / "home")
    ingest(chosen, write_supply_site(folder / "supply"))
    ingest(chosen, write_small_site(folder / "small"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def everything(site: Site) -> tuple[dict[str, Node], list[Link]]:
    """The graph of a site as the reference takes it."""
    tables = {name: nodes(site.store, site.schema, name) for name in site.schema.nodes}
    found: dict[str, Node] = {}
    for name, table in tables.items():
        has = site.schema.nodes[name].properties
        told = nodes(site.store, site.schema, name, [p for p in ("tenant", "region") if p in has]).columns
        for at, entity in enumerate(table.ids):
            found[entity] = Node(name, *(str(told[p][at]) if p in told else "" for p in ("tenant", "region")))
    links = [
        Link(name, left.ids[one], right.ids[other])
        for name, kind in site.schema.relations.items()
        for left, right in ((tables[source], tables[target]) for source, target in kind.ends)
        if len(left) and len(right)
        for table in [relations(site.store, site.schema, name, left, right)]
        for one, other in zip(table.source.tolist(), table.target.tolist(), strict=True)
    ]
    return found, links


def without_unseen(site: Site, other: Store, region: str) -> Site:
    """The site with a graph of what is seen in a region only."""
    found, links = everything(site)
    return hide(site, other, found.keys() - seen(found, links, Scope((region,))))


def hide(site: Site, other: Store, unseen: Set[str]) -> Site:
    """The site with a graph without some entities."""
    wipe(other)
    prepare(other, site.schema, site.ledger.id)
    filtered = Site(site.settings, site.schema, site.ledger, other)
    project(filtered)
    found, _ = everything(site)
    assert 0 < len(unseen) < len(found)
    # The number of the last load stays, and with it what was read before of a store at this address.
    party_relations._kept.clear()
    seen_runs._kept.clear()
    for entity in unseen:
        other.write(f"MATCH (n:`{found[entity].type}` {{id: $id}}) DETACH DELETE n", id=entity)
    return filtered


def documents(role: str, region: str) -> Iterator[str]:
    """Documents over all root fields that are open, generated."""
    query = TYPES.query_type
    assert query
    asked, seed = asker(role, regions=[region]), 0
    for field, ids in ONE.items():
        direction = ", direction: UP" if field == "gridTrace" else ""
        for one in ids:
            seed += 1
            inner = get_named_type(query.fields[field].type).name
            yield f'{{ {field}(id: "{one}"{direction}) {Documents(TYPES, asked, seed).of(inner)} }}'
    for field, arguments in FREE.items():
        for given in arguments:
            seed += 1
            inner = get_named_type(query.fields[field].type).name
            yield f"{{ {field}({given}) {Documents(TYPES, asked, seed).of(inner, 1)} }}"
    for field, arguments in LISTS.items():
        for given in arguments:
            seed += 1
            inner = get_named_type(query.fields[field].type).name
            yield f"{{ {field}{given} {Documents(TYPES, asked, seed).of(inner, 1)} }}"


def ask(client: TestClient, site: Site, query: str, role: str, region: str) -> dict[str, Any]:
    return ask_as(client, site, query, asker(role, regions=[region]))


def ask_as(client: TestClient, site: Site, query: str, who: Asker) -> dict[str, Any]:
    given = issue(site.settings, site.ledger, who)
    answer = client.post("/graphql", json={"query": query}, headers={"Authorization": f"Bearer {given}"})
    assert answer.status_code == 200, (query, answer.text)
    found: dict[str, Any] = answer.json()
    for error in found.get("errors", ()):  # two faults of the program would be equal too
        assert error.get("extensions", {}).get("code") != "INTERNAL_FAULT", (query, error)
    return found


@pytest.mark.parametrize(("role", "region"), [("credit-officer", HERE), ("analyst", THERE)])
def test_every_answer_is_that_of_the_graph_without_what_is_not_seen(
    site: Site, embedded_store: Store, role: str, region: str
) -> None:
    filtered = without_unseen(site, embedded_store, region)
    # Nothing is left there to be hidden. An analyst of everything is told by the ledger what the graph has lost.
    wider, told = "*" if role == "credit-officer" else "CN/", 0
    with TestClient(create_app(site)) as client, TestClient(create_app(filtered)) as reference:
        for query in documents(role, region):
            found = ask(client, site, query, role, region)
            assert found == ask(reference, site, query, role, wider), query
            told += "errors" not in found and any(found["data"].values())
    assert told >= 15


def test_a_region_sees_something_and_misses_something(site: Site) -> None:
    query = "{ customers { totalCount edges { node { id } } } }"
    with TestClient(create_app(site)) as client:
        for region, expected in ((HERE, [HOME_CUSTOMER]), (THERE, [WORKS_CUSTOMER]), ("CN/4/", [])):
            found = ask(client, site, query, "credit-officer", region)["data"]["customers"]
            assert [edge["node"]["id"] for edge in found["edges"]] == [f"customer:{one}" for one in expected]
            assert found["totalCount"] == len(expected)
        assert ask(client, site, query, "credit-officer", "*")["data"]["customers"]["totalCount"] == 5


@pytest.mark.parametrize("field", ["customer", "entity", "neighbours", "gridTrace"])
def test_what_is_not_seen_and_what_is_not_there_have_one_answer(site: Site, field: str) -> None:
    direction = ", direction: UP" if field == "gridTrace" else ""
    with TestClient(create_app(site)) as client:
        answers = [
            ask(client, site, f'{{ {field}(id: "{one}"{direction}) {{ __typename }} }}', "analyst", HERE)
            for one in (WORKS_CUSTOMER, MISSING)
        ]
    said = [repr(one).replace(WORKS_CUSTOMER, "X").replace(MISSING, "X") for one in answers]
    assert said[0] == said[1]
    assert "X" in said[0] or answers[0]["data"][field] is None


def test_hidden_says_that_there_is_more_whatever_was_asked_for(site: Site) -> None:
    with TestClient(create_app(site)) as client:

        def hidden(entity: str, role: str, region: str, more: str = "") -> bool:
            query = f'{{ neighbours(id: "{entity}"{more}) {{ hidden }} }}'
            return bool(ask(client, site, query, role, region)["data"]["neighbours"]["hidden"])

        # S1 feeds S2, which is seen through the other district's service point only.
        assert hidden("S1", "credit-officer", HERE)
        assert hidden("S1", "credit-officer", HERE, ", relationTypes: [PART_OF], first: 1")
        assert not hidden("S1", "credit-officer", "*")
        assert not hidden(HOME_CUSTOMER, "credit-officer", "CN/37/02/")


def test_a_path_says_that_one_of_its_entities_has_more(site: Site) -> None:
    query = f'{{ paths(from: "{HOME_CUSTOMER}", to: "S1", maxLength: 6) {{ edges {{ node {{ hidden length }} }} }} }}'
    with TestClient(create_app(site)) as client:
        some = ask(client, site, query, "credit-officer", HERE)["data"]["paths"]["edges"]
        every = ask(client, site, query, "credit-officer", "*")["data"]["paths"]["edges"]
    assert {edge["node"]["hidden"] for edge in some} == {True}
    assert {edge["node"]["hidden"] for edge in every} == {False}


@pytest.mark.parametrize("region", ["*", HERE])
def test_search_finds_nothing_by_what_is_masked(site: Site, region: str) -> None:
    """A telephone number cannot be bisected: each beginning of it finds what it would without telephone numbers."""
    phone = "13800138000"
    with TestClient(create_app(site)) as client:

        def found(text: str, role: str) -> dict[str, Any]:
            query = f'{{ search(text: "{text}") {{ totalCount edges {{ node {{ id }} }} }} }}'
            answer: dict[str, Any] = ask(client, site, query, role, region)["data"]["search"]
            return answer

        for text in (*(phone[:size] for size in range(3, 12)), phone[-4:]):
            assert found(text, "analyst") == {"totalCount": 0, "edges": []}, text
            assert found(text, "credit-officer")["totalCount"] > 0, text
        for text in ("4400", "works"):
            assert found(text, "analyst") == found(text, "credit-officer")


def test_nothing_is_narrowed_or_ordered_by_what_is_masked(site: Site) -> None:
    by_phone = '{ customers(filter: {phone: "13800138000"}) { totalCount } }'
    with TestClient(create_app(site)) as client:
        for query in (
            by_phone,
            '{ enterprises(filter: {phone: "0571"}) { totalCount } }',
            '{ customers(filter: {text: "138"}) { totalCount } }',
        ):
            found = ask(client, site, query, "analyst", HERE)
            assert found["errors"][0]["extensions"]["code"] == "FIELD_MASKED", query
        clear = ask(client, site, by_phone, "credit-officer", HERE)
        assert clear["data"]["customers"]["totalCount"] == 1


def test_fields_at_which_a_rule_is_missing_are_refused(site: Site) -> None:
    given = issue(site.settings, site.ledger, asker("planner", regions=[HERE]))
    with TestClient(create_app(site)) as client:
        for inside in ("segment { id }", "arrears { probability }", "ownRisk { probability }"):
            query = f'{{ customer(id: "{HOME_CUSTOMER}") {{ {inside} }} }}'
            answer = client.post(
                "/graphql", json={"query": query}, headers={"Authorization": f"Bearer {given}"}
            )
            assert answer.status_code == 403, query
            assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


def test_what_is_open_and_what_is_closed_exists() -> None:
    for name in OPEN_TYPES:
        assert name in TYPES.type_map, name
    for coordinate in CLOSED:
        kind, _, field = coordinate.partition(".")
        shown = TYPES.type_map[kind]
        assert isinstance(shown, GraphQLObjectType | GraphQLInterfaceType)
        assert field in shown.fields
