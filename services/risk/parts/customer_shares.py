"""What customers have in common at the cut-off: the party, places of supply and of living, contacts, transformers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import numpy as np

from algorithms.communities.shared_things import Shares, numbered
from graph.arrays import Ints
from graph.project import nodes
from ingest.statements import evidence_mention
from services.exposure.model import Customers
from services.exposure.tables import Tables, alive, read_running
from services.site import Site

WEIGHTS: Final = {"party": 1.0, "service point": 0.5, "address": 0.25, "contact": 0.1, "transformer": 0.02}
"""By kind of thing; d customers that share one are linked by this / (d - 1) each (start values, a guess)."""

_READ: Final = {"Customer": ("phone",), "ServicePoint": (), "Address": (), "Transformer": ()}


def customer_shares(site: Site, customers: Customers, cut_off: np.datetime64) -> Shares:
    """Who of c customers shares what, kinds in the order of :data:`WEIGHTS`; things of one customer alone are left out.

    A relation counts while it runs and neither of its ends has ended, as evidence between parties does. A transformer
    is shared by those whose service points it feeds directly.
    """
    tables = _tables(site)
    place = {name: at for at, name in enumerate(customers.ids)}
    at = np.array([place.get(name, -1) for name in tables["Customer"].ids], dtype=np.int64)
    at[~alive(site, tables, "Customer", cut_off)] = -1
    supplied = _running(site, tables, ("SUPPLIED_AT", "Customer", "ServicePoint"), cut_off)
    fed = defaultdict(list)
    for point, transformer in _running(site, tables, ("FED_BY", "ServicePoint", "Transformer"), cut_off):
        fed[point].append(transformer)
    phones = ((one, phone) for one, phone in enumerate(tables["Customer"].columns["phone"].tolist()) if phone)
    shared: dict[str, Iterable[tuple[int, object]]] = {
        "service point": supplied,
        "address": _running(site, tables, ("LIVES_AT", "Customer", "Address"), cut_off),
        "contact": ((one, evidence_mention("phone", str(phone))) for one, phone in phones),
        "transformer": ((one, box) for one, point in supplied for box in fed[point]),
    }
    owners = {"party": _owners(enumerate(customers.party.tolist()))}
    owners |= {kind: _owners(_known(at, pairs)) for kind, pairs in shared.items()}
    return numbered([owners[kind] for kind in WEIGHTS])


def _tables(site: Site) -> Tables:
    last = {kind: site.schema.nodes[kind].ended for kind in _READ}
    wanted = {kind: tuple(name for name in (*names, last[kind]) if name) for kind, names in _READ.items()}
    return {kind: nodes(site.store, site.schema, kind, names) for kind, names in wanted.items()}


def _running(
    site: Site, tables: Tables, relation: tuple[str, str, str], cut_off: np.datetime64
) -> list[tuple[int, int]]:
    """Both ends of the relations of a type that hold, as positions in their tables."""
    name, source, target = relation
    found = read_running(site, tables, name, source, target, day=cut_off)
    found = found.among(
        alive(site, tables, source, cut_off)[found.source]
        & alive(site, tables, target, cut_off)[found.target]
    )
    return list(zip(found.source.tolist(), found.target.tolist(), strict=True))


def _known(at: Ints, pairs: Iterable[tuple[int, object]]) -> Iterable[tuple[int, object]]:
    """Pairs by position among the customers of the run; those that it does not know are left out."""
    place = at.tolist()
    return ((place[one], thing) for one, thing in pairs if place[one] >= 0)


def _owners(pairs: Iterable[tuple[int, object]]) -> list[tuple[int, ...]]:
    found: dict[object, set[int]] = defaultdict(set)
    for one, thing in pairs:
        found[thing].add(one)
    return [tuple(sorted(members)) for members in found.values() if len(members) > 1]
