"""Break weights and loss weights: how much the failure of one party harms another.

    break weight  W_ij = min(1, Phi(ln(sum_r rho_r L^r_ij / E_j) / sigma_j) + sum_evidence theta_r w^r_ij)
      with calls: c Phi(ln((L^m + L^g) / E) / sigma) + (1 - c) Phi(ln(L^m / E) / sigma) in place of Phi, L^g guarantees
      and L^m all other money, rho applied: guarantees are called in full with chance c, or not at all
    loss weight   W_ij = sum_r rho_r L^r_ij / E_j

Rows harm columns: the edge ``source -> target`` carries distress from source to target. The sum over
relations comes before Phi, so splitting one contract into two changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.parameters import GUARANTEE, MONEY_RELATIONS, RELATIONS, Relation, RiskParameters
from graph.arrays import Bools, Csr, Floats, Ints
from terms.delayed import Delayed

special: Final[Any] = Delayed("scipy.special")


@dataclass(frozen=True, slots=True, eq=False)
class MoneyEdges:
    """Exposures; k of them. Parallel edges add up.

    ``source``, ``target``: positions of parties. ``relation``: codes of ``MONEY_RELATIONS``.
    ``amount``: yuan that target loses through this edge if source fails completely; nan = unknown.
    """

    source: Ints
    target: Ints
    relation: Ints
    amount: Floats

    @classmethod
    def none(cls) -> MoneyEdges:
        """No exposures."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty, np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceEdges:
    """Closeness; k directed edges (both directions are listed). Parallel edges add up.

    ``relation``: codes of RELATIONS from the first evidence relation on (PERSON, PREMISES, CONTACT).
    ``weight``: >= 0, no unit, before the normalisation per target and relation.
    """

    source: Ints
    target: Ints
    relation: Ints
    weight: Floats

    @classmethod
    def none(cls) -> EvidenceEdges:
        """No evidence."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty, np.zeros(0))

    @classmethod
    def join(cls, *parts: EvidenceEdges) -> EvidenceEdges:
        """All edges of the parts, in order."""
        return cls(
            np.concatenate([p.source for p in parts]),
            np.concatenate([p.target for p in parts]),
            np.concatenate([p.relation for p in parts]),
            np.concatenate([p.weight for p in parts]),
        )


class Part(NamedTuple):
    """What one relation adds to one entry of the matrix."""

    relation: Relation
    value: float  # of the entry's weight; the parts of an entry add up to it
    amount: float  # yuan of exposure, before rho; 0 for evidence


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A weight matrix that still knows what each entry is made of.

    ``csr``: n x n, row harms column, m entries. The parts of entry ``k`` are the slice
    ``part_indptr[k]:part_indptr[k + 1]`` of ``part_relation`` (codes of RELATIONS, ascending), ``part_value``
    (adds up to ``csr.data[k]``) and ``part_amount`` (yuan; 0 for evidence). ``money_part`` and
    ``evidence_part`` give for every input edge the part that it went into, -1 = left out.
    Left out, as positions in the input: ``self_links`` and ``unknown_amounts`` of the money edges,
    ``self_evidence`` of the evidence edges.
    """

    csr: Csr
    part_indptr: Ints
    part_relation: npt.NDArray[np.int8]
    part_value: Floats
    part_amount: Floats
    money_part: Ints
    evidence_part: Ints
    self_links: Ints
    self_evidence: Ints
    unknown_amounts: Ints

    def entry(self, source: int, target: int) -> int:
        """Position of the entry (source, target) in ``csr.data``, -1 where there is none. O(log degree)."""
        first, last = self.csr.indptr[source], self.csr.indptr[source + 1]
        at = int(first + np.searchsorted(self.csr.indices[first:last], target))
        return at if at < last and self.csr.indices[at] == target else -1

    def parts(self, entry: int) -> tuple[Part, ...]:
        """What the entry is made of, by relation in the order of RELATIONS."""
        return tuple(
            Part(RELATIONS[self.part_relation[k]], float(self.part_value[k]), float(self.part_amount[k]))
            for k in range(self.part_indptr[entry], self.part_indptr[entry + 1])
        )


