"""What feeds a customer is found in a meshed network too, where the ways to the source are too many to be walked."""

from __future__ import annotations

import pytest

from graph.blocks import StoreReader
from graph.schema.load import schema
from graph.seen_queries import customer_portrait
from graph.store import Store
from graph.write import GraphChange, NodeRow, RelationRow, apply
from ledger.database import Ledger
from services.graph_answers.grid import feeders
from services.settings import settings
from services.site import Site
from terms.ids import EntityId
from tests.everyone import seen

RUNGS = 30
CUSTOMER = "customer:4401000001"
POINT = EntityId("service-point:SP1")


def line(rung: int, side: str) -> str:
    return f"line:R{rung:02}{side}"


def relation(name: str, source: tuple[str, str], target: tuple[str, str]) -> RelationRow:
    return RelationRow(name, *source, *target, "", "grid/1", ("synthetic",), {})


def fed_by(source: tuple[str, str], target: tuple[str, str]) -> RelationRow:
    return relation("FED_BY", source, target)


@pytest.fixture
def site(store: Store, ledger: Ledger) -> Site:
    """A ladder: each of the two lines of a rung is fed by both of the rung above, the highest by a substation.

    A customer hangs on the lowest rung: 2^30 ways lead from it to the source.
    """
    lines = [line(rung, side) for rung in range(RUNGS) for side in "ab"]
    named = [("Customer", CUSTOMER), ("ServicePoint", POINT), ("Substation", "substation:S1")]
    nodes = [NodeRow(kind, key, (key,), ("synthetic",), {}) for kind, key in named]
    nodes += [NodeRow("Line", key, (key,), ("synthetic",), {"name": key.upper()}) for key in lines]
    relations = [relation("SUPPLIED_AT", named[0], named[1])]
    for side in "ab":
        relations.append(fed_by(named[1], ("Line", line(0, side))))
        relations.append(fed_by(("Line", line(RUNGS - 1, side)), named[2]))
        relations += [
            fed_by(("Line", line(rung, side)), ("Line", line(rung + 1, other)))
            for rung in range(RUNGS - 1)
            for other in "ab"
        ]
    apply(store, schema(), GraphChange(1, create_nodes=nodes, create_relations=relations), recovering=False)
    return Site(settings(ledger.home), schema(), ledger, store)


def test_every_element_is_named_once_with_its_shortest_distance(site: Site) -> None:
    found = feeders(seen(site), [POINT])[POINT]
    assert [(element.distance, element.id) for element in found] == [
        *((rung + 1, line(rung, side)) for rung in range(RUNGS) for side in "ab"),
        (RUNGS + 1, "substation:S1"),
    ]
    assert found[0].name == "LINE:R00A"
    assert found[-1].type == "Substation"


def test_a_portrait_does_not_walk_the_network(site: Site) -> None:
    portrait = customer_portrait(StoreReader(site.store), id=CUSTOMER, day="2026-01-31")
    assert portrait is not None
    assert [point["id"] for point in portrait.service_points] == [POINT]


def test_a_point_that_nothing_feeds_has_no_feeders(site: Site) -> None:
    site.store.write("MATCH (:ServicePoint {id: $id})-[r:FED_BY]->() DELETE r", id=POINT)
    assert feeders(seen(site), [POINT]) == {POINT: ()}
