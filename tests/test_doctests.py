"""What docstrings show is so: every example of the product runs."""

from __future__ import annotations

import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("terms", "graph", "ledger", "ingest", "algorithms", "services", "api", "cli")
EXAMPLE = re.compile(r"^\s*>>> ", re.MULTILINE)


def modules() -> Iterator[str]:
    for room in ROOMS:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            if EXAMPLE.search(path.read_text(encoding="utf-8")):
                yield ".".join(path.relative_to(CHECKOUT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("module", list(modules()))
def test_the_examples_of_a_module_are_true(module: str) -> None:
    found = doctest.testmod(import_module(module))
    assert found.attempted
    assert not found.failed
