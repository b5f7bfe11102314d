"""The model of a run, continued to new inputs: scores go on from where they were, only what changed is computed.

Exact: the solution on the parties that distress reaches is unique, whatever it is continued from (docs/science.md,
"Solving"). Communities are kept; a party that is new joins that of the neighbour with the heaviest link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from algorithms.risk.network import Network
from algorithms.risk.propagation import Propagation
from algorithms.risk.update import update
from algorithms.risk.weights import Weights
from graph.arrays import Floats, Ints
from services.exposure.model import Exposure
from services.risk.model import RiskModel
from services.risk.weights import weigh

GONE = -1
MOVED = 1e-12
"""A change of a score below this is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Continued:
    """A model after a change.

    ``touched``: parties whose own distress or incoming links changed, and new ones. ``computed``: parties that were
    solved again: those reachable from the touched ones. ``changes``: a row for every party whose own distress, score
    or expected loss is another one than before, that is new (nothing before) or gone (nothing after).
    """

    model: RiskModel
    touched: int
    computed: int
    changes: pa.Table


def continued(before: RiskModel, inputs: Exposure) -> Continued:
    """The model of new inputs, with the cut-off and the parameters of the old one."""
    weights = weigh(inputs)
    ids = inputs.parties.ids
    place = _places(before.ids, ids)
    start = _start(before, place, len(ids))
    own = inputs.parties.own
    touched = np.union1d(_own_changed(before, place, own), _links_changed(before, place, weights))
    found = update(start, Network.of(weights.csr), own, touched)
    model = RiskModel.of(
        inputs, weights, found.apply(start), _communities(before, place, weights), before.probability
    )
    return Continued(model, len(touched), len(found.parties), changes_of(before, model, place))


def _places(old: list[str], new: list[str]) -> Ints:
    """Where each old party stands now, ascending as before; GONE where it is no more."""
    position = {name: index for index, name in enumerate(new)}
    return np.array([position.get(name, GONE) for name in old], dtype=np.int64)


def _start(before: RiskModel, place: Ints, size: int) -> Propagation:
    """The old solution at the new positions; a party that is new begins at 0."""
    kept = place != GONE
    h, raw, bound = np.zeros(size), np.zeros(size), np.zeros(size)
    for values, old in ((h, before.score), (raw, before.raw), (bound, before.bound)):
        values[place[kept]] = old[kept]
    return Propagation(h=h, raw=raw, bound=bound, reached=h > 0, sweeps=0, solves=0)


def _own_changed(before: RiskModel, place: Ints, own: Floats) -> Ints:
    """Parties that are new, or whose own distress is another one."""
    kept = place != GONE
    earlier = np.full(len(own), np.nan)
    earlier[place[kept]] = before.own[kept]
    return np.flatnonzero(earlier != own)


def _links_changed(before: RiskModel, place: Ints, weights: Weights) -> Ints:
    """Targets of links that are new, gone or of another weight."""
    size = weights.csr.size
    old, new = before.weights.csr, weights.csr
    source, target = place[old.rows()], place[old.indices]
    known = target != GONE
    # A link whose source is gone has no counterpart: its number is below all others.
    was = np.where(source[known] == GONE, GONE, source[known] * size + target[known])
    now = new.rows() * size + new.indices
    order = np.argsort(was, kind="stable")
    was, weight, ends = was[order], old.data[known][order], target[known][order]
    at = np.minimum(np.searchsorted(was, now), max(len(was) - 1, 0))
    if not len(was):
        return np.unique(new.indices)
    same = (was[at] == now) & (weight[at] == new.data)
    left = np.ones(len(was), dtype=np.bool_)
    left[at[same]] = False
    return np.unique(np.concatenate([new.indices[~same], ends[left]]))


def _communities(before: RiskModel, place: Ints, weights: Weights) -> Ints:
    """Labels of the run that is continued; a new party takes that of the party it has the heaviest link with, whichever
    way it runs, else one of its own."""
    label = np.full(weights.csr.size, GONE, dtype=np.int64)
    kept = place != GONE
    label[place[kept]] = before.community[kept]
    rows, columns, data = weights.csr.rows(), weights.csr.indices, weights.csr.data
    for _ in range(2):  # a new party behind a new party
        ends = np.concatenate([rows, columns]), np.concatenate([columns, rows])
        open_ = np.flatnonzero((label[ends[0]] == GONE) & (label[ends[1]] != GONE))
        if not len(open_):
            break
        # Ascending: the last one written for a party is its heaviest link.
        ranked = open_[np.lexsort((ends[1][open_], np.tile(data, 2)[open_]))]
        label[ends[0][ranked]] = label[ends[1][ranked]]
    alone = np.flatnonzero(label == GONE)
    label[alone] = int(label.max(initial=GONE)) + 1 + np.arange(len(alone))
    return label


def changes_of(before: RiskModel, after: RiskModel, place: Ints | None = None) -> pa.Table:
    """What became of each party that is not as it was, by its id; null where it was not, or is no more.

    Args:
        place: where each party of ``before`` stands in ``after``; where it did when absent.
    """
    place = np.arange(len(before.ids)) if place is None else place
    kept = place != GONE
    was = {name: np.full(len(after.ids), np.nan) for name in ("own", "score", "expected_loss")}
    for name, values in was.items():
        values[place[kept]] = getattr(before, name)[kept]
    known = ~np.isnan(was["score"])
    moved = (
        ~known
        | (was["own"] != after.own)
        | (np.abs(was["score"] - after.score) > MOVED)
        | (was["expected_loss"] != after.expected_loss)
    )
    at, gone = np.flatnonzero(moved), np.flatnonzero(~kept)
    nothing = np.full(len(gone), np.nan)
    columns: dict[str, object] = {
        "id": pa.array(
            [*(after.ids[i] for i in at.tolist()), *(before.ids[i] for i in gone.tolist())], pa.string()
        )
    }
    for name, values in was.items():
        old = np.concatenate([values[at], getattr(before, name)[gone].astype(np.float64)])
        new = np.concatenate([getattr(after, name)[at].astype(np.float64), nothing])
        columns |= {f"{name}_before": _column(name, old), f"{name}_after": _column(name, new)}
    return pa.table(columns).sort_by("id")


def _column(name: str, values: Floats) -> pa.Array:
    """Amounts as whole fen; NaN is null."""
    kind = pa.int64() if name == "expected_loss" else pa.float64()
    return pa.array(values, pa.float64(), from_pandas=True).cast(kind)
