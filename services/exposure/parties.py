"""Who carries risk: parties with their own distress, buffer, exposure at default and loss given default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np

from algorithms.arrears import Bills, Days, payment_record
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Floats, Ints
from graph.project import Column, NodeTable, RelationTable, nodes, relations
from services.exposure.ageing import ageing
from services.exposure.model import (
    BUFFER_KINDS,
    Caution,
    Customers,
    Parties,
)
from services.site import Site

Tables: TypeAlias = dict[str, NodeTable]

READ = {
    "Customer": ("kind", "phone"),
    "Enterprise": ("netAssets", "paidInCapital", "phone"),
    "Person": ("phone",),
    "Account": ("prepayment", "deposit"),
    "Bill": ("period", "amount", "dueOn", "paidOn"),
    "Address": (),
    "ServicePoint": (),
}
"""Node types that the inputs need, with their properties."""

PROXY_MONTHS = 24
"""A party without a balance sheet is given a buffer of so many mean monthly bills."""


def read_tables(site: Site, more: Mapping[str, tuple[str, ...]] | None = None) -> Tables:
    """Every node type that the inputs need, as columns; ``more``: further properties of some of them."""
    wanted = {
        name: (*properties, *(p for p in (more or {}).get(name, ()) if p not in properties))
        for name, properties in READ.items()
    }
    return {name: nodes(site.store, site.schema, name, properties) for name, properties in wanted.items()}


def read_relations(
    site: Site, tables: Tables, name: str, source: str, target: str, *properties: str
) -> RelationTable:
    """Relations of one type between two node types, as positions in their tables."""
    return relations(site.store, site.schema, name, tables[source], tables[target], properties)


def judge(
    site: Site,
    tables: Tables,
    cut_off: np.datetime64,
    parameters: RiskParameters,
    cautions: list[Caution],
) -> tuple[Parties, Customers]:
    """Parties in ascending order of id, and the customers that belong to each."""
    customer_ids = tables["Customer"].ids
    party_of_customer = _party_names(site, tables, cautions)
    kinds = {name: kind for kind in ("Enterprise", "Person") for name in tables[kind].ids}
    kinds |= {name: "Customer" for name in party_of_customer if name not in kinds}
    ids = sorted(kinds)
    position = {name: index for index, name in enumerate(ids)}
    customer_party = np.array([position[name] for name in party_of_customer], dtype=np.int64)

    bills = bills_of(site, tables)
    record = payment_record(len(customer_ids), bills, cut_off, _advances(site, tables))
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


def _party_names(site: Site, tables: Tables, cautions: list[Caution]) -> list[str]:
    """The party of every customer; its own id where the graph knows none."""
    names = list(tables["Customer"].ids)
    for kind in ("Enterprise", "Person"):
        links = read_relations(site, tables, "IS", "Customer", kind)
        for customer, party in zip(links.source.tolist(), links.target.tolist(), strict=True):
            if names[customer] == tables["Customer"].ids[customer]:
                names[customer] = tables[kind].ids[party]
            else:
                cautions.append(Caution("CUSTOMER_OF_TWO_PARTIES", tables["Customer"].ids[customer]))
    return names


def bills_of(site: Site, tables: Tables) -> Bills:
    """Every bill with the customer that it is for; a bill without amount counts 0."""
    return bills_at(tables, *billed_to(site, tables))


def billed_to(site: Site, tables: Tables) -> tuple[Ints, Ints]:
    """The customer of every bill that has one, and the bill's place in its table."""
    accounts = read_relations(site, tables, "HAS_ACCOUNT", "Customer", "Account")
    customer_of = np.full(len(tables["Account"].ids), -1, dtype=np.int64)
    customer_of[accounts.target] = accounts.source
    billed = read_relations(site, tables, "BILLED", "Account", "Bill")
    customer = customer_of[billed.source]
    known = customer >= 0
    return customer[known], billed.target[known]


def bills_at(tables: Tables, customer: Ints, bill: Ints) -> Bills:
    """Bills by their place in the table, each with its customer."""
    columns = tables["Bill"].columns
    return Bills(
        customer=customer,
        period=dates(columns["period"], "M")[bill],
        amount=whole(columns["amount"])[bill],
        due=dates(columns["dueOn"], "D")[bill],
        paid=dates(columns["paidOn"], "D")[bill],
    )


def _advances(site: Site, tables: Tables) -> Ints:
    """Prepayment and deposit of every customer, fen."""
    accounts = read_relations(site, tables, "HAS_ACCOUNT", "Customer", "Account")
    columns = tables["Account"].columns
    held = whole(columns["prepayment"]) + whole(columns["deposit"])
    total = np.zeros(len(tables["Customer"].ids), dtype=np.int64)
    np.add.at(total, accounts.source, held[accounts.target])
    return total


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


def dates(texts: Column, unit: str) -> Days:
    """ISO texts as datetime64; the empty text is NaT."""
    return np.array([text[:10] for text in texts.tolist()], dtype=f"datetime64[{unit}]")


def whole(values: Column) -> Ints:
    """Amounts in fen as integers; what is absent counts 0."""
    return np.nan_to_num(np.asarray(values, dtype=np.float64)).astype(np.int64)
