"""Which judgements of people replace what a party's own payment record says."""

from __future__ import annotations

from datetime import date

import numpy as np

from graph.arrays import Floats, Ints
from graph.project import nodes
from services.exposure.model import Override
from services.exposure.tables import Tables, read_relations
from services.site import Site

PROPERTIES = ("own", "reason", "author", "until", "recordedAt")


def overrides(
    site: Site, tables: Tables, at: dict[str, Ints], own: Floats, cut_off: np.datetime64
) -> list[Override]:
    """For every party the judgement that was recorded last, if it has not been taken back or run out, by party.

    Args:
        at: positions of customers' parties, enterprises and people, by type and place in ``tables``.
        own: n, what the payment records say.
        cut_off: the day T; a judgement holds while T is not after its last day.
    """
    table = nodes(site.store, site.schema, "RiskOverride", PROPERTIES)
    latest: dict[int, tuple[str, str, int]] = {}
    with_overrides = {**tables, "RiskOverride": table}
    for kind in site.schema.relations["OVERRIDES"].target:
        found = read_relations(site, with_overrides, "OVERRIDES", "RiskOverride", kind)
        for row, target in zip(found.source.tolist(), found.target.tolist(), strict=True):
            party = int(at[kind][target])
            seen = (str(table.columns["recordedAt"][row]), table.ids[row], row)
            latest[party] = max(latest.get(party, seen), seen)
    in_force = []
    for party, (recorded_at, name, row) in sorted(latest.items()):
        value = float(table.columns["own"][row])
        until = str(table.columns["until"][row])
        if not np.isnan(value) and until and np.datetime64(until) >= cut_off:
            in_force.append(
                Override(
                    id=name,
                    party=party,
                    own=value,
                    recorded=float(own[party]),
                    reason=str(table.columns["reason"][row]),
                    author=str(table.columns["author"][row]),
                    until=date.fromisoformat(until),
                    recorded_at=recorded_at,
                )
            )
    return in_force
