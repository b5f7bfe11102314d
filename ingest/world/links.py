"""Who sells to, lends to, guarantees for, owns and leads whom; columns of arrays, one position a link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ingest.world.draws import Bools, Floats, Ints, stream
from ingest.world.enterprises import Enterprises


@dataclass(frozen=True, slots=True)
class Trade:
    """Standing supplies: ``seller`` delivers ``volume`` yuan a month to ``buyer``, who pays after ``term`` months."""

    seller: Ints
    buyer: Ints
    volume: Floats
    term: Ints


@dataclass(frozen=True, slots=True)
class Debts:
    """Bank loans of enterprises (the bank is no party of the graph), repaid in equal parts of ``months``."""

    borrower: Ints
    principal: Floats
    months: Ints
    paid: Floats  # share repaid at the cut-off
    rate: Floats  # interest a year


@dataclass(frozen=True, slots=True)
class Guarantees:
    """Contracts for bank loans. ``person``: the guarantor is a person of ``Leaders``, else an enterprise.

    ``disclosed``: the amount is on record. ``registered``: the business registry reports the contract too.
    """

    loan: Ints
    guarantor: Ints
    person: Bools
    amount: Floats
    disclosed: Bools
    registered: Bools


@dataclass(frozen=True, slots=True)
class Loans:
    """Loans between enterprises: what ``debtor`` still owes ``creditor``."""

    creditor: Ints
    debtor: Ints
    amount: Floats


@dataclass(frozen=True, slots=True)
class Leaders:
    """People behind enterprises. ``household``: consumer customer that the person is, or -1."""

    count: int
    household: Ints
    representative: Ints  # by enterprise: its legal representative
    director: Ints  # pairs with director_of
    director_of: Ints


@dataclass(frozen=True, slots=True)
class Holdings:
    """Shares in ``company``. ``person``: the holder is a person of ``Leaders``, else an enterprise."""

    holder: Ints
    person: Bools
    company: Ints
    share: Floats


@dataclass(frozen=True, slots=True)
class Links:
    """All of them."""

    trade: Trade
    debts: Debts
    guarantees: Guarantees
    loans: Loans
    leaders: Leaders
    holdings: Holdings


def make(seed: int, firms: Enterprises, households: int) -> Links:
    """Links of a world with that many consumer customers."""
    leaders = _leaders(seed, firms, households)
    debts = _debts(seed, firms)
    return Links(
        trade=_trade(seed, firms),
        debts=debts,
        guarantees=_guarantees(seed, firms, debts, leaders),
        loans=_loans(seed, firms),
        leaders=leaders,
        holdings=_holdings(seed, firms, leaders),
    )


def _heavy(rng: np.random.Generator, count: int) -> Floats:
    """Weights with a heavy tail: a few enterprises have very many partners."""
    x = np.minimum((1 - rng.random(count)) ** (-1 / 1.3), 50)
    return np.asarray(x / x.sum())


def _trade(seed: int, firms: Enterprises) -> Trade:
    rng = stream(seed, "trade")
    count = len(firms)
    sellers = rng.choice(count, 3 * count, p=_heavy(rng, count))
    buyers = rng.choice(count, 3 * count, p=_heavy(rng, count))
    pairs = np.unique(np.stack([sellers, buyers])[:, sellers != buyers], axis=1)
    seller, buyer = pairs.astype(np.int64)
    want = np.minimum(firms.sales[seller], firms.sales[buyer]) * rng.lognormal(np.log(0.15), 0.8, len(seller))
    # Nobody buys for more than 45 % of its sales or sells more than 80 % of them on standing supplies.
    bought = np.bincount(buyer, want, count)
    want *= np.minimum(1, 0.45 * firms.sales / np.maximum(bought, 1))[buyer]
    sold = np.bincount(seller, want, count)
    want *= np.minimum(1, 0.80 * firms.sales / np.maximum(sold, 1))[seller]
    return Trade(seller, buyer, want, rng.integers(1, 4, len(seller)))


def _debts(seed: int, firms: Enterprises) -> Debts:
    rng = stream(seed, "bank loans")
    borrower = np.flatnonzero(rng.random(len(firms)) < 0.55).astype(np.int64)
    return Debts(
        borrower=borrower,
        principal=np.round(firms.sales[borrower] * rng.lognormal(np.log(2.0), 0.6, len(borrower)), -3)
        + 10_000,
        months=rng.choice([24, 36, 48, 60], len(borrower)).astype(np.int64),
        paid=rng.uniform(0.1, 0.8, len(borrower)),
        rate=np.round(rng.uniform(0.032, 0.068, len(borrower)), 4),
    )


def _guarantees(seed: int, firms: Enterprises, debts: Debts, leaders: Leaders) -> Guarantees:
    rng = stream(seed, "guarantees")
    loan: list[int] = []
    guarantor: list[int] = []
    loans = len(debts.borrower)
    by_size = np.cumsum(firms.sales**0.5)

    # Rings: three to eight borrowers, each guaranteed by the one before it.
    ring_members = rng.permutation(loans)[: max(3, round(0.16 * loans))]
    start = 0
    while start + 3 <= len(ring_members):
        ring = ring_members[start : start + int(rng.integers(3, 9))]
        if len(ring) >= 3:
            loan += ring.tolist()
            guarantor += debts.borrower[np.roll(ring, 1)].tolist()
        start += len(ring)
    # Others: one or two enterprises each, larger ones more often.
    backed = np.repeat(np.arange(loans), np.where(rng.random(loans) < 0.45, rng.integers(1, 3, loans), 0))
    backer = np.searchsorted(by_size, rng.random(len(backed)) * by_size[-1])
    apart = backer != debts.borrower[backed]
    loan += backed[apart].tolist()
    guarantor += backer[apart].tolist()
    # Now and then the same two sign a second contract.
    again = rng.permutation(len(loan))[: max(1, round(0.06 * len(loan)))].tolist()
    loan += [loan[i] for i in again]
    guarantor += [guarantor[i] for i in again]
    enterprises = len(loan)
    # The person in charge often has to sign as well.
    signed = np.flatnonzero(rng.random(loans) < 0.3)
    loan += signed.tolist()
    guarantor += leaders.representative[debts.borrower[signed]].tolist()

    loans_of = np.array(loan, dtype=np.int64)
    count = len(loans_of)
    amount = np.round(debts.principal[loans_of] * rng.choice([0.3, 0.5, 0.8, 1.0, 1.1], count), -2)
    disclosed = rng.random(count) >= 0.07
    registered = rng.random(count) < 0.18
    person = np.arange(count) >= enterprises
    disclosed[0], registered[0] = True, True  # even the smallest world shows each case
    disclosed[enterprises - 1] = False
    return Guarantees(
        loans_of, np.array(guarantor, dtype=np.int64), person, amount, disclosed, registered & ~person
    )


def _loans(seed: int, firms: Enterprises) -> Loans:
    rng = stream(seed, "loans between enterprises")
    count = max(4, round(0.25 * len(firms)))
    creditor, debtor = rng.integers(0, len(firms), (2, count))
    apart = creditor != debtor
    creditor, debtor = creditor[apart], debtor[apart]
    amount = np.minimum(firms.sales[creditor], firms.sales[debtor]) * rng.lognormal(
        np.log(0.5), 0.8, len(debtor)
    )
    return Loans(creditor, debtor, np.round(amount, -2) + 1_000)


def _leaders(seed: int, firms: Enterprises, households: int) -> Leaders:
    rng = stream(seed, "leaders")
    enterprises = len(firms)
    count = max(3, round(0.85 * enterprises))
    household = np.full(count, -1, dtype=np.int64)
    at_home = min(count // 2, households)
    household[rng.permutation(count)[:at_home]] = rng.choice(households, at_home, replace=False)
    # Most lead one enterprise; some lead several.
    weight = _heavy(rng, count) ** 0.5
    several = rng.choice(count, enterprises, p=weight / weight.sum())
    one_each = rng.permutation(np.resize(np.arange(count), enterprises))
    representative = np.where(rng.random(enterprises) < 0.75, one_each, several)
    seats = rng.poisson(0.7, enterprises)
    director_of = np.repeat(np.arange(enterprises), seats)
    pairs = np.unique(np.stack([rng.integers(0, count, len(director_of)), director_of]), axis=1)
    return Leaders(count, household, representative, pairs[0], pairs[1])


def _holdings(seed: int, firms: Enterprises, leaders: Leaders) -> Holdings:
    """Groups with parents, a few small holdings in circles, and founders with most of the rest."""
    rng = stream(seed, "holdings")
    count = len(firms)
    child = np.flatnonzero(rng.random(count) < 0.22)
    parent = rng.choice(count, len(child), p=_heavy(rng, count))
    main = np.where(
        rng.random(len(child)) < 0.7, rng.uniform(0.51, 0.9, len(child)), rng.uniform(0.05, 0.45, len(child))
    )
    circle = np.flatnonzero(rng.random(len(child)) < 0.06)  # the child holds a little of its parent
    holder = np.concatenate([parent, child[circle]])
    company = np.concatenate([child, parent[circle]])
    share = np.concatenate([main, rng.uniform(0.01, 0.05, len(circle))])
    pairs, first = np.unique(np.stack([holder, company]), axis=1, return_index=True)
    share = share[first]
    apart = pairs[0] != pairs[1]
    holder, company, share = pairs[0][apart], pairs[1][apart], share[apart]
    share = share / np.maximum(1, np.bincount(company, share, count))[company]

    free = 1 - np.bincount(company, share, count)
    founder = leaders.representative
    founded = np.flatnonzero(free > 0.02)
    own = free[founded] * np.where(rng.random(len(founded)) < 0.6, 1.0, rng.uniform(0.4, 0.95, len(founded)))
    return Holdings(
        holder=np.concatenate([holder, founder[founded]]).astype(np.int64),
        person=np.concatenate([np.zeros(len(holder), bool), np.ones(len(founded), bool)]),
        company=np.concatenate([company, founded]).astype(np.int64),
        share=np.floor(np.concatenate([share, own]) * 10_000) / 10_000,
    )
