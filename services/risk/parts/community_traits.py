"""What the members of each community have in common, and who stands for it: what its name is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Final

import numpy as np
import pyarrow as pa

from algorithms.communities.lineage import NAMED
from algorithms.communities.shared_traits import shared_traits
from algorithms.risk.probability import Probability
from graph.arrays import Floats, Ints
from services.risk.part import Basis, Before, Columns, Found, Part, Table, Tables
from services.risk.parts.communities import COMMUNITIES
from services.risk.parts.customer_communities import CUSTOMER_COMMUNITIES
from services.risk.parts.full_run_before import newest_full
from services.risk.parts.inputs import INPUTS
from services.risk.parts.lineage import LINEAGE
from services.risk.parts.member_traits import KINDS, MemberTraits, Traits, member_traits
from services.risk.parts.solution import SOLUTION
from services.site import Site

_TRAITS: Final = ("id", "kind", "value", "share", "lift")
_HEADS: Final = ("id", "head")


@dataclass(frozen=True, slots=True)
class CommunityTrait:
    """A value that at least half of the members have, and twice as many as elsewhere.

    ``value``: a word, the path of an area, or the id of an entity. ``share``: of the members of whom something of the
    kind is known, 0 to 1. ``lift``: how many times as frequent as among all such.
    """

    kind: str
    value: str
    share: float
    lift: float


@dataclass(frozen=True, eq=False)
class CommunityTraits:
    """By id of a community of parties or of customers: ``traits`` in the order of a name, and the member that is its
    ``heads``; communities of one member are absent."""

    traits: list[tuple[str, CommunityTrait]]
    heads: Mapping[str, str]

    def of(self, community: str) -> list[CommunityTrait]:
        """What the members of one have in common, by kind and then by falling share."""
        return self._by_id.get(community, [])

    @cached_property
    def _by_id(self) -> Mapping[str, list[CommunityTrait]]:
        found: dict[str, list[CommunityTrait]] = {}
        for community, trait in self.traits:
            found.setdefault(community, []).append(trait)
        return found


_NOTHING: Final = CommunityTraits([], {})


@dataclass(frozen=True, slots=True, eq=False)
class _Gathered:
    traits: Traits
    before: CommunityTraits


@dataclass(frozen=True, slots=True, eq=False)
class _Division:
    """n members with their communities; ``ids``: of communities, by label. ``loss``: who stands for a community."""

    members: Sequence[str]
    label: Ints
    ids: Sequence[str]
    loss: Floats


class _CommunityTraits(Part[CommunityTraits]):
    """A community keeps its words and its head from full run to full run, as long as they hold."""

    name = "community traits"
    full_only = True
    tables = (Table("community_traits", _TRAITS), Table("community_heads", _HEADS))

    def gather(self, site: Site, basis: Basis) -> _Gathered | None:
        if basis.finder is None:
            return None
        found = newest_full(site, tuple(table.name for table in self.tables), ())
        before = _NOTHING if found is None or not self.kept(found[1]) else _read(found[1])
        parties, customers = basis.inputs.parties, basis.inputs.customers
        return _Gathered(member_traits(site, parties, customers, basis.inputs.cut_off), before)

    def compute(self, basis: Basis, found: Found) -> CommunityTraits:
        gathered: _Gathered | None = basis.gathered.get(self.name)
        if gathered is None:
            return _NOTHING
        rows: list[tuple[str, CommunityTrait]] = []
        heads: dict[str, str] = {}
        divisions = _divisions(found)
        for division, traits in zip(
            divisions, (gathered.traits.parties, gathered.traits.customers), strict=True
        ):
            if division is not None:
                rows += _told(division, traits, gathered.traits.areas, gathered.before)
                heads |= _heads(division, gathered.before.heads)
        return CommunityTraits(rows, heads)

    def go_on(self, basis: Basis, before: Before, found: Found) -> CommunityTraits:
        return before.found.of(self)

    def columns(self, value: CommunityTraits) -> Columns:
        numbers = {"share", "lift"}
        told = {
            name: pa.array(
                [community if name == "id" else getattr(trait, name) for community, trait in value.traits],
                pa.float64() if name in numbers else pa.string(),
            )
            for name in _TRAITS
        }
        heads = {
            "id": pa.array([*value.heads], pa.string()),
            "head": pa.array([*value.heads.values()], pa.string()),
        }
        return {"community_traits": told, "community_heads": heads}

    def read(self, tables: Tables, probability: Probability) -> CommunityTraits:
        return _read(tables)

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {
            "algorithm": "values that half of the members have, and twice as many as elsewhere",
            "kinds": [*KINDS],
        }


def _divisions(found: Found) -> tuple[_Division | None, _Division | None]:
    """The communities of parties and of customers, as far as a run has them."""
    inputs, loss = found.of(INPUTS), found.of(SOLUTION).expected_loss.astype(np.float64)
    of_parties = of_customers = None
    if found.has(LINEAGE):
        of_parties = _Division(inputs.ids, found.of(COMMUNITIES), found.of(LINEAGE).ids, loss)
    if found.has(CUSTOMER_COMMUNITIES):
        known, at_stake = found.of(CUSTOMER_COMMUNITIES), inputs.customer_exposure.astype(np.float64)
        whole = np.bincount(inputs.customer_party, at_stake, len(inputs.ids))[inputs.customer_party]
        part = np.divide(at_stake, whole, out=np.zeros(len(whole)), where=whole > 0)
        share = loss[inputs.customer_party] * part
        of_customers = _Division(inputs.customers, known.label, known.lineage.ids, share)
    return of_parties, of_customers


def _told(
    division: _Division, traits: MemberTraits, areas: Mapping[str, str], before: CommunityTraits
) -> list[tuple[str, CommunityTrait]]:
    label_of = {name: label for label, name in enumerate(division.ids)}
    paths = {area: path for path, area in areas.items()}
    rows: list[tuple[int, int, CommunityTrait]] = []
    for rank, kind in enumerate(KINDS):
        if not traits.value.get(kind):
            continue
        words = sorted({*traits.value[kind]})
        number = {word: at for at, word in enumerate(words)}
        kept = [
            (label_of[community], number[word])
            for community, trait in before.traits
            if trait.kind == kind and community in label_of
            for word in [paths.get(trait.value, trait.value)]
            if word in number
        ]
        told = np.array(kept, dtype=np.int64).reshape(-1, 2)
        value = np.array([number[word] for word in traits.value[kind]], dtype=np.int64)
        found = shared_traits(division.label, traits.member[kind], value, (told[:, 0], told[:, 1]))
        among = [
            (label, words[at], share, lift)
            for label, at, share, lift in zip(
                found.label.tolist(),
                found.value.tolist(),
                found.share.tolist(),
                found.lift.tolist(),
                strict=True,
            )
        ]
        if kind == "area":
            among = _smallest(among)
        rows += [
            (
                label,
                rank,
                CommunityTrait(kind, areas.get(word, word) if kind == "area" else word, share, lift),
            )
            for label, word, share, lift in among
        ]
    return [(division.ids[label], trait) for label, _, trait in sorted(rows, key=lambda row: row[:2])]


def _smallest(found: list[tuple[int, str, float, float]]) -> list[tuple[int, str, float, float]]:
    """Rows by label, without areas that hold another one that is told of the same community."""
    kept = []
    for _, rows in groupby(found, lambda row: row[0]):
        among = [*rows]
        words = [row[1] for row in among]
        kept += [row for row in among if not any(one != row[1] and one.startswith(row[1]) for one in words)]
    return kept


def _heads(division: _Division, before: Mapping[str, str]) -> dict[str, str]:
    """The head of before while it is a member; else who has the largest expected loss, the first of equal ones."""
    size = np.bincount(division.label)
    order = np.lexsort((np.arange(len(division.label)), -division.loss, division.label))
    first = order[np.searchsorted(division.label[order], np.arange(len(size)))]
    at = {name: position for position, name in enumerate(division.members)}
    heads = {}
    for label in np.flatnonzero(size >= NAMED).tolist():
        name = division.ids[label]
        was = at.get(before.get(name, ""))
        chosen = was if was is not None and division.label[was] == label else int(first[label])
        heads[name] = division.members[chosen]
    return heads


def _read(tables: Tables) -> CommunityTraits:
    traits, heads = tables["community_traits"].to_pylist(), tables["community_heads"].to_pylist()
    return CommunityTraits(
        [(row["id"], CommunityTrait(row["kind"], row["value"], row["share"], row["lift"])) for row in traits],
        {row["id"]: row["head"] for row in heads},
    )


COMMUNITY_TRAITS = _CommunityTraits()
