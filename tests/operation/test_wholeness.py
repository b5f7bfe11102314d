"""While the graph of a Neo4j is made again, the API answers nothing from what is there of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.store import Store
from graph.write import contents, wipe
from ingest.projection.projector import catch_up
from ledger.database import Ledger
from ledger.records import append
from services.operation.rebuild import rebuild
from services.operation.wholeness import making_again, whole
from services.settings import Settings, settings
from services.site import open_site
from terms.errors import KehutuError
from tests.ingest_projector.material import CODES, SCHEMA, START, node, row

QUERY = "{ enterprises(first: 10) { totalCount } }"
COUNT = len(CODES)


@pytest.fixture
def chosen(home: Path, neo4j_url: str, neo4j_store: Store, ledger: Ledger) -> Settings:
    """A site on a Neo4j whose graph shows a few enterprises."""
    wipe(neo4j_store)
    rows = [row(f"visits/{n}", node("Enterprise", key, name=f"企业{n}")) for n, key in enumerate(CODES)]
    append(ledger, rows, recorded_at=START)
    catch_up(ledger, neo4j_store, SCHEMA)
    return settings(home, store=neo4j_url)


def asked(api: TestClient) -> tuple[int, Any]:
    answer = api.post("/graphql", json={"query": QUERY})
    document = answer.json()
    if answer.status_code != 200:
        assert answer.headers["Retry-After"]
        return answer.status_code, document["errors"][0]["extensions"]["code"]
    return 200, document["data"]["enterprises"]["totalCount"]


def test_nothing_is_answered_from_half_a_graph(chosen: Settings) -> None:
    with open_site(chosen) as site:
        api = TestClient(create_app(site))
        assert asked(api) == (200, COUNT)
        meanwhile: list[tuple[int, Any]] = []

        def progress(phase: str, done: int = 0, total: int | None = None) -> None:
            del done, total
            if phase == "Making the graph":
                meanwhile.append(asked(api))
                ready = api.get("/readyz")
                meanwhile.append((ready.status_code, ready.json()["code"]))

        rebuild(chosen, progress=progress)
        assert set(meanwhile) == {(503, "STORE_REBUILDING"), (503, "REBUILDING")}
        assert asked(api) == (200, COUNT)


def test_a_rebuild_that_was_cut_off_is_not_answered_from_until_the_next_one(
    chosen: Settings, neo4j_store: Store
) -> None:
    before = contents(neo4j_store)

    def cut(phase: str, done: int = 0, total: int | None = None) -> None:
        del done, total
        if phase == "Making the graph":
            raise InterruptedError

    with open_site(chosen) as site:
        api = TestClient(create_app(site))
        with pytest.raises(InterruptedError):
            rebuild(chosen, progress=cut)
        assert asked(api) == (503, "STORE_REBUILDING")
        rebuild(chosen)
        assert asked(api) == (200, COUNT)
    assert contents(neo4j_store) == before


@pytest.mark.parametrize("ends", [False, True])
def test_an_answer_that_a_rebuild_overtakes_is_not_given(
    ledger: Ledger, neo4j_store: Store, ends: bool
) -> None:
    def overtaken() -> None:
        making = making_again(ledger)
        with whole(ledger, neo4j_store):
            making.__enter__()
            if ends:
                making.__exit__(None, None, None)

    with pytest.raises(KehutuError) as refused:
        overtaken()
    assert refused.value.code == "STORE_REBUILDING"
    # It was noted, but nothing has been wiped: the store itself says that it is whole.
    with whole(ledger, neo4j_store):
        pass
