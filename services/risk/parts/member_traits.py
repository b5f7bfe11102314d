"""What parties and customers are like at the cut-off: what communities may be named after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from graph.arrays import Ints
from graph.project import Column, nodes
from services.exposure.model import Customers, Parties
from services.exposure.tables import Tables, alive, read_running
from services.site import Site

Pairs: TypeAlias = Iterable[tuple[int, str]]
"""Who, by position, has which value: a word, or the id of an entity."""

KINDS: Final = (
    "industry",
    "area",
    "line",
    "transformer",
    "owner",
    "party",
    "officer",
    "address",
    "scale",
    "type",
)
"""Kinds of traits, in the order in which a name tells them."""
_READ: Final = {
    "Customer": ("industry", "kind", "region"),
    "Enterprise": ("industry", "scale", "region"),
    "Person": ("region",),
    "ServicePoint": (),
    "Transformer": (),
    "Line": (),
    "Address": (),
    "Area": ("path",),
}
_LEAST_STEPS: Final = 2
"""An area of fewer steps from the root is a whole country."""


@dataclass(frozen=True, slots=True, eq=False)
class MemberTraits:
    """By kind: positions of members, and what each has; the same member may come with several values."""

    member: Mapping[str, Ints]
    value: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """Of n parties and of c customers. ``areas``: the id of the area of a path; paths without one are absent."""

    parties: MemberTraits
    customers: MemberTraits
    areas: Mapping[str, str]


def member_traits(site: Site, parties: Parties, customers: Customers, cut_off: np.datetime64) -> Traits:
    """Read what members have: a party has what its customers have too.

    Relations count while they run and neither of their ends has ended.
    """
    tables = _tables(site)
    at = {name: place for place, name in enumerate(customers.ids)}
    # From rows of the table of customers to positions among those of the run.
    row = np.array([at.get(name, -1) for name in tables["Customer"].ids], dtype=np.int64)
    row[~alive(site, tables, "Customer", cut_off)] = -1
    own = {kind: [*_known(row, pairs)] for kind, pairs in _of_customers(site, tables, cut_off).items()}
    party = customers.party.tolist()
    own["party"] = [
        (one, parties.ids[carrier]) for one, carrier in enumerate(party) if parties.ids[carrier] not in at
    ]
    of_parties = _of_parties(site, tables, parties, cut_off)
    for kind in ("industry", "area", "line", "transformer", "address"):
        of_parties[kind] += [(party[one], value) for one, value in own[kind]]
    return Traits(
        _split(of_parties),
        _split(own),
        dict(zip(tables["Area"].columns["path"], tables["Area"].ids, strict=True)),
    )


def _tables(site: Site) -> Tables:
    last = {kind: site.schema.nodes[kind].ended for kind in _READ}
    wanted = {kind: tuple(name for name in (*names, last[kind]) if name) for kind, names in _READ.items()}
    return {kind: nodes(site.store, site.schema, kind, names) for kind, names in wanted.items()}


def _of_customers(site: Site, tables: Tables, day: np.datetime64) -> dict[str, Pairs]:
    customer = tables["Customer"].columns
    supplied = _running(site, tables, ("SUPPLIED_AT", "Customer", "ServicePoint"), day)
    boxes, lines = _feeding(site, tables, day)
    return {
        "industry": _words(customer["industry"]),
        "area": _areas(customer["region"]),
        "line": [(one, tables["Line"].ids[line]) for one, point in supplied for line in lines[point]],
        "transformer": [
            (one, tables["Transformer"].ids[box]) for one, point in supplied for box in boxes[point]
        ],
        "address": _ids(tables, _running(site, tables, ("LIVES_AT", "Customer", "Address"), day), "Address"),
        "type": _words(customer["kind"]),
    }


def _of_parties(
    site: Site, tables: Tables, parties: Parties, day: np.datetime64
) -> dict[str, list[tuple[int, str]]]:
    at = {name: position for position, name in enumerate(parties.ids)}
    place = {
        kind: np.array([at.get(name, -1) for name in tables[kind].ids], dtype=np.int64)
        for kind in ("Enterprise", "Person")
    }
    found: dict[str, list[tuple[int, str]]] = {kind: [] for kind in KINDS if kind != "party"}
    found["type"] = [*enumerate(parties.types)]
    for kind in ("Enterprise", "Person"):
        columns, row = tables[kind].columns, place[kind]
        found["area"] += _known(row, _areas(columns["region"]))
        home = {"Enterprise": "LOCATED_AT", "Person": "LIVES_AT"}[kind]
        found["address"] += _known(
            row, _ids(tables, _running(site, tables, (home, kind, "Address"), day), "Address")
        )
        owned = _running(site, tables, ("INVESTS_IN", kind, "Enterprise"), day)
        found["owner"] += _known(
            place["Enterprise"], ((company, tables[kind].ids[owner]) for owner, company in owned)
        )
    found["industry"] += _known(place["Enterprise"], _words(tables["Enterprise"].columns["industry"]))
    found["scale"] += _known(place["Enterprise"], _words(tables["Enterprise"].columns["scale"]))
    for office in ("LEGAL_REPRESENTATIVE_OF", "DIRECTOR_OF"):
        held = _running(site, tables, (office, "Person", "Enterprise"), day)
        found["officer"] += _known(
            place["Enterprise"], ((company, tables["Person"].ids[person]) for person, company in held)
        )
    return found


def _feeding(
    site: Site, tables: Tables, day: np.datetime64
) -> tuple[Mapping[int, Sequence[int]], Mapping[int, Sequence[int]]]:
    """By service point: transformers that feed it directly, and lines that do so or feed one of these."""
    boxes, lines, behind = (defaultdict[int, list[int]](list) for _ in range(3))
    for point, box in _running(site, tables, ("FED_BY", "ServicePoint", "Transformer"), day):
        boxes[point].append(box)
    for point, line in _running(site, tables, ("FED_BY", "ServicePoint", "Line"), day):
        lines[point].append(line)
    for box, line in _running(site, tables, ("FED_BY", "Transformer", "Line"), day):
        behind[box].append(line)
    whole = dict(_running(site, tables, ("PART_OF", "Line", "Line"), day))  # a section stands for its feeder
    for point, through in boxes.items():
        lines[point] += [line for box in through for line in behind.get(box, ())]
    return boxes, defaultdict(
        list, {point: [whole.get(line, line) for line in found] for point, found in lines.items()}
    )


def _running(
    site: Site, tables: Tables, relation: tuple[str, str, str], day: np.datetime64
) -> list[tuple[int, int]]:
    name, source, target = relation
    found = read_running(site, tables, name, source, target, day=day)
    lasting = alive(site, tables, source, day)[found.source] & alive(site, tables, target, day)[found.target]
    found = found.among(lasting)
    return list(zip(found.source.tolist(), found.target.tolist(), strict=True))


def _ids(tables: Tables, pairs: Pairs | list[tuple[int, int]], kind: str) -> Iterator[tuple[int, str]]:
    return ((one, tables[kind].ids[int(other)]) for one, other in pairs)


def _words(column: Column) -> Pairs:
    return ((one, str(word)) for one, word in enumerate(column.tolist()) if word)


def _areas(column: Column) -> Pairs:
    """Each area that a region lies in."""
    for one, path in enumerate(column.tolist()):
        steps = [step for step in path.split("/") if step]
        yield from ((one, "/".join(steps[:k]) + "/") for k in range(_LEAST_STEPS, len(steps) + 1))


def _known(row: Ints, pairs: Pairs) -> list[tuple[int, str]]:
    place = row.tolist()
    return [(place[one], value) for one, value in pairs if place[one] >= 0]


def _split(pairs: Mapping[str, list[tuple[int, str]]]) -> MemberTraits:
    return MemberTraits(
        {kind: np.array([one for one, _ in found], dtype=np.int64) for kind, found in pairs.items()},
        {kind: [value for _, value in found] for kind, found in pairs.items()},
    )
