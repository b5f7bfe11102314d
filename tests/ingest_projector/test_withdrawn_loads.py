"""The graph after a load was taken back is that of the loads that are left, by value, in whatever order they came."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.entities.large_entities import Recall
from ledger import loads, withdrawals
from ledger.database import Ledger
from ledger.records import NewRecord, acknowledge
from tests.ingest_projector.material import CODES, START, node, relation, row, rows, withdrawn
from tests.ingest_projector.test_difference import Graph, at_once, follow, new_ledger

A, B, _ = CODES


def load(ledger: Ledger, name: str, *told: NewRecord) -> None:
    loads.start(ledger, name, "m.yaml", at=START, reading=2)
    acknowledge(ledger, told, recorded_at=START, load=name)


def take_back(ledger: Ledger, name: str) -> None:
    with ledger.writer():
        withdrawals.begin(ledger, name, at=START)
        list(withdrawals.withdraw(ledger, name, at=START))


def left(*told: NewRecord) -> Graph:
    """The graph of rows that were all that ever came."""
    with new_ledger() as ledger:
        load(ledger, "alone", *told)
        return at_once(ledger)


def test_what_a_load_updated_and_deleted_is_as_it_was_before_it() -> None:
    first = (
        row("registry/1", node("Enterprise", A, name="甲"), day=0),
        row(
            "registry/2", relation("GUARANTEES", A, B, "c1", contractNo="c1", amount=1), node("Enterprise", B)
        ),
    )
    second = (
        row("registry/1", node("Enterprise", A, name="乙"), day=1),
        withdrawn("registry/2", day=1),
        row("visits/9", node("Enterprise", B, name="丙", netAssets=7)),
    )
    with new_ledger() as ledger:
        graph, recall = Graph(), Recall(0)
        load(ledger, "a", *first)
        load(ledger, "b", *second)
        after = follow(ledger, graph, 0, 2, recall)
        take_back(ledger, "b")
        follow(ledger, graph, after, 2, recall)
    expected = left(*first)
    assert (graph.nodes, graph.relations) == (expected.nodes, expected.relations)
    assert [r.properties["amount"] for r in graph.relations.values()] == [1]


def stated(one: NewRecord) -> NewRecord:
    """The row at a stated time, one of its kind: two contents of one instant depend on which came last."""
    return one._replace(observed_assumed=False)


def of_one_instant(told: list[NewRecord]) -> list[NewRecord]:
    """Of rows with one id and one time the first."""
    first: dict[object, NewRecord] = {}
    for one in told:
        first.setdefault((one.source, one.record_id, one.observed_at), one)
    return list(first.values())


POOL = st.lists(rows().map(stated), min_size=1, max_size=8).map(of_one_instant)


@settings(max_examples=40)
@given(POOL, st.data(), st.sampled_from((1, 3, 100)), st.sampled_from((0, 16)))
def test_taking_a_load_back_leaves_the_graph_of_the_other(
    pool: list[NewRecord], data: st.DataObject, batch: int, large: int
) -> None:
    some = st.lists(st.sampled_from(pool), max_size=6)
    told = {"a": data.draw(some), "b": data.draw(some)}
    order = data.draw(st.permutations(["a", "b"]))
    gone = data.draw(st.sampled_from("ab"))
    with new_ledger() as ledger:
        graph, after, recall = Graph(), 0, Recall(large)
        for name in order:
            load(ledger, name, *told[name])
            after = follow(ledger, graph, after, batch, recall)
        take_back(ledger, gone)
        follow(ledger, graph, after, batch, recall)
        whole = at_once(ledger)
    expected = left(*told["b" if gone == "a" else "a"])
    assert (graph.nodes, graph.relations) == (expected.nodes, expected.relations)
    assert (whole.nodes, whole.relations) == (expected.nodes, expected.relations)
    assert expected.names.items() <= graph.names.items()
    assert set(graph.names.values()) <= graph.nodes.keys()
