"""The benchmark of loads makes the graph that its peer makes, and measures every part."""

from __future__ import annotations

from pathlib import Path

from benchmarks import graph_load
from benchmarks.graph_input import write

CUSTOMERS = 150


def test_both_ways_make_as_many_nodes_and_relations(tmp_path: Path) -> None:
    given = write(tmp_path / "input", CUSTOMERS)
    found = graph_load.measure(given, tmp_path / "embedded", "embedded", portraits=5)
    assert found["plain"]["load"]["items"] == found["kehutu"]["items"] > 10 * CUSTOMERS
    assert found["kehutu"]["ledger"]["records"] == given.customers + given.contracts
    assert found["plain"]["read_rows"]["relations"] == found["kehutu"]["projection"]["relations"]
    for part in ("ledger", "first_graph", "rebuild", "projection"):
        assert found["kehutu"][part]["seconds"] > 0
    assert set(found["ratios"]) == {"first_graph", "whole_load", "projection", "portrait_p50", "rebuild"}


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    one, two = write(tmp_path / "a", CUSTOMERS), write(tmp_path / "b", CUSTOMERS)
    for name in ("customers.parquet", "contracts.parquet"):
        assert (one.folder / name).read_bytes() == (two.folder / name).read_bytes()
