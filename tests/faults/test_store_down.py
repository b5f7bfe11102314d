"""Neo4j that is down, silent or killed: deadlines hold, the API lives, and nothing has to be started again."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store, open_store
from graph.write import wipe
from services.loading import ingest
from services.settings import settings
from terms.errors import KehutuError
from tests.faults.neo4j_process import Neo4jProcess
from tests.small_site import write as write_small_site

PATIENCE = 180.0
CUSTOMER = "4400000001"
QUERY = "query ($id: ID!) { customer(id: $id) { name } }"


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    seconds: float


def ask(base: str, path: str, body: dict[str, object] | None = None) -> Answer:
    """One HTTP request; an answer of any status."""
    started = time.monotonic()
    method = "GET" if body is None else "POST"
    answer = httpx.request(method, base + path, json=body, timeout=PATIENCE, trust_env=False)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(answer.status_code, answer.json(), headers, time.monotonic() - started)


def wait_for(happened: Callable[[], bool]) -> None:
    """Until something that is bound to happen has; how fast is not judged here."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def answers(base: str) -> bool:
    try:
        return ask(base, "/livez").status == 200
    except httpx.TransportError:
        return False


def portrait(base: str) -> Answer:
    return ask(base, "/graphql", {"query": QUERY, "variables": {"id": CUSTOMER}})


@contextlib.contextmanager
def serving(home: Path, url: str) -> Iterator[str]:
    """``kehutu serve`` as a process; the address that it serves."""
    command: list[str] = [
        str(Path(sys.executable).with_name("kehutu")),
        "serve",
        "--port",
        "0",
        "--home",
        str(home),
        "--store",
        url,
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if "Kehutu serves" in line:
                break
        else:
            pytest.fail("kehutu serve ended")
        threading.Thread(target=process.stderr.read, daemon=True).start()
        base = line.split("/graphql")[0].rpartition(" ")[2]
        wait_for(lambda: answers(base))
        yield base
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def until_ready(base: str) -> Answer:
    wait_for(lambda: ask(base, "/readyz").status == 200)
    return portrait(base)


@pytest.fixture
def site_home(tmp_path: Path, neo4j_process: Neo4jProcess) -> Path:
    """A home with records that no graph shows yet; the store is empty."""
    with open_store(neo4j_process.url, tmp_path) as store:
        wipe(store, definitions=True)
    home = tmp_path / "home"
    # A store that nobody runs: the records are kept, the graph has to follow.
    loaded = ingest(settings(home, "bolt://127.0.0.1:9"), write_small_site(tmp_path))
    assert loaded.projection is None
    return home


@pytest.fixture
def store(tmp_path: Path, neo4j_process: Neo4jProcess) -> Iterator[Store]:
    with open_store(neo4j_process.url, tmp_path) as opened:
        yield opened


@contextlib.contextmanager
def paused(process: Neo4jProcess) -> Iterator[None]:
    process.pause()
    try:
        yield
    finally:
        process.resume()


def test_a_query_to_a_paused_server_ends_and_the_next_finds_it_again(
    store: Store, neo4j_process: Neo4jProcess
) -> None:
    store.read("RETURN 1 AS one")  # a connection that is open already
    faults: list[KehutuError] = []

    def read() -> None:
        with pytest.raises(KehutuError) as refused:
            store.within(1).read("RETURN 1 AS one")
        faults.append(refused.value)

    with paused(neo4j_process):
        readers = [threading.Thread(target=read) for _ in range(8)]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(PATIENCE)
    assert [fault.code for fault in faults] == ["STORE_UNAVAILABLE"] * 8
    assert store.read("RETURN 1 AS one") == [{"one": 1}]


def test_a_write_that_a_pause_cut_off_is_done_once(store: Store, neo4j_process: Neo4jProcess) -> None:
    store.write("MERGE (n:Trial {id: 'paused'}) SET n.count = 0")
    released = threading.Timer(2.0, neo4j_process.resume)
    neo4j_process.pause()
    released.start()
    try:
        # Longer than the pause: the answer comes when the server goes on.
        store.within(PATIENCE).write("MATCH (n:Trial {id: 'paused'}) SET n.count = n.count + 1")
    finally:
        released.join()
    assert store.read("MATCH (n:Trial {id: 'paused'}) RETURN n.count AS count") == [{"count": 1}]


def test_a_store_that_is_held_back_says_why_until_it_is_admitted(store: Store) -> None:
    held = store.hold(KehutuError("STORE_NEWER", store="s", found=9, expected=1))
    for query in (store.ping, lambda: store.within(1).read("RETURN 1 AS one")):
        with pytest.raises(KehutuError) as refused:
            query()
        assert refused.value.code == "STORE_NEWER"
    assert held.read("RETURN 1 AS one") == [{"one": 1}]
    store.admit()
    store.ping()


def test_the_api_lives_through_a_paused_store(site_home: Path, neo4j_process: Neo4jProcess) -> None:
    with serving(site_home, neo4j_process.url) as base:
        assert until_ready(base).body["data"]["customer"]["name"]
        with paused(neo4j_process):
            got: list[Answer] = []
            asking = [threading.Thread(target=lambda: got.append(portrait(base))) for _ in range(50)]
            for thread in asking:
                thread.start()
            ready = ask(base, "/readyz")
            assert (ready.status, ready.body["code"]) == (503, "STORE_UNAVAILABLE")
            assert ready.seconds < 3
            assert ask(base, "/livez").status == 200
            # Whoever looks whether it is ready again and again finds out that no answer will come.
            wait_for(lambda: ask(base, "/readyz").status == 503 and len(got) == len(asking))
        assert {answer.status for answer in got} == {503}
        assert until_ready(base).body["data"]["customer"]["name"]


def test_the_api_starts_without_its_store_and_follows_once_it_answers(
    site_home: Path, neo4j_process: Neo4jProcess
) -> None:
    neo4j_process.kill()
    try:
        with serving(site_home, neo4j_process.url) as base:
            assert ask(base, "/livez").status == 200
            ready = ask(base, "/readyz")
            assert (ready.status, ready.body["code"]) == (503, "STORE_UNAVAILABLE")
            refused = portrait(base)
            assert refused.status == 503
            assert refused.body["errors"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
            assert int(refused.headers["retry-after"]) > 0
            assert refused.seconds < 3
            neo4j_process.start()
            assert until_ready(base).status == 200
            # The graph is filled after the store is ready.
            wait_for(lambda: portrait(base).body["data"]["customer"] is not None)
            neo4j_process.kill()
            assert portrait(base).status == 503
            neo4j_process.start()
            assert until_ready(base).body["data"]["customer"]["name"]
    finally:
        neo4j_process.close()
        neo4j_process.start()


def test_a_store_of_another_ledger_is_refused_when_it_comes_up_late(
    site_home: Path, neo4j_process: Neo4jProcess, store: Store
) -> None:
    prepare(store, schema(), "0" * 32)
    with paused(neo4j_process):
        opened = serving(site_home, neo4j_process.url)
        base = opened.__enter__()
    try:
        wait_for(lambda: ask(base, "/readyz").body.get("code") == "STORE_OF_ANOTHER_LEDGER")
        assert portrait(base).body["errors"][0]["extensions"]["code"] == "STORE_OF_ANOTHER_LEDGER"
    finally:
        opened.__exit__(None, None, None)
        wipe(store, definitions=True)
