"""Single measurements of customer classes: planted tables, orders of rows, one more customer, many customers."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis

from algorithms.segments.agreement import adjusted_rand
from algorithms.segments.classes import Classes, NoClasses, find
from algorithms.segments.scores import scales
from algorithms.segments.table import Table, in_hashed_order
from algorithms.segments.written import model_written
from benchmarks.kept_pieces import Plain
from benchmarks.segment_worlds import WORLDS, World, table
from benchmarks.segment_worlds import planted as planted_world
from graph.arrays import Ints

ORDERED = 300
LARGE, MANY = 100_000, 1_000_000
CLASSES = 6
FEWER = 3
"""Classes of the tables whose order is changed."""


def ceiling(rows: Table, true: Ints) -> float:
    """What is reached with the truth."""
    scores = scales(rows).of(rows)
    models = (LinearDiscriminantAnalysis(), QuadraticDiscriminantAnalysis(reg_param=0.01))
    return max(adjusted_rand(model.fit(scores, true).predict(scores), true) for model in models)


def planted(name: str, classes: int, rows: int, seed: int) -> Plain:
    """What is found of planted classes; no classes count as one."""
    made = WORLDS[name](classes, rows, seed)
    assert made.true is not None
    own, order = table(made, seed)
    true, answer = made.true[order], found(own, seed)
    told: Plain = {"ceiling": ceiling(own, true)}
    if isinstance(answer, NoClasses):
        return told | {"classes": 0, "ari": 0.0}
    held = answer.stability
    return told | {
        "classes": len(held.jaccard),
        "ari": adjusted_rand(answer.label, true),
        "refits": held.ari,
        "free": held.ari_free,
        "jaccard": float(held.jaccard.min()),
        "fidelity": answer.fidelity,
        "searched": answer.way != "tree",
    }


def found(own: Table, seed: int) -> Classes | NoClasses:
    """Its classes, all features of one dimension."""
    return find(own, np.zeros(len(own.names), dtype=np.int64), seed)


def shuffled(number: int) -> Plain:
    """Whether rows in another order give equal bytes."""
    own, _ = table(planted_world(FEWER, ORDERED, 7), 7)
    answers = []
    for rows in (np.arange(own.size), np.random.default_rng(number).permutation(own.size)):
        again, order = in_hashed_order(own.rows(rows))
        answer = found(again, 0)
        assert isinstance(answer, Classes)
        label, strength = np.empty(own.size, dtype=np.int64), np.empty(own.size)
        label[rows[order]], strength[rows[order]] = answer.label, answer.strength
        answers.append(
            (label.tobytes(), strength.tobytes(), json.dumps(model_written(answer.model)).encode())
        )
    return {"equal": answers[0] == answers[1]}


def added(seed: int) -> Plain:
    """How many one more customer moves: by the stored model, and by a refit that keeps the way."""
    own, _ = table(planted_world(FEWER, ORDERED + 1, 300 + seed), seed)
    # The draws hang on the customer, so the one that comes last is any of them.
    without = own.rows(np.flatnonzero(np.arange(own.size) != ORDERED // 2))
    first = found(without, seed)
    assert isinstance(first, Classes)
    stays = np.flatnonzero(np.arange(own.size) != ORDERED // 2)
    stored = first.model.assign(own)[0][stays]
    again = find(own, np.zeros(len(own.names), dtype=np.int64), seed, way=first.way)
    assert isinstance(again, Classes)
    now = again.label[stays]
    as_before = np.array([np.bincount(first.label[now == one]).argmax() for one in range(now.max() + 1)])
    return {
        "stored": int((stored != first.label).sum()),
        "refit": int((as_before[now] != first.label).sum()),
    }


def large() -> Plain:
    """Time and memory of many customers, in a process of its own."""
    words = [sys.executable, "-m", "benchmarks.segment_pieces"]
    told: Plain = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    return told


def _many(rows: int, seed: int) -> World:
    world, draw = planted_world(CLASSES, rows, seed, numbers=12, apart=5), np.random.default_rng(seed)
    noise = draw.normal(size=(rows, 24))
    noise[:, :8] = np.exp(noise[:, :8])
    return World(np.hstack([world.numbers, noise]), draw.integers(0, 4, (rows, 4)), world.true)


def _large() -> Plain:
    made = _many(LARGE, 1)
    own, order = table(made, 1)
    began, worked = time.perf_counter(), time.process_time()
    # As an analysis does: with one generation of the search.
    answer = find(own, np.zeros(len(own.names), dtype=np.int64), 0, proceed=lambda generation: generation < 1)
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked, "memory": _memory()}
    assert isinstance(answer, Classes)
    assert made.true is not None
    told["ari"] = adjusted_rand(answer.label, made.true[order])
    more, _ = table(_many(MANY, 2), 2)
    began, worked = time.perf_counter(), time.process_time()
    answer.model.assign(more)
    told |= {"assigned": time.perf_counter() - began, "assigned cpu": time.process_time() - worked}
    return told | {"memory after": _memory()}


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(json.dumps(_large()))
