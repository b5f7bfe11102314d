"""Which graph to embed: parties alone, or the whole customer graph, ``python -m benchmarks.embedded_graphs HOME``.

Parties of the current run of a site with their links (a pair is linked or not). A tenth of the links is hidden and is
told from pairs without link by the cosine of the parties' vectors, as docs/science.md has it for embeddings; the same
draws for both graphs. Links between parties whose customers share something are left out: the whole graph would give
them away. The whole graph has, beside what is left of those links, the customers with the party behind each
and what they share: service points, addresses, contacts, transformers, a node each.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from algorithms.embeddings.fastrp import fastrp
from algorithms.embeddings.hidden_links import HiddenLinks, SimpleGraph
from algorithms.embeddings.vectors import key_hashes
from algorithms.risk.parameters import RiskParameters
from graph.arrays import Bools, Csr, Floats, Ints
from services.risk.current import current
from services.risk.model import RiskModel
from services.settings import settings
from services.site import open_site

SEEDS = 10


def around(model: RiskModel) -> tuple[int, Ints, Ints]:
    """Nodes of the whole graph, n parties first, then c customers and what they share; and its links without those
    between parties, which the hidden ones are of."""
    known = model.customer_communities
    parties, customers = len(model.ids), len(model.inputs.customers)
    ends = [(model.inputs.customer_party, parties + np.arange(customers))]
    things = 0
    if known is not None:
        shares = known.shares
        _, thing = np.unique(np.column_stack([shares.kind, shares.thing]), axis=0, return_inverse=True)
        things = int(thing.max(initial=-1)) + 1
        ends.append((parties + shares.member, parties + customers + thing.ravel()))
    return (
        parties + customers + things,
        np.concatenate([one for one, _ in ends]),
        np.concatenate([other for _, other in ends]),
    )


def shared_already(model: RiskModel, source: Ints, target: Ints) -> Bools:
    """Which links are between parties whose customers share something: the whole graph gives those away."""
    known, size = model.customer_communities, len(model.ids)
    if known is None:
        return np.zeros(len(source), dtype=np.bool_)
    one, other, _ = known.links(RiskParameters().sharers_max)
    party = model.inputs.customer_party
    pairs = np.minimum(party[one], party[other]) * size + np.maximum(party[one], party[other])
    return np.isin(np.minimum(source, target) * size + np.maximum(source, target), pairs)


def both_ways(size: int, low: Ints, high: Ints) -> Csr:
    return Csr.from_edges(
        size, np.concatenate([low, high]), np.concatenate([high, low]), np.ones(2 * len(low))
    )


def judged(model: RiskModel) -> dict[str, Floats]:
    """By graph, the AUC against uniform pairs and against pairs of as many links, of each draw."""
    matrix = model.weights.csr
    linked, at = np.unique(np.concatenate([matrix.rows(), matrix.indices]), return_inverse=True)
    half = len(at) // 2
    apart = ~shared_already(model, matrix.rows(), matrix.indices)
    graph = SimpleGraph.of(len(linked), at[:half][apart], at[half:][apart])
    size, low, high = around(model)
    hashes = key_hashes([f"node:{one}" for one in range(size)])
    found: dict[str, list[tuple[float, float]]] = {"parties": [], "whole": []}
    for seed in range(SEEDS):
        hidden = HiddenLinks.drawn(graph, seed)
        left = hidden.rest
        ends = linked[left.low], linked[left.high]
        alone = fastrp(both_ways(size, *ends), hashes, seed=seed)[linked]
        whole = both_ways(size, np.concatenate([ends[0], low]), np.concatenate([ends[1], high]))
        found["parties"].append(hidden.judge(alone))
        found["whole"].append(hidden.judge(fastrp(whole, hashes, seed=seed)[linked]))
    return {name: np.array(values) for name, values in found.items()}


if __name__ == "__main__":
    with open_site(settings(home=Path(sys.argv[1]))) as site:
        _, model_of_site = current(site)
    for name, values in judged(model_of_site).items():
        mean, spread = values.mean(axis=0), values.std(axis=0, ddof=1)
        print(f"{name}: AUC {mean[0]:.3f} ± {spread[0]:.3f}, by links {mean[1]:.3f} ± {spread[1]:.3f}")
