"""The communities of a run by the ids that they keep from run to run, what became of each, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final, cast

import numpy as np
import orjson
import pyarrow as pa

from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.lineage import NAMED, NONE, Event, EventKind, lineage
from algorithms.communities.network import hashed_order
from algorithms.communities.stability import stability
from algorithms.risk.probability import Probability
from graph.arrays import Floats, Ints
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.communities import COMMUNITIES, GONE, LEIDEN_SEED, in_order, links_of
from services.risk.parts.full_run_before import FullRunBefore, Links
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION
from terms.ids import RunId

PREFIX: Final = "community-"
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class CommunityEvent:
    """What became of a community since the full run before.

    ``id``: the community's; of one that died, the one that it had. ``others``: those that it was merged from or split
    into, each with the share of members that went that way.
    """

    kind: EventKind
    id: str
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CommunityLineage:
    """c communities, by the label of the run.

    ``ids``: the same from run to run; one of a single member is the party's own and passes nothing on.
    ``stability``: 0 to 1; NaN for those that a load has brought since. ``strength``: n, by party, 0 to 1; NaN likewise.
    ``before``: the full run that they go on from. ``events``: those with an id today first, by label.
    """

    ids: list[str]
    stability: Floats
    strength: Floats
    before: RunId | None
    events: tuple[CommunityEvent, ...]


@dataclass(frozen=True, slots=True)
class LineagePart:
    """How many communities went on, and what became of the others since the full run before."""

    before: RunId | None
    events: Mapping[str, int]


class _Lineage(Part[CommunityLineage]):
    """A row for each community, and one for the run as a whole."""

    name = "lineage"
    full_only = True
    tables = (
        Table("parties", ("community_strength",)),
        Table("communities", ("id", "stability")),
        Table("lineage", ("before", "events")),
    )

    def compute(self, basis: Basis, found: Found) -> CommunityLineage:
        return lineage_of(
            found.of(INPUTS).ids,
            links_of(found.of(SOLUTION).weights),
            found.of(COMMUNITIES),
            basis.gathered.get(COMMUNITIES.name),
            engine=basis.engine,
        )

    def go_on(self, basis: Basis, before: Before, found: Found) -> CommunityLineage:
        label, ids = found.of(COMMUNITIES), found.of(INPUTS).ids
        return carried_on(before.found.of(self), before.place, label, ids)

    def columns(self, value: CommunityLineage) -> Columns:
        events = [[event.kind, event.id, *event.others] for event in value.events]
        return {
            # Null, not NaN: tables that are equal compare as equal.
            "parties": {"community_strength": pa.array(value.strength, pa.float64(), from_pandas=True)},
            "communities": {
                "id": pa.array(value.ids, pa.string()),
                "stability": pa.array(value.stability, pa.float64(), from_pandas=True),
            },
            "lineage": {
                "before": pa.array([value.before], pa.string()),
                "events": pa.array([orjson.dumps(events).decode()], pa.string()),
            },
        }

    def read(self, tables: Tables, probability: Probability) -> CommunityLineage:
        return lineage_in(tables)

    def report(self, basis: Basis, found: Found) -> LineagePart:
        value = found.of(self)
        kinds = [event.kind for event in value.events]
        return LineagePart(value.before, {kind: kinds.count(kind) for kind in sorted(set(kinds))})


def lineage_of(
    ids: list[str],
    links: Links,
    label: Ints,
    before: FullRunBefore | None,
    *,
    engine: str,
    of: bytes = b"",
) -> CommunityLineage:
    """The lineage of a full run.

    Where parties, links and engine are those of the full run before, it is that run's own: an analysis of the same
    data gives the same run. A run that an earlier program made without lineage passes no ids on.

    Args:
        of: keeps the ids of another kind of communities apart.
    """
    if before is not None and not LINEAGE.kept(before.tables):
        before = None
    if before is not None and engine == before.engine and _same(ids, links, before):
        return lineage_in(before.tables)
    order = hashed_order(ids)
    sure = stability(in_order(links, order), label[order], seed=LEIDEN_SEED)
    strength = np.empty(len(ids))
    strength[order] = sure.member
    names = _new_names(ids, label[order], order, of + _founding(ids, links, before), of)
    events = _born(label, names) if before is None else _passed(ids, label, order, before, names)
    return CommunityLineage(names, sure.community, strength, before.run if before else None, events)


def carried_on(
    was: CommunityLineage, place: Ints, label: Ints, ids: list[str], of: bytes = b""
) -> CommunityLineage:
    """The lineage of a run that continues another one: communities that a load has brought have a member each.

    Args:
        place: where each member of before stands now.
        label, ids: of those of now.
    """
    new = int(label.max(initial=-1)) + 1 - len(was.ids)
    strength = np.full(len(label), np.nan)
    kept = place != GONE
    strength[place[kept]] = was.strength[kept]
    first = _first_members(label)
    return CommunityLineage(
        was.ids + [_alone(ids[first[at]], of) for at in range(len(was.ids), len(was.ids) + new)],
        np.concatenate([was.stability, np.full(max(new, 0), np.nan)]),
        strength,
        was.before,
        was.events,
    )


def _new_names(ids: list[str], ordered: Ints, order: Ints, founding: bytes, of: bytes) -> list[str]:
    """Ids for all communities as if each were born now, by label. ``ordered``: labels in hashed order."""
    size, first = (
        np.bincount(ordered),
        _first_members(ordered),
    )  # by hash: whoever joins is as likely to be the first
    firsts = [ids[order[first[one]]] for one in range(len(size))]
    return [
        _alone(key, of) if many < NAMED else _id(founding, key)
        for many, key in zip(size.tolist(), firsts, strict=True)
    ]


def _born(label: Ints, names: list[str]) -> tuple[CommunityEvent, ...]:
    named = np.flatnonzero(np.bincount(label) >= NAMED)
    return tuple(CommunityEvent("born", names[one]) for one in named.tolist())


def _passed(
    ids: list[str], label: Ints, order: Ints, before: FullRunBefore, names: list[str]
) -> tuple[CommunityEvent, ...]:
    """What became of the communities of before; those that go on take their ids into ``names``."""
    size = np.bincount(label)
    # Communities by their first member in hashed order, which settles ties between them.
    ranked = by_smallest_member(label[order])
    of_rank = np.empty(len(size), dtype=np.int64)
    of_rank[ranked] = label[order]
    at = {party: position for position, party in enumerate(before.ids)}
    both = [(at[ids[party]], position) for position, party in enumerate(order.tolist()) if ids[party] in at]
    places = np.array(both, dtype=np.int64).reshape(-1, 2)
    known: list[str] = before.tables["communities"]["id"].to_pylist()
    found = lineage(before.community, ranked, (places[:, 0], places[:, 1]), known)
    for rank, old in enumerate(found.passed.tolist()):
        if old != NONE:
            names[of_rank[rank]] = known[old]

    def named(event: Event) -> CommunityEvent:
        own = names[of_rank[event.now]] if event.now != NONE else known[event.before]
        others = tuple(
            (known[one] if event.kind == "merged" else names[of_rank[one]], share)
            for one, share in event.others
        )
        return CommunityEvent(event.kind, own, others)

    return tuple(named(event) for event in found.events)


def _founding(ids: list[str], links: Links, before: FullRunBefore | None) -> bytes:
    """What tells the run in which a community is born from all others."""
    digest = blake2b("\n".join(ids).encode("utf-8", "surrogatepass"), digest_size=16)
    for values in links:
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update((before.run if before else "").encode())
    return digest.digest()


def _alone(party: str, of: bytes) -> str:
    """The id of a party that is its own community."""
    return _id(of + b"alone", party)


def _id(founding: bytes, party: str) -> str:
    digest = blake2b(founding + b"\n" + party.encode("utf-8", "surrogatepass"), digest_size=_DIGITS // 2)
    return PREFIX + digest.hexdigest()


def _first_members(label: Ints) -> Ints:
    """The first position of each label 0..c-1; 0 for one that nobody has."""
    first = np.zeros(int(label.max(initial=-1)) + 1, dtype=np.int64)
    found, at = np.unique(label, return_index=True)
    first[found] = at
    return first


def _same(ids: list[str], links: Links, before: FullRunBefore) -> bool:
    return ids == before.ids and all(map(np.array_equal, links, before.links))


def lineage_in(tables: Tables) -> CommunityLineage:
    """The lineage that the tables of a run hold."""
    head = tables["lineage"].to_pylist()[0]
    events = tuple(
        CommunityEvent(cast(EventKind, kind), own, tuple((one, share) for one, share in others))
        for kind, own, *others in orjson.loads(head["events"])
    )
    return CommunityLineage(
        tables["communities"]["id"].to_pylist(),
        tables["communities"]["stability"].to_numpy().astype(np.float64),
        tables["parties"]["community_strength"].to_numpy().astype(np.float64),
        None if head["before"] is None else RunId(head["before"]),
        events,
    )


LINEAGE = _Lineage()
