"""GEXF and GraphML are valid by the schemas of their makers, whatever the values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from services.export.content import Cleaning, Row
from services.export.export import export
from services.export.xml_files import write_gexf, write_graphml
from services.site import Site
from tests.everyone import seen
from tests.export_schemas.schemas import schema_of
from tests.services.test_export_files import graphs, text_of

WRITERS = {"gexf": write_gexf, "graphml": write_graphml}


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    return {name: schema_of(name) for name in WRITERS}


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(graphs())
def test_a_file_of_any_graph_is_valid(
    known: dict[str, Any], graph: tuple[list[Row], list[Row], Cleaning]
) -> None:
    nodes, edges, _ = graph
    for name, write in WRITERS.items():
        text = text_of(write, nodes, edges).encode()
        known[name].assertValid(etree.fromstring(text))
        broken = text.replace(b"</nodes>", b"<node/></nodes>").replace(b"<node id", b"<node key", 1)
        assert not known[name].validate(etree.fromstring(broken))


@pytest.mark.parametrize("name", WRITERS)
def test_the_export_of_a_site_is_valid(
    known: dict[str, Any], small_site: Site, tmp_path: Path, name: str
) -> None:
    export(seen(small_site), name, tmp_path / "all")
    known[name].assertValid(etree.parse(tmp_path / "all"))
