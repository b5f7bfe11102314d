"""How every kernel of risk is compiled or loaded before the first request."""

from __future__ import annotations

import numpy as np

from algorithms.risk.close_groups.circles import circle_figures
from algorithms.risk.close_groups.groups import Limits
from algorithms.risk.close_groups.joint import everything_joint
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from algorithms.risk.close_groups.steering import sensitivity
from algorithms.risk.close_groups.what_if import what_if
from algorithms.risk.network import Network
from algorithms.risk.propagation import solve
from algorithms.risk.update import defaults
from graph.arrays import Csr


def warm() -> None:
    """Run everything once on a ring: about 30 s when nothing is compiled yet, 0.5 s from the disk cache."""
    three = np.array([0, 1, 2])
    ring = Csr.from_edges(3, three, np.array([1, 2, 0]), np.array([1.0, 1.0, 0.99999]))
    own = np.array([1e-9, 0.0, 0.0])
    network = Network.of(ring)
    defaults(network, own, solve(network, own), [2])
    for limits in (Limits(), Limits(block=1)):  # exact, then by draws
        model = prepare(network, limits=limits)
        chance = chances(model, own)
        reasons(model, own, chance, 1)
        circle_figures(model, own, chance, [0, 1, 2])
        sensitivity(model, own, chance, np.ones(3))
        what_if(model, chance, own, three, network=network)
    everything_joint(model, own, 1)