def break_weights(
    size: int,
    money: MoneyEdges,
    evidence: EvidenceEdges,
    buffer: Floats,
    uncertain_buffer: Bools,
    *,
    parameters: RiskParameters,
    called: float | None = None,
) -> Weights:
    """W_ij = probability that the failure of i alone breaks j.

    Args:
        size: n, number of parties.
        money, evidence: edges; self-links and unknown amounts are left out and listed in the answer.
        buffer: n, yuan, > 0 (floored by the caller).
        uncertain_buffer: n, True where the buffer is a proxy or the floor: ``sigma_uncertain`` holds there.
        parameters: pass-through, uncertainty, ceilings of evidence.
        called: the chance that the guarantees of one guarantor for one borrower are called, together and in full;
            else nothing is lost by them. None: the share ``rho_guarantee`` of them is lost for certain.

    Raises:
        ValueError: a buffer that is not positive and finite, an amount or weight below 0 or infinite, an end
            or a code out of range, ``called`` outside [0, 1]; names the position.
    """
    if called is not None and not 0.0 <= called <= 1.0:
        raise invalid_argument(f"called is {called}, expected a chance from 0 to 1")
    _check(size, money, evidence, buffer)
    sigma = np.where(uncertain_buffer, parameters.sigma_uncertain, parameters.sigma)
    if called is not None:
        # The call takes the place of the pass-through; an edge with a pass-through of 0 would be left out.
        parameters = replace(parameters, rho_guarantee=1.0)
    parts = _collect(money, evidence, parameters)
    entry = parts.entry
    entries = int(entry[-1]) + 1 if len(entry) else 0
    first = parts.first
    is_money = parts.relation < len(MONEY_RELATIONS)
    # Relative exposure first, then its sum: the order of magnitude of the money cancels (invariant 6).
    guarantee = is_money & (parts.relation == GUARANTEE) & (called is not None)
    exposure = np.where(is_money & ~guarantee, parts.amount * parts.rate, 0.0)
    total = np.bincount(entry, weights=exposure, minlength=entries)
    entry_target = parts.target[first]
    chance = chance_of_breaking(total / buffer[entry_target], sigma[entry_target])
    with np.errstate(invalid="ignore"):
        split = np.where(is_money & (total[entry] > 0), exposure / total[entry], 0.0)
    value = split * chance[entry] + np.where(is_money, 0.0, parts.rate * parts.weight)
    if called is not None:
        # What a call adds to the other money is the guarantees' part.
        whole_call = total + np.bincount(entry, np.where(guarantee, parts.amount, 0.0), minlength=entries)
        with_call = chance_of_breaking(whole_call / buffer[entry_target], sigma[entry_target])
        value += np.where(guarantee, called * (with_call - chance)[entry], 0.0)
    whole = np.bincount(entry, weights=value, minlength=entries)
    value /= np.maximum(1.0, whole)[entry]
    return _assemble(size, parts, value, money, evidence, most=1.0)


def chance_of_breaking(relative: Floats, sigma: Floats) -> Floats:
    """Phi(ln(exposure / buffer) / sigma): the chance that the true buffer is smaller; 0 where nothing is exposed."""
    with np.errstate(divide="ignore"):
        return np.asarray(special.ndtr(np.log(relative) / sigma), dtype=np.float64)


