"""Who states a relation: the records that a slow look at the whole ledger finds, and the time that the graph shows."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from graph.validity import spans_of
from ingest.entities.claims import RelationIdentity
from ingest.entities.entity_view import View
from ingest.entities.relation_view import stated_of
from ingest.identity.entities_in_records import RecordSightings
from ledger.database import Ledger
from ledger.judgements import is_judgement
from ledger.records import newest, since
from terms.ids import EntityId, Key, RecordId
from tests.ingest_projector.material import (
    CODES,
    ENTERPRISES,
    SCHEMA,
    Event,
    Load,
    happen,
    histories,
    node,
    relation,
    row,
)
from tests.ingest_projector.test_difference import Graph, at_once, new_ledger

A, B, _ = CODES


def named(graph: Graph) -> set[RelationIdentity]:
    """The relations of a graph by what makes them themselves."""
    return {
        RelationIdentity(r.type, r.source_type, EntityId(r.source), r.target_type, EntityId(r.target), r.key)
        for r in graph.relations.values()
    }


def all_claims(ledger: Ledger) -> dict[RelationIdentity, list[RecordId]]:
    """The records that state each relation, by reading every record and asking for each end what it is today."""
    view = View(ledger, SCHEMA, [*ENTERPRISES, *(Key(f"customer:000000000{k}") for k in range(2))])
    versions = defaultdict(list)
    for record in since(ledger, 0, 1_000_000):
        if not is_judgement(record):
            versions[record.ref].append(record)
    found = defaultdict(list)
    for group in versions.values():
        record = newest(group)
        if record.deleted:
            continue
        told = RecordSightings.read(record)
        for said in told.relations:
            ends = []
            for kind, key in ((said.source_type, said.source), (said.target_type, said.target)):
                sighting = told.end(kind, key)
                entity = None if sighting is None else view.identity.of_sighting.get(sighting)
                ends.append(entity or view.identity.of_key.get(Key(key)))
            if ends[0] is not None and ends[1] is not None:
                itself = RelationIdentity(
                    said.type, said.source_type, ends[0], said.target_type, ends[1], said.key
                )
                found[itself].append(record.id)
    return found


@settings(max_examples=30)
@given(histories(), st.booleans())
def test_each_record_that_states_a_relation_is_named_with_its_time(history: list[Event], one: bool) -> None:
    with new_ledger() as ledger:
        for minute, event in enumerate(history):
            happen(ledger, event, minute)
        graph = at_once(ledger)
        relations = named(graph)
        asked = set(sorted(relations)[:1]) if one else relations
        told, claims = stated_of(ledger, SCHEMA, asked), all_claims(ledger)
        assert told.keys() == asked
        for itself, stated in told.items():
            assert sorted(s.claim.record.id for s in stated) == sorted(claims[itself])
            shown = graph.relations[itself.type, itself.source, itself.target, itself.key].properties
            periods = [s.span for s in stated if s.current and s.span is not None]
            if periods:
                assert tuple(sorted(periods)) == spans_of(
                    shown.get("since"), shown.get("until"), shown.get("periods")
                )
            else:
                assert not {"since", "until"} & shown.keys()
            for name in shown.keys() - {"since", "until", "periods", "proxies"}:
                assert any(name in s.shown for s in stated), name


def test_a_time_that_another_record_takes_the_place_of_does_not_count() -> None:
    said = [
        ("old/1", {"since": "2019-01-01"}),
        ("registry/1", {"since": "2018-01-01", "until": "2020-01-01", "amount": 2}),
        ("visits/1", {"since": "2024-01-01", "amount": 1}),
        ("registry/2", {}),
    ]
    ends = (node("Enterprise", A), node("Enterprise", B))
    with new_ledger() as ledger:
        for minute, (name, values) in enumerate(said):
            told = row(name, *ends, relation("GUARANTEES", A, B, "c1", **values))
            happen(ledger, Load((told,)), minute)
        (stated,) = stated_of(ledger, SCHEMA, named(at_once(ledger))).values()
    found = {s.claim.record.id: (s.current, s.span is not None, "amount" in s.shown) for s in stated}
    assert found == {
        "registry/1": (True, True, True),
        "visits/1": (True, True, False),
        "old/1": (False, True, False),
        "registry/2": (True, False, False),
    }
