"""A graph made at once is the graph made step by step, in the store too, and whatever is killed on the way."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from graph.rebuild import leftovers
from graph.state import read_state
from graph.store import Store, open_store
from graph.write import contents, wipe
from ingest.bulk.jobs import Pool
from ingest.projection.cardinality import Crowded
from ingest.projection.projector import catch_up
from ledger import tables
from ledger.database import Ledger
from ledger.records import head
from services.loading import project
from services.operation.rebuild import rebuild
from services.settings import settings
from services.site import open_site
from terms.errors import KehutuError
from tests.ingest_bulk.everything import CROWDED, A, B, everything, split_one
from tests.ingest_projector.material import SCHEMA
from tests.ingest_projector.test_difference import new_ledger


@pytest.fixture
def step_by_step(embedded_store: Store) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    """Graph and names of everything, followed in small steps."""
    wipe(embedded_store)
    with new_ledger() as ledger:
        everything(ledger)
        catch_up(ledger, embedded_store, SCHEMA, batch=4)
        split_one(ledger)
        catch_up(ledger, embedded_store, SCHEMA)
        return contents(embedded_store), names(ledger)


def names(ledger: Ledger) -> dict[str, str]:
    """All names of a ledger."""
    with ledger.reading() as connection:
        return {str(row.key): str(row.id) for row in connection.execute(select(tables.alias))}


@pytest.fixture
def home(kept_home: Path) -> Path:
    """A home whose ledger holds everything, and whose embedded store is empty."""
    with Ledger.open(kept_home) as ledger:
        everything(ledger)
        split_one(ledger)
    return kept_home


def test_a_first_load_and_a_rebuild_at_once_give_the_graph_and_the_names_of_small_steps(
    home: Path, step_by_step: tuple[dict[str, list[dict[str, Any]]], dict[str, str]]
) -> None:
    graph, known = step_by_step
    assert {"proxies", "search", "amount", "share"} <= {
        name for row in (*graph["nodes"], *graph["relations"]) for name in row["properties"]
    }
    seen: list[tuple[str, int]] = []
    chosen = settings(home)
    with open_site(chosen) as site:

        def told(phase: str, done: int = 0, total: int | None = None) -> None:
            assert total == head(site.ledger)
            seen.append((phase, done))

        done = project(site, told, at_once=1)
        assert contents(site.store) == graph
        assert names(site.ledger) == known
        assert (done.nodes, done.relations) == (len(graph["nodes"]), len(graph["relations"]))
        assert done.watermark == head(site.ledger)
        crowded = [
            (str(c.entity), {str(other) for other in c.others})
            for c in done.warnings
            if isinstance(c, Crowded)
        ]
        assert (CROWDED, {str(A), str(B)}) in crowded
        assert [done for _, done in seen] == sorted(done for _, done in seen)
        assert seen[-1] == ("Bringing the graph up to date", head(site.ledger))
        site.store.write("MATCH (n:Customer) DETACH DELETE n")
        again = rebuild(chosen, grace=0, at_once=1)
        assert [change.type for change in again.changed if change.type == "Customer"]
        assert contents(site.store) == graph
        assert names(site.ledger) == known
        assert leftovers(site.store) == []
        assert not (home / "bulk").exists()


def test_at_once_into_neo4j_gives_the_same_graph_even_after_a_start_that_was_cut_short(
    home: Path, neo4j_url: str, step_by_step: tuple[dict[str, list[dict[str, Any]]], dict[str, str]]
) -> None:
    graph, known = step_by_step
    chosen = settings(home, store=neo4j_url)
    with open_store(neo4j_url, home) as store:
        wipe(store, definitions=True)  # what tests before have left belongs to another ledger
    with open_site(chosen) as site:
        try:
            assert _killed(home, neo4j_url, "client", 3) == -signal.SIGKILL
            state = read_state(site.store)
            assert state is not None
            assert (state.watermark, state.in_flight) == (0, head(site.ledger))
            project(site, at_once=1)
            assert contents(site.store) == graph
            assert names(site.ledger) == known
            rebuild(chosen, at_once=1)
            assert contents(site.store) == graph
        finally:
            wipe(site.store)


_CHILD = """
import http.client, json, os, signal, sys
from pathlib import Path
from graph.store import Store
from services.loading import project
from services.settings import settings
from services.site import open_site
from terms.errors import KehutuError

begun = False
home, store, victim, left = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])

def dying(send):
    def sent(*arguments, **parameters):
        global left, begun
        begun = begun or store != "embedded" or b"/api/v1/batch/" in arguments[1]
        answer = send(*arguments, **parameters)
        left -= begun
        if left == 0:
            server = home / "graph" / "server.lock"
            victims = {"client": os.getpid, "server": lambda: json.loads(server.read_text())["pid"]}
            os.kill(victims[victim](), signal.SIGKILL)
        return answer
    return sent

with open_site(settings(home, store=store)) as site:
    if store == "embedded":
        http.client.HTTPConnection.send = dying(http.client.HTTPConnection.send)
    else:
        Store.write_once = dying(Store.write_once)
    project(site, at_once=1)
"""


def _killed(home: Path, store: str, victim: str, sends: int) -> int:
    command = [sys.executable, "-c", _CHILD, str(home), store, victim, str(sends)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


@pytest.mark.parametrize("sends", [2, 8])
def test_a_load_that_is_killed_leaves_an_empty_graph_and_the_next_one_makes_it_whole(
    home: Path, step_by_step: tuple[dict[str, list[dict[str, Any]]], dict[str, str]], sends: int
) -> None:
    graph, known = step_by_step
    assert _killed(home, "embedded", "client", sends) == -signal.SIGKILL
    with open_site(settings(home)) as site:
        assert contents(site.store) == {"nodes": [], "relations": []}
        project(site, at_once=1)
        assert contents(site.store) == graph
        assert names(site.ledger) == known
        assert leftovers(site.store) == []


def test_when_the_server_dies_under_the_loader_the_graph_is_made_in_small_steps(
    home: Path, step_by_step: tuple[dict[str, list[dict[str, Any]]], dict[str, str]]
) -> None:
    graph, known = step_by_step
    assert _killed(home, "embedded", "server", 5) == 0
    with open_site(settings(home)) as site:
        assert contents(site.store) == graph
        assert names(site.ledger) == known
        rebuild(settings(home), grace=0, at_once=1)
        assert contents(site.store) == graph
        assert leftovers(site.store) == []


def test_a_worker_that_dies_is_named(home: Path) -> None:
    arguments = [str(home), str(home), "1"]
    with Pool("ingest.bulk.worker", arguments, 1, dict) as pool:
        pool.workers[0].process.kill()
        with pytest.raises(KehutuError) as lost:
            list(pool.each([{"do": "judgements"}]))
    assert lost.value.code == "WORKER_LOST"
