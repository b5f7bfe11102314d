"""Close groups: which parties are computed exactly as one (docs/science.md, "Close groups").

A party's group is all that reach it over links of at least ``w``; ``w`` is the lowest rung of a ladder at which the
group's blocks are small. Where no rung does, the group stays at the lowest rung and large blocks are drawn; what is
beyond the number of drawn groups is cut (``GROUP_CUT``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.close_groups.groups_kernel import keep_fitting, spread
from algorithms.risk.close_groups.links import SLACK, Bytes, Ints32, Links
from algorithms.risk.strong_components import strong_components
from graph.arrays import Bools, Floats, Ints

RUNGS = (0.1, 0.15, 0.2, 0.25)
CUT_RUNGS = (0.15, 0.2, 0.25, 0.35, 0.5, 0.7, 0.9)
MOST_RAISED = 0.5
"""A rung is left out where circles of links below it would add up to more than this at a party."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds the work. ``block``: m, members of a block that is computed exactly (1 to 16). ``group``: members
    of a close group. ``drawn``: parties whose group may be drawn in one analysis."""

    block: int = 10
    group: int = 500
    drawn: int = 5_000


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """How the close group of each of n parties is found.

    ``rung``: n, w_j; infinity = the party is alone. ``drawn``: n, large blocks of the group are drawn.
    ``cut``: n, the group was cut because too many would need draws.
    """

    links: Links
    limits: Limits
    rung: Floats
    drawn: Bools
    cut: Bools

    def group(self, party: int) -> Ints:
        """Positions of the close group of a party, ascending; the party is among them."""
        links, found, waiting = self.links, {party}, [party]
        while waiting:
            u = waiting.pop()
            span = slice(int(links.ptr[u]), int(links.ptr[u + 1]))
            strong = links.source[span][links.weight[span] >= self.rung[party] - SLACK]
            new = set(strong.tolist()) - found
            found |= new
            waiting.extend(new)
        return np.array(sorted(found), dtype=np.int64)


def close_groups(links: Links, *, limits: Limits | None = None, priority: Floats | None = None) -> Groups:
    """The rung of every party.

    Args:
        links: of n parties.
        limits: start values when absent.
        priority: n, who is drawn first where more than ``limits.drawn`` would need it (largest first, ties by
            position; such as LGD * EAD). Positions when absent.

    Raises:
        ValueError: limits out of range.

    O(sum of the groups' links); parties that a large circle reaches are known to be too many without a walk.
    """
    limits = limits or Limits()
    if not (1 <= limits.block <= 16 and limits.group >= 1 and limits.drawn >= 0):
        raise invalid_argument(f"{limits}: a block of 1 to 16, a group of at least 1, at least 0 drawn")
    size = links.size
    rung = np.full(size, np.inf)
    open_ = np.ones(size, dtype=np.uint8)
    drawn = np.zeros(size, dtype=np.bool_)
    for w in RUNGS:
        if w > RUNGS[0]:
            drawn |= (_raised_too_far(links, w) & open_).astype(np.bool_)
            open_[drawn] = 0
        if not open_.any():
            break
        fits = _fitting(links, w, open_, limits)
        rung[fits] = w
        open_[fits] = 0
    drawn |= open_.astype(np.bool_)
    cut = np.zeros(size, dtype=np.bool_)
    if drawn.any():
        wanting = np.flatnonzero(drawn)
        if priority is not None:
            wanting = wanting[np.argsort(-priority[wanting], kind="stable")]
        rung[wanting[: limits.drawn]] = RUNGS[0]
        beyond = wanting[limits.drawn :]
        drawn[beyond], cut[beyond] = False, True
        open_ = cut.astype(np.uint8)
        for w in CUT_RUNGS:
            if not open_.any():
                break
            fits = _fitting(links, w, open_, limits)
            rung[fits] = w
            open_[fits] = 0
    return Groups(links, limits, rung, drawn, cut)


def _fitting(links: Links, w: float, candidates: Bytes, limits: Limits) -> Bools:
    """Candidates whose group at w is small enough in all its blocks."""
    weight = w - SLACK
    label, sizes = _components(links, weight)
    large = (sizes > limits.group)[label].astype(np.uint8)
    spread(links.out_ptr, links.out_target, links.out_link, links.weight, weight, large)
    asked = (candidates & (1 - large)).astype(np.uint8)
    keep_fitting(
        links.ptr, links.source, links.weight, links.out_ptr, links.out_target, weight, limits.group, limits.block,
        asked,
    )  # fmt: skip
    return asked.astype(np.bool_)


def _raised_too_far(links: Links, w: float) -> Bytes:
    """Parties with a party in their group at the lowest rung where circles below w add up to too much."""
    weight, target = links.weight, links.targets()
    label, _ = _components(links, RUNGS[0] - SLACK)
    circles = (weight >= RUNGS[0] - SLACK) & (weight < w - SLACK) & (label[links.source] == label[target])
    lost = np.bincount(target[circles], weights=weight[circles], minlength=links.size)
    marked = (lost > MOST_RAISED + SLACK).astype(np.uint8)
    spread(links.out_ptr, links.out_target, links.out_link, weight, RUNGS[0] - SLACK, marked)
    return marked


def _components(links: Links, least: float) -> tuple[Ints32, Ints]:
    """Strong components over links of at least ``least``: the label of each party, and each component's size."""
    label = strong_components(links.ptr, links.source, links.weight >= least)
    return label, np.bincount(label, minlength=1)
