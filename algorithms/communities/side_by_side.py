"""Runs that know nothing of each other, on as many cores as there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

_WORTH_IT: Final = 2_000
"""Links; below, a run takes a millisecond, and threads would wait for the interpreter's lock."""
_MOST: Final = 4
"""Each run has arrays of its own, as large as the network."""


def side_by_side(run: Callable[[int], T], count: int, links: int) -> Iterator[T]:
    """``run(0)`` to ``run(count - 1)``, in this order, whatever the number of cores.

    Args:
        run: most of its time in compiled steps, which let other threads run.
        links: of the network that each works on.
    """
    cores = min(len(os.sched_getaffinity(0)), _MOST, count)
    if cores < 2 or links < _WORTH_IT:
        yield from map(run, range(count))
        return
    with ThreadPoolExecutor(cores, "kehutu-communities") as pool:
        yield from pool.map(run, range(count))
