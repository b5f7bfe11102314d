"""What the engine's batch loader writes is what UNWIND writes: equal by value, and to every named query."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from graph.bulk import node_line, pour, relation_line
from graph.dialects.arcadedb import ArcadeDB
from graph.rebuild import beside
from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store
from graph.write import GraphChange, apply, contents, stored_relation, wipe
from terms.errors import KehutuError
from tests.graph_schema.query_cases import CASES
from tests.graph_schema.small_graph import small_graph
from tests.graph_schema.test_named_queries import asked, plain


def lines(change: GraphChange) -> Iterator[bytes]:
    """What is to be created, as the loader reads it; an empty part in between, as from a sender that is thinking."""
    place = {node.id: number for number, node in enumerate(change.create_nodes)}
    for node in change.create_nodes:
        yield node_line(schema().nodes[node.type], node)
    yield b""
    for relation in change.create_relations:
        kind = schema().relations[relation.type]
        stored = orjson.dumps(stored_relation(kind, relation))
        yield relation_line(kind, stored, place[relation.source], place[relation.target])


def test_both_ways_of_writing_give_equal_graphs_and_answers(embedded_store: Store) -> None:
    assert isinstance(embedded_store.dialect, ArcadeDB)
    wipe(embedded_store)
    prepare(embedded_store, schema(), "small")
    change = small_graph(schema())
    apply(embedded_store, schema(), change, recovering=False)
    with beside(embedded_store, embedded_store.dialect.folder.parent) as fresh:
        assert fresh is not None
        prepare(fresh.store, schema(), "small")
        written = pour(fresh.store, lines(change), nodes=len(change.create_nodes))
        assert written == (len(change.create_nodes), len(change.create_relations))
        assert contents(fresh.store) == contents(embedded_store)
        for name, cases in CASES.items():
            for case in cases:
                answers = [plain(asked(name, opened, case)) for opened in (embedded_store, fresh.store)]
                assert answers[0] == answers[1], (name, case)


def test_a_line_that_the_engine_refuses_is_an_error_with_its_number(embedded_store: Store) -> None:
    assert isinstance(embedded_store.dialect, ArcadeDB)
    with beside(embedded_store, embedded_store.dialect.folder.parent) as fresh:
        assert fresh is not None
        prepare(fresh.store, schema(), "small")
        given = [
            b'{"@type":"v","@class":"Line","id":"line:1"}\n',
            b'{"@type":"e","@class":"FED_BY","@from":"0","@to":"7"}\n',
        ]
        with pytest.raises(KehutuError) as refused:
            pour(fresh.store, given, nodes=1)
    assert refused.value.code == "STORE_DAMAGED"
    assert "line 2" in refused.value.message()
