"""The parts of a run, continued to new inputs: only what a change reaches is computed again.

Exact: close groups are derived anew there (docs/science.md, "Close groups"). Communities are kept; a party that is new
joins that of the neighbour with the heaviest link.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graph.arrays import Floats, Ints
from services.exposure.model import Exposure
from services.risk.model import RiskModel
from services.risk.part import Basis, Before, Found
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION, Work
from services.risk.registry import PARTS
from services.risk.scores import GONE

MOVED = 1e-12
"""A change of a score below this is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Continued:
    """A run after a change, and of what it was made.

    ``work``: what had to be done. ``changes``: a row for every party whose own distress, score or expected loss is
    another one than before, that is new (nothing before) or gone (nothing after).
    """

    model: RiskModel
    found: Found
    basis: Basis
    work: Work
    changes: pa.Table


def continued(before: RiskModel, inputs: Exposure) -> Continued:
    """The model of new inputs, with the cut-off and the parameters of the old one."""
    return go_on(before, Basis(inputs.parameters, inputs, before.probability))


def go_on(before: RiskModel, basis: Basis) -> Continued:
    """All parts of a run, continued to another basis."""
    ids = basis.inputs.parties.ids
    place = _places(before.ids, ids)
    found = PARTS.go_on(basis, Before(before.found, place))
    work = found.of(SOLUTION).work or Work(len(found.of(INPUTS).ids), len(found.of(INPUTS).ids))
    model = RiskModel.from_found(before.cut_off, found)
    return Continued(model, found, basis, work, changes_of(before, model, place))


def _places(old: list[str], new: list[str]) -> Ints:
    """Where each old party stands now, ascending as before; GONE where the party is gone."""
    position = {name: index for index, name in enumerate(new)}
    return np.array([position.get(name, GONE) for name in old], dtype=np.int64)


def changes_of(before: RiskModel, after: RiskModel, place: Ints | None = None) -> pa.Table:
    """What became of each party that has changed, by its id; null where it is new, or gone.

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
