"""What is known of customers, and the one service of each that is hidden so that forecasts can be judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from algorithms.segments.draws import keys_of, uniform
from graph.arrays import Bools, Floats, Ints

LEAST: Final = 2
"""Services that a customer must have: one is hidden, one is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Customers with at least two services.

    ``customer``: n, which of all customers. ``owned``: n x m, what is known. ``hidden``: n, the service that is not.
    """

    customer: Ints
    owned: Bools
    hidden: Ints


def hide(
    customer: Ints,
    service: Ints,
    when: Floats | None,
    *,
    customers: Sequence[str],
    services: Sequence[str],
    seed: int,
) -> Held:
    """Hide the last service of each customer; without times one that is drawn.

    A service that a customer takes several times counts once, from the first time on. Draws hang on seed, customer and
    service, so the order of rows changes nothing; they also decide between services of one time.

    Args:
        customer, service: k interactions, positions in ``customers`` and ``services``.
        when: k times; None where they are not told.
    """
    n, m = len(customers), len(services)
    time = np.zeros(len(customer)) if when is None else when
    first = np.full((n, m), np.inf)
    np.minimum.at(first, (customer, service), time)
    has = np.isfinite(first)
    judged = np.flatnonzero(has.sum(axis=1) >= LEAST)
    owned, first = has[judged].copy(), first[judged]
    names = [f"{customers[i]}\x00{name}" for i in judged.tolist() for name in services]
    drawn = uniform(keys_of(names), f"hidden {seed}").reshape(len(judged), m)
    last = np.where(owned, first, -np.inf).max(axis=1, initial=-np.inf)
    candidates = owned & (first == last[:, None])
    hidden = np.where(candidates, drawn, -1.0).argmax(axis=1)
    owned[np.arange(len(judged)), hidden] = False
    return Held(judged, owned, hidden)
