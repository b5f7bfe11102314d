"""A document that has a plan is answered as graphql-core answers it, and asks the store and the ledger once."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.context import Context
from api.plan.plans import Plans
from api.schema import schema
from benchmarks.portrait_api import LIST, REGIONAL, SHORT
from benchmarks.work_asked import counted
from graph.state import prepare
from graph.store import Store
from graph.write import wipe
from ledger import audit
from ledger.database import Ledger, get_pointer, set_pointer
from ledger.moment import CURRENT, REBUILT
from services.access.asker import Asker, asker
from services.analysis import analyse
from services.loading import ingest, project
from services.settings import settings
from services.site import Site, open_site
from tests.api.planned_documents import Document, DocumentsOfCustomers
from tests.small_site import write as write_small_site
from tests.supply_site import HOME_CUSTOMER, WORKS_CUSTOMER
from tests.supply_site import write as write_supply_site

IDS = [
    f"customer:{HOME_CUSTOMER}",
    f"customer:{WORKS_CUSTOMER}",
    "customer:4400000001",
    WORKS_CUSTOMER,
    "F1",
    "none",
]
ASKERS = {
    "analyst": asker("analyst"),
    "analyst of a district": asker("analyst", regions=["CN/37/021"]),
    "credit officer": asker("credit-officer"),
    "credit officer of a district": asker("credit-officer", regions=["CN/37/02"]),
    "planner": asker("planner"),
}
DOCUMENTS = {"embedded": 40, "neo4j": 12}
"""How many are compared on each store, for each asker: Neo4j takes a second or more to plan a text it has not seen."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Customers with a network, bills and enterprises behind them; with a run, on an embedded store."""
    folder = tmp_path_factory.mktemp("planned")
    chosen = settings(folder / "home")
    ingest(chosen, write_supply_site(folder / "supply"))
    ingest(chosen, write_small_site(folder / "small"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


@pytest.fixture(params=DOCUMENTS)
def stored(request: pytest.FixtureRequest, site: Site) -> Site:
    """The site on each store."""
    if request.param == "embedded":
        return site
    other: Store = request.getfixturevalue("neo4j_store")
    wipe(other)
    prepare(other, site.schema, site.ledger.id)
    moved = dataclasses.replace(site, store=other)
    project(moved)
    return moved


async def planned(plans: Plans, site: Site, asked: Asker, document: Document) -> dict[str, Any] | None:
    """The answer by the document's plan; None without one."""
    plans.learn(document.text, None)
    plan = plans.of(document.text, None)
    if plan is None:
        return None
    found = await plans.answer(plan, document.variables, Context(site, "en", asked))
    return None if found is None else {"data": found[0], "masked": found[1]}


def executed(site: Site, asked: Asker, document: Document) -> dict[str, Any] | None:
    """The answer by graphql-core; None where it has an error."""
    context = Context(site, "en", asked)
    found = schema.execute_sync(document.text, variable_values=document.variables, context_value=context)
    return None if found.errors else {"data": found.data, "masked": found.extensions or {}}


@pytest.mark.parametrize("who", ASKERS)
def test_a_plan_answers_as_the_executor_does(stored: Site, who: str, request: pytest.FixtureRequest) -> None:
    asked, plans = ASKERS[who], Plans(schema)
    documents_here = DOCUMENTS[request.node.callspec.params["stored"]]
    documents = DocumentsOfCustomers(schema._schema, asked, IDS, sorted(ASKERS).index(who))

    async def compare() -> tuple[int, int]:
        with_plan = told = 0
        for _ in range(documents_here):
            document = documents.next()
            found, expected = await planned(plans, stored, asked, document), executed(stored, asked, document)
            if found is not None:
                assert found == expected, document
                with_plan += 1
                told += any(found["data"].values())
        await stored.store.leave()
        return with_plan, told

    with_plan, told = asyncio.run(compare())
    if who == "planner":  # it is shown no ids, and may ask nothing of the graph yet
        assert with_plan == 0
    else:
        assert with_plan > documents_here / 4
        assert told > documents_here / 8


@pytest.mark.parametrize("text", [REGIONAL, LIST, SHORT])
def test_a_portrait_and_a_list_ask_the_store_once_and_the_ledger_once(site: Site, text: str) -> None:
    asked = {"query": text, "variables": {"id": IDS[0]} if "$id" in text else {}}
    with TestClient(create_app(site)) as client:
        first = client.post("/graphql", json=asked).json()
        client.post("/graphql", json=asked)
        with counted(site) as found:
            again = client.post("/graphql", json=asked).json()
    assert (found.store_calls, found.ledger_statements) == (1, 1)
    assert again == first
    assert "errors" not in again


def test_the_executor_asks_the_store_no_more_for_fifty_customers_than_for_one(site: Site) -> None:
    query = "{ customers(first: %d) { edges { node { id bills(first: 3) { totalCount } risk { score } } } } }"
    with TestClient(create_app(site)) as client:
        asked = []
        for first in (1, 5):
            with counted(site) as found:
                client.post("/graphql", json={"query": query % first})
            asked.append(found.store_calls)
    assert asked[0] == asked[1] <= 3


def test_a_short_document_reads_little(site: Site) -> None:
    texts = []
    with TestClient(create_app(site)) as client, counted(site, texts.append):
        client.post("/graphql", json={"query": SHORT, "variables": {"id": IDS[0]}})
    assert any("MATCH (c:Customer" in text for text in texts)
    assert not any("BILLED" in text or "HAS_ACCOUNT" in text for text in texts)


def pointer(ledger: Ledger, name: str, value: str) -> str:
    """Let a pointer of the ledger hold another value; the one before."""
    with ledger.writing() as connection:
        before = get_pointer(connection, name)
        set_pointer(connection, name, value)
    return before or ""


def test_a_plan_follows_the_ledger(site: Site) -> None:
    text = "query Q($id: ID!) { customer(id: $id) { name risk { run { id } } } }"
    asked = {"query": text, "variables": {"id": IDS[2]}}
    with TestClient(create_app(site)) as client:

        def answer() -> Any:
            return client.post("/graphql", json=asked)

        first = [answer().json() for _ in range(2)][1]
        assert first["data"]["customer"]["risk"]["run"]["id"]
        run = pointer(site.ledger, CURRENT, "no such run")
        try:
            missing = answer().json()
        finally:
            pointer(site.ledger, CURRENT, run)
        assert missing != first
        assert answer().json() == first
        pointer(site.ledger, REBUILT, "2026-01-01T00:00:00Z")
        pointer(site.ledger, REBUILT, "2026-01-01T00:00:00Z/2026-01-01T00:01:00Z")
        assert answer().json() == first


def test_each_answer_of_a_plan_is_noted_in_the_trail(site: Site) -> None:
    asked = {"query": SHORT, "variables": {"id": IDS[0]}}
    with TestClient(create_app(site)) as client:
        client.post("/graphql", json=asked)  # which may note the policy too
        before = audit.head(site.ledger).number
        for _ in range(3):
            client.post("/graphql", json=asked)
    noted = audit.listing(site.ledger, after=before)
    assert len(noted) == 3
    assert all(set(entry.subjects) == {IDS[0]} for entry in noted)
    assert len({entry.classes for entry in noted}) == 1


def test_what_does_not_exist_costs_as_much_as_what_is_not_seen(site: Site) -> None:
    asked, plans = ASKERS["credit officer of a district"], Plans(schema)
    text = "query Q($id: ID!) { customer(id: $id) { name } }"

    async def cost() -> list[tuple[int, int]]:
        found = []
        for one in (f"customer:{WORKS_CUSTOMER}", "customer:4499999999", "4499999999", WORKS_CUSTOMER):
            context, plan = Context(site, "en", asked), plans.of(text, None)
            assert plan is not None
            with counted(site) as work:
                assert await plans.answer(plan, {"id": one}, context) == ({"customer": None}, {})
            found.append((work.store_calls, work.ledger_statements))
        await site.store.leave()
        return found

    plans.learn(text, None)
    assert len(set(asyncio.run(cost()))) == 1
