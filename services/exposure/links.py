"""Whose failure costs whom how much: relations of money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from graph.arrays import Bools, Floats, Ints
from services.exposure.model import ABOVE_ONE, MONEY_CODES, Caution, Holdings, MoneyLinks, Parties
from services.exposure.tables import Tables, read_running
from services.site import Site


def money_links(
    site: Site, tables: Tables, parties: Parties, cut_off: np.datetime64, cautions: list[Caution]
) -> MoneyLinks:
    """All money relations between parties that run at the cut-off, in the direction in which harm travels.

    A relation leads from guarantor to borrower, creditor to debtor, shareholder to company; harm goes the other way,
    also from one that has ended: what was promised is still owed. One whose amount nothing tells is left out with a
    caution that names its record; so do the cautions about doubtful ones, which count.
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
    held: list[tuple[int, int, float, str]] = []
    holdings = [Holdings.none()]
    for name, code in MONEY_CODES.items():
        declared = site.schema.relations[name]
        for holder in declared.source:
            for failing in declared.target:
                wanted = ("share", "amount") if name == "INVESTS_IN" else ("amount",)
                columns = (*wanted, "proxies", "recordId")
                found = read_running(site, tables, name, holder, failing, *columns, day=cut_off)
                records = [str(text) for text in found.columns["recordId"].tolist()]
                money = np.asarray(found.columns["amount"], dtype=np.float64)
                if name == "INVESTS_IN":
                    share = np.asarray(found.columns["share"], dtype=np.float64)
                    company, holding = at[failing][found.target], at[holder][found.source]
                    held += zip(company.tolist(), holding.tolist(), share.tolist(), records, strict=True)
                    holdings.append(Holdings(company, holding, share, money))
                    money = _share_of_net_assets(tables, found.target, share, money)
                known = np.flatnonzero(~np.isnan(money) & (money >= 0))
                cautions.extend(
                    Caution(
                        "AMOUNT_UNKNOWN",
                        f"{name} {tables[holder].ids[s]}",
                        records[index],
                        tables[failing].ids[t],
                    )
                    for index, (s, t) in enumerate(
                        zip(found.source.tolist(), found.target.tolist(), strict=True)
                    )
                    if np.isnan(money[index])
                )
                source.append(at[failing][found.target[known]])
                target.append(at[holder][found.source[known]])
                relation.append(np.full(len(known), code, dtype=np.int64))
                amount.append(money[known])
                proxies = found.columns["proxies"].tolist()
                proxy.append(np.array([bool(proxies[index]) for index in known.tolist()], dtype=np.bool_))
                record.extend(records[index] for index in known.tolist())
    links = MoneyLinks(
        source=np.concatenate(source),
        target=np.concatenate(target),
        relation=np.concatenate(relation),
        amount=np.concatenate(amount),
        proxy=np.concatenate(proxy),
        record=record,
        holdings=Holdings(
            *(
                np.concatenate([getattr(part, name) for part in holdings])
                for name in ("company", "holder", "share", "amount")
            )
        ),
    )
    cautions.extend((*doubts(links, parties.ids), *_held_above_one(held, parties.ids)))
    return links


def doubts(links: MoneyLinks, ids: Sequence[str]) -> Iterator[Caution]:
    """What is doubtful about relations of known amount, each with its record.

    A party's relation with itself (left out of the weights); an amount that stands in for one that is not known; and
    equal amounts between the same two that different sources report under different numbers: both count, but they may
    be one contract.
    """
    names = {code: name for name, code in MONEY_CODES.items()}
    rows = zip(
        links.source.tolist(),
        links.target.tolist(),
        links.relation.tolist(),
        links.amount.tolist(),
        links.proxy.tolist(),
        links.record,
        strict=True,
    )
    alike: dict[tuple[int, int, int, float], list[str]] = defaultdict(list)
    for source, target, relation, amount, proxy, record in rows:
        about = f"{names[relation]} {ids[target]}"
        if source == target:
            yield Caution("SELF_LINK", about, record, ids[source])
            continue
        if proxy:
            yield Caution("AMOUNT_PROXY", about, record, ids[source])
        if amount > 0:
            alike[source, target, relation, amount].append(record)
    for (source, target, relation, _), records in alike.items():
        if len({record.partition("/")[0] for record in records}) > 1:
            about = f"{names[relation]} {ids[target]}"
            yield Caution("AMOUNT_TWICE", about, ", ".join(sorted(records)), ids[source])


def _held_above_one(held: list[tuple[int, int, float, str]], ids: Sequence[str]) -> Iterator[Caution]:
    """Holdings that add up to more than the company; each counts as stated."""
    total: dict[int, float] = defaultdict(float)
    for company, _, share, _ in held:
        total[company] += 0.0 if np.isnan(share) else share
    for company, holder, share, record in held:
        if total[company] > ABOVE_ONE and share > 0:
            yield Caution("HOLDINGS_ABOVE_ONE", ids[company], record, ids[holder])


def _share_of_net_assets(tables: Tables, company: Ints, fraction: Floats, amount: Floats) -> Floats:
    """What a shareholder loses with the company: its share of positive net assets, else the amount paid in."""
    net = np.asarray(tables["Enterprise"].columns["netAssets"], dtype=np.float64)[company]
    by_share = fraction * np.maximum(net, 0.0)
    return np.where(np.isnan(by_share), amount, by_share)
