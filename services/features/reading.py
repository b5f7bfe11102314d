"""From the graph to what features are computed of, read as whole columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

import numpy as np

from algorithms.arrears import Days
from algorithms.customer_features.observed import BilledUse, Contract, Happened, Observed, Standing, Texts
from algorithms.risk.parameters import GUARANTEE, LOAN, TRADE_CREDIT
from graph.arrays import Bools, Floats, Ints
from graph.project import Column, NodeTable, nodes
from services.exposure.bills import booked
from services.exposure.model import Exposure, MoneyLinks
from services.exposure.tables import Tables, alive, dates, read_relations, read_running, read_tables
from services.features.load_reading import load_forms
from services.site import Site
from terms.zones import business_day

CONTRACT: Final = (
    "kind", "industry", "supplyLevel", "voltage", "contractedCapacity", "critical", "openedOn",
)  # fmt: skip
MORE: Final = {"Customer": CONTRACT, "Account": ("paymentMethod",), "Bill": ("issuedOn", "energy")}
BESIDE: Final = {
    "Interaction": ("kind", "at", "satisfaction"),
    "WorkOrder": ("kind", "openedAt"),
    "Device": ("kind", "ratedPower", "retiredOn"),
    "Transformer": (),
    "Line": (),
    "CreditRecord": ("kind", "reportedOn"),
    "ArrearsCase": ("cause", "openedOn"),
}
ADVERSE: Final = frozenset({"dishonour", "overdue", "judgment", "penalty", "lien", "arrears"})
"""Kinds of credit records that speak against a party."""
DEEPEST: Final = 5
"""Steps of ownership that are followed up."""


def observe(site: Site, inputs: Exposure) -> tuple[Observed, Bools]:
    """What is known of the customers of a run at its cut-off, and which of them have a contract still.

    ``standing.community_size`` is left open: communities are found later.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``.
    """
    day, ids = inputs.cut_off, inputs.customers.ids
    tables = read_tables(site, MORE)
    if not ids:  # before all that data tell of there is nobody
        tables = {name: table.none() for name, table in tables.items()}
    else:
        tables |= {name: nodes(site.store, site.schema, name, columns) for name, columns in BESIDE.items()}
    n = len(tables["Customer"])
    bills = _bills(site, tables)
    contract = _contract(site, tables, day)
    standing = _standing(site, tables, inputs, day) if n else _nothing(n)
    seen = Observed(day, contract, bills, standing, inputs.customers.record.own[:n])
    if n:
        seen = Observed(
            day,
            contract,
            bills,
            standing,
            inputs.customers.record.own,
            contacts=_happened(site, tables, "CONTACTED", "Interaction", at="at", value="satisfaction"),
            orders=_happened(site, tables, "REQUESTED", "WorkOrder", at="openedAt"),
            devices=_devices(site, tables, day),
            flags=_flags(site, tables, inputs),
            disputes=_disputes(site, tables),
            load=load_forms(site, tables["Customer"], ids, day),
        )
    return seen, alive(site, tables, "Customer", day)


def _contract(site: Site, tables: Tables, day: np.datetime64) -> Contract:
    columns = tables["Customer"].columns
    channel: Texts = np.full(len(tables["Customer"]), "", dtype=object)
    held = read_running(site, tables, "HAS_ACCOUNT", "Customer", "Account", day=day)
    method = tables["Account"].columns["paymentMethod"][held.target]
    named = np.flatnonzero(method != "")[::-1]  # of several accounts the first one counts
    channel[held.source[named]] = method[named]
    return Contract(
        kind=columns["kind"],
        industry=columns["industry"],
        supply_level=columns["supplyLevel"],
        payment_channel=channel,
        voltage=_numbers(columns["voltage"]),
        capacity=_numbers(columns["contractedCapacity"]),
        critical=_numbers(columns["critical"]),
        opened=dates(columns["openedOn"], "D"),
    )


def _bills(site: Site, tables: Tables) -> BilledUse:
    found, columns = booked(site, tables), tables["Bill"].columns
    return BilledUse(
        customer=found.bills.customer,
        month=found.bills.period,
        energy=_numbers(columns["energy"])[found.place],
        amount=found.bills.amount,
        issued=dates(columns["issuedOn"], "D")[found.place],
        due=found.bills.due,
        paid=found.bills.paid,
    )


def _nothing(n: int) -> Standing:
    return Standing(*(np.zeros(n) for _ in range(7)))


def _standing(site: Site, tables: Tables, inputs: Exposure, day: np.datetime64) -> Standing:
    party, money, parties = inputs.customers.party, inputs.money, len(inputs.parties.ids)
    return Standing(
        sites=np.bincount(party, minlength=parties).astype(np.float64)[party],
        ownership_depth=_depth(parties, money)[party],
        guarantees_given=_degree(parties, money.target, money.relation == GUARANTEE)[party],
        guarantees_received=_degree(parties, money.source, money.relation == GUARANTEE)[party],
        debts=_degree(parties, money.source, np.isin(money.relation, [LOAN, TRADE_CREDIT]))[party],
        community_size=np.zeros(len(party)),
        density=_density(site, tables, day),
    )


def _degree(parties: int, end: Ints, chosen: Bools) -> Floats:
    return np.bincount(end[chosen], minlength=parties).astype(np.float64)


def _depth(parties: int, money: MoneyLinks) -> Floats:
    """Steps from each party up to an owner that nobody owns, by the longest way, at most five."""
    company, holder = money.holdings.company, money.holdings.holder
    depth = np.zeros(parties)
    for _ in range(DEEPEST):
        above = np.zeros(parties)
        np.maximum.at(above, company, np.minimum(depth[holder] + 1, DEEPEST))
        depth = above
    return depth


def _density(site: Site, tables: Tables, day: np.datetime64) -> Floats:
    """Customers on the same line or transformer, itself included; the most where there are several; NaN without any."""
    found = np.full(len(tables["Customer"]), -np.inf)
    supplied = read_running(site, tables, "SUPPLIED_AT", "Customer", "ServicePoint", day=day)
    for feeder in ("Transformer", "Line"):
        fed = read_running(site, tables, "FED_BY", "ServicePoint", feeder, day=day)
        row, customer = _joined(supplied.target, supplied.source, fed.source)
        many = max(len(tables[feeder]), 1)
        pairs = np.unique(customer * many + fed.target[row])
        who, element = pairs // many, pairs % many
        np.maximum.at(found, who, np.bincount(element, minlength=many).astype(np.float64)[element])
    return np.where(np.isinf(found), np.nan, found)


def _joined(key: Ints, value: Ints, asked: Ints) -> tuple[Ints, Ints]:
    """For each of some asked keys all values that have it: which one was asked, and the value."""
    order = np.argsort(key, kind="stable")
    begin = np.searchsorted(key[order], asked, side="left")
    many = np.searchsorted(key[order], asked, side="right") - begin
    within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
    return np.repeat(np.arange(len(asked)), many), value[order[np.repeat(begin, many) + within]]


def _happened(
    site: Site, tables: Tables, relation: str, target: str, *, at: str, value: str = ""
) -> Happened:
    found = read_relations(site, tables, relation, "Customer", target)
    columns = tables[target].columns
    nothing = np.full(len(tables[target]), np.nan)
    number = _numbers(columns[value]) if value else nothing
    return Happened(
        found.source,
        columns["kind"][found.target],
        _days(site, columns[at])[found.target],
        number[found.target],
    )


def _devices(site: Site, tables: Tables, day: np.datetime64) -> Happened:
    found = read_running(site, tables, "OWNS", "Customer", "Device", day=day)
    found = found.among(alive(site, tables, "Device", day)[found.target])
    columns = tables["Device"].columns
    return Happened(
        found.source,
        columns["kind"][found.target],
        np.full(len(found), day, dtype="datetime64[D]"),
        _numbers(columns["ratedPower"])[found.target],
    )


def _flags(site: Site, tables: Tables, inputs: Exposure) -> Happened:
    """Adverse records of a party, for each of its customers."""
    place = {name: at for at, name in enumerate(inputs.parties.ids)}
    columns = tables["CreditRecord"].columns
    adverse = np.array([kind in ADVERSE for kind in columns["kind"].tolist()], dtype=np.bool_)
    party, record = [], []
    for kind in ("Enterprise", "Person", "Customer"):
        found = read_relations(site, tables, "HAS_CREDIT_RECORD", kind, "CreditRecord")
        found = found.among(adverse[found.target])
        party.append(_parties(tables[kind], inputs, place, kind)[found.source])
        record.append(found.target)
    whose, which = np.concatenate(party), np.concatenate(record)
    row, customer = _joined(inputs.customers.party, np.arange(len(inputs.customers.ids)), whose)
    at = which[row]
    return Happened(
        customer,
        columns["kind"][at],
        dates(columns["reportedOn"], "D")[at],
        np.full(len(at), np.nan),
    )


def _parties(table: NodeTable, inputs: Exposure, place: dict[str, int], kind: str) -> Ints:
    if kind == "Customer":
        return inputs.customers.party
    return np.array([place.get(name, -1) for name in table.ids], dtype=np.int64)


def _disputes(site: Site, tables: Tables) -> Happened:
    found = read_relations(site, tables, "HAS_ARREARS_CASE", "Customer", "ArrearsCase")
    columns = tables["ArrearsCase"].columns
    found = found.among(columns["cause"][found.target] == "dispute")
    return Happened(
        found.source,
        columns["cause"][found.target],
        dates(columns["openedOn"], "D")[found.target],
        np.full(len(found), np.nan),
    )


def _days(site: Site, instants: Column) -> Days:
    """The business day of each instant, NaT where there is none."""
    known: dict[str, str] = {}
    return np.array([_day(site, text, known) for text in instants.tolist()], dtype="datetime64[D]")


def _day(site: Site, text: str, known: dict[str, str]) -> str:
    minute = text[:16]
    if minute not in known:
        known[minute] = (
            business_day(datetime.fromisoformat(text), site.ledger.zone).isoformat() if text else "NaT"
        )
    return known[minute]


def _numbers(values: Iterable[Any]) -> Floats:
    return np.asarray(values, dtype=np.float64)
