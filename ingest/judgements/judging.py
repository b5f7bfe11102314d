"""How people judge identity: two are the same or not, or a record does not belong where it was put."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.schema.model import Schema
from ingest.entities.entity_view import View, named, sightings_named, whole_key
from ingest.identity.clusters import Cluster, effective
from ingest.identity.entities_in_records import Sighting, name_of, prefix_of
from ledger import judgements
from ledger.database import Ledger
from ledger.judgements import Judge, NewJudgement, Verdict
from terms.errors import KehutuError
from terms.ids import EntityId, Key, RecordId


@dataclass(frozen=True, slots=True)
class AcknowledgedJudgement:
    """A judgement that was acknowledged: the names it is about and the numbers of its records."""

    left: Key
    right: Key
    verdict: Verdict
    seq: int


@dataclass(frozen=True, slots=True)
class Parted:
    """A record's sighting that was parted from an entity: from which names, by judgements ``different``."""

    sighting: Key
    entity: EntityId
    names: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """What splitting a record did."""

    record: RecordId
    parted: tuple[Parted, ...]


def judge(
    ledger: Ledger,
    schema: Schema,
    left: str,
    right: str,
    verdict: Verdict,
    *,
    author: str,
    at: datetime,
    by: Judge = "person",
    score: float | None = None,
    reasons: Mapping[str, object] | None = None,
    request: str = "",
) -> AcknowledgedJudgement:
    """Acknowledge a judgement on two entities; the graph follows when it is projected.

    Args:
        left, right: ids, keys, bare business numbers or records (``source/recordId``); a record means what it says
            of an entity of the other one's type.
        author: the person, or the name of the rule or model.
        at: now.
        request: the caller's name for this one decision (:func:`ledger.judgements.requested`).
    Raises:
        KehutuError: UNKNOWN_ID; JUDGEMENT_OF_ONE; JUDGEMENT_OF_TWO_TYPES, a customer is never an enterprise.
    """
    one, other = lasting_pair(ledger, schema, left, right)
    if prefix_of(one) != prefix_of(other):
        raise KehutuError("JUDGEMENT_OF_TWO_TYPES", left=left, right=right)
    said = NewJudgement(one, other, verdict, by, author, score, reasons or {}, request)
    (seq,) = judgements.judge_all(ledger, [said], at=at)
    return AcknowledgedJudgement(min(one, other), max(one, other), verdict, seq)


def split(
    ledger: Ledger,
    schema: Schema,
    record: str,
    *,
    author: str,
    at: datetime,
    of_type: str | None = None,
    reasons: Mapping[str, object] | None = None,
) -> Split:
    """Part what a record says from the entities it was put to; the graph follows when it is projected.

    The record keeps the keys that it alone states, even where somebody has judged them the same as others: such pairs
    are judged different now. A key that others state stays with them, whoever has the smaller record id: the judgement
    says that the record is not what is known under this key.

    Args:
        record: ``source/recordId``, or the name of one of its sightings.
        of_type: part entities of this type only; by default all parties that the record describes.
    Raises:
        KehutuError: UNKNOWN_ID, no such record now; NOTHING_TO_SPLIT, it shares no entity with another record.
    """
    sightings = sightings_named(ledger, schema, record, of_type)
    if not sightings:
        raise KehutuError("UNKNOWN_ID", id=record)
    parties = [s for s in sightings if of_type is not None or schema.nodes[s.type].party]
    view = View(ledger, schema, [key for s in sightings for key in s.keys])
    parted: list[Parted] = []
    pairs: set[tuple[Key, Key]] = set()
    for sighting in parties or sightings:
        name = name_of(sighting.ref, schema)
        cluster = view.cluster(name)
        others = () if cluster is None else _others(sighting, cluster, schema)
        if cluster is not None and others:
            parted.append(Parted(name, cluster.id, others))
            pairs.update((name, other) for other in others)
            pairs.update(_judged_same(ledger, sighting, name, cluster))
    if not parted:
        raise KehutuError("NOTHING_TO_SPLIT", record=record)
    judgements.judge_all(
        ledger,
        [
            NewJudgement(left, right, "different", "person", author, reasons=reasons or {})
            for left, right in sorted(pairs)
        ],
        at=at,
    )
    return Split(sightings[0].ref.record, tuple(parted))


def lasting_pair(ledger: Ledger, schema: Schema, left: str, right: str) -> tuple[Key, Key]:
    """Two texts as names that mean the same whatever is merged or split later: keys, or names of sightings."""
    one = named(ledger, schema, left)
    other = named(ledger, schema, right, of_type=_type(one, schema))
    return _lasting(ledger, schema, named(ledger, schema, left, of_type=_type(other, schema))), _lasting(
        ledger, schema, other
    )


def _lasting(ledger: Ledger, schema: Schema, name: Key) -> Key:
    """The id of a split part changes when a smaller record joins it; its smallest sighting's name does not."""
    if whole_key(name) == name:
        return name
    cluster = View(ledger, schema, [name]).cluster(name)
    if cluster is None or not cluster.sightings:
        raise KehutuError("UNKNOWN_ID", id=name)
    return name_of(cluster.sightings[0].ref, schema)


def _type(name: Key, schema: Schema) -> str | None:
    prefix = prefix_of(name)
    return next((node.name for node in schema.nodes.values() if node.prefix == prefix), None)


def _judged_same(
    ledger: Ledger, sighting: Sighting, name: Key, cluster: Cluster
) -> Iterator[tuple[Key, Key]]:
    """What a judgement in force ties the rest of the entity to: the sighting itself, or a key that it alone states."""
    stated = {key for other in cluster.sightings if other.ref != sighting.ref for key in other.keys}
    own = {name, *(key for key in sighting.keys if key not in stated)}
    for pair, judgement in effective(judgements.touching(ledger, own)).items():
        if judgement.verdict == "same" and not own.issuperset(pair):
            yield pair


def _others(sighting: Sighting, cluster: Cluster, schema: Schema) -> tuple[Key, ...]:
    """What a sighting has to be parted from: the entity's keys but its own, else the other sightings."""
    rest = [other for other in cluster.sightings if other.ref != sighting.ref]
    stated = {key for other in rest for key in other.keys}
    others = [key for key in cluster.keys if key in stated or key not in sighting.keys]
    others = [key for key in others if "~" not in key]
    return tuple(others or (name_of(other.ref, schema) for other in rest))
