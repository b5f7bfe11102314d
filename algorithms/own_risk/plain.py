"""How a learned model is kept: as plain values in readable text, never as a pickle."""

from __future__ import annotations

from typing import Any

import numpy as np

from algorithms.own_risk.calibration import Calibration
from algorithms.own_risk.columns import Bins, Coding, Levels
from algorithms.own_risk.models import Learned
from algorithms.own_risk.scorecard import Scorecard
from algorithms.own_risk.trees import Nodes, Trees


def plain(learned: Learned) -> dict[str, Any]:
    """Names, numbers, lists and maps only; exact, since numbers are written with all their digits."""
    model = learned.model
    codings = [
        {"name": c.name, "edges": list(c.edges)}
        if isinstance(c, Bins)
        else {"name": c.name, "levels": list(c.levels)}
        for c in model.codings
    ]
    found: dict[str, Any] = {
        "name": learned.name,
        "losses": learned.losses,
        "codings": codings,
        "base": model.base,
    }
    if isinstance(model, Scorecard):
        found["points"] = [points.tolist() for points in model.points]
    else:
        nodes = model.nodes
        found["roots"] = model.roots.tolist()
        found["nodes"] = {name: getattr(nodes, name).tolist() for name in Nodes.__slots__}
    calibration = learned.calibration
    found["calibration"] = {
        "kind": calibration.kind,
        "knots": [knots.tolist() for knots in calibration.knots],
        "slope": calibration.slope,
        "shift": calibration.shift,
    }
    return found


def learned_from(found: dict[str, Any]) -> Learned:
    """The inverse of :func:`plain`."""
    codings: tuple[Coding, ...] = tuple(
        Bins(c["name"], tuple(c["edges"])) if "edges" in c else Levels(c["name"], tuple(c["levels"]))
        for c in found["codings"]
    )
    model: Scorecard | Trees
    if "points" in found:
        model = Scorecard(
            codings, found["base"], tuple(np.array(p, dtype=np.float64) for p in found["points"])
        )
    else:
        nodes = found["nodes"]
        model = Trees(
            codings,
            found["base"],
            np.array(found["roots"], dtype=np.int64),
            Nodes(
                column=np.array(nodes["column"], dtype=np.int64),
                threshold=np.array(nodes["threshold"], dtype=np.float64),
                missing_left=np.array(nodes["missing_left"], dtype=np.bool_),
                left=np.array(nodes["left"], dtype=np.int64),
                right=np.array(nodes["right"], dtype=np.int64),
                value=np.array(nodes["value"], dtype=np.float64),
            ),
        )
    kept = found["calibration"]
    first, second = (np.array(knots, dtype=np.float64) for knots in kept["knots"])
    calibration = Calibration(kept["kind"], (first, second), kept["slope"], kept["shift"])
    return Learned(found["name"], model, calibration, found["losses"])
