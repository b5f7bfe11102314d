"""Three banks in a chain, a ring and a tree: published balance sheets whose losses have a closed form.

The files are those of ``contagion-small`` (NEVA, M. Bardoscia). While nobody is wiped out, linear DebtRank is
h = (I - L)^-1 h(1), L_ij = exposure of i to j / equity of i (Bardoscia et al. 2015, PLoS ONE 10(6):e0130406).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from algorithms.risk.parameters import AT_FACE_VALUE, GUARANTEE
from algorithms.risk.propagation import solve
from algorithms.risk.weights import MoneyEdges, loss_weights

SHOCK = 0.02
"""Share of every outside asset that is lost at once; nobody is wiped out."""


def measure(folder: Path) -> dict[str, Any]:
    """By file: equity lost of each bank, and the largest distance to the closed form.

    Raises:
        FileNotFoundError: the folder is not that data set.
    """
    report: dict[str, Any] = {}
    for path in (folder / f"shock_{name}.json" for name in ("chain", "cycle", "tree")):
        banks = json.loads(path.read_text(encoding="utf-8"))
        place = {bank["name"]: at for at, bank in enumerate(banks)}
        owed = [
            (place[debtor], place[bank["name"]], amount)
            for bank in banks
            for debtor, amount in bank.get("ibasset", {}).items()
        ]
        source, target, amount = (np.array(column) for column in zip(*owed, strict=True))
        equity = np.array(
            [
                b["extasset"] + sum(b.get("ibasset", {}).values()) - b["extliab"] - b.get("ibliabtot", 0.0)
                for b in banks
            ]
        )
        first = SHOCK * np.array([bank["extasset"] for bank in banks]) / equity
        edges = MoneyEdges(source, target, np.full(len(source), GUARANTEE), amount.astype(np.float64))
        found = solve(loss_weights(len(banks), edges, equity, AT_FACE_VALUE).csr, first)
        lever = np.zeros((len(banks), len(banks)))
        np.add.at(lever, (target, source), amount / equity[target])
        exact = np.linalg.solve(np.eye(len(banks)) - lever, first)
        report[path.stem] = {
            "lost": [round(float(value), 6) for value in found.h],
            "closed_form": [round(float(value), 6) for value in exact],
            "distance": float(np.abs(found.h - exact).max()),
            "bound": float(found.bound.max()),
        }
    return report
