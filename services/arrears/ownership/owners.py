"""Who owns an enterprise in the end: shares looked through chains, cross-holdings and loops."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from algorithms.ownership import Register, beneficial_owners, look_through, register, ultimate_owners
from graph import seen_queries
from graph.arrays import Csr, Floats, Ints
from services.assumption import Assumption, of_text
from services.decision import Decision, Explained, Reason
from services.entity import has_ended
from services.names import Named, names_of
from services.paging import Page, page_within
from services.reading.days import before_all, day_of
from services.reading.party_relations import Between, between
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import RecordId

THRESHOLD = 0.25
"""From this share on, inclusive, a person is a beneficial owner."""
INTERMEDIARIES = 50
"""Enterprises on the way that are listed, the largest share first."""
NOTHING = 1e-12
"""A share below this is rounding."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A share that is held directly."""

    holder: Named
    """Who holds it."""
    share: float
    """Fraction of the capital."""
    proxy: bool
    """Whether it is an estimate, because the exact share is not known."""
    record_id: RecordId
    """The record that reports it, as source/recordId."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A share that comes to a party in the end, over all chains and loops."""

    party: Named
    """The person or enterprise."""
    share: float
    """Fraction of the capital, in the end."""
    direct: float
    """The part that it holds itself."""


@dataclass(frozen=True, slots=True)
class Owners(Explained):
    """Who owns an enterprise in the end."""

    party: Named
    """The enterprise."""
    threshold: float
    """From this share on, inclusive, a person is a beneficial owner."""
    direct: tuple[Holding, ...]
    """Holders by the register, the largest share first."""
    persons: tuple[Owner, ...]
    """People by what comes to them in the end; with `unknown` their shares add up to 1."""
    beneficial: tuple[Owner, ...]
    """People with at least the threshold, the largest share first."""
    enterprises: tuple[Owner, ...]
    """Enterprises between it and its people, with their shares in the end. These are part of the people's shares."""
    unknown: float
    """The share whose holder no register tells."""
    unknown_at: tuple[Owner, ...]
    """The enterprises whose registers leave it open."""
    data_time: date
    """The day of the answer: the one asked for, else the latest of the data."""
    cautions: tuple[str, ...]
    """What had to be assumed or left out, in short."""
    assumptions: tuple[Assumption, ...]
    """What had to be assumed or left out, in words."""

    @property
    def decision(self) -> Decision[float]:
        """The capital by the people to whom it comes in the end."""
        return Decision(
            value=1.0,
            unit="share",
            reasons=tuple(Reason(person.party.name, person.share) for person in self.persons),
            rest=self.unknown,
            run=None,
            data_time=self.data_time,
        )


