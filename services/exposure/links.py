"""Relations of money: whose failure costs whom how much."""

from __future__ import annotations

import numpy as np

from graph.arrays import Bools, Floats, Ints
from services.exposure.model import MONEY_CODES, Caution, MoneyLinks, Parties
from services.exposure.parties import Tables, read_relations
from services.site import Site


def money_links(site: Site, tables: Tables, parties: Parties, cautions: list[Caution]) -> MoneyLinks:
    """All money relations between parties, in the direction in which harm travels.

    A relation runs from guarantor to borrower, creditor to debtor, shareholder to company; harm runs the other way.
    One whose amount nothing tells is left out with a caution that names its record.
    """
    position = {name: index for index, name in enumerate(parties.ids)}
    at = {
        kind: np.array([position[name] for name in tables[kind].ids], dtype=np.int64)
        for kind in ("Enterprise", "Person")
    }
    source: list[Ints] = []
    target: list[Ints] = []
    relation: list[Ints] = []
    amount: list[Floats] = []
    proxy: list[Bools] = []
    record: list[str] = []
    for name, code in MONEY_CODES.items():
        declared = site.schema.relations[name]
        for holder in declared.source:
            for failing in declared.target:
                wanted = ("share", "amount") if name == "INVESTS_IN" else ("amount",)
                found = read_relations(site, tables, name, holder, failing, *wanted, "proxies", "recordId")
                records = [str(text) for text in found.columns["recordId"].tolist()]
                money = np.asarray(found.columns["amount"], dtype=np.float64)
                if name == "INVESTS_IN":
                    money = _share_of_net_assets(tables, found.target, found.columns["share"], money)
                known = np.flatnonzero(~np.isnan(money) & (money >= 0))
                cautions.extend(
                    Caution("AMOUNT_UNKNOWN", f"{name} {tables[holder].ids[s]}", records[index])
                    for index, s in enumerate(found.source.tolist())
                    if np.isnan(money[index])
                )
                source.append(at[failing][found.target[known]])
                target.append(at[holder][found.source[known]])
                relation.append(np.full(len(known), code, dtype=np.int64))
                amount.append(money[known])
                proxies = found.columns["proxies"].tolist()
                proxy.append(np.array([bool(proxies[index]) for index in known.tolist()], dtype=np.bool_))
                record.extend(records[index] for index in known.tolist())
    return MoneyLinks(
        source=np.concatenate(source),
        target=np.concatenate(target),
        relation=np.concatenate(relation),
        amount=np.concatenate(amount),
        proxy=np.concatenate(proxy),
        record=record,
    )


def _share_of_net_assets(tables: Tables, company: Ints, share: object, amount: Floats) -> Floats:
    """What a shareholder loses with the company: its share of positive net assets, else the amount paid in."""
    fraction = np.asarray(share, dtype=np.float64)
    net = np.asarray(tables["Enterprise"].columns["netAssets"], dtype=np.float64)[company]
    by_share = fraction * np.maximum(net, 0.0)
    return np.where(np.isnan(by_share), amount, by_share)
