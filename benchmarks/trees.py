"""Gradient-boosted trees on what a firm's neighbours look like: the baseline that knows no formula of contagion.

Features of one hop: the firm's own distress, buffer and degrees, and of the firms whose failure hits it, by relation,
sums, means and maxima of distress and of relative exposure. Two hops: means and maxima of those of the neighbours too,
plain and by relative exposure. A forecast such as h can be one more feature.

Settings are chosen on the last three of the fitting seeds after learning from the others; then the trees learn from
all of them. Nothing is seen of the seeds that they are judged on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from algorithms.risk.fitting import Case
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT
from benchmarks import expected_scores
from graph.arrays import Floats, Ints

HELD_OUT = 3
"""Fitting seeds that settings are chosen on."""
MOST_TREES, RATE = 300, 0.05
SETTINGS: tuple[dict[str, Any], ...] = tuple(
    {"max_leaf_nodes": leaves, "min_samples_leaf": 50, "l2_regularization": 10.0} for leaves in (8, 16, 31)
)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Learnt trees; ``level``, ``rate``: their calibration on seeds that they had not learnt from."""

    classifier: Any
    columns: Callable[[Case], Floats]
    level: Floats
    rate: Floats
    setting: dict[str, Any]

    def forecast(self, seen: Case) -> Floats:
        """Chance of failing, n."""
        return _chance(self.classifier, self.columns(seen))


def one_hop(seen: Case) -> Floats:
    """n x 25: the firm and those whose failure hits it."""
    money, size = seen.money, len(seen.buffer)
    relative = money.amount / seen.buffer[money.target]
    distress = seen.own[money.source]
    default = distress == 1.0
    columns = [seen.own, np.log(seen.buffer)]
    for relation in (TRADE_CREDIT, GUARANTEE):
        of = money.relation == relation
        target = money.target[of]

        def total(value: Floats, to: Ints = target) -> Floats:
            return np.bincount(to, value, minlength=size).astype(np.float64)

        def largest(value: Floats, to: Ints = target) -> Floats:
            most = np.zeros(size)
            np.maximum.at(most, to, value)
            return most

        links = total(np.ones(len(target)))
        out = np.bincount(money.source[of], minlength=size).astype(np.float64)
        sound = ~default[of]
        exposed = relative[of] * distress[of]
        columns += [
            links,
            out,
            total(distress[of]),
            total(distress[of]) / np.maximum(links, 1.0),
            total(relative[of]),
            total(exposed),
            total(relative[of] * default[of]),
            total(exposed * sound),
            largest(relative[of]),
            largest(exposed),
            largest(relative[of] * default[of]),
        ]
    # What can only be lost once counts once: a relative exposure of 5 breaks no better than one of 1.
    columns.append(np.bincount(money.target, distress * np.minimum(1.0, relative), minlength=size))
    return np.column_stack(columns)


def two_hops(seen: Case) -> Floats:
    """n x 125: one hop, and its columns over the neighbours that harm: means, maxima, and both by relative exposure."""
    money, near = seen.money, one_hop(seen)
    relative = np.minimum(1.0, money.amount / seen.buffer[money.target])
    links = np.maximum(np.bincount(money.target, minlength=len(near)), 1)
    columns = [near]
    far = near[money.source]
    # A known default fails whatever hits it: its own neighbours say nothing.
    far = np.where((seen.own[money.source] == 1.0)[:, None], 0.0, far)
    for value, mean in ((far, True), (far * relative[:, None], False)):
        summed = np.zeros_like(near)
        np.add.at(summed, money.target, value)
        most = np.full_like(near, -np.inf)
        np.maximum.at(most, money.target, value)
        columns += [summed / links[:, None] if mean else summed, np.where(np.isfinite(most), most, 0.0)]
    return np.hstack(columns)


def with_forecast(
    columns: Callable[[Case], Floats], forecast: Callable[[Case], Floats]
) -> Callable[[Case], Floats]:
    """The columns and a forecast beside them."""
    return lambda seen: np.column_stack([columns(seen), forecast(seen)])


def learn(learnt: Sequence[Case], columns: Callable[[Case], Floats]) -> Trees:
    """Choose settings and number of trees on the last ``HELD_OUT`` cases, then learn from all.

    Raises:
        ValueError: no more cases than ``HELD_OUT``.
    """
    if len(learnt) <= HELD_OUT:
        raise ValueError(f"{len(learnt)} cases, expected more than {HELD_OUT}")
    tables = [columns(seen)[seen.judged] for seen in learnt]
    counts = [(seen.failures[seen.judged], seen.years) for seen in learnt]
    known = _rows(tables[:-HELD_OUT], counts[:-HELD_OUT])
    unseen = np.concatenate(tables[-HELD_OUT:])
    rate = np.concatenate([failed / years for failed, years in counts[-HELD_OUT:]])
    found: list[tuple[float, dict[str, Any], Floats]] = []
    for setting in SETTINGS:
        classifier = _classifier(MOST_TREES, setting).fit(*known)
        for trees, chance in enumerate(classifier.staged_predict_proba(unseen), start=1):
            if trees % 20 == 0:
                p = np.clip(chance[:, 1], 1e-6, 1.0 - 1e-6)
                nats = float((rate * np.log(p) + (1.0 - rate) * np.log1p(-p)).mean())
                found.append((nats, {"trees": trees} | setting, p))
    _, chosen, p = max(found, key=lambda each: each[0])
    setting = {name: value for name, value in chosen.items() if name != "trees"}
    classifier = _classifier(chosen["trees"], setting).fit(*_rows(tables, counts))
    return Trees(classifier, columns, *expected_scores.calibration(p, rate), chosen)


def _classifier(trees: int, setting: dict[str, Any]) -> Any:
    return HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=RATE, early_stopping=False, random_state=0, **setting
    )


def _chance(classifier: Any, table: Floats) -> Floats:
    return np.asarray(classifier.predict_proba(table)[:, 1], dtype=np.float64)


def _rows(tables: Sequence[Floats], counts: Sequence[tuple[Ints, int]]) -> tuple[Floats, Ints, Floats]:
    """Every firm twice, failed and not, weighted by how many of its years ended so."""
    table = np.concatenate(tables)
    failed = np.concatenate([of for of, _ in counts])
    lived = np.concatenate([years - of for of, years in counts])
    weight = np.concatenate([failed, lived]).astype(np.float64)
    label = np.repeat([1, 0], len(table))
    kept = weight > 0
    return np.concatenate([table, table])[kept], label[kept], weight[kept]
