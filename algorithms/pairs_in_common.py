"""Pairs of parties that have attributes in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.arrays import Ints


@dataclass(frozen=True, slots=True, eq=False)
class PairsInCommon:
    """p pairs, each once, ``first`` < ``second``, in ascending order.

    ``count``: attributes that both have. ``newest``: position of the incidence whose attribute has the latest day.
    """

    first: Ints
    second: Ints
    count: Ints
    newest: Ints


def pairs_in_common(party: Ints, attribute: Ints, day: Ints, most: int) -> PairsInCommon:
    """All pairs of parties that share an attribute, leaving out attributes of more than ``most`` parties.

    Args:
        party, attribute: k incidences (positions); repeated ones count once.
        day: k, the day of the latest record that reports the attribute.

    O(k log k + pairs log pairs); between equal days the incidence of the larger attribute is the newest.
    """
    order = np.lexsort((day, party, attribute))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = (party[order][1:] != party[order][:-1]) | (attribute[order][1:] != attribute[order][:-1])
    kept = order[last]
    start = np.flatnonzero(np.r_[True, attribute[kept][1:] != attribute[kept][:-1]]) if len(kept) else kept
    sharers = np.diff(np.append(start, len(kept)))
    wanted = (sharers >= 2) & (sharers <= most)
    start, sharers = start[wanted], sharers[wanted]
    squares = sharers * sharers
    group = np.repeat(np.arange(len(start)), squares)
    within = np.arange(int(squares.sum())) - np.repeat(np.cumsum(squares) - squares, squares)
    row, column = within // sharers[group], within % sharers[group]
    upper = row < column
    group, row, column = group[upper], row[upper], column[upper]
    # Within an attribute the parties ascend, so the first of a pair is the smaller one.
    one, two = kept[start[group] + row], kept[start[group] + column]
    by_pair = np.lexsort((attribute[one], day[one], party[two], party[one]))
    one, two = one[by_pair], two[by_pair]
    new = np.ones(len(one), dtype=bool)
    new[1:] = (party[one][1:] != party[one][:-1]) | (party[two][1:] != party[two][:-1])
    begins = np.flatnonzero(new)
    counts = np.diff(np.append(begins, len(one)))
    return PairsInCommon(
        first=party[one[begins]], second=party[two[begins]], count=counts, newest=one[begins + counts - 1]
    )
