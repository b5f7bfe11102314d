"""Imports that wait for their first use stand in one list, and the list holds nothing else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from terms.delayed import DELAYED, Delayed, loaded

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("terms", "graph", "ledger", "ingest", "algorithms", "services", "api", "cli")


def delayed_in_the_code() -> Iterator[str]:
    for room in ROOMS:
        for path in (CHECKOUT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    asked = node.func.id in ("loaded", "Delayed") and node.args
                    if asked and isinstance(node.args[0], ast.Constant):
                        yield str(node.args[0].value)


def test_the_list_holds_what_the_code_delays_and_nothing_else() -> None:
    assert set(delayed_in_the_code()) == set(DELAYED)


def test_every_delay_has_its_reason() -> None:
    assert all(len(reason) > 10 for reason in DELAYED.values())


def test_a_module_outside_the_list_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="has no 'decimal': add it there"):
        loaded("decimal")


def test_a_delayed_module_is_the_module_itself() -> None:
    assert Delayed("igraph").Graph is loaded("igraph").Graph


def test_no_function_imports_by_itself() -> None:
    inside = [
        f"{path.relative_to(CHECKOUT)}:{inner.lineno}"
        for room in ROOMS
        for path in (CHECKOUT / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert inside == []
