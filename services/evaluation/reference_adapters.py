"""Adapters of the reference suites: names and JSON on one side, positions and arrays on the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from algorithms.risk.blame import by_seed
from algorithms.risk.network import Network
from algorithms.risk.parameters import AT_FACE_VALUE, TRADE_CREDIT
from algorithms.risk.propagation import solve
from algorithms.risk.walks import kappa, largest_walks
from algorithms.risk.weights import MoneyEdges, loss_weights
from algorithms.spectrum import spectral_radius
from graph.arrays import Bools, Csr, Floats

Json: TypeAlias = Any  # what json.loads gives


class Names:
    """Positions of named parties, in the order of their names: ties never depend on the order of the input."""

    def __init__(self, names: Iterable[object]) -> None:
        self.names = sorted({str(name) for name in names})
        self.at = {name: k for k, name in enumerate(self.names)}

    def values(self, by_name: Mapping[str, float], default: float = 0.0) -> Floats:
        """One value per party; a missing one is the default. An unknown name is a ``KeyError``."""
        result = np.full(len(self.names), default)
        for name, value in by_name.items():
            result[self.at[str(name)]] = float(value)
        return result

    def table(self, values: Floats) -> dict[str, float]:
        """Values by name."""
        return {name: float(value) for name, value in zip(self.names, values, strict=True)}

    def where(self, mask: Bools) -> list[str]:
        """Names where the mask holds, in order."""
        return [name for name, yes in zip(self.names, mask, strict=True) if yes]


def loss_matrix(case: Json, names: Names) -> Csr:
    """amount / equity of the target, or the weight given; parallel edges add up."""
    edges = case["edges"]
    source = np.array([names.at[str(e["from"])] for e in edges], dtype=np.int64)
    target = np.array([names.at[str(e["to"])] for e in edges], dtype=np.int64)
    weighted = np.array(["weight" in e for e in edges], dtype=bool)
    given = Csr.from_edges(
        len(names.names), source[weighted], target[weighted],
        np.array([float(e["weight"]) for e in edges if "weight" in e]),
    )  # fmt: skip
    if weighted.all():
        return given
    amounts = np.array([float(e["amount"]) for e in edges if "weight" not in e])
    own_links = source == target
    equity = names.values(case["equity"], default=np.nan)
    money = MoneyEdges(
        source[~weighted], target[~weighted], np.full(len(amounts), TRADE_CREDIT, dtype=np.int64), amounts
    )
    # Parties that nothing hits need no equity here.
    matrix = loss_weights(len(names.names), money, np.where(np.isnan(equity), 1.0, equity), AT_FACE_VALUE).csr
    loops = ~weighted & own_links
    kept = own_links[~weighted]
    return Csr.from_edges(
        len(names.names),
        np.concatenate([given.rows(), matrix.rows(), source[loops]]),
        np.concatenate([given.indices, matrix.indices, target[loops]]),
        np.concatenate([given.data, matrix.data, amounts[kept] / equity[target[loops]]]),
    )


def linear_debtrank(case: Json) -> Json:
    """h, raw, capped parties, spectral radius and, with equity, what is lost."""
    names = Names(case["nodes"])
    matrix = loss_matrix(case, names)
    result = solve(matrix, names.values(case.get("seeds", {})))
    answer: dict[str, Json] = {
        "h": names.table(result.h),
        "raw": names.table(result.raw),
        "capped": names.where(result.raw > 1.0),
        "spectral_radius_W": spectral_radius(matrix),
    }
    if "equity" in case:
        answer["equity_loss"] = names.table(result.h * names.values(case["equity"]))
    return answer


def additive_attribution(case: Json) -> Json:
    """Why: contributions by seed and by walk, in shares and money."""
    names = Names(case["nodes"])
    network = Network.of(loss_matrix(case, names))
    own = names.values(case.get("seeds", {}))
    result = solve(network, own)
    money = names.values(case.get("money_weight", {}))
    seeds: dict[str, dict[str, float]] = {}
    for name, at in names.at.items():
        blame = by_seed(network, own, result.h, at)
        parts = blame.part * result.h[at]
        seeds[name] = {names.names[u]: float(b) for u, b in zip(blame.seeds, parts, strict=True)}
    reasons = {}
    for target in case["targets"]:
        at = names.at[str(target)]
        h = float(result.h[at])
        walks, tail = largest_walks(network, own, result.h, at, int(case["K"]))
        shares = [w.share for w in walks]
        reasons[target] = {
            "total_h": h,
            "total_money": h * float(money[at]),
            "walks": [
                {
                    "walk": [names.names[k] for k in w.parties],
                    "share": w.share,
                    "h": w.share * h,
                    "money": w.share * h * float(money[at]),
                }
                for w in walks
            ],
            "tail_share": tail,
            "ties": any(abs(a - b) <= 1e-12 for a, b in pairwise(shares)),
        }
    return {
        "h": names.table(result.h),
        "kappa": names.table(kappa(result.raw)),
        "by_seed": seeds,
        "explain": reasons,
    }
