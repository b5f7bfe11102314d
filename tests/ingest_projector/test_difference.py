"""The differences of batches, one after the other, add up to the graph of all records, whatever the history."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.write import NodeRow, RelationRow
from ingest.difference import Difference, difference
from ingest.recall import Recall
from ledger.database import Ledger
from ledger.records import head, since
from tests.ingest_projector.material import (
    CODES,
    LOCALS,
    SCHEMA,
    Event,
    Load,
    happen,
    histories,
    node,
    relation,
    row,
    withdrawn,
)

A, B, C = CODES


@dataclass
class Graph:
    """What a store would hold: changes are taken literally, so one that creates what exists is a fault."""

    nodes: dict[str, NodeRow] = field(default_factory=dict)
    relations: dict[tuple[str, str, str, str], RelationRow] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def take(self, step: Difference) -> None:
        """Apply a difference in the order in which a store applies it."""
        change = step.change
        for gone in change.remove_relations:
            del self.relations[_ends(gone)]
        for type_, entity in change.remove_nodes:
            assert self.nodes.pop(entity).type == type_
            self.relations = {k: r for k, r in self.relations.items() if entity not in (r.source, r.target)}
        for made in change.create_nodes:
            assert made.id not in self.nodes
            self.nodes[made.id] = made
        for changed in change.update_nodes:
            assert self.nodes[changed.id] != changed
            self.nodes[changed.id] = changed
        for new in change.create_relations:
            assert _ends(new) not in self.relations
            assert {new.source, new.target} <= self.nodes.keys()
            self.relations[_ends(new)] = new
        for other in change.update_relations:
            assert self.relations[_ends(other)] != other
            self.relations[_ends(other)] = other
        self.names.update(step.named)
        for key in step.forgotten:
            del self.names[key]


def _ends(row: RelationRow) -> tuple[str, str, str, str]:
    return row.type, row.source, row.target, row.key


@contextmanager
def new_ledger() -> Iterator[Ledger]:
    """A ledger in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder)) as ledger:
        yield ledger


def follow(ledger: Ledger, graph: Graph, after: int, batch: int, recall: Recall | None = None) -> int:
    """Take all records after a number in batches; returns the last number."""
    while records := since(ledger, after, batch):
        graph.take(difference(ledger, SCHEMA, records, recall))
        after = records[-1].seq
    return after


def at_once(ledger: Ledger) -> Graph:
    """The graph of all records, made in one step."""
    graph = Graph()
    follow(ledger, graph, 0, 1_000_000)
    return graph


def graph_of(*events: Event) -> Graph:
    """The graph after events, each followed as it comes."""
    with new_ledger() as ledger:
        graph, after = Graph(), 0
        for minute, event in enumerate(events):
            happen(ledger, event, minute)
            after = follow(ledger, graph, after, 100)
        whole = at_once(ledger)
        assert (graph.nodes, graph.relations) == (whole.nodes, whole.relations)
        return graph


@settings(max_examples=100)
@given(histories(), st.sampled_from((1, 3, 100)), st.sampled_from((0, 1, 16)))
def test_step_by_step_gives_the_graph_of_one_step(history: list[Event], batch: int, large: int) -> None:
    with new_ledger() as ledger:
        graph, after, recall = Graph(), 0, Recall(large)
        for minute, event in enumerate(history):
            happen(ledger, event, minute)
            after = follow(ledger, graph, after, batch, recall)
        whole = at_once(ledger)
        assert after == head(ledger)
        assert graph.nodes == whole.nodes
        assert graph.relations == whole.relations
        # Old ids may go on naming what became of them; every key of today names what it names at once.
        assert whole.names.items() <= graph.names.items()
        assert set(graph.names.values()) <= graph.nodes.keys()


def test_relations_follow_a_key_that_names_another_entity_now() -> None:
    alone = Load((row("visits/1", node("Enterprise", LOCALS[0], name="甲"), node("Enterprise", B, name="乙"),
                      relation("INVESTS_IN", B, LOCALS[0], share=0.5)),))  # fmt: skip
    assert set(graph_of(alone).relations) == {("INVESTS_IN", B, LOCALS[0], "")}
    linked = Load((row("registry/1", node("Enterprise", A, LOCALS[0], name="甲")),))
    merged = graph_of(alone, linked)
    assert set(merged.relations) == {("INVESTS_IN", B, A, "")}
    assert merged.nodes.keys() == {A, B}
    assert merged.names[LOCALS[0]] == A
    assert set(graph_of(alone, linked, Load((withdrawn("registry/1", day=1),))).relations) == set(
        graph_of(alone).relations
    )


def test_one_contract_reported_by_two_channels_counts_once_and_two_contracts_twice() -> None:
    def guarantee(name: str, key: str, amount: int) -> Event:
        return Load((row(name, node("Enterprise", A), node("Enterprise", B),
                         relation("GUARANTEES", A, B, key, contractNo=key, amount=amount)),))  # fmt: skip

    found = graph_of(
        guarantee("visits/1", "c1", 5), guarantee("registry/1", "c1", 7), guarantee("visits/2", "c2", 5)
    )
    assert {key[-1]: (r.record_id, r.properties["amount"]) for key, r in found.relations.items()} == {
        "c1": ("registry/1", 7),  # the registry is trusted before a visit
        "c2": ("visits/2", 5),
    }
    assert found.relations["GUARANTEES", A, B, "c1"].origins == ("real", "synthetic")


def test_an_entity_that_is_only_referred_to_has_its_number_and_goes_with_its_last_reference() -> None:
    refers = Load((row("visits/1", node("Enterprise", B, name="乙"), node("Enterprise", A),
                       relation("INVESTS_IN", B, A)),))  # fmt: skip
    found = graph_of(refers)
    assert found.nodes[A].properties == {"creditCode": A.partition(":")[2]}
    assert found.nodes[A].origins == ("synthetic",)
    gone = graph_of(refers, Load((row("visits/1", node("Enterprise", B, name="乙"), day=1),)))
    assert (gone.nodes.keys(), gone.relations, gone.names) == ({B}, {}, {B: B})
