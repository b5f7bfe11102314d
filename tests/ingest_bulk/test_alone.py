"""What is written of a single claim is what every load makes of it: any type, any of its properties, any key."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.bulk import node_line
from graph.schema.model import NodeType, Property, RelationType
from graph.validity import OPEN
from graph.write import stored_relation
from ingest.bulk.alone import Alone
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.relations import relation_row
from ingest.entities.surviving_values import node_row
from ingest.identity.clusters import clusters
from ingest.identity.entities_in_records import RecordSightings
from ingest.statements import NodeStatement, RelationStatement, Statements
from ledger.records import Record
from ledger.scan import Row
from terms.ids import EntityId, Key
from tests.ingest_projector.material import SCHEMA, START

NODES = [kind for kind in SCHEMA.nodes.values() if not kind.derived]
RELATIONS = [kind for kind in SCHEMA.relations.values() if not kind.derived]
ALONE = Alone()
"""One for all examples, so that a shape that was remembered for one statement serves others."""


def value(prop: Property) -> st.SearchStrategy[object]:
    """A value of the property's type; a decimal may be whole."""
    match prop.type:
        case "integer" | "money":
            return st.integers(-(2**53), 2**53)
        case "decimal" | "share":
            return st.one_of(st.integers(0, 9), st.floats(0, 1))
        case "boolean":
            return st.booleans()
        case "date":
            return st.sampled_from(("2018-01-01", "2024-01-01", OPEN))
        case _:
            return st.text("Aa1 -国電张", min_size=1) | st.sampled_from(("13800138000", "a1", "０１"))


@st.composite
def said(
    draw: st.DrawFn, kind: NodeType | RelationType, least: int
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Values of some properties, in any order, and which of them are proxies."""
    props = draw(st.permutations(tuple(kind.properties.values())))
    chosen = props[: draw(st.integers(min(least, len(props)), min(4, len(props))))]
    names = [prop.name for prop in chosen]
    proxies = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    return {prop.name: draw(value(prop)) for prop in chosen}, tuple(proxies)


def record(told: Statements, source: str = "visits", name: str = '7"号') -> Record:
    """A record of one statement."""
    return Record(
        seq=1, source=source, record_id=name, channel="home-visit", origin="real", observed_at=START,
        observed_assumed=False, recorded_at=START, hash=b"", deleted=False, location="", payload=told.to_json(),
    )  # fmt: skip


@settings(max_examples=200)
@given(data=st.data(), kind=st.sampled_from(NODES))
def test_the_line_of_an_entity_that_one_record_describes(data: st.DataObject, kind: NodeType) -> None:
    values, proxy = data.draw(said(kind, 1))
    named = [f"{kind.prefix}:{p.name}=b%2F1" for p in kind.keys]
    key = data.draw(st.sampled_from((f"{kind.prefix}:a1", f"{kind.prefix}:visits/7", *named)))
    told = Statements(nodes=(NodeStatement(kind.name, (Key(key),), values, proxy),))
    found = clusters(RecordSightings.read(record(told)).sightings, (), schema=SCHEMA)
    expected = node_line(kind, node_row(found.clusters[EntityId(key)], SCHEMA))
    assert orjson.loads(ALONE.node_line(kind, key, values, proxy, ("real",))) == orjson.loads(expected)


@pytest.mark.parametrize("kind", NODES, ids=lambda kind: kind.name)
def test_the_line_of_an_entity_that_is_only_referred_to(kind: NodeType) -> None:
    for key in (f"{kind.prefix}:b%2F1", f"{kind.prefix}:visits/7"):
        found = clusters((), (), schema=SCHEMA, referred=(Key(key),))
        row = node_row(found.clusters[EntityId(key)], SCHEMA, frozenset(("real", "benchmark")))
        line = ALONE.node_line(kind, key, {}, (), ("benchmark", "real"))
        assert orjson.loads(line) == orjson.loads(node_line(kind, row))


@settings(max_examples=200)
@given(data=st.data(), kind=st.sampled_from(RELATIONS))
def test_what_is_stored_of_a_relation_that_one_record_claims(data: st.DataObject, kind: RelationType) -> None:
    values, proxy = data.draw(said(kind, 0))
    source, target = kind.ends[0]
    ends = (source, Key(f"{SCHEMA.nodes[source].prefix}:1"), target, Key(f"{SCHEMA.nodes[target].prefix}:2"))
    stated = RelationStatement(kind.name, *ends, 'k"1' if kind.key else "", values, proxy)
    given = record(Statements(relations=(stated,)), name=data.draw(st.sampled_from(("1", '2"二'))))
    identity = RelationIdentity(kind.name, source, EntityId(ends[1]), target, EntityId(ends[3]), stated.key)
    expected = stored_relation(kind, relation_row(identity, [RelationClaim(given, stated)], SCHEMA))
    plain = orjson.loads(given.payload)["relations"][0]
    row = Row(given.seq, given.source, given.record_id, given.origin, given.payload)
    assert orjson.loads(ALONE.relation_text(kind, plain, row)) == expected
