"""Adapters of the reference suites: names and JSON on one side, positions and arrays on the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from algorithms import metrics as scores
from algorithms import pagerank
from algorithms.circles import circles
from algorithms.cycles import elementary_cycles
from algorithms.load_curves import load_figures, longest_run
from algorithms.ownership import beneficial_owners, look_through, register
from algorithms.risk import debtrank
from algorithms.risk.blame import by_seed
from algorithms.risk.clearing import clear
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from algorithms.risk.network import Network
from algorithms.risk.parameters import AT_FACE_VALUE, TRADE_CREDIT
from algorithms.risk.propagation import solve
from algorithms.risk.update import defaults
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


def debtrank_2012(case: Json) -> Json:
    """Distress when each party transmits once, the published measure R and h over time."""
    names = Names(case["nodes"])
    result = debtrank.debtrank_2012(loss_matrix(case, names), names.values(case.get("seeds", {})))
    return {
        "h": names.table(result.h),
        "debtrank": result.value(names.values(case.get("economic_value", {}))),
        "steps_T": result.steps,
        "trajectory": [names.table(h) for h in result.trajectory],
    }


def what_if(case: Json) -> Json:
    """One party defaults: who is hit, by how much of equity and of the utility's money."""
    names = Names(case["nodes"])
    own = names.values(case.get("seeds", {}))
    network = Network.of(loss_matrix(case, names))
    before = solve(network, own)
    party = names.at[str(case["default"])]
    after = defaults(network, own, before, [party]).apply(before)
    delta = after.h - before.h
    stake = names.values(case.get("ead", {})) * names.values(case.get("lgd", {}))
    others = [k for k in range(len(own)) if k != party]
    return {
        "h_before": names.table(before.h),
        "h_after": names.table(after.h),
        "delta_h": names.table(delta),
        "equity_hit": names.table(delta * names.values(case.get("equity", {}))),
        "utility_hit": names.table(delta * stake),
        "utility_hit_total": float((delta * stake).sum()),
        "utility_hit_others": float((delta * stake)[others].sum()),
        "ranking_others": [
            names.names[k] for k in sorted(others, key=lambda k: (-delta[k] * stake[k], k)) if delta[k] > 0.0
        ],
    }


def clearing(case: Json) -> Json:
    """Who is actually paid (Eisenberg-Noe; with alpha or beta Rogers-Veraart)."""
    names = Names(case["nodes"])
    place = [names.at[str(name)] for name in case["nodes"]]
    owed = [(i, j, float(x)) for i, row in enumerate(case["L"]) for j, x in enumerate(row) if x]
    debts = Csr.from_edges(
        len(place),
        np.array([place[i] for i, _, _ in owed], dtype=np.int64),
        np.array([place[j] for _, j, _ in owed], dtype=np.int64),
        np.array([x for _, _, x in owed], dtype=np.float64),
    )
    outside = case.get("ext") or {}
    if not isinstance(outside, Mapping):
        outside = dict(zip(case["nodes"], outside, strict=True))
    seniority = str(case.get("seniority") or "pari_passu").replace("_", "-")
    if seniority not in ("pari-passu", "senior"):
        raise ValueError(f"seniority '{seniority}' is neither senior nor pari-passu")
    result = clear(
        debts,
        names.values(case["e"]),
        outside=names.values(outside),
        seniority="senior" if seniority == "senior" else "pari-passu",
        alpha=float(case.get("alpha", 1.0)),
        beta=float(case.get("beta", 1.0)),
    )
    return {
        "p": names.table(result.paid),
        "p_bar": names.table(result.due),
        "defaulted": names.where(result.defaulted),
        "recovery": names.table(result.recovery),
        "shortfall": names.table(result.shortfall),
        "equity": names.table(result.equity),
        "fictitious_default_rounds": result.rounds,
    }


def personalised_pagerank(case: Json) -> Json:
    """The restart distribution."""
    names = Names(case["nodes"])
    ends = [
        (names.at[str(e["from"])], names.at[str(e["to"])], float(e.get("weight", 1.0))) for e in case["edges"]
    ]
    if case.get("undirected"):
        ends += [(b, a, w) for a, b, w in ends if a != b]
    matrix = Csr.from_edges(
        len(names.names),
        np.array([a for a, _, _ in ends], dtype=np.int64),
        np.array([b for _, b, _ in ends], dtype=np.int64),
        np.array([w for _, _, w in ends], dtype=np.float64),
    )
    pi = pagerank.personalised_pagerank(matrix, names.values(case["seeds"]), restart=float(case["restart"]))
    return {"pi": names.table(pi)}


