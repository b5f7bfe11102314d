"""The tests' Neo4j never outlives the tests."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import DriverError

from tests.neo4j_server.start import VARIABLE, neo4j_server
from tests.neo4j_server.unavailable import ServerUnavailableError

HOLDER = """
import time
from tests.neo4j_server.start import neo4j_server
with neo4j_server() as url:
    print(url, flush=True)
    time.sleep(600)
"""
CHECKOUT = Path(__file__).parents[2]


def _answers(url: str) -> bool:
    try:
        with GraphDatabase.driver(url) as driver:
            driver.verify_connectivity()
    except DriverError:
        return False
    return True


def test_a_server_that_we_started_ends_when_its_user_is_killed(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment["TMPDIR"] = str(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    url = holder.stdout.readline().strip()
    assert _answers(url)

    holder.kill()
    holder.wait()

    until = time.monotonic() + 60
    while (_answers(url) or list(tmp_path.glob("kehutu-neo4j-*"))) and time.monotonic() < until:
        time.sleep(0.2)
    assert not _answers(url)
    assert not list(tmp_path.glob("kehutu-neo4j-*"))


def test_an_existing_server_that_holds_data_is_refused(
    neo4j_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, neo4j_url)
    with GraphDatabase.driver(neo4j_url) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
        with neo4j_server() as url:
            assert url == neo4j_url
        driver.execute_query("CREATE (:Customer {id: 'customer:1'})")
        with pytest.raises(ServerUnavailableError, match="holds 1 nodes"), neo4j_server():
            pass
        driver.execute_query("MATCH (n) DETACH DELETE n")


def test_a_server_that_does_not_answer_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "bolt://127.0.0.1:9")
    with (
        pytest.raises(ServerUnavailableError, match=r"127\.0\.0\.1:9 does not answer(.|\n)*Install"),
        neo4j_server(),
    ):
        pass
