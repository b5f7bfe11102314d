"""What Gephi Lite reads of an export is what was written: its own parsers, run by Node."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from services.export.content import Cleaning, Row
from services.export.export import export
from services.export.xml_files import token, write_gexf, write_graphml
from services.site import Site
from tests.everyone import seen
from tests.gephi_lite.parsers import Read, gephi_lite
from tests.services.test_export_files import graphs, text_of


@pytest.fixture(scope="module")
def read() -> Iterator[Read]:
    with gephi_lite() as parsers:
        yield parsers


def test_names_of_properties_are_those_of_the_schema(read: Read) -> None:
    nodes: list[Row] = [{"id": "line:a#1", "type": "Line", "label": "<&\n", "length": 1.5}]
    graph = read("gexf", text_of(write_gexf, nodes, []))
    assert graph["nodes"] == {"line:a#1": {"label": "<&\n", "type": "Line", "length": 1.5}}


def expected(nodes: list[Row], edges: list[Row], name: Callable[[str], str]) -> dict[str, Any]:
    ends = ("id", "source", "target")
    return {
        "nodes": {name(str(row["id"])): row for row in nodes},
        "edges": {
            name(str(row["id"])): {
                "source": name(str(row["source"])),
                "target": name(str(row["target"])),
                "attributes": {key: value for key, value in row.items() if key not in ends},
            }
            for row in edges
        },
    }


def without_id(graph: dict[str, Any]) -> dict[str, Any]:
    """GraphML repeats ids as properties, as its own ids are tokens; GEXF has them once."""

    def others(values: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key != "id"}

    return {
        "nodes": {key: others(values) for key, values in graph["nodes"].items()},
        "edges": {
            key: edge | {"attributes": others(edge["attributes"])} for key, edge in graph["edges"].items()
        },
    }


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs())
def test_it_reads_the_graph_that_was_written(
    read: Read, graph: tuple[list[Row], list[Row], Cleaning]
) -> None:
    nodes, edges, _ = graph
    for written_format, write, name in (("gexf", write_gexf, str), ("graphml", write_graphml, token)):
        found = read(written_format, text_of(write, nodes, edges))
        assert without_id(found) == without_id(expected(nodes, edges, name))


@pytest.mark.parametrize("chosen", ["gexf", "graphml"])
def test_it_opens_the_export_of_a_site(read: Read, small_site: Site, tmp_path: Path, chosen: str) -> None:
    told = export(seen(small_site), chosen, tmp_path / "all")
    graph = read(chosen, (tmp_path / "all").read_text(encoding="utf-8"))
    assert (len(graph["nodes"]), len(graph["edges"])) == (told.nodes, told.edges)
    assert told.edges > 0
    assert all(values["label"] and values["type"] for values in graph["nodes"].values())
    assert {edge["attributes"]["weight"] for edge in graph["edges"].values()} == {1}
