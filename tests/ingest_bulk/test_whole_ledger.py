"""The graph of a whole ledger at once is the graph that following it gives: the same rows, before any store."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.write import stored_node, stored_relation
from ingest.bulk.fill import computing
from ingest.difference import difference
from ledger.database import Ledger
from ledger.records import head, since
from tests.ingest_projector.material import SCHEMA, Event, happen, histories
from tests.ingest_projector.test_difference import new_ledger


def at_once(
    ledger: Ledger, until: int, span: int, workers: int = 0
) -> tuple[list[Any], list[Any], dict[str, str]]:
    """Nodes, relations with the ids of their ends, and names, all in a fixed order."""
    with computing(ledger, until, named=True, ends=True, workers=workers, span=span) as done:
        lines = [orjson.loads(line) for line in b"".join(done.lines()).splitlines() if line]
        names = dict(done.names())
    nodes = [line for line in lines if isinstance(line, dict)]
    relations = [line for line in lines if isinstance(line, list)]
    assert lines == [*nodes, *relations]
    assert (len(nodes), len(relations)) == (done.nodes, done.relations)
    for node in nodes:
        assert node.pop("@type") == "v"
    return sorted(nodes, key=_text), sorted(relations, key=_text), names


def followed(ledger: Ledger, until: int) -> tuple[list[Any], list[Any], dict[str, str]]:
    """The same from the projector's own function."""
    found = difference(ledger, SCHEMA, since(ledger, 0, until))
    nodes = [{"@class": n.type, **stored_node(SCHEMA.nodes[n.type], n)} for n in found.change.create_nodes]
    relations = [
        [
            r.type,
            r.source_type,
            r.target_type,
            r.source,
            r.target,
            stored_relation(SCHEMA.relations[r.type], r),
        ]
        for r in found.change.create_relations
    ]
    return sorted(nodes, key=_text), sorted(relations, key=_text), dict(found.names.named)


def _text(row: Any) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_SORT_KEYS)


@settings(max_examples=150)
@given(history=histories(), span=st.sampled_from((1, 3, 1000)), back=st.integers(0, 3))
def test_after_any_history_up_to_any_record_the_rows_and_names_are_the_same(
    history: list[Event], span: int, back: int
) -> None:
    with new_ledger() as ledger:
        for minute, event in enumerate(history):
            happen(ledger, event, minute)
        until = max(1, head(ledger) - back)
        if head(ledger):
            assert at_once(ledger, until, span) == followed(ledger, until)
