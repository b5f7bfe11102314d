"""Named queries as somebody of a region asks them, on both stores: as on the graph without what is not seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph import seen_in
from graph.blocks import Conditions, StoreReader
from graph.schema.load import schema
from graph.state import begin, prepare
from graph.store import Store
from graph.write import GraphChange, NodeRow, apply, contents, wipe
from ledger.database import Ledger
from services.access.areas.computing import Link, Node
from services.access.areas.keeping import deployment_of
from services.access.asker import asker
from services.access.policy import policy_of
from terms.errors import KehutuError
from tests.access.seen_reference import Scope, seen
from tests.graph_schema.small_graph import small_graph
from tests.graph_schema.test_seen_queries import answers, without

REGIONS = {
    "customer:4401000001": "CN/44/01/",
    "customer:4401000002": "CN/44/02/",
    "substation:S1": "CN/44/",
    "line:L1": "CN/44/02/",
    "technician:T1": "CN/4/",
}
"""Customers and some of the network have regions, in two districts."""
DISTRICTS = (["CN/44/01/"], ["CN/4/"])


def placed(graph: GraphChange, regions: dict[str, str], tenant: str = "") -> GraphChange:
    """The graph with regions and a tenant on its nodes."""

    def put(node: NodeRow) -> NodeRow:
        own = {"region": regions[node.id]} if node.id in regions else {}
        if tenant and "tenant" in schema().nodes[node.type].properties:
            own["tenant"] = tenant
        return replace(node, properties={**node.properties, **own})

    return replace(graph, create_nodes=tuple(map(put, graph.create_nodes)))


def unseen(graph: GraphChange, regions: list[str], tenant: str) -> list[str]:
    """Ids that somebody of some regions does not see, by the text."""
    nodes = {
        row.id: Node(row.type, str(row.properties.get("tenant", "")), str(row.properties.get("region", "")))
        for row in graph.create_nodes
    }
    links = [Link(row.type, row.source, row.target) for row in graph.create_relations]
    return sorted(nodes.keys() - seen(nodes, links, Scope(tuple(regions), "", tenant)))


def asking(store: Store, ledger: Ledger, regions: list[str]) -> StoreReader:
    """What a credit officer of some regions reads with."""
    who = asker("credit-officer", regions=regions)
    policy = policy_of(who, lambda: deployment_of(store, schema(), ledger))
    assert policy is not None
    shown = lambda _type, _names, value: value  # noqa: E731  # values are another test's
    return StoreReader(store, Conditions(policy.condition, policy.parameters, shown))


def test_every_named_query_answers_as_on_the_graph_without_what_is_not_seen(
    store: Store, ledger: Ledger
) -> None:
    tenant = "gz"  # of all nodes that can have one: the tenant of the deployment
    graph = placed(small_graph(schema()), REGIONS, tenant)
    expected = []
    for regions in DISTRICTS:
        hidden = unseen(graph, regions, tenant)
        assert 0 < len(hidden) < len(graph.create_nodes)
        wipe(store)
        prepare(store, schema(), ledger.id)
        apply(store, schema(), without(graph, hidden), recovering=False)
        expected.append(answers(StoreReader(store), store))
    wipe(store)
    prepare(store, schema(), ledger.id)
    apply(store, schema(), graph, recovering=False)
    whole, before = answers(StoreReader(store), store), contents(store)
    for regions, answer in zip(DISTRICTS, expected, strict=True):
        assert answers(asking(store, ledger, regions), store) == answer != whole
    assert contents(store) == before


def test_a_node_that_is_written_anew_is_not_seen_until_its_areas_are_known(
    store: Store, ledger: Ledger
) -> None:
    graph = placed(small_graph(schema()), REGIONS)
    apply(store, schema(), graph, recovering=False)
    asking(store, ledger, ["CN/44/01/"])
    known = seen_in.lists(store, "Customer")
    assert known["customer:4401000001"] == ("|*", "|CN/", "|CN/44/", "|CN/44/01/")
    moved = replace(
        next(row for row in graph.create_nodes if row.id == "customer:4401000001"),
        properties={"customerNo": "4401000001", "region": "CN/37/"},
    )
    apply(store, schema(), GraphChange(graph.watermark + 1, update_nodes=[moved]), recovering=False)
    assert "customer:4401000001" not in seen_in.lists(store, "Customer")
    asking(store, ledger, ["CN/44/01/"])
    assert seen_in.lists(store, "Customer")["customer:4401000001"] == ("|*", "|CN/", "|CN/37/")
    assert "|CN/37/" in seen_in.lists(store, "Account")["account:A1"]


def test_while_the_graph_is_half_written_nobody_of_a_region_is_answered(store: Store, ledger: Ledger) -> None:
    apply(store, schema(), placed(small_graph(schema()), REGIONS), recovering=False)
    begin(store, 7)
    with pytest.raises(KehutuError) as fault:
        asking(store, ledger, ["CN/44/01/"])
    assert fault.value.code == "BUSY"