def ownership(case: Json) -> Json:
    """Shares looked through cross-holdings, and who holds enough of a company in the end."""
    persons, companies = [str(p) for p in case["persons"]], [str(c) for c in case["companies"]]
    names = Names([*persons, *companies])
    holdings = Csr.from_edges(
        len(names.names),
        np.array([names.at[str(h["owner"])] for h in case["holdings"]], dtype=np.int64),
        np.array([names.at[str(h["company"])] for h in case["holdings"]], dtype=np.int64),
        np.array([float(h["share"]) for h in case["holdings"]], dtype=np.float64),
    )
    known = register(holdings)
    found = look_through(known.shares, np.arange(len(names.names)))
    firms = sorted(names.at[c] for c in companies)
    people = np.array(sorted(names.at[p] for p in persons), dtype=np.int64)
    threshold = float(case.get("threshold", 0.25))

    def rows(table: Floats) -> dict[str, dict[str, float]]:
        return {
            names.names[o]: {names.names[f]: float(table[o, f]) for f in firms if table[o, f] > 0.0}
            for o in found.owners.tolist()
        }

    total = np.bincount(holdings.indices, holdings.data, minlength=len(names.names))
    return {
        "ultimate": {
            names.names[f]: {names.names[p]: float(found.naive[p, f]) for p in people.tolist()} for f in firms
        },
        "naive": rows(found.naive),
        "integrated": rows(found.integrated),
        "beneficial_owners": {
            names.names[f]: sorted(
                names.names[p] for p in beneficial_owners(found.naive[:, f], people, threshold=threshold)
            )
            for f in firms
        },
        "shares_complete": bool((np.abs(total[firms] - 1.0) <= 1e-9).all()) and len(known.circular) == 0,
    }


def guarantee_circles(case: Json) -> Json:
    """Circles, their cycles and bottlenecks."""
    given = case["guarantees"]
    names = Names(name for g in given for name in (g["guarantor"], g["borrower"]))
    matrix = Csr.from_edges(
        len(names.names),
        np.array([names.at[str(g["guarantor"])] for g in given], dtype=np.int64),
        np.array([names.at[str(g["borrower"])] for g in given], dtype=np.int64),
        np.array([float(g["amount"]) for g in given], dtype=np.float64),
    )
    return {
        "circles": [
            {
                "members": [names.names[m] for m in c.members],
                "kind": c.kind,
                "internal_amount": c.internal,
                "inflow": c.inflow,
                "outflow": c.outflow,
            }
            for c in circles(matrix)
        ],
        "elementary_cycles": [
            {
                "firms": [names.names[m] for m in c.members],
                "length": len(c.members),
                "bottleneck": c.bottleneck,
            }
            for c in elementary_cycles(matrix, longest=None, most=1_000_000)
        ],
    }


def close_groups(case: Json) -> Json:
    """The chance of every party by close groups; the group of the target and why it fails."""
    names = Names(case["nodes"])
    own = names.values(case.get("seeds", {}))
    model = prepare(loss_matrix(case, names), keys=names.names)
    result = chances(model, own)
    answer: dict[str, Json] = {"p": names.table(result.p)}
    if "target" in case:
        target = names.at[str(case["target"])]
        answer["group"] = [names.names[k] for k in model.groups.group(target).tolist()]
        # Exact, however long it takes: an answer to a person stops earlier and says what is left.
        most = int(case.get("top", 10))
        why = reasons(model, own, result, target, top=most, steps=20_000, work=1_000_000, least=0.0)
        answer["paths"] = [
            {"parties": [names.names[k] for k in line.parties], "share": line.share} for line in why.lines
        ]
    return answer


def metrics(case: Json) -> Json:
    """Scores of a model and figures of a load curve."""
    answer: dict[str, Json] = {}
    if "y" in case:
        y, p = np.array(case["y"], dtype=np.float64), np.array(case["p"], dtype=np.float64)
        answer |= {
            "brier": scores.brier(y, p),
            "ece": scores.expected_calibration_error(y, p, bins=int(case.get("bins", 15))),
            "auc": scores.auc(y, p),
        }
    if "labels_a" in case:
        answer["ari"] = scores.adjusted_rand(np.array(case["labels_a"]), np.array(case["labels_b"]))
    if "curve" in case:
        curve = np.array(case["curve"], dtype=np.float64)
        answer |= asdict(load_figures(curve))
        if "rated" in case:
            rate = curve / float(case["rated"])
            answer |= {
                "max_load_rate": float(rate.max()),
                "longest_run_above_80pct": longest_run(rate > 0.8),
                "samples_above_100pct": int((rate > 1.0).sum()),
            }
    return answer