def loss_weights(size: int, money: MoneyEdges, buffer: Floats, parameters: RiskParameters) -> Weights:
    """W_ij = share of j's buffer that is lost when i fails completely; not cut at 1.

    Arguments and errors as ``break_weights``; evidence loses no money and is not part of it.
    """
    nothing = EvidenceEdges.none()
    _check(size, money, nothing, buffer)
    parts = _collect(money, nothing, parameters)
    value = parts.amount * parts.rate / buffer[parts.target]
    return _assemble(size, parts, value, money, nothing)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Edges summed by (source, target, relation), in that order; ``entry`` numbers the pairs."""

    source: Ints
    target: Ints
    relation: Ints
    amount: Floats
    weight: Floats  # evidence after normalisation, 0 for money
    rate: Floats  # rho or theta
    entry: Ints
    first: Ints  # first part of every entry
    of_money: Ints
    of_evidence: Ints


def _check(size: int, money: MoneyEdges, evidence: EvidenceEdges, buffer: Floats) -> None:
    if len(buffer) != size:
        raise invalid_argument(f"{len(buffer)} buffers for {size} parties")
    bad = np.flatnonzero(~(np.isfinite(buffer) & (buffer > 0)))
    if len(bad):
        raise invalid_argument(
            f"buffer of party {bad[0]} is {buffer[bad[0]]}, expected a finite amount above 0"
        )
    amounts = money.amount
    bad = np.flatnonzero((amounts < 0) | np.isinf(amounts))
    if len(bad):
        raise invalid_argument(
            f"amount of money edge {bad[0]} is {amounts[bad[0]]}, expected at least 0 or nan"
        )
    bad = np.flatnonzero(~(np.isfinite(evidence.weight) & (evidence.weight >= 0)))
    if len(bad):
        raise invalid_argument(
            f"weight of evidence edge {bad[0]} is {evidence.weight[bad[0]]}, expected at least 0"
        )
    low, high = len(MONEY_RELATIONS), len(RELATIONS)
    for name, edges, first, last in (("money", money, 0, low), ("evidence", evidence, low, high)):
        for what, values, least, end in (
            ("source", edges.source, 0, size),
            ("target", edges.target, 0, size),
            ("relation", edges.relation, first, last),
        ):
            bad = np.flatnonzero((values < least) | (values >= end))
            if len(bad):
                raise invalid_argument(
                    f"{what} of {name} edge {bad[0]} is {values[bad[0]]}, expected {least}..{end - 1}"
                )


def _collect(money: MoneyEdges, evidence: EvidenceEdges, parameters: RiskParameters) -> _Parts:
    rates = np.concatenate([parameters.rho(), parameters.theta()])
    kept_money = np.flatnonzero((money.source != money.target) & (money.amount > 0))
    kept_money = kept_money[rates[money.relation[kept_money]] > 0]
    kept_evidence = np.flatnonzero((evidence.source != evidence.target) & (evidence.weight > 0))
    kept_evidence = kept_evidence[rates[evidence.relation[kept_evidence]] > 0]
    source = np.concatenate([money.source[kept_money], evidence.source[kept_evidence]])
    target = np.concatenate([money.target[kept_money], evidence.target[kept_evidence]])
    relation = np.concatenate([money.relation[kept_money], evidence.relation[kept_evidence]])
    value = np.concatenate([money.amount[kept_money], evidence.weight[kept_evidence]])
    # Ascending values within a group: no sum depends on the order of the input, not even in the last bit.
    order = np.lexsort((value, relation, target, source))
    source, target, relation, value = source[order], target[order], relation[order], value[order]
    new_entry = np.ones(len(source), dtype=bool)
    new_entry[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    new_part = new_entry.copy()
    new_part[1:] |= relation[1:] != relation[:-1]
    part_first = np.flatnonzero(new_part)
    part_of = np.empty(len(order), dtype=np.int64)
    part_of[order] = np.cumsum(new_part) - 1
    if len(part_first):
        value = np.add.reduceat(value, part_first)
    source, target, relation = source[part_first], target[part_first], relation[part_first]
    entry = np.cumsum(new_entry[part_first]) - 1
    is_money = relation < len(MONEY_RELATIONS)
    group = target * len(RELATIONS) + relation
    if len(group):
        _, group = np.unique(group, return_inverse=True)
    ascending = np.lexsort((value, group))  # bincount adds in this order: no dependence on party numbers
    per_target = np.bincount(group[ascending], weights=np.where(is_money, 0.0, value)[ascending])
    weight = np.where(is_money, 0.0, value / np.maximum(1.0, per_target)[group] if len(group) else value)
    of_money = np.full(len(money.source), -1, dtype=np.int64)
    of_money[kept_money] = part_of[: len(kept_money)]
    of_evidence = np.full(len(evidence.source), -1, dtype=np.int64)
    of_evidence[kept_evidence] = part_of[len(kept_money) :]
    return _Parts(
        source=source,
        target=target,
        relation=relation,
        amount=np.where(is_money, value, 0.0),
        weight=weight,
        rate=rates[relation],
        entry=entry,
        first=np.flatnonzero(new_entry[part_first]),
        of_money=of_money,
        of_evidence=of_evidence,
    )


def _assemble(
    size: int,
    parts: _Parts,
    value: Floats,
    money: MoneyEdges,
    evidence: EvidenceEdges,
    *,
    most: float = np.inf,
) -> Weights:
    first = parts.first
    part_indptr = np.append(first, len(value)).astype(np.int64)
    # Parts that were cut to 1 together may sum to a last digit more.
    data = np.minimum(most, np.add.reduceat(value, first)) if len(first) else np.zeros(0)
    indptr = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(parts.source[first], minlength=size), out=indptr[1:])
    csr = Csr(indptr, parts.target[first].astype(np.int64), data)
    return Weights(
        csr=csr,
        part_indptr=part_indptr,
        part_relation=parts.relation.astype(np.int8),
        part_value=value,
        part_amount=parts.amount,
        money_part=parts.of_money,
        evidence_part=parts.of_evidence,
        self_links=np.flatnonzero(money.source == money.target),
        self_evidence=np.flatnonzero(evidence.source == evidence.target),
        unknown_amounts=np.flatnonzero(np.isnan(money.amount)),
    )
