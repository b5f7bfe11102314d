"""Who carries risk: parties with their own distress, buffer, exposure at default and loss given default."""

from __future__ import annotations

import numpy as np

from algorithms.risk.parameters import RiskParameters
from graph.arrays import Floats, Ints
from services.exposure.ageing import ageing
from services.exposure.bills import record_at
from services.exposure.model import (
    BUFFER_KINDS,
    Caution,
    Customers,
    Parties,
)
from services.exposure.tables import Tables, alive, read_running
from services.site import Site

PROXY_MONTHS = 24
"""A party without a balance sheet is given a buffer of so many mean monthly bills."""


def judge(
    site: Site,
    tables: Tables,
    cut_off: np.datetime64,
    parameters: RiskParameters,
    cautions: list[Caution],
) -> tuple[Parties, Customers]:
    """Parties in ascending order of id, and the customers that belong to each.

    One that has ended is still a party: what its customers owe is owed.
    """
    customer_ids = tables["Customer"].ids
    party_of_customer = _party_names(site, tables, cut_off, cautions)
    kinds = {name: kind for kind in ("Enterprise", "Person") for name in tables[kind].ids}
    kinds |= {name: "Customer" for name in party_of_customer if name not in kinds}
    ids = sorted(kinds)
    position = {name: index for index, name in enumerate(ids)}
    customer_party = np.array([position[name] for name in party_of_customer], dtype=np.int64)

    record, bills = record_at(site, tables, cut_off)
    own = np.zeros(len(ids))
    np.maximum.at(own, customer_party, record.own)
    at_default = np.zeros(len(ids), dtype=np.int64)
    np.add.at(at_default, customer_party, record.exposure)
    monthly = np.bincount(customer_party, weights=record.monthly, minlength=len(ids)).astype(np.float64)
    types = [kinds[name] for name in ids]
    buffer, buffer_kind = _buffers(tables, ids, position, monthly, parameters)
    cautions.extend(
        Caution(f"BUFFER_{BUFFER_KINDS[buffer_kind[index]].upper()}", ids[index])
        for index in np.flatnonzero(buffer_kind >= BUFFER_KINDS.index("proxy"))
        if types[index] == "Enterprise"
    )
    cautions.extend(
        Caution("PARTY_ENDED", tables[kind].ids[index])
        for kind in ("Enterprise", "Person")
        for index in np.flatnonzero(~alive(site, tables, kind, cut_off)).tolist()
    )
    parties = Parties(
        ids=ids,
        types=types,
        own=own,
        buffer=buffer,
        buffer_kind=buffer_kind,
        exposure=at_default,
        lgd=_losses_given_default(tables, types, customer_party, parameters),
    )
    return parties, Customers(customer_ids, customer_party, record, ageing(len(customer_ids), bills, cut_off))


def positions(tables: Tables, parties: Parties, customers: Customers) -> dict[str, Ints]:
    """The party of every customer, enterprise and person, by type and place in the tables."""
    position = {name: index for index, name in enumerate(parties.ids)}
    return {
        "Customer": customers.party,
        **{
            kind: np.array([position[name] for name in tables[kind].ids], dtype=np.int64)
            for kind in ("Enterprise", "Person")
        },
    }


def _party_names(site: Site, tables: Tables, cut_off: np.datetime64, cautions: list[Caution]) -> list[str]:
    """The party of every customer at the cut-off; its own id where the graph knows none."""
    names = list(tables["Customer"].ids)
    for kind in ("Enterprise", "Person"):
        links = read_running(site, tables, "IS", "Customer", kind, day=cut_off)
        for customer, party in zip(links.source.tolist(), links.target.tolist(), strict=True):
            if names[customer] == tables["Customer"].ids[customer]:
                names[customer] = tables[kind].ids[party]
            else:
                cautions.append(Caution("CUSTOMER_OF_TWO_PARTIES", tables["Customer"].ids[customer]))
    return names


def _buffers(
    tables: Tables,
    ids: list[str],
    position: dict[str, int],
    monthly: Floats,
    parameters: RiskParameters,
) -> tuple[Floats, Ints]:
    """Buffer in fen and where it comes from: net assets where known, even negative, else paid-in capital, else
    the proxy; never below the floor."""
    buffer = PROXY_MONTHS * monthly
    kind = np.full(len(ids), BUFFER_KINDS.index("proxy"), dtype=np.int64)
    floor = np.full(len(ids), 100 * parameters.buffer_min_other)
    table = tables["Enterprise"]
    at = np.array([position[name] for name in table.ids], dtype=np.int64)
    floor[at] = 100 * parameters.buffer_min_enterprise
    for column, name in (("paidInCapital", "paid-in-capital"), ("netAssets", "net-assets")):
        value = np.asarray(table.columns[column], dtype=np.float64)
        known = ~np.isnan(value)
        buffer[at[known]] = value[known]
        kind[at[known]] = BUFFER_KINDS.index(name)
    low = buffer < floor
    kind[low] = BUFFER_KINDS.index("floor")
    return np.maximum(buffer, floor), kind


def _losses_given_default(
    tables: Tables, types: list[str], customer_party: Ints, parameters: RiskParameters
) -> Floats:
    """One share for enterprises and organisations, another for all others."""
    organisation = np.array([kind == "Enterprise" for kind in types], dtype=np.bool_)
    for customer, kind in enumerate(tables["Customer"].columns["kind"].tolist()):
        party = customer_party[customer]
        if kind == "organisation" and types[party] == "Customer":
            organisation[party] = True
    return np.where(organisation, parameters.lgd_organisation, parameters.lgd_other)
