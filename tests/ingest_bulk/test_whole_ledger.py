"""The graph of a whole ledger at once is the graph that following it gives: the same rows, before any store."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.write import stored_node, stored_relation
from ingest.bulk.fill import computing
from ingest.projection.difference import difference
from ledger.database import Ledger
from ledger.records import head, since
from tests.ingest_projector.material import (
    CODES,
    CUSTOMERS,
    LOCALS,
    SCHEMA,
    Event,
    Load,
    happen,
    histories,
    node,
    relation,
    row,
)
from tests.ingest_projector.test_difference import new_ledger


def at_once(
    ledger: Ledger, until: int, span: int, workers: int = 0
) -> tuple[list[Any], list[Any], dict[str, str]]:
    """Nodes, relations with the ids of their ends, and names, all in a fixed order."""
    with computing(ledger, until, named=True, workers=workers, span=span) as done:
        lines = [orjson.loads(line) for line in b"".join(done.lines()).splitlines() if line]
        names = dict(done.names())
    sorts = [line.pop("@type") for line in lines]
    assert sorts == ["v"] * done.nodes + ["e"] * done.relations
    nodes, relations = lines[: done.nodes], []
    for shown in lines[done.nodes :]:
        type_ = shown.pop("@class")
        ends = [nodes[int(shown.pop(end))] for end in ("@from", "@to")]
        relations.append([type_, *(end["@class"] for end in ends), *(end["id"] for end in ends), shown])
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


@settings(max_examples=60)
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


def test_contracts_that_look_like_one_are_told_and_ends_where_relations_crowd() -> None:
    zhang, li = CUSTOMERS
    first, second, third = CODES
    rows = [
        row("registry/1", node("Enterprise", first, LOCALS[0], name="甲"), node("Enterprise", second),
            relation("GUARANTEES", first, second, "c1", contractNo="c1", amount=5),
            relation("GUARANTEES", first, second, "c2", contractNo="c2", amount=5)),
        # Another channel, by another key of the guarantor: c3 looks like both; c4 has another amount.
        row("visits/1", node("Enterprise", LOCALS[0]), node("Enterprise", second),
            relation("GUARANTEES", LOCALS[0], second, "c3", contractNo="c3", amount=5),
            relation("GUARANTEES", LOCALS[0], second, "c4", contractNo="c4", amount=6)),
        # A rival claim that does not survive: the registry is trusted more.
        row("visits/2", node("Enterprise", first), node("Enterprise", third),
            relation("GUARANTEES", first, third, "d1", contractNo="d1", amount=7)),
        row("registry/2", node("Enterprise", first), node("Enterprise", third),
            relation("GUARANTEES", first, third, "d1", contractNo="d1", amount=8),
            relation("GUARANTEES", first, third, "d2", contractNo="d2", amount=7)),
        row("visits/3", node("Customer", zhang, name="张"), node("Enterprise", first), relation("IS", zhang, first)),
        row("visits/4", node("Customer", zhang, name="张"), node("Enterprise", LOCALS[0]),
            relation("IS", zhang, LOCALS[0])),
        row("visits/5", node("Customer", li, name="李"), node("Enterprise", first), relation("IS", li, first)),
        row("visits/6", node("Customer", li, name="李"), node("Enterprise", third), relation("IS", li, third)),
    ]  # fmt: skip
    with new_ledger() as ledger:
        happen(ledger, Load(tuple(rows)), 0)
        steps = difference(ledger, SCHEMA, since(ledger, 0, 100)).warnings
        with computing(ledger, head(ledger), named=True, workers=0, span=2) as done:
            b"".join(done.lines())
            doubles, crowds = done.cautions()
    assert sorted(tuple(map(_tuple, one)) for one in doubles) == sorted(
        (w.type, w.source, w.target, w.amount, w.records, w.channels) for w in steps
    )
    assert len(doubles) == 2
    assert [tuple(one) for one in crowds] == [("IS", "Customer", li)]


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
