"""Relations of evidence: parties that have a person, premises or a contact in common, though no money is owed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import numpy as np

from graph.arrays import Ints
from ingest.conversions import ZONE
from ingest.statements import evidence_mention
from ledger.records import by_seq, mentioning, versions
from services.exposure.model import Customers, Incidence, Parties
from services.exposure.parties import Tables, positions, read_relations
from services.site import Site
from terms.ids import RecordId

DAYS_A_MONTH = 365.25 / 12


def evidence(
    site: Site, tables: Tables, parties: Parties, customers: Customers, cut_off: np.datetime64
) -> dict[str, Incidence]:
    """Who shares what, by kind; attributes of one party alone are left out."""
    at = positions(tables, parties, customers)
    return {
        "person": _by_relation(site, _people(site, tables, at), cut_off),
        "premises": _by_relation(site, _premises(site, tables, at), cut_off),
        "contact": _by_phone(site, tables, at, cut_off),
    }


def _people(site: Site, tables: Tables, at: dict[str, Ints]) -> list[tuple[int, str, str]]:
    """(enterprise, person, record) of every legal representative and director."""
    return [
        (int(at["Enterprise"][enterprise]), tables["Person"].ids[person], str(record))
        for name in ("LEGAL_REPRESENTATIVE_OF", "DIRECTOR_OF")
        for found in [read_relations(site, tables, name, "Person", "Enterprise", "recordId")]
        for person, enterprise, record in zip(
            found.source.tolist(), found.target.tolist(), found.columns["recordId"].tolist(), strict=True
        )
    ]


def _premises(site: Site, tables: Tables, at: dict[str, Ints]) -> list[tuple[int, str, str]]:
    """(party, address or service point, record) of every home, seat and supply."""
    ends = (
        ("LIVES_AT", "Person", "Address"),
        ("LIVES_AT", "Customer", "Address"),
        ("LOCATED_AT", "Enterprise", "Address"),
        ("SUPPLIED_AT", "Customer", "ServicePoint"),
    )
    return [
        (int(at[kind][source]), tables[place].ids[target], str(record))
        for name, kind, place in ends
        for found in [read_relations(site, tables, name, kind, place, "recordId")]
        for source, target, record in zip(
            found.source.tolist(), found.target.tolist(), found.columns["recordId"].tolist(), strict=True
        )
    ]


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
        for index, phone in enumerate(tables[kind].columns["phone"].tolist())
        if phone
    }
    sharers = Counter(attribute for _, attribute in links)
    shared = {link for link in links if sharers[link[1]] > 1}
    keys = sorted({attribute for _, attribute in shared})
    sequences = mentioning(site.ledger, keys, roles=("evidence",))
    records = by_seq(site.ledger, sorted({seq for seqs in sequences.values() for seq in seqs}))
    newest: dict[str, tuple[np.datetime64, str]] = {
        key: max(
            (
                _day(records[seq].observed_at),
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
    refs = [tuple(name.split("/", 1)) for name in sorted(names)]
    return {
        str(RecordId(f"{source}/{local}")): _day(max(v.observed_at for v in found))
        for (source, local), found in versions(site.ledger, [(a, b) for a, b in refs]).items()
        if found
    }


def _day(moment: datetime) -> np.datetime64:
    """The business date of an instant."""
    return np.datetime64(moment.astimezone(ZONE).date())


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
