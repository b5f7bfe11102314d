"""Questions over GraphQL, and what is common to their answers."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient


def ask(client: TestClient, query: str, **variables: object) -> Any:
    """The data of an answer without errors."""
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert "errors" not in document, document
    return document["data"]


def nodes(connection: Any) -> list[Any]:
    """The nodes of a page."""
    return [edge["node"] for edge in connection["edges"]]
