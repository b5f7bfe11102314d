"""How well embeddings find hidden links and labels of nodes (docs/science.md, "Embeddings")."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from algorithms.embeddings.fastrp import DIMENSION
from algorithms.embeddings.hidden_links import HiddenLinks, SimpleGraph
from algorithms.embeddings.nearest_labels import nearest_label_f1
from algorithms.embeddings.spectral import spectral
from algorithms.embeddings.vectors import Vectors, key_hashes
from algorithms.invalid_argument import InvalidArgumentError
from graph.arrays import Ints
from services.engines.local import Local
from services.engines.protocol import ArrayProjection, Embedding, Engine
from services.evaluation.links_files import LinksFile, fault, read_labels, read_links
from terms.delayed import loaded

SEEDS: Final = 10
"""Every method is judged by the same ten draws of hidden links, pairs and folds."""

Embed = Callable[[SimpleGraph, int], Vectors]
"""An embedding of a graph by a seed."""


@dataclass(frozen=True, slots=True)
class MethodReport:
    """How one way to make vectors did; means over ten draws."""

    name: str
    """fastrp (this program's own), fastrp of GDS, or spectral."""
    link_auc: float
    """Chance that a hidden link has a higher cosine than a pair without link, drawn uniformly."""
    link_auc_degree: float
    """The same against pairs whose ends have as many links as those of hidden links."""
    knn_macro_f1: float | None
    """Macro-F1 of the label that most of the ten nearest nodes have; null without labels."""
    sd: float
    """Standard deviation of linkAuc over the draws."""
    seconds: float
    """Time of the embeddings alone."""


@dataclass(frozen=True, slots=True)
class EmbeddingsReport:
    """How good embeddings of a graph are, those of the engine that was asked for first."""

    link_auc: float
    """As of the method of the engine that was asked for."""
    link_auc_degree: float
    """As of the method of the engine that was asked for."""
    knn_macro_f1: float | None
    """As of the method of the engine that was asked for."""
    dimension: int
    """Numbers in a vector."""
    seconds: float
    """Time of everything."""
    methods: list[MethodReport]
    """That of the engine that was asked for first, then the others by name."""


def method_name(engine: Engine) -> str:
    """What the FastRP of an engine is called in a report."""
    return "fastrp" if engine.name == Local.name else f"fastrp of {engine.name.upper()}"


def evaluate(
    edges: Path,
    labels: Path | None,
    engines: Sequence[Engine],
    *,
    seeds: int = SEEDS,
    note: Callable[[str], None] = lambda _: None,
) -> EmbeddingsReport:
    """Judge the FastRP of some engines, and spectral embedding beside it.

    A simple undirected graph; a tenth of its links is hidden, as many pairs without link are drawn uniformly and,
    apart, with ends of as many links; pairs are told apart by cosine. Labels are judged on the whole graph.

    Args:
        engines: the first one is reported at the top.
        note: told how many labels are of nodes that have no link.

    Raises:
        KehutuError: LINKS_FILE_FAULT, STORE_UNAVAILABLE, ENGINE_NEEDS_NEO4J.
    """
    start = time.perf_counter()
    given = read_links(edges)
    known = None
    if labels is not None:
        known, unlinked = read_labels(labels, given.keys)
        if unlinked:
            note(f"{unlinked} nodes with a label have no link and are left out")
    methods: dict[str, Embed] = {method_name(engine): _fastrp(engine, given) for engine in engines}
    hashes = key_hashes(given.keys)
    methods["spectral"] = lambda graph, _: spectral(
        _projection(given, graph).links(), hashes, dimension=DIMENSION
    )
    draws: dict[str, list[_Draw]] = {name: [] for name in methods}
    # One thread, so that seconds can be compared, and threads of small products do not wait for each other.
    with loaded("threadpoolctl").threadpool_limits(limits=1):
        for seed in range(seeds):
            try:
                hidden = HiddenLinks.drawn(given.graph, seed)
            except InvalidArgumentError as found:
                raise fault(edges, found.text) from found
            for name, embed in methods.items():
                try:
                    draws[name].append(_judged(given.graph, hidden, known, embed, seed))
                except InvalidArgumentError as found:
                    raise fault(labels or edges, found.text) from found
    reports = [_report(name, drawn) for name, drawn in draws.items()]
    first = reports[0]
    return EmbeddingsReport(
        link_auc=first.link_auc,
        link_auc_degree=first.link_auc_degree,
        knn_macro_f1=first.knn_macro_f1,
        dimension=DIMENSION,
        seconds=time.perf_counter() - start,
        methods=reports,
    )


@dataclass(frozen=True, slots=True)
class _Draw:
    uniform: float
    by_degree: float
    f1: float | None
    seconds: float


def _judged(graph: SimpleGraph, hidden: HiddenLinks, known: Ints | None, embed: Embed, seed: int) -> _Draw:
    before = time.perf_counter()
    of_rest = embed(hidden.rest, seed)
    seconds = time.perf_counter() - before
    f1 = None
    if known is not None:
        before = time.perf_counter()
        of_all = embed(graph, seed)
        seconds += time.perf_counter() - before
        f1 = nearest_label_f1(of_all, known, seed)
    return _Draw(*hidden.judge(of_rest), f1, seconds)


def _fastrp(engine: Engine, given: LinksFile) -> Embed:
    def embed(graph: SimpleGraph, seed: int) -> Vectors:
        answer = engine.compute(_projection(given, graph), Embedding(seed=seed))
        return answer.values.astype(np.float32, copy=False)

    return embed


def _projection(given: LinksFile, graph: SimpleGraph) -> ArrayProjection:
    return ArrayProjection(given.keys, graph.low, graph.high)


def _report(name: str, drawn: Sequence[_Draw]) -> MethodReport:
    uniform = np.array([one.uniform for one in drawn])
    f1 = [one.f1 for one in drawn if one.f1 is not None]
    return MethodReport(
        name=name,
        link_auc=float(uniform.mean()),
        link_auc_degree=float(np.mean([one.by_degree for one in drawn])),
        knn_macro_f1=float(np.mean(f1)) if f1 else None,
        sd=float(uniform.std(ddof=1)) if len(drawn) > 1 else 0.0,
        seconds=sum(one.seconds for one in drawn),
    )
