"""Random small graphs of the whole model, with regions and tenants as sites have them: on some, not on others."""

from __future__ import annotations

import random

from graph.schema.load import schema
from services.access.areas.computing import Link, Node

REGIONS = ("", "", "CN/44/", "CN/44/01/", "CN/44/02/", "CN/4/", "CN/37/01/")
SCOPES = (("*",), ("CN/44/",), ("CN/4/",), ("CN/44/01/", "CN/37/"), ("CN/",), ("CN/44/02/",), ())


def random_graph(seed: int, tenants: tuple[str, ...] = ("",)) -> tuple[dict[str, Node], list[Link]]:
    """A graph of about 60 entities: of each type some, of each relation some."""
    draw, known = random.Random(seed), schema()
    nodes: dict[str, Node] = {}
    of_type: dict[str, list[str]] = {}
    for kind in known.nodes.values():
        of_type[kind.name] = [f"{kind.prefix}:{n}" for n in range(draw.choice((1, 2, 3)))]
        placed = "region" in kind.properties or kind.name == "Area"
        for entity in of_type[kind.name]:
            region = draw.choice(REGIONS) if placed else ""
            nodes[entity] = Node(kind.name, draw.choice(tenants), region)
    links = {
        Link(relation.name, source, target)
        for relation in known.relations.values()
        for left, right in relation.ends
        for source in of_type[left]
        for target in of_type[right]
        if source != target and draw.random() < 0.25
    }
    return nodes, sorted(links)
