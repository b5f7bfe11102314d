"""The node-link form of networkx: one JSON document of a directed graph with parallel edges."""

from __future__ import annotations

from typing import TextIO

import orjson

from services.export.content import Content, Row


def write_node_link(out: TextIO, content: Content) -> tuple[int, int]:
    """Write a graph so that ``networkx.node_link_graph`` reads it; the key of an edge is the relation's identity.

    Returns how many nodes and edges.
    """
    nodes = [row for batch in content.nodes for row in batch]
    edges = [_edge(row) for batch in content.edges for row in batch]
    document = {
        "directed": True,
        "multigraph": True,
        "graph": content.header().entries(),
        "nodes": nodes,
        "edges": edges,
    }
    out.write(orjson.dumps(document).decode())
    out.write("\n")
    return len(nodes), len(edges)


def _edge(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "id"} | {"key": row["id"]}
