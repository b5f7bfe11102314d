"""Which element feeds which in a distribution grid: a walk from the sources over closed switches.

Buses are joined where a closed switch joins them and are no entities of their own. Every line and transformer
is then a step between two groups of buses, taken in the direction that leads away from the source. What ends
at a group feeds whatever begins there, so the answer names every feeding element: it is acyclic, and no tree
(behind two parallel transformers everything hangs on both).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """A line or transformer between two buses."""

    type: str  # Line | Transformer
    number: str
    bus_a: str
    bus_b: str


@dataclass(frozen=True, slots=True, order=True)
class Fed:
    """``fed`` is fed by ``by``; both are named by node type and number."""

    fed_type: str
    fed: str
    by_type: str
    by: str


class _Groups:
    """Buses that closed switches join (union-find with path halving)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def of(self, bus: str) -> str:
        parent = self._parent
        parent.setdefault(bus, bus)
        while parent[bus] != bus:
            parent[bus] = parent[parent[bus]]
            bus = parent[bus]
        return bus

    def join(self, a: str, b: str) -> None:
        a, b = self.of(a), self.of(b)
        if a != b:
            # The smaller name stays: the result does not depend on the order of the switches.
            self._parent[max(a, b)] = min(a, b)


def feeding(
    branches: Iterable[Branch],
    closed_switches: Iterable[tuple[str, str]],
    source_buses: Iterable[str],
    connections: Mapping[str, str],
    *,
    roots: Mapping[str, str],
) -> list[Fed]:
    """Every feeding pair, sorted; elements that no source reaches have none.

    Args:
        branches: lines and transformers.
        closed_switches: pairs of buses that a closed switch joins; open switches are left out by the caller.
        source_buses: where power comes in.
        connections: service point number -> its bus.
        roots: number of a branch that begins at the source -> number of the substation that it stands in.

    A branch is directed from the lower to the higher (steps from the source, name of its group), which is a
    total order: a closed ring is fed from both sides and no element ever feeds itself. O(n log n).
    """
    groups = _Groups()
    for a, b in closed_switches:
        groups.join(a, b)
    ordered = sorted(branches, key=lambda b: (b.type, b.number))
    ends = [(groups.of(b.bus_a), groups.of(b.bus_b)) for b in ordered]
    steps = _steps(ends, {groups.of(bus) for bus in source_buses})

    feeders: dict[str, list[Branch]] = {}
    begins: list[tuple[Branch, str]] = []
    for branch, (a, b) in zip(ordered, ends, strict=True):
        if a not in steps:
            continue  # neither end has power
        near, far = (a, b) if (steps[a], a) <= (steps[b], b) else (b, a)
        begins.append((branch, near))
        if near != far:  # bridged by a switch it carries nothing
            feeders.setdefault(far, []).append(branch)

    found = [
        Fed(branch.type, branch.number, feeder.type, feeder.number)
        for branch, near in begins
        for feeder in feeders.get(near, ())
    ]
    found += [
        Fed(branch.type, branch.number, "Substation", roots[branch.number])
        for branch, near in begins
        if steps[near] == 0 and branch.number in roots
    ]
    found += [
        Fed("ServicePoint", point, feeder.type, feeder.number)
        for point, bus in connections.items()
        for feeder in feeders.get(groups.of(bus), ())
    ]
    return sorted(found)


def _steps(ends: list[tuple[str, str]], sources: set[str]) -> dict[str, int]:
    """Fewest branches from a source to each group that has power."""
    neighbours: dict[str, list[str]] = {}
    for a, b in ends:
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    steps = dict.fromkeys(sources, 0)
    waiting = deque(sorted(sources))
    while waiting:
        group = waiting.popleft()
        for other in neighbours.get(group, ()):
            if other not in steps:
                steps[other] = steps[group] + 1
                waiting.append(other)
    return steps
