"""What every engine takes and gives: a projection of a graph, an algorithm with its parameters, an answer by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from algorithms.embeddings.fastrp import DIMENSION, STEPS
from algorithms.embeddings.vectors import Vectors
from graph.arrays import Csr, Floats, Ints


@dataclass(frozen=True, slots=True)
class Relation:
    """Relations of a type. ``weight``: a number property; relations where it is unknown or below 0 are left out."""

    type: str
    weight: str | None = None


@dataclass(frozen=True, slots=True)
class StoreProjection:
    """A part of the store's graph: all nodes of some types and the relations of some types between them.

    Nodes are in ascending order of id over all types. A relation of a node to itself is left out; one without a
    ``weight`` weighs 1. ``directed``: whether the direction counts.
    """

    nodes: tuple[str, ...]
    relations: tuple[Relation, ...]
    directed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ArrayProjection:
    """A graph that exists as arrays only: n keys, m links by position, undirected ones listed once.

    ``weight``: m numbers >= 0 (lengths, for distances), None where all are 1. Parallel links add up, but for
    distances, where the shortest counts.
    """

    keys: Sequence[str]
    source: Ints
    target: Ints
    weight: Floats | None = None
    directed: bool = False

    @property
    def weights(self) -> Floats:
        """The weight of every link."""
        return np.ones(len(self.source)) if self.weight is None else self.weight

    def without_loops(self) -> ArrayProjection:
        """The same without links of a node to itself."""
        kept = self.source != self.target
        if kept.all():
            return self
        weight = None if self.weight is None else self.weight[kept]
        return ArrayProjection(self.keys, self.source[kept], self.target[kept], weight, self.directed)

    def both_ways(self) -> tuple[Ints, Ints, Floats]:
        """Links in the directions that may be walked: as given, or both where they are undirected."""
        if self.directed:
            return self.source, self.target, self.weights
        return (
            np.concatenate([self.source, self.target]),
            np.concatenate([self.target, self.source]),
            np.concatenate([self.weights, self.weights]),
        )

    def links(self) -> Csr:
        """Links by rows, parallel ones added up."""
        return Csr.from_edges(len(self.keys), *self.both_ways())

    def position(self, key: str) -> int:
        """Where a key is.

        Raises:
            KeyError: nowhere.
        """
        try:
            return self.keys.index(key)
        except ValueError:
            raise KeyError(f"the graph has no node '{key}'") from None


Projection: TypeAlias = StoreProjection | ArrayProjection


@dataclass(frozen=True, slots=True)
class Components:
    """Weakly connected components: labels from 0, numbered by the first member."""


@dataclass(frozen=True, slots=True)
class Communities:
    """Leiden communities by modularity, both directions of a link together: labels as those of components.

    Engines agree on the quality of the partition, not on its labels. Equal seeds give equal labels on one engine.
    """

    resolution: float = 1.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Levels:
    """Links on a shortest path from a node: -1 = not reached."""

    source: str


@dataclass(frozen=True, slots=True)
class Distances:
    """Length of a shortest path from a node, the weights being lengths: inf = not reached."""

    source: str


@dataclass(frozen=True, slots=True)
class PageRank:
    """PageRank after some rounds, as in :func:`algorithms.graph_measures.rank.pagerank`."""

    damping: float = 0.85
    rounds: int = 20


@dataclass(frozen=True, slots=True)
class LabelPropagation:
    """Synchronous label propagation; a label is the position of a node."""

    rounds: int = 10


@dataclass(frozen=True, slots=True)
class Clustering:
    """Local clustering coefficient."""


@dataclass(frozen=True, slots=True)
class Embedding:
    """FastRP, as in :func:`algorithms.embeddings.fastrp.fastrp`: a row of ``dimension`` numbers for every node.

    Engines agree on how well the vectors serve, not on the vectors: each draws its own start. Equal seeds give equal
    vectors on one engine, and ``local`` gives a key the same start in every graph.
    """

    dimension: int = DIMENSION
    steps: tuple[float, ...] = STEPS
    seed: int = 0


Algorithm: TypeAlias = (
    Components | Communities | Levels | Distances | PageRank | LabelPropagation | Clustering | Embedding
)
Values: TypeAlias = Ints | Floats | Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """n keys and a value for each, or a row of an n x d array. ``place``: where it was computed; ``reason``: why not in
    the server, if not."""

    keys: Sequence[str]
    values: Values
    place: Literal["arrays", "server"]
    reason: str = ""


class Engine(Protocol):
    """A place where algorithms run."""

    name: str

    def compute(self, projection: Projection, algorithm: Algorithm) -> Answer:
        """Run an algorithm on a projection.

        Raises:
            KeyError: the schema has no such type or property, the graph no such node.
            ValueError: a weight or a parameter that the algorithm does not take.
            KehutuError: STORE_UNAVAILABLE, STORE_CHANGED, STORE_DEADLINE.
        """
