"""Engines against LDBC Graphalytics: exact for BFS, CDLP and, up to names, WCC; within 0.0001 for PR, LCC, SSSP.

Source: The LDBC Graphalytics Benchmark 1.0 (arXiv 2011.15028), sections 2.3 and 4.4 (validation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from algorithms.communities.leiden import by_smallest_member
from algorithms.graph_measures.distances import UNREACHED
from graph.arrays import Bools, Floats, Ints
from services.containment import contained
from services.engines.protocol import (
    Algorithm,
    Answer,
    Clustering,
    Components,
    Distances,
    Engine,
    LabelPropagation,
    Levels,
    PageRank,
)
from services.evaluation.graph_files import (
    Case,
    Properties,
    cases,
    positions,
    read_expected,
    read_graph,
    read_properties,
)
from terms.errors import KehutuError

RELATIVE = 1e-4
INFINITE = np.iinfo(np.int64).max
"""The level of a vertex that is not reached."""

ALGORITHMS: dict[str, Callable[[Properties], Algorithm]] = {
    "BFS": lambda p: Levels(p["bfs.source-vertex"]),
    "CDLP": lambda p: LabelPropagation(int(p["cdlp.max-iterations"])),
    "LCC": lambda _: Clustering(),
    "PR": lambda p: PageRank(float(p["pr.damping-factor"]), int(p["pr.num-iterations"])),
    "SSSP": lambda p: Distances(p["sssp.source-vertex"]),
    "WCC": lambda _: Components(),
}
"""The algorithm of a case with its parameters."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many cases agree, a line for each that does not, and what was computed elsewhere than in the engine."""

    passed: int
    failures: list[str]
    notes: list[str]


def evaluate(folders: Sequence[Path], engine: Engine) -> Verdict:
    """Run every case below the folders.

    What cannot be read (a graph without expected values or properties, an unknown algorithm) is a failure, never
    skipped; a folder without graphs fails too.

    Raises:
        KehutuError: the engine's server does not answer.
    """
    passed = 0
    failures: list[str] = []
    notes: dict[str, list[str]] = {}
    for folder in folders:
        found = list(cases(folder))
        if not found:
            failures.append(f"FAILED {folder}: no graph found (NAME.v)")
        for case in found:
            if isinstance(case, str):
                failures.append(f"FAILED {case}: no expected values found ({case}-BFS, {case}-PR, ...)")
                continue
            fault, reason = "", ""
            with contained() as outcome:  # a case that cannot be read or run is a failed case
                fault, reason = _judge(case, engine)
            error = outcome.fault
            if isinstance(error, KehutuError):
                raise error
            if error is not None:
                text = error.args[0] if error.args and not isinstance(error, OSError) else error
                fault = f"cannot be judged: {text}"
            passed += fault == ""
            if fault:
                failures.append(f"FAILED {case.name}: {fault}")
            if reason:
                notes.setdefault(reason, []).append(case.name)
    lines = [
        f"computed on exported arrays, as {reason}: {', '.join(names)}" for reason, names in notes.items()
    ]
    return Verdict(passed, failures, lines)


def _judge(case: Case, engine: Engine) -> tuple[str, str]:
    """What is wrong, or nothing; and why the engine did not compute it in its server, if it did not."""
    if case.algorithm not in ALGORITHMS:
        return f"unknown algorithm '{case.algorithm}', known are {', '.join(ALGORITHMS)}", ""
    properties = read_properties(case)
    algorithm = ALGORITHMS[case.algorithm](properties)
    vertices, graph = read_graph(case, properties, weighted=isinstance(algorithm, Distances))
    if isinstance(algorithm, Levels | Distances):
        positions(vertices, [int(algorithm.source)], properties.file)
    answer = engine.compute(graph, algorithm)
    exact = isinstance(algorithm, Levels | LabelPropagation | Components)
    expected = read_expected(case, vertices, np.int64 if exact else np.float64)
    got = _as_published(answer, algorithm, vertices)
    wrong = np.flatnonzero(~_agree(got, expected, algorithm))
    if not len(wrong):
        return "", answer.reason
    first = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    return f"vertex {vertices[first]} got {got[first]} want {expected[first]}{more}", answer.reason


def _as_published(answer: Answer, algorithm: Algorithm, vertices: Ints) -> Ints | Floats:
    """In the specification's terms: labels are vertices, what is not reached is infinitely far."""
    match algorithm:
        case LabelPropagation():
            return vertices[answer.values.astype(np.int64)]
        case Levels():
            return np.where(answer.values == UNREACHED, INFINITE, answer.values).astype(np.int64)
    return answer.values.astype(np.float64)


def _agree(got: Ints | Floats, expected: Ints | Floats, algorithm: Algorithm) -> Bools:
    match algorithm:
        case Components():
            return np.asarray(
                by_smallest_member(got.astype(np.int64)) == by_smallest_member(expected.astype(np.int64))
            )
        case Levels() | LabelPropagation():
            return np.asarray(got == expected)
    with np.errstate(invalid="ignore"):  # infinity less infinity
        near = np.abs(got - expected) <= RELATIVE * np.abs(expected)
    return np.asarray((got == expected) | (near & np.isfinite(expected)))
