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
from ingest.entities.large_entities import Recall
from ingest.projection.difference import Difference, difference
from ledger.database import Ledger
from ledger.judgements import NewJudgement
from ledger.records import NewRecord, head, since
from terms.ids import Key
from tests.ingest_projector.material import (
    CODES,
    LOCALS,
    SCHEMA,
    Event,
    Judge,
    Load,
    happen,
    histories,
    judgements,
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
        for key, entity in list(self.names.items()):
            if key != entity in step.names.heirs:
                heir = step.names.heirs[entity]  # type: ignore[index]
                self.names.pop(key) if heir is None else self.names.update({key: heir})
        for key in step.names.forgotten:
            self.names.pop(key, None)
        self.names.update(step.names.named)


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


def graph_of(*events: Event, recall: Recall | None = None) -> Graph:
    """The graph after events, each followed as it comes."""
    with new_ledger() as ledger:
        graph, after = Graph(), 0
        for minute, event in enumerate(events):
            happen(ledger, event, minute)
            after = follow(ledger, graph, after, 100, recall)
        whole = at_once(ledger)
        assert (graph.nodes, graph.relations) == (whole.nodes, whole.relations)
        return graph


@settings(max_examples=50)
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


def loads() -> st.SearchStrategy[Event]:
    """Several rows of few records about few keys: versions follow each other fast, and large entities arise."""
    few = st.tuples(
        st.sampled_from(("visits/1", "visits/2", "registry/1", "old/1", "old/2")),
        st.lists(st.sampled_from((A, LOCALS[0], LOCALS[1])), max_size=2, unique=True).map(sorted),
        st.fixed_dictionaries({}, optional={"name": st.sampled_from("甲乙"), "netAssets": st.integers(0, 1)}),
        st.integers(0, 3),
        st.sampled_from(("real", "synthetic")),
    )
    return st.lists(few, min_size=1, max_size=5).map(
        lambda rows: Load(tuple(
            row(name, *([node("Enterprise", *keys, **values)] if keys else []), day=day, origin=origin)
            for name, keys, values, day, origin in rows
        ))
    )  # fmt: skip


@settings(max_examples=50)
@given(
    st.lists(loads(), min_size=2, max_size=6), st.lists(judgements(), max_size=1), st.sampled_from((0, 1, 2))
)
def test_a_remembered_entity_gives_what_all_its_records_give(
    history: list[Event], last: list[NewJudgement], large: int
) -> None:
    with new_ledger() as ledger:
        graph, after, recall = Graph(), 0, Recall(large)
        for minute, event in enumerate([*history, Judge(tuple(last)), *history[:2]]):
            happen(ledger, event, minute)
            after = follow(ledger, graph, after, 100, recall)
            whole = at_once(ledger)
            assert graph.nodes == whole.nodes
            assert whole.names.items() <= graph.names.items()


def test_a_remembered_entity_keeps_the_origins_of_records_that_no_value_comes_from() -> None:
    history = [
        Load((row("visits/1", node("Enterprise", A, name="甲"), origin="real"),)),
        Load((row("visits/2", node("Enterprise", A, name="甲"), origin="synthetic"),)),
        Load((row("visits/3", node("Enterprise", A, netAssets=1), origin="real"),)),
    ]
    assert graph_of(*history, recall=Recall(0)).nodes[A].origins == ("real", "synthetic")


def test_a_record_that_was_judged_before_it_stated_the_key_of_a_remembered_entity_stays_apart() -> None:
    name = Key("enterprise@visits/2#1")
    history = [
        Load(
            (
                row("visits/1", node("Enterprise", A, name="甲")),
                row("old/1", node("Enterprise", A, name="甲")),
            )
        ),
        Load((row("visits/2", node("Enterprise", B, name="乙")),)),
        Judge((NewJudgement(name, A, "different", "person", "ann"),)),
        Load((row("visits/2", node("Enterprise", A, name="乙"), day=1),)),
    ]
    found = graph_of(*history, recall=Recall(0)).nodes
    assert found[A].properties["name"] == "甲"
    (part,) = found.keys() - {A}
    assert (part.partition("~")[0], found[part].properties["name"]) == (A, "乙")


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


def test_two_channels_that_report_one_amount_under_two_numbers_are_named() -> None:
    def guarantee(name: str, key: str, amount: int, source: str = A) -> NewRecord:
        return row(name, node("Enterprise", source, name="甲"), node("Enterprise", B),
                   relation("GUARANTEES", source, B, key, contractNo=key, amount=amount))  # fmt: skip

    with new_ledger() as ledger:
        warned = []
        for minute, told in enumerate((
            guarantee("visits/1", "c1", 5),
            guarantee("visits/2", "c2", 5),  # the same channel: two contracts
            guarantee("registry/1", "c3", 7),
            row("registry/2", node("Enterprise", A, LOCALS[0], name="甲")),
            guarantee("registry/3", "c4", 5, LOCALS[0]),
        )):  # fmt: skip
            happen(ledger, Load((told,)), minute)
            warned.append(difference(ledger, SCHEMA, since(ledger, minute, 1)).warnings)
    assert warned[:4] == [()] * 4
    assert [(w.source, w.target, w.amount, w.records) for w in warned[4]] == [
        (A, B, 5, ("visits/1", "registry/3")),
        (A, B, 5, ("visits/2", "registry/3")),
    ]


def test_an_entity_that_is_only_referred_to_has_its_number_and_goes_with_its_last_reference() -> None:
    refers = Load((row("visits/1", node("Enterprise", B, name="乙"), node("Enterprise", A),
                       relation("INVESTS_IN", B, A)),))  # fmt: skip
    found = graph_of(refers)
    assert found.nodes[A].properties == {"creditCode": A.partition(":")[2]}
    assert found.nodes[A].origins == ("synthetic",)
    gone = graph_of(refers, Load((row("visits/1", node("Enterprise", B, name="乙"), day=1),)))
    assert (gone.nodes.keys(), gone.relations, gone.names) == ({B}, {}, {B: B})
