"""Every algorithm as a function of arrays; what an engine without a way of its own falls back to."""

from __future__ import annotations

from algorithms.communities.leiden import leiden
from algorithms.communities.network import Network
from algorithms.embeddings.fastrp import fastrp
from algorithms.embeddings.vectors import key_hashes
from algorithms.graph_measures.clustering import clustering
from algorithms.graph_measures.components import components
from algorithms.graph_measures.distances import distances, levels, shortest_links
from algorithms.graph_measures.labels import propagated_labels
from algorithms.graph_measures.rank import pagerank
from services.engines.protocol import (
    Algorithm,
    ArrayProjection,
    Clustering,
    Communities,
    Components,
    Distances,
    Embedding,
    LabelPropagation,
    Levels,
    PageRank,
    Values,
)


def on_arrays(projection: ArrayProjection, algorithm: Algorithm) -> Values:
    """A value for every node, or a row of values, by position.

    Raises:
        KeyError: the graph has no such node.
        ValueError: a weight or a parameter that the algorithm does not take.
    """
    graph = projection.without_loops()
    size = len(graph.keys)
    match algorithm:
        case Components():
            return components(size, graph.source, graph.target)
        case Communities(resolution, seed):
            network = Network.of(size, graph.source, graph.target, graph.weights)
            return leiden(network, resolution=resolution, seed=seed)
        case Levels(source):
            return levels(graph.links(), graph.position(source))
        case Distances(source):
            return distances(shortest_links(size, *graph.both_ways()), graph.position(source))
        case PageRank(damping, rounds):
            return pagerank(graph.links(), damping=damping, rounds=rounds)
        case LabelPropagation(rounds):
            return propagated_labels(graph.links(), rounds=rounds)
        case Clustering():
            return clustering(graph.links())
        case Embedding(dimension, steps, seed):
            return fastrp(graph.links(), key_hashes(graph.keys), dimension=dimension, steps=steps, seed=seed)
