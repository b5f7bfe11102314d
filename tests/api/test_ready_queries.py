"""Whoever opens the API in a browser finds a query for each kind of user, and each of them answers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from graphql import OperationDefinitionNode, parse

from api.app import create_app
from api.ide import READY_QUERIES
from services.site import Site

TEXT = READY_QUERIES.read_text(encoding="utf-8")
NAMES = [
    definition.name.value
    for definition in parse(TEXT).definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
]


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


def test_the_page_shows_the_ready_queries(client: TestClient) -> None:
    page = client.get("/graphql", headers={"Accept": "text/html"}).text
    shown = re.search(r'parameters\.q \|\| ("(?:[^"\\]|\\.)*")', page)
    assert shown is not None
    assert json.loads(shown[1]) == TEXT


def test_there_is_one_for_each_kind_of_user() -> None:
    assert NAMES == ["Portrait", "Explore", "Plan", "Credit"]


@pytest.mark.parametrize("name", NAMES)
def test_every_ready_query_answers(client: TestClient, name: str) -> None:
    answer = client.post("/graphql", json={"query": TEXT, "operationName": name})
    assert answer.status_code == 200
    assert "errors" not in answer.json()
    assert all(part is not None for part in answer.json()["data"].values())
