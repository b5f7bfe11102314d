"""Why two names are, or are not, the same entity: the chain of records and judgements between them, or what speaks
for and against it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from graph.schema.model import Schema
from graph.validity import OPEN
from ingest.entities.entity_view import View, named
from ingest.entities.neighbourhood import Neighbourhood
from ingest.entities.surviving_values import ResolvedEntity
from ingest.identity.clusters import Cluster, Link, links
from ingest.identity.entities_in_records import Sighting, names_sighting, record_of
from ingest.judgements.why_answer import Known, Shared, Why, WhyLink
from ingest.statements import evidence_mention
from ledger.database import Ledger
from ledger.judgements import Judgement
from ledger.records import mentioning
from ledger.withdrawals import taken_back
from terms.errors import KehutuError
from terms.ids import Key, RecordId

COMMON: Final = 50
"""Records that state one value, above which it is no evidence that two of them mean the same."""


def why(ledger: Ledger, schema: Schema, a: str, b: str, *, as_of: datetime | None = None) -> Why:
    """Whether two names are the same entity, and why.

    Args:
        a, b: ids, keys, bare business numbers or records (``source/recordId``). A chain is shown between the keys
            that are given, so hand over what was asked and not the ids that it resolves to.
        as_of: as it was known at an instant.
    Raises:
        KehutuError: UNKNOWN_ID.
    """
    one = named(ledger, schema, a)
    other = named(ledger, schema, b)
    view = View(ledger, schema, [one, other], as_of)
    left, right = _cluster(view, a, one), _cluster(view, b, other)
    taken, refused = links(view.around.sightings(0), view.around.judged(0), schema=schema)
    same = left.id == right.id
    return Why(
        same=same,
        left=_known(a, one, view, left),
        right=_known(b, other, view, right),
        links=tuple(_steps(_chain(taken, _start(one, left), _start(other, right)), view.around))
        if same
        else (),
        judgements=tuple(_between(view, left, right)),
        refused=tuple(_steps(_joining(refused, view, left, right), view.around)),
        shared=() if same else tuple(_shared(ledger, view, left, right)),
    )


class _Hop(NamedTuple):
    """A link as it is walked."""

    start: Key
    end: Key
    link: Link


def _cluster(view: View, asked: str, name: Key) -> Cluster:
    cluster = view.cluster(name)
    if cluster is None:
        raise KehutuError("UNKNOWN_ID", id=asked)
    return cluster


def _known(asked: str, name: Key, view: View, cluster: Cluster) -> Known:
    entity = view.entity(name)
    if entity is None:
        raise KehutuError("UNKNOWN_ID", id=asked)
    last_day = view.schema.nodes[cluster.type].ended
    return Known(
        asked,
        cluster.id,
        cluster.type,
        _told(entity, "name"),
        cluster.keys,
        entity.records,
        None if last_day is None else _told(entity, last_day) or None,
    )


def _told(entity: ResolvedEntity, name: str) -> str:
    chosen = entity.values.get(name)
    return "" if chosen is None else str(chosen.value)


def _start(name: Key, cluster: Cluster) -> Key:
    """Where a chain begins: the name itself, for the id of a split part one of the keys that its records state."""
    if "~" in name or (not names_sighting(name) and name not in cluster.stated):
        return min(cluster.stated - set(cluster.keys), default=name)
    return name


def _chain(taken: Sequence[Link], start: Key, end: Key) -> list[_Hop]:
    """The shortest way from one name to the other; among equals the one by the strongest links."""
    roads: dict[Key, list[_Hop]] = defaultdict(list)
    for link in taken:
        roads[link.left].append(_Hop(link.left, link.right, link))
        roads[link.right].append(_Hop(link.right, link.left, link))
    came: dict[Key, _Hop | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came:
        at = waiting.popleft()
        for hop in roads[at]:
            if hop.end not in came:
                came[hop.end] = hop
                waiting.append(hop.end)
    way: list[_Hop] = []
    step = came.get(end)
    while step is not None:
        way.append(step)
        step = came[step.start]
    return way[::-1]


def _steps(hops: Sequence[_Hop], around: Neighbourhood) -> Iterator[WhyLink]:
    """A key, a sighting and a key are one step: the record states both keys."""
    place = 0
    while place < len(hops):
        hop = hops[place]
        judgement = hop.link.judgement
        if judgement is not None:
            yield WhyLink(
                hop.start, hop.end, "judgement", judgement.id, None, judgement.recorded_at, judgement
            )
            place += 1
            continue
        record = next(told.record for told in around.told[record_of(hop.link.left)] if told is not None)
        end = hop.end
        if place + 1 < len(hops) and hops[place + 1].link.judgement is None and names_sighting(hop.end):
            place += 1
            end = hops[place].end
        yield WhyLink(hop.start, end, "record", record.id, record.channel, record.recorded_at, None)
        place += 1


def _names(view: View, cluster: Cluster) -> set[Key]:
    return {*cluster.stated, *(view.name_of(sighting) for sighting in cluster.sightings)}


def _between(view: View, left: Cluster, right: Cluster) -> list[Judgement]:
    one, other = _names(view, left), _names(view, right)
    found = [
        j
        for j in view.around.judged(0)
        if (j.left in one and j.right in other) or (j.left in other and j.right in one)
    ]
    return sorted(found, key=lambda j: j.seq)


def _joining(refused: Sequence[Link], view: View, left: Cluster, right: Cluster) -> list[_Hop]:
    """Refused links from the one to the other."""
    if left.id == right.id:
        return []
    found = []
    for link in refused:
        ends = {c.id for end in (link.left, link.right) if (c := view.cluster(end)) is not None}
        if ends == {left.id, right.id}:
            found.append(_Hop(link.left, link.right, link))
    return found


def _shared(ledger: Ledger, view: View, left: Cluster, right: Cluster) -> Iterator[Shared]:
    one, other = _evidence(view, left), _evidence(view, right)
    both = sorted(one.keys() & other.keys())
    stating = mentioning(ledger, [compared for _, compared in both], roles=None)
    back = taken_back(ledger, (seq for seqs in stating.values() for seq in seqs))
    for name, compared in both:
        known, others = one[name, compared], other[name, compared]
        mine, theirs = known.records, others.records
        # Names are looked up by their text and have no mention: the two sides are what is known of them here.
        mentions = sum(seq not in back for seq in stating.get(compared, ()))
        stated = max(mentions, len(mine | theirs))
        ends = tuple(sorted({**known.ends, **others.ends}.items()))
        yield Shared(
            name, known.shown, tuple(sorted(mine)), tuple(sorted(theirs)), stated, stated > COMMON, ends
        )


@dataclass(slots=True)
class _Stated:
    """A value as it is written, the records that state it, and of those that state an end of it the day."""

    shown: str
    records: set[RecordId] = field(default_factory=set)
    ends: dict[RecordId, str] = field(default_factory=dict)


def _evidence(view: View, cluster: Cluster) -> dict[tuple[str, str], _Stated]:
    """What records state of an entity that others may have too, by property and compared form: names, evidence, and
    the keys of addresses that it is related to."""
    declared = view.schema.nodes[cluster.type].properties
    found: dict[tuple[str, str], _Stated] = {}

    def add(name: str, compared: str, shown: str, record: RecordId, until: str = "") -> None:
        stated = found.setdefault((name, compared), _Stated(shown))
        stated.records.add(record)
        if until and until != OPEN:
            stated.ends[record] = until

    for sighting in cluster.sightings:
        for name, value in sighting.statement.set.items():
            prop = declared.get(name)
            if prop is not None and (prop.identity == "evidence" or name == "name"):
                add(name, evidence_mention(name, str(value)), str(value), sighting.ref.record)
        for relation, key, text, until in _premises(view, sighting):
            add(relation, key, text, sighting.ref.record, until)
    return found


def _premises(view: View, sighting: Sighting) -> Iterator[tuple[str, Key, str, str]]:
    """Relations to addresses, with the address, its text and the end that is stated of them."""
    told = view.around.told[sighting.record.ref][0]
    if told is None:
        return
    texts = {
        key: n.set.get("text", key) for n in told.statements.nodes if n.type == "Address" for key in n.keys
    }
    for relation in told.relations:
        if relation.target in texts and told.end(relation.source_type, relation.source) == sighting.ref:
            until = str(relation.set.get("until", ""))
            yield relation.type, relation.target, str(texts[relation.target]), until
