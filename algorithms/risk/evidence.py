"""Closeness from shared attributes: a director, an address or service point, a phone."""

from __future__ import annotations

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.parameters import RiskParameters
from algorithms.risk.weights import EvidenceEdges
from graph.arrays import Floats, Ints


def evidence_pairs(
    party: Ints, attribute: Ints, age: Floats, relation: int, parameters: RiskParameters
) -> EvidenceEdges:
    """Directed edges between all parties that share an attribute.

    Args:
        party, attribute: k incidences (positions); repeated ones count once.
        age: k, months from the record that reports the incidence to the cut-off; >= 0. An attribute is as
            old as the latest record that reports it.
        relation: PERSON, PREMISES or CONTACT.
        parameters: ``tau`` and ``sharers_max``.

    An attribute that d >= 2 parties share gives each ordered pair ``1/(d-1) * exp(-age/tau)``; with
    d > ``sharers_max`` (an agent's address, a switchboard) it says nothing and is ignored. Edges come sorted
    by attribute, source, target. O(sum of d squared).

    Raises:
        ValueError: an age below 0 or not finite.
    """
    bad = np.flatnonzero(~(np.isfinite(age) & (age >= 0)))
    if len(bad):
        raise invalid_argument(f"age of incidence {bad[0]} is {age[bad[0]]}, expected at least 0 months")
    if len(party) == 0:
        return EvidenceEdges.none()
    order = np.lexsort((age, party, attribute))
    party, attribute, age = party[order], attribute[order], age[order]
    once = np.ones(len(party), dtype=bool)
    once[1:] = (party[1:] != party[:-1]) | (attribute[1:] != attribute[:-1])
    party, attribute, age = party[once], attribute[once], age[once]
    first = np.flatnonzero(np.r_[True, attribute[1:] != attribute[:-1]])
    sharers = np.diff(np.append(first, len(party)))
    latest = np.minimum.reduceat(age, first)
    linked = (sharers >= 2) & (sharers <= parameters.sharers_max)
    first, sharers, latest = first[linked], sharers[linked], latest[linked]
    if len(first) == 0:
        return EvidenceEdges.none()
    squares = sharers * sharers
    group = np.repeat(np.arange(len(first)), squares)
    within = np.arange(int(squares.sum())) - np.repeat(np.cumsum(squares) - squares, squares)
    row, column = within // sharers[group], within % sharers[group]
    apart = row != column
    group, row, column = group[apart], row[apart], column[apart]
    weight = np.exp(-latest / parameters.tau) / (sharers - 1)
    return EvidenceEdges(
        source=party[first[group] + row].astype(np.int64),
        target=party[first[group] + column].astype(np.int64),
        relation=np.full(len(group), relation, dtype=np.int64),
        weight=weight[group],
    )
