"""How often a request asks the store and the ledger, counted where both are asked, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from neo4j import AsyncSession, Session
from sqlalchemy import event

from api.app import create_app
from services.settings import settings
from services.site import Site, open_site

WARM = 5
CONTROL = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(slots=True)
class Asked:
    """Queries that reached the store, and statements that reached the ledger but for the frames of transactions."""

    store_calls: int = 0
    ledger_statements: int = 0


@contextmanager
def counted(site: Site, tell: Callable[[str], object] = str) -> Iterator[Asked]:
    """What is asked while the context lasts; each query of the store is told."""
    asked = Asked()
    plain, waiting = Session.run, AsyncSession.run

    def statement(_connection: Any, _cursor: Any, text: str, *_: Any) -> None:
        asked.ledger_statements += not text.startswith(CONTROL)

    def run(self: Session, *given: Any, **named: Any) -> Any:
        asked.store_calls += 1
        tell(str(getattr(given[0], "text", given[0])))
        return plain(self, *given, **named)

    async def run_waiting(self: AsyncSession, *given: Any, **named: Any) -> Any:
        asked.store_calls += 1
        tell(str(getattr(given[0], "text", given[0])))
        return await waiting(self, *given, **named)

    event.listen(site.ledger.engine, "before_cursor_execute", statement)
    Session.run, AsyncSession.run = run, run_waiting  # type: ignore[method-assign]  # the driver has no hook
    try:
        yield asked
    finally:
        Session.run, AsyncSession.run = plain, waiting  # type: ignore[method-assign]
        event.remove(site.ledger.engine, "before_cursor_execute", statement)


def work_asked(home: Path, store: str | None, document: str, ids: Sequence[str], token: str | None) -> Asked:
    """What one request for a document asks, after some others for other ids."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(client: TestClient, entity: str) -> None:
        asked = {"query": document, "variables": {"id": entity}} if "$id" in document else {"query": document}
        answer = client.post("/graphql", json=asked, headers=headers).json()
        assert "errors" not in answer, answer

    with (
        open_site(settings(home=home, store=store), create=False) as site,
        TestClient(create_app(site)) as client,
    ):
        for entity in ids[:WARM]:
            ask(client, entity)
        with counted(site) as found:
            ask(client, ids[WARM])
    return found