def owners(seen: Seen, entity: str, threshold: float = THRESHOLD, *, as_of: date | None = None) -> Owners:
    """Look through the holdings in an enterprise, or in the enterprise behind a customer, that hold on a day; needs no
    run.

    Args:
        as_of: the day; the latest of the data when absent. Before all that data tell of nobody holds anything.

    A holding without a share counts as its amount / the enterprise's paid-in capital; without these either it is left
    out with a caution, and its part of the register stays unknown. Where the shares in an enterprise add up to more
    than 1 they are scaled down, with a caution.

    Raises:
        KehutuError: ``UNKNOWN_ID``; ``NO_SHARES`` for what nobody can hold; ``SHARE_THRESHOLD``.
    """
    if not 0.0 < threshold <= 1.0:
        raise KehutuError("SHARE_THRESHOLD", found=threshold)
    whole = between(seen, "INVESTS_IN", ("share", "amount", "proxies"), ("paidInCapital",))
    day, nothing = day_of(seen, as_of), as_of is not None and before_all(seen, as_of)
    company = _company(seen, whole, seen.entity(entity), day)
    found = whole.none() if nothing else whole.on(day)
    share, cautions = _shares(found)
    known = np.flatnonzero(~np.isnan(share))
    shares = Csr.from_edges(len(found.ids), found.source[known], found.target[known], share[known])
    above = _holders_above(shares, company)
    local = _among(shares, above)
    at = int(np.flatnonzero(above == company)[0])
    checked = register(local)
    through = ultimate_owners(checked.shares, at)
    persons = np.flatnonzero(~found.enterprise[above])
    lost = _lost(found, above, checked, through, at)
    told = [
        *([f"BEFORE_ALL_DATA {day}"] if nothing else []),
        *_of_the_company(seen, found.ids[company], day),
        *_of_registers(above, cautions),
        *_warnings(found, above, checked),
    ]
    return _tell(seen, _Look(found, above, at, checked, through, persons, lost, share), threshold, day, told)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One look through the holders above a company; arrays by position in ``above``."""

    found: Between
    above: Ints
    at: int
    register: Register
    through: Floats
    persons: Ints
    lost: Floats
    share: Floats


def _tell(seen: Seen, look: _Look, threshold: float, day: date, cautions: list[str]) -> Owners:
    found, above = look.found, look.above
    direct_of = np.zeros(len(above))
    into = look.register.shares.transpose()
    span = slice(int(into.indptr[look.at]), int(into.indptr[look.at + 1]))
    direct_of[into.indices[span]] = into.data[span]
    enterprises = np.setdiff1d(np.flatnonzero(look.through > NOTHING), [*look.persons, look.at])
    enterprises = enterprises[np.lexsort((enterprises, -look.through[enterprises]))][:INTERMEDIARIES]
    integrated = look_through(look.register.shares, enterprises).integrated[:, look.at]
    people = look.persons[look.through[look.persons] > NOTHING]
    people = people[np.lexsort((people, -look.through[people]))]
    unknown = np.flatnonzero(look.lost > NOTHING)
    unknown = unknown[np.lexsort((unknown, -look.lost[unknown]))]
    rows = np.flatnonzero((found.target == above[look.at]) & ~np.isnan(look.share))
    rows = rows[np.lexsort((found.source[rows], -look.share[rows]))]
    named = {int(above[look.at]), *found.source[rows].tolist()}
    named |= {int(above[k]) for k in (*people.tolist(), *enterprises.tolist(), *unknown.tolist())}
    names = names_of(seen, [found.ids[index] for index in sorted(named)])

    def owner(index: int, share: float) -> Owner:
        return Owner(names[found.ids[int(above[index])]], float(share), float(direct_of[index]))

    beneficial = beneficial_owners(look.through, look.persons, threshold=threshold)
    ranked = sorted(zip(enterprises.tolist(), integrated.tolist(), strict=True), key=lambda e: (-e[1], e[0]))
    return Owners(
        party=names[found.ids[int(above[look.at])]],
        threshold=threshold,
        direct=tuple(
            Holding(
                holder=names[found.ids[int(found.source[row])]],
                share=float(look.share[row]),
                proxy="share" in (found.columns["proxies"][row] or ()),
                record_id=RecordId(str(found.columns["recordId"][row])),
            )
            for row in rows.tolist()
        ),
        persons=tuple(owner(k, look.through[k]) for k in people.tolist()),
        beneficial=tuple(owner(k, look.through[k]) for k in beneficial.tolist()),
        enterprises=tuple(owner(k, share) for k, share in ranked),
        unknown=float(min(1.0, max(0.0, 1.0 - float(look.through[look.persons].sum())))),
        unknown_at=tuple(owner(k, look.lost[k]) for k in unknown.tolist()),
        data_time=day,
        cautions=tuple(cautions),
        assumptions=tuple(map(of_text, cautions)),
    )


def _company(seen: Seen, found: Between, entity: str, day: date) -> int:
    """The enterprise itself, or the one that a customer is on a day."""
    at = found.position.get(entity)
    if at is None and entity.startswith("customer:"):
        party = seen_queries.customer_portrait(seen, id=entity, day=day.isoformat(), bills=0, first=1)
        if party is not None and party.parties and not party.parties[0]["ended"]:
            at = found.position.get(party.parties[0]["id"])
    if at is None or not found.enterprise[at]:
        raise KehutuError("NO_SHARES", id=entity)
    return at


def _shares(found: Between) -> tuple[Floats, list[tuple[int, str]]]:
    """Share of every holding, nan where nothing tells it; cautions with the enterprise that they are about."""
    share = np.asarray(found.columns["share"], dtype=np.float64).copy()
    amount = np.asarray(found.columns["amount"], dtype=np.float64)
    capital = found.nodes["paidInCapital"][found.target]
    with np.errstate(invalid="ignore", divide="ignore"):
        by_amount = np.where(capital > 0, amount / capital, np.nan)
    missing = np.isnan(share)
    share[missing] = np.minimum(by_amount[missing], 1.0)
    share[share < 0] = np.nan
    cautions = [
        (int(found.target[row]), f"{code} {found.columns['recordId'][row]}")
        for row in np.flatnonzero(missing).tolist()
        for code in ("SHARE_UNKNOWN" if np.isnan(share[row]) else "SHARE_FROM_AMOUNT",)
    ]
    return share, cautions


def _holders_above(shares: Csr, company: int) -> Ints:
    """The company and everybody who holds it directly or through others; ascending."""
    into = shares.transpose()
    reached = {company}
    frontier = [company]
    while frontier:
        holders = {
            int(holder)
            for held in frontier
            for holder in into.indices[into.indptr[held] : into.indptr[held + 1]]
        }
        frontier = sorted(holders - reached)
        reached |= holders
    return np.array(sorted(reached), dtype=np.int64)


def _among(matrix: Csr, chosen: Ints) -> Csr:
    place = np.full(matrix.size, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    source, target = place[matrix.rows()], place[matrix.indices]
    kept = (source >= 0) & (target >= 0)
    return Csr.from_edges(len(chosen), source[kept], target[kept], matrix.data[kept])


def _lost(found: Between, above: Ints, checked: Register, through: Floats, at: int) -> Floats:
    """What gets lost at each enterprise because its register does not tell all holders, or its loop has no end."""
    passes = through.copy()
    passes[at] += 1.0
    undisclosed = np.where(found.enterprise[above], 1.0 - checked.known, 0.0)
    lost = passes * undisclosed
    # What flows to where ownership runs in circles is left out of the register, so it is missing there too.
    total = np.bincount(checked.shares.indices, checked.shares.data, minlength=len(above))
    lost += passes * np.where(found.enterprise[above], np.maximum(0.0, checked.known - total), 0.0)
    return lost


def _of_the_company(seen: Seen, company: str, day: date) -> list[str]:
    """The caution that the company has ended: relations that nobody has ended with it still show."""
    reached = seen_queries.entity(seen, type="Enterprise", id=company)
    ended = reached is not None and has_ended(seen.schema.nodes["Enterprise"], reached.properties, day)
    return [f"PARTY_ENDED {company}"] if ended else []


def _of_registers(above: Ints, cautions: list[tuple[int, str]]) -> list[str]:
    """The cautions that are about the enterprises looked through."""
    inside = set(above.tolist())
    return [text for company, text in cautions if company in inside]


def _warnings(found: Between, above: Ints, checked: Register) -> list[str]:
    return [
        *(f"SHARES_ABOVE_ONE {found.ids[int(above[k])]}" for k in checked.over.tolist()),
        *(f"OWNERSHIP_CIRCULAR {found.ids[int(above[k])]}" for k in checked.circular.tolist()),
    ]


def holders(seen: Seen, found: Owners, first: int, after: str | None = None) -> Page[Holding]:
    """Who holds an enterprise by the register."""
    question = ("holders", found.party.id)
    return page_within(seen, question, found.direct, lambda one: one.holder.id, first=first, after=after)


def owning_persons(seen: Seen, found: Owners, first: int, after: str | None = None) -> Page[Owner]:
    """People who own an enterprise in the end."""
    question = ("owners", found.party.id)
    return page_within(seen, question, found.persons, lambda one: one.party.id, first=first, after=after)
