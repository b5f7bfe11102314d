"""The communities of a run's customers, by what they share: found, named and kept like those of its parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from algorithms.communities.shared_things import Shares, links_of
from algorithms.risk.probability import Probability
from graph.arrays import Ints
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.communities import LEIDEN_RESOLUTION, LEIDEN_SEED, communities
from services.risk.parts.customer_shares import WEIGHTS, customer_shares
from services.risk.parts.full_run_before import FullRunBefore, Links, engine_of, newest_full
from services.risk.parts.inputs import INPUTS, Inputs
from services.risk.parts.lineage import LINEAGE, CommunityLineage, carried_on, lineage_in, lineage_of
from services.site import Site

_OF: Final = b"customers"
_SHARES: Final = ("customer", "kind", "thing")
_NO_SHARES: Final = Shares(*(np.zeros(0, dtype=np.int64),) * 3)


@dataclass(frozen=True, slots=True, eq=False)
class CustomerCommunities:
    """``label``: c labels, by customer. ``shares``: what links are made of, as the last full run found it."""

    label: Ints
    lineage: CommunityLineage
    shares: Shares

    def links(self, most: int) -> Links:
        """What customers are linked by. ``most``: a thing that more of them share links nobody."""
        return _links(self.shares, most)


@dataclass(frozen=True, slots=True)
class CustomerCommunityPart:
    """The communities of customers: how many of two and more, the size of the largest, and what became of them."""

    communities: int
    largest: int
    events: Mapping[str, int]


@dataclass(frozen=True, slots=True, eq=False)
class _Gathered:
    shares: Shares
    before: FullRunBefore | None


class _CustomerCommunities(Part[CustomerCommunities]):
    """Communities of customers, who share a party, a place, a contact or a transformer."""

    name = "customer communities"
    full_only = True
    tables = (
        Table("customers", ("community", "community_strength")),
        Table("customer_communities", ("id", "stability")),
        Table("customer_shares", _SHARES),
        Table("customer_lineage", ("before", "events")),
    )
    phase = "Finding communities of customers"

    def gather(self, site: Site, basis: Basis) -> _Gathered | None:
        if basis.finder is None:
            return None
        shares = customer_shares(site, basis.inputs.customers, basis.inputs.cut_off)
        return _Gathered(shares, self._before(site, basis.parameters.sharers_max))

    def _before(self, site: Site, most: int) -> FullRunBefore | None:
        found = newest_full(site, tuple(table.name for table in self.tables), ())
        if found is None or not self.kept(found[1]):
            return None
        run, tables = found
        value = _read(tables)
        return FullRunBefore(
            run=run.id,
            engine=engine_of(run),
            ids=tables["customers"]["id"].to_pylist(),
            community=value.label,
            links=_links(value.shares, most),
            tables=_as_of_parties(tables),
        )

    def compute(self, basis: Basis, found: Found) -> CustomerCommunities:
        gathered = basis.gathered.get(self.name) or _Gathered(_NO_SHARES, None)
        ids = found.of(INPUTS).customers
        links = _links(gathered.shares, basis.parameters.sharers_max)
        label = communities(ids, links, basis.community_engine, gathered.before)
        lineage = lineage_of(ids, links, label, gathered.before, engine=basis.engine, of=_OF)
        return CustomerCommunities(label, lineage, gathered.shares)

    def go_on(self, basis: Basis, before: Before, found: Found) -> CustomerCommunities:
        was, now = before.found.of(self), found.of(INPUTS)
        at = {name: position for position, name in enumerate(now.customers)}
        place = np.array([at.get(name, -1) for name in before.found.of(INPUTS).customers], dtype=np.int64)
        label = _joined(was.label, place, now)
        lineage = carried_on(was.lineage, place, label, now.customers, _OF)
        member = place[was.shares.member]
        kept = member >= 0
        shares = Shares(member[kept], was.shares.kind[kept], was.shares.thing[kept])
        return CustomerCommunities(label, lineage, shares)

    def columns(self, value: CustomerCommunities) -> Columns:
        told = LINEAGE.columns(value.lineage)
        return {
            "customers": {"community": value.label, **told["parties"]},
            "customer_communities": told["communities"],
            "customer_shares": dict(
                zip(_SHARES, (value.shares.member, value.shares.kind, value.shares.thing), strict=True)
            ),
            "customer_lineage": told["lineage"],
        }

    def read(self, tables: Tables, probability: Probability) -> CustomerCommunities:
        return _read(tables)

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {
            "algorithm": "leiden, continued from the full run before",
            "engine": basis.engine,
            "resolution": LEIDEN_RESOLUTION,
            "seed": LEIDEN_SEED,
            "weights": WEIGHTS,
        }

    def report(self, basis: Basis, found: Found) -> CustomerCommunityPart:
        value = found.of(self)
        sizes = np.bincount(value.label) if len(value.label) else np.zeros(1, dtype=np.int64)
        kinds = [event.kind for event in value.lineage.events]
        return CustomerCommunityPart(
            communities=int(np.count_nonzero(sizes > 1)),
            largest=int(sizes.max(initial=0)),
            events={kind: kinds.count(kind) for kind in sorted(set(kinds))},
        )


def _links(shares: Shares, most: int) -> Links:
    return links_of(shares, [*WEIGHTS.values()], most)


def _joined(before: Ints, place: Ints, now: Inputs) -> Ints:
    """The labels of before; a new customer takes that of the first known one of its party, else one of its own."""
    label = np.full(len(now.customers), -1, dtype=np.int64)
    kept = place >= 0
    label[place[kept]] = before[kept]
    known = np.flatnonzero(label >= 0)
    party, first = np.unique(now.customer_party[known], return_index=True)
    first_of = dict(zip(party.tolist(), label[known[first]].tolist(), strict=True))
    following = int(label.max(initial=-1)) + 1
    for one in np.flatnonzero(label < 0).tolist():
        label[one] = first_of.get(int(now.customer_party[one]), following)
        following += int(label[one] == following)
    return label


def _as_of_parties(tables: Tables) -> dict[str, pa.Table]:
    """The tables by the names under which those of parties are read."""
    return {
        "parties": tables["customers"],
        "communities": tables["customer_communities"],
        "lineage": tables["customer_lineage"],
    }


def _read(tables: Tables) -> CustomerCommunities:
    shares = (tables["customer_shares"][name].to_numpy() for name in _SHARES)
    return CustomerCommunities(
        tables["customers"]["community"].to_numpy(), lineage_in(_as_of_parties(tables)), Shares(*shares)
    )


CUSTOMER_COMMUNITIES = _CustomerCommunities()
