"""The engine inside a Neo4j server: Graph Data Science, asked through its own client.

A projection is one Cypher query that ends in ``gds.graph.project``: over the store's nodes and relations, or over
arrays that go to the server as parameters. It lives in the server's memory under a name of its own and is dropped in
any case. Where GDS has no procedure of the same definition, the answer says so and is computed on arrays.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import Any

import neo4j
import numpy as np
from neo4j.exceptions import DriverError

from algorithms.communities.leiden import by_smallest_member
from algorithms.embeddings.vectors import Vectors
from algorithms.graph_measures.distances import UNREACHED
from graph.arrays import Floats, Ints
from graph.schema.model import Schema
from graph.state import read_state
from graph.store import Store
from services.engines.arrays import on_arrays
from services.engines.local import read
from services.engines.protocol import (
    Algorithm,
    Answer,
    ArrayProjection,
    Clustering,
    Communities,
    Components,
    Distances,
    Embedding,
    LabelPropagation,
    Levels,
    PageRank,
    Projection,
    StoreProjection,
    Values,
)
from terms.arrow import look_for_pandas
from terms.delayed import loaded
from terms.errors import KehutuError


def _texts() -> dict[str, str]:
    """The blocks of the file by name."""
    file = resources.files("cypher") / "engines" / "gds.cypher"
    _, *blocks = file.read_text(encoding="utf-8").split("// name: ")
    return {name: text.strip() for name, _, text in (block.partition("\n") for block in blocks)}


TEXTS = _texts()
# Through ``run_cypher``, not the client's method for each procedure: those fetch every path with all its nodes, and
# wait ten minutes for a server that is gone.
STREAMS = {
    Components: TEXTS["components"],
    Communities: TEXTS["communities"],
    Clustering: TEXTS["clustering"],
    Levels: TEXTS["shortest_paths"],
    Distances: TEXTS["shortest_paths"],
    Embedding: TEXTS["embedding"],
}
PREFIX = "kehutu-"
LONGEST_HOURS = 24
"""No algorithm runs longer: a projection that is older was left by a process that was killed, and the server would keep
it in its memory for ever."""


@dataclass(frozen=True, slots=True)
class _Projected:
    """A graph of ``links`` links in the server's memory, and the server's number of each key."""

    client: Any
    name: str
    keys: Sequence[str]
    numbers: Ints
    links: int

    def number(self, key: str) -> int:
        """The server's number of a key.

        Raises:
            KeyError: the graph has no such node.
        """
        if key not in self.keys:
            raise KeyError(f"the graph has no node '{key}'")
        return int(self.numbers[self.keys.index(key)])

    def stream(self, algorithm: Algorithm, otherwise: float = 0.0, **settings: object) -> Floats:
        """What a procedure answers, by position of the key; keys that the answer lacks have another value."""
        at, value = self._told(algorithm, settings)
        values = np.full(len(self.keys), otherwise)
        values[at] = value.astype(np.float64)
        return values

    def stream_rows(self, algorithm: Embedding, **settings: object) -> Vectors:
        """The row of numbers that a procedure answers, by position of the key."""
        at, value = self._told(algorithm, settings)
        rows = np.zeros((len(self.keys), algorithm.dimension), dtype=np.float32)
        rows[at] = np.array(value.tolist(), dtype=np.float32).reshape(-1, algorithm.dimension)
        return rows

    def _told(self, algorithm: Algorithm, settings: dict[str, object]) -> tuple[Ints, Any]:
        """Positions of keys, and what a procedure answers for each."""
        table = self.client.run_cypher(STREAMS[type(algorithm)], {"name": self.name, "settings": settings})
        node, value = (table.iloc[:, k].to_numpy() for k in (0, 1))
        order = np.argsort(self.numbers, kind="stable")
        return order[np.searchsorted(self.numbers[order], node.astype(np.int64))], value


class Gds:
    """Computes in the Neo4j server of a store."""

    name = "gds"

    def __init__(self, store: Store, schema: Schema) -> None:
        """Raises KehutuError: ENGINE_NEEDS_NEO4J, ENGINE_NEEDS_PACKAGE."""
        if store.dialect.name != "neo4j":
            raise KehutuError("ENGINE_NEEDS_NEO4J", store=store.url)
        client_class()
        self._store, self._schema = store, schema

    def compute(self, projection: Projection, algorithm: Algorithm) -> Answer:
        """See :class:`services.engines.protocol.Engine`; raises also ENGINE_NEEDS_NEO4J (a server without GDS)."""
        missing = _missing(projection, algorithm)
        if missing:
            if isinstance(projection, StoreProjection):
                projection = read(self._store, self._schema, projection)
            return Answer(projection.keys, on_arrays(projection, algorithm), "arrays", missing)

        def work(driver: neo4j.Driver, database: str | None) -> Answer:
            with self._projected(driver, database, projection) as graph:
                return Answer(graph.keys, _in_server(graph, algorithm), "server")

        if isinstance(projection, ArrayProjection):
            return self._store.lend(work)
        before = read_state(self._store)
        answer = self._store.lend(work)
        if read_state(self._store) != before:
            raise KehutuError("STORE_CHANGED", store=self._store.url)
        return answer

    @contextmanager
    def _projected(
        self, driver: neo4j.Driver, database: str | None, projection: Projection
    ) -> Iterator[_Projected]:
        client = self._client(driver, database)
        name = f"{PREFIX}{uuid.uuid4().hex}"
        client.run_cypher(TEXTS["drop_left"], {"prefix": PREFIX, "hours": LONGEST_HOURS})
        common = {"name": name, "undirected": [] if projection.directed else ["*"]}
        if isinstance(projection, StoreProjection):
            query, keys, numbers = self._from_store(client, projection)
            parameters: dict[str, Any] = common
        else:
            query, keys = TEXTS["from_arrays"], projection.keys
            numbers = np.arange(len(keys), dtype=np.int64)
            parameters = common | _lists(projection.without_loops())
        if not len(keys):
            yield _Projected(client, name, keys, numbers, 0)
            return
        with ExitStack() as projected:
            projected.callback(client.run_cypher, TEXTS["drop"], {"name": name})
            try:
                made = client.graph.project.cypher(query, **parameters).result
                yield _Projected(client, name, keys, numbers, made.relationship_count)
            except DriverError:  # the server is gone, and with it what it held in memory
                projected.pop_all()
                raise

    def _client(self, driver: neo4j.Driver, database: str | None) -> Any:
        make = client_class()
        try:
            return make(driver, database=database, arrow=False, show_progress=False)
        except loaded("graphdatascience.error.gds_not_installed").GdsNotFound as fault:
            raise KehutuError("ENGINE_NEEDS_NEO4J", store=self._store.url) from fault

    def _from_store(self, client: Any, projection: StoreProjection) -> tuple[str, Sequence[str], Ints]:
        """The query that projects, and the nodes by ascending id. All names come from the schema."""
        for name in projection.nodes:
            self._schema.nodes[name]
        weights = []
        for relation in projection.relations:
            properties = self._schema.relations[relation.type].properties
            if relation.weight:
                properties[relation.weight]
            value = f"r.`{relation.weight}`" if relation.weight else "1"
            weights.append(f"WHEN '{relation.type}' THEN {value}")
        texts = {
            "nodes": "|".join(f"`{name}`" for name in projection.nodes),
            "relations": "|".join(f"`{relation.type}`" for relation in projection.relations),
            "weight": f"CASE type(r) {' '.join(weights)} END",
        }
        row = client.run_cypher(TEXTS["nodes"] % texts).iloc[0]
        order = sorted(range(len(row["keys"])), key=row["keys"].__getitem__)
        numbers = np.array(row["numbers"], dtype=np.int64)[order] if order else np.empty(0, dtype=np.int64)
        return TEXTS["from_store"] % texts, [row["keys"][k] for k in order], numbers


def client_class() -> Callable[..., Any]:
    """The client of Graph Data Science.

    Raises:
        KehutuError: ENGINE_NEEDS_PACKAGE.
    """
    try:
        found: Callable[..., Any] = loaded("graphdatascience").GraphDataScience
    except ImportError as fault:
        raise KehutuError("ENGINE_NEEDS_PACKAGE") from fault
    look_for_pandas()  # its answers are of pandas
    return found


def _missing(projection: Projection, algorithm: Algorithm) -> str:
    """Why an algorithm cannot run in the server with the definition of the protocol; empty where it can."""
    match algorithm:
        case PageRank():
            return "the pageRank of GDS does not spread the mass of nodes without out-links"
        case LabelPropagation():
            return "the labelPropagation of GDS is not synchronous"
        case Clustering() if projection.directed:
            return "the localClusteringCoefficient of GDS takes undirected graphs only"
        case Communities() if projection.directed:
            return "the leiden of GDS takes undirected graphs only"
    return ""


def _in_server(graph: _Projected, algorithm: Algorithm) -> Values:
    if not graph.links:  # procedures fail on such a graph, for want of the weight or of a neighbour
        nothing = np.empty(0, dtype=np.int64)
        return on_arrays(ArrayProjection(graph.keys, nothing, nothing), algorithm)
    match algorithm:
        case Components():
            return by_smallest_member(graph.stream(algorithm).astype(np.int64))
        case Communities(resolution, seed):
            # With more than one thread equal seeds would not give equal labels.
            found = graph.stream(
                algorithm,
                concurrency=1,
                gamma=resolution,
                randomSeed=seed,
                relationshipWeightProperty="weight",
            )
            return by_smallest_member(found.astype(np.int64))
        case Levels(source):
            found = graph.stream(algorithm, np.inf, sourceNode=graph.number(source))
            return np.where(np.isinf(found), UNREACHED, found).astype(np.int64)
        case Distances(source):
            number = graph.number(source)
            return graph.stream(algorithm, np.inf, sourceNode=number, relationshipWeightProperty="weight")
        case Clustering():
            return graph.stream(algorithm)
        case Embedding(dimension, steps, seed):
            return graph.stream_rows(
                algorithm,
                embeddingDimension=dimension,
                iterationWeights=list(steps),
                normalizationStrength=0.0,
                randomSeed=seed,
                relationshipWeightProperty="weight",
            )
    raise AssertionError(algorithm)  # see _missing


def _lists(projection: ArrayProjection) -> dict[str, list[Any]]:
    """Links as parameters; a node without links is one without target."""
    linked = np.zeros(len(projection.keys), dtype=np.bool_)
    linked[projection.source] = linked[projection.target] = True
    alone = np.flatnonzero(~linked)
    return {
        "source": np.concatenate([projection.source, alone]).tolist(),
        "target": np.concatenate([projection.target, np.full(len(alone), -1)]).tolist(),
        "weight": np.concatenate([projection.weights, np.zeros(len(alone))]).tolist(),
    }
