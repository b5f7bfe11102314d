"""Which parties share a person, premises or a contact, though no money is owed between them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Literal, TypeAlias

import numpy as np

from graph.arrays import Ints
from ingest.statements import evidence_mention
from ledger.records import by_seq, mentioning, versions
from ledger.withdrawals import taken_back
from services.exposure.model import Customers, Incidence, Parties
from services.exposure.parties import positions
from services.exposure.tables import Tables, alive, read_running
from services.site import Site
from terms.ids import RecordId
from terms.zones import business_day

DAYS_A_MONTH = 365.25 / 12

End: TypeAlias = tuple[str, str, str, Literal["source", "target"]]
"""A relation with the types of its ends, and which of them is, or belongs to, the party."""

OFFICES: tuple[End, ...] = (
    ("LEGAL_REPRESENTATIVE_OF", "Person", "Enterprise", "target"),
    ("DIRECTOR_OF", "Person", "Enterprise", "target"),
)
PLACES: tuple[End, ...] = (
    ("LIVES_AT", "Person", "Address", "source"),
    ("LIVES_AT", "Customer", "Address", "source"),
    ("LOCATED_AT", "Enterprise", "Address", "source"),
    ("SUPPLIED_AT", "Customer", "ServicePoint", "source"),
)


def evidence(
    site: Site, tables: Tables, parties: Parties, customers: Customers, cut_off: np.datetime64
) -> dict[str, Incidence]:
    """Who shares what at the cut-off, by kind; attributes of one party alone are left out.

    A relation counts while it runs and neither of its ends has ended, a phone while its owner has not.
    """
    at = positions(tables, parties, customers)
    return {
        "person": _by_relation(site, _links(site, tables, at, OFFICES, cut_off), cut_off),
        "premises": _by_relation(site, _links(site, tables, at, PLACES, cut_off), cut_off),
        "contact": _by_phone(site, tables, at, cut_off),
    }


def _links(
    site: Site, tables: Tables, at: dict[str, Ints], ends: tuple[End, ...], cut_off: np.datetime64
) -> list[tuple[int, str, str]]:
    """(party, what it shares, record) of every relation of some types that counts."""
    found = []
    for name, source, target, carrier in ends:
        running = read_running(site, tables, name, source, target, "recordId", day=cut_off)
        lasting = alive(site, tables, source, cut_off)[running.source]
        lasting &= alive(site, tables, target, cut_off)[running.target]
        running = running.among(lasting)
        sides = (source, running.source), (target, running.target)
        (kind, party), (shared, attribute) = sides if carrier == "source" else reversed(sides)
        found += [
            (int(at[kind][one]), tables[shared].ids[other], str(record))
            for one, other, record in zip(
                party.tolist(), attribute.tolist(), running.columns["recordId"].tolist(), strict=True
            )
        ]
    return found


def _by_relation(site: Site, links: list[tuple[int, str, str]], cut_off: np.datetime64) -> Incidence:
    """Attributes that two or more parties have, each as old as the newest record that reports it."""
    sharers = Counter(attribute for _, attribute in {(party, attribute) for party, attribute, _ in links})
    shared = [link for link in links if sharers[link[1]] > 1]
    observed = _observed(site, {record for _, _, record in shared})
    newest: dict[str, tuple[np.datetime64, str]] = {}
    for _, attribute, record in shared:
        seen = (observed.get(record, cut_off), record)
        newest[attribute] = max(newest.get(attribute, seen), seen)
    return _incidence({(party, attribute) for party, attribute, _ in shared}, newest, cut_off)


def _by_phone(site: Site, tables: Tables, at: dict[str, Ints], cut_off: np.datetime64) -> Incidence:
    """Parties that give the same phone, themselves or through a customer of theirs."""
    links = {
        (int(at[kind][index]), evidence_mention("phone", str(phone)))
        for kind in ("Customer", "Enterprise", "Person")
        for lasting in [alive(site, tables, kind, cut_off)]
        for index, phone in enumerate(tables[kind].columns["phone"].tolist())
        if phone and lasting[index]
    }
    sharers = Counter(attribute for _, attribute in links)
    shared = {link for link in links if sharers[link[1]] > 1}
    keys = sorted({attribute for _, attribute in shared})
    sequences = mentioning(site.ledger, keys, roles=("evidence",))
    back = taken_back(site.ledger, (seq for seqs in sequences.values() for seq in seqs))
    sequences = {key: [seq for seq in seqs if seq not in back] for key, seqs in sequences.items()}
    records = by_seq(site.ledger, sorted({seq for seqs in sequences.values() for seq in seqs}))
    newest: dict[str, tuple[np.datetime64, str]] = {
        key: max(
            (
                np.datetime64(business_day(records[seq].observed_at, site.ledger.zone)),
                f"{records[seq].source}/{records[seq].record_id}",
            )
            for seq in seqs
        )
        for key, seqs in sequences.items()
        if seqs
    }
    return _incidence(shared, newest, cut_off)


def _observed(site: Site, names: set[str]) -> dict[str, np.datetime64]:
    """When each record was observed, by its name ``source/recordId``."""

    def day(moment: datetime) -> np.datetime64:
        return np.datetime64(business_day(moment, site.ledger.zone))

    refs = [tuple(name.split("/", 1)) for name in sorted(names)]
    return {
        str(RecordId(f"{source}/{local}")): np.datetime64(
            business_day(max(v.observed_at for v in found), site.ledger.zone)
        )
        for (source, local), found in versions(site.ledger, [(a, b) for a, b in refs]).items()
        if found
    }


def _incidence(
    pairs: set[tuple[int, str]], newest: dict[str, tuple[np.datetime64, str]], cut_off: np.datetime64
) -> Incidence:
    ordered = sorted(pairs, key=lambda pair: (pair[1], pair[0]))
    number = {attribute: index for index, attribute in enumerate(sorted({a for _, a in pairs}))}
    age = [
        max(0.0, float((cut_off - newest.get(attribute, (cut_off, ""))[0]) / np.timedelta64(1, "D")))
        / DAYS_A_MONTH
        for _, attribute in ordered
    ]
    return Incidence(
        party=np.array([party for party, _ in ordered], dtype=np.int64),
        attribute=np.array([number[attribute] for _, attribute in ordered], dtype=np.int64),
        age=np.array(age, dtype=np.float64),
        record=[newest.get(attribute, (cut_off, ""))[1] for _, attribute in ordered],
    )
