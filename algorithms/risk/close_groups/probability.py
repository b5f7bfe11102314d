"""The chance that each party fails, by close groups (docs/science.md, "Close groups").

What surrounds a party closely is computed exactly as one; what comes from further off joins by noisy-or, counted
without the party that it comes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from algorithms.invalid_argument import invalid_argument
from algorithms.risk.close_groups.certificate import certificate, noise
from algorithms.risk.close_groups.draws import Known
from algorithms.risk.close_groups.equations import Equations, equations
from algorithms.risk.close_groups.groups import RUNGS, Groups, Limits, close_groups
from algorithms.risk.close_groups.links import Links
from algorithms.risk.close_groups.solve import solve
from algorithms.risk.network import Network
from graph.arrays import Bools, Csr, Floats

MOST_FEEDBACK = 0.3
"""LOOP_OUTSIDE: links into a group from outside that lie on circles add up to more than this."""


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights made ready: holds for any own distress.

    ``loop_outside``: n, circles that are not inside the close group may count a failure more than once.
    ``keys``: n names that draws hang on; none = positions.
    """

    system: Equations
    loop_outside: Bools
    keys: Sequence[str] | None

    @property
    def groups(self) -> Groups:
        """The close groups."""
        return self.system.groups


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """The chance that each of n parties fails.

    ``p``: n, in [0, 1]. ``bound``: n, proven |p - exact| given the reach sets. ``noise``: n, two standard deviations
    of what draws leave open; 0 for parties that no drawn block reaches. ``values``: all unknowns of the system.
    ``sweeps``, ``solves``: the work done.
    """

    p: Floats
    bound: Floats
    noise: Floats
    values: Floats
    sweeps: int
    solves: int


def prepare(
    weights: Csr | Network,
    *,
    limits: Limits | None = None,
    priority: Floats | None = None,
    keys: Sequence[str] | None = None,
    known: Known | None = None,
) -> Model:
    """Close groups and the system of equations of a weight matrix.

    Args:
        weights: n x n break weights in [0, 1], row harms column. A party's weight on itself is left out.
        limits: how large blocks and groups may be, and how many groups may be drawn; start values when absent.
        priority: n, whose group is drawn first where there are too many (largest first).
        keys: n names that never change; draws hang on them and not on positions. Positions when absent.
        known: drawn tables that need not be made again.

    Raises:
        ValueError: a weight outside [0, 1] or not finite, an index out of range, priority or keys of another length.
    """
    links = Links.of(weights)
    for name, given in (("priorities", priority), ("keys", keys)):
        if given is not None and len(given) != links.size:
            raise invalid_argument(f"{len(given)} {name} for {links.size} parties")
    groups = close_groups(links, limits=limits, priority=priority)
    system, parts = equations(groups, keys, known)
    feeds = parts.feedback > MOST_FEEDBACK
    flagged = _reads(system, feeds)
    return Model(system, feeds | flagged | (groups.rung > RUNGS[-1]), keys)


def on_rungs(
    weights: Csr | Network,
    rung: Floats,
    *,
    drawn: Bools,
    cut: Bools,
    loop_outside: Bools,
    limits: Limits | None = None,
    keys: Sequence[str] | None = None,
) -> Model:
    """The system of a part of a network whose close groups are told: rungs stay as the whole network has them.

    Args:
        weights: n x n, links of the part.
        rung, drawn, cut, loop_outside: n, of the same parties in the whole network.
        limits: those of the whole network; start values when absent.
        keys: n names that never change; see :func:`prepare`.

    Taking parties and links away makes no block larger, so what was exact stays exact.

    Raises:
        ValueError: a weight outside [0, 1] or not finite.
    """
    system, _ = equations(Groups(Links.of(weights), limits or Limits(), rung, drawn, cut), keys)
    return Model(system, loop_outside, keys)


def chances(model: Model, own: Floats, *, proven: bool = True) -> Chances:
    """Solve for one own distress.

    Args:
        model: of n parties.
        own: n values in [0, 1].
        proven: False leaves out the certificate and the limits of draws; ``bound`` and ``noise`` are then infinite.

    Raises:
        ValueError: own distress outside [0, 1], or of another length.
    """
    system = model.system
    size = len(system.party_slot)
    if len(own) != size:
        raise invalid_argument(f"{len(own)} values of own distress for {size} parties")
    bad = np.flatnonzero(~((own >= 0.0) & (own <= 1.0)))
    if len(bad):
        raise invalid_argument(f"own distress of party {bad[0]} is {own[bad[0]]}, expected 0 to 1")
    own = np.ascontiguousarray(own, dtype=np.float64)
    values, sweeps, solves = solve(system, own)
    bound = left_open = np.full(len(values), np.inf)
    if proven:
        bound, more = certificate(system, own, values)
        solves += more
        left_open = noise(system, own, values)
    at = system.party_slot
    return Chances(values[at], bound[at], left_open[at], values, sweeps, solves)


def _reads(system: Equations, marked: Bools) -> Bools:
    """Parties whose chance reads a message of a marked party directly."""
    owner = np.empty(system.values, dtype=np.int64)
    owner[: system.slots] = system.party
    lacking = system.without >= 0
    of_slot = np.repeat(np.arange(system.slots), np.diff(system.term))
    owner[system.without[lacking]] = system.party[of_slot[lacking]]
    flag = np.zeros(system.slots, dtype=np.bool_)
    flag[of_slot[marked[owner[system.operand]]]] = True
    of_child = np.repeat(np.arange(system.slots), np.diff(system.child))
    of_block = np.repeat(np.arange(len(system.block_table)), np.diff(system.block_first))
    while True:
        hit = np.zeros(len(system.block_table), dtype=np.bool_)
        hit[of_block[flag[system.block_slot]]] = True
        more = flag.copy()
        more[of_child[hit[system.block]]] = True
        if (more == flag).all():
            return flag[system.party_slot]
        flag = more
