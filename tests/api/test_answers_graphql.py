"""Answers over GraphQL are those that the command line prints with ``--json``."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from cli.main import main
from services.site import Site
from tests.api.asking import ask
from tests.supply_site import HOME_CUSTOMER, WORKS

SAME = [
    (["search", "yunze"], "search", 'text: "yunze"'),
    (["search", "yunze", "--first", "1"], "search", 'text: "yunze", first: 1'),
    (["show", HOME_CUSTOMER], "entity", f'id: "{HOME_CUSTOMER}"'),
    (["show", "W1"], "entity", 'id: "W1"'),
    (["neighbours", HOME_CUSTOMER], "neighbours", f'id: "{HOME_CUSTOMER}"'),
    (
        ["neighbours", "S1", "--relation", "FED_BY", "--first", "2"],
        "neighbours",
        'id: "S1", relations: ["FED_BY"], first: 2',
    ),
    (
        ["paths", HOME_CUSTOMER, WORKS, "--max-length", "5"],
        "paths",
        f'from: "{HOME_CUSTOMER}", to: "{WORKS}", maxLength: 5',
    ),
    (["grid-trace", HOME_CUSTOMER], "gridTrace", f'id: "{HOME_CUSTOMER}", direction: UP'),
    (["grid-trace", "F1", "--down", "--first", "2"], "gridTrace", 'id: "F1", direction: DOWN, first: 2'),
]


@pytest.mark.parametrize(("words", "field", "arguments"), SAME)
def test_a_command_prints_what_the_field_answers(
    supply: TestClient, supply_site: Site, words: list[str], field: str, arguments: str
) -> None:
    answer = CliRunner().invoke(main, [*words, "--home", str(supply_site.home), "--json", "--as", "analyst"])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert ask(supply, f"{{ {field}({arguments}) {selection(document)} }}")[field] == document


FIELDS = {
    "assumptions": "{ code subject record amount { fen currency } message }",
    "value": "",
    "amount": "{ fen currency }",
}
"""Fields whose value does not tell what fields it has: JSON of its own, or absent here."""


def selection(document: Any) -> str:
    """The selection of all fields that a document has."""
    if isinstance(document, list):
        shapes = [entry for entry in document if isinstance(entry, dict)]
        return selection({key: value for shape in shapes for key, value in shape.items()}) if shapes else ""
    if not isinstance(document, dict):
        return ""
    return (
        "{ "
        + " ".join(f"{k} {FIELDS.get(k) if k in FIELDS else selection(v)}" for k, v in document.items())
        + " }"
    )
