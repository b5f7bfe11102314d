"""How good the communities of published graphs are, by Newman's modularity."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from algorithms.communities.fresh import fresh
from algorithms.communities.leiden import by_smallest_member
from algorithms.communities.moving import polished
from algorithms.communities.network import Network, hashed_order
from algorithms.invalid_argument import InvalidArgumentError
from graph.arrays import Ints
from services.engines.local import Local
from services.engines.protocol import ArrayProjection, Communities, Engine
from terms.delayed import Delayed
from terms.errors import KehutuError
from terms.texts import Texts

igraph: Final[Any] = Delayed("igraph")
WEIGHTS: Final = ("weight", "value")
"""What published GML files call the weight of a link."""


@dataclass(frozen=True, slots=True)
class CommunityReport:
    """The best partition that was found of a graph."""

    file: str
    """Name of the file."""
    modularity: float
    """Newman's modularity at resolution 1, from -0.5 to 1; 0 without links."""
    communities: int
    """How many communities there are, parties alone included."""


def evaluate(path: Path, engine: Engine, *, weighted: bool = False) -> CommunityReport:
    """Find the communities of a graph in GML (Himsolt 1997) and say how good they are.

    Links are undirected. Without ``weighted`` a pair is linked or not, whatever its weights and parallel links; with it
    parallel links add up. The engine ``local`` takes the best of several runs
    (:func:`algorithms.communities.fresh.runs_for`), any other one partition of its server, polished by single moves.

    Raises:
        KehutuError: GRAPH_FILE_FAULT, STORE_UNAVAILABLE.
    """
    network, keys = _read(path, weighted=weighted)
    if engine.name == Local.name:
        label = fresh(network).label
    else:
        projection = ArrayProjection(keys, network.low, network.high, network.weight)
        label = polished(
            network, by_smallest_member(engine.compute(projection, Communities()).values.astype(np.int64))
        )
    return CommunityReport(path.name, network.modularity(label), len(np.unique(label)))


def _read(path: Path, *, weighted: bool) -> tuple[Network, list[str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", RuntimeWarning
            )  # names are not used, so stray entities in them may stay
            found = igraph.Graph.Read_GML(str(path))
    except (OSError, UnicodeDecodeError, igraph.InternalError) as fault:
        raise KehutuError("GRAPH_FILE_FAULT", file=path.name, reason=str(fault).partition("\n")[0]) from fault
    size = found.vcount()
    if size == 0:
        raise KehutuError("GRAPH_FILE_FAULT", file=path.name, reason=Texts("no nodes", "没有节点"))
    ids = found.vs["id"] if "id" in found.vs.attributes() else range(size)
    keys = [str(one) for one in ids]
    order = hashed_order(keys)
    place = np.empty(size, dtype=np.int64)
    place[order] = np.arange(size)
    ends = place[np.array(found.get_edgelist(), dtype=np.int64).reshape(-1, 2)]
    low, high, weight = ends.min(axis=1), ends.max(axis=1), _weights(found, path) if weighted else None
    try:
        network = Network.of(size, low, high, weight if weight is not None else np.ones(len(low)))
    except InvalidArgumentError as fault:
        raise KehutuError("GRAPH_FILE_FAULT", file=path.name, reason=fault.text) from fault
    return (network if weighted else _plain(network)), [keys[at] for at in order]


def _weights(found: Any, path: Path) -> np.ndarray[Any, np.dtype[np.float64]]:
    name = next((one for one in WEIGHTS if one in found.es.attributes()), None)
    if name is None and found.ecount():
        reason = Texts(f"no link has a {' or '.join(WEIGHTS)}", f"没有一条边带有 {' 或 '.join(WEIGHTS)}")
        raise KehutuError("GRAPH_FILE_FAULT", file=path.name, reason=reason)
    values = found.es[name] if name else []
    wrong = next((at for at, value in enumerate(values) if not isinstance(value, int | float)), None)
    if wrong is not None:
        reason = Texts(f"link {wrong} has no number as its {name}", f"第 {wrong} 条边的 {name} 不是数")
        raise KehutuError("GRAPH_FILE_FAULT", file=path.name, reason=reason)
    return np.array(values, dtype=np.float64)


def _plain(network: Network) -> Network:
    """The same with weight 1 for each linked pair."""
    ends: tuple[Ints, Ints] = network.low, network.high
    return Network.of(network.size, *ends, np.ones(len(network.low)))
