"""The store's own promises, the same on both stores."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest
from neo4j.exceptions import Neo4jError

from graph.store import Store, open_store
from terms.errors import KehutuError

SLOW = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b = -1 RETURN count(*) AS n"


def test_values_come_back_as_they_went(store: Store) -> None:
    sent = {
        "text": "电力 ⚡ 𠮷 '\"\\`",
        "whole": 2**53,
        "negative": -1,
        "part": 0.1,
        "yes": True,
        "none": None,
        "list": ["a", "b"],
        "map": {"inner": [1, {"deep": "x"}]},
    }
    assert store.read("RETURN $sent AS got", sent=sent) == [{"got": sent}]


def test_rows_keep_the_order_of_the_query(store: Store) -> None:
    rows = store.read("UNWIND range(1, 2000) AS n RETURN n, -n AS m ORDER BY n DESC")
    assert rows == [{"n": n, "m": -n} for n in range(2000, 0, -1)]


def test_steps_are_written_together_or_not_at_all(store: Store) -> None:
    good = ("MERGE (:Trial {id: $id})", {"id": "a"})
    with pytest.raises(Neo4jError):
        store.write_all([good, ("RETURN 1 / $none_given AS n", {})])
    assert store.read("MATCH (n:Trial) RETURN count(n) AS n") == [{"n": 0}]
    store.write_all([good, ("MERGE (:Trial {id: $id})", {"id": "b"})])
    assert store.read("MATCH (n:Trial) RETURN n.id AS id ORDER BY id") == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize("comment", ["", "// 注 " + "a comment that makes the text long " * 90 + "\n"])
def test_a_query_beyond_its_deadline_is_stopped_and_the_store_goes_on(store: Store, comment: str) -> None:
    with pytest.raises(KehutuError) as stopped:
        store.within(0.5).read(comment + SLOW)
    assert stopped.value.code == "STORE_DEADLINE"
    assert "0.5 seconds" in str(stopped.value)
    assert store.read("RETURN 1 AS one") == [{"one": 1}]


def test_a_slow_query_of_another_caller_is_not_stopped_with_it(store: Store) -> None:
    quick = SLOW.replace("range(1, 100000) AS b", "range(1, 100) AS b").replace("-1", "-2")
    answers: list[object] = []
    patient = threading.Thread(target=lambda: answers.append(store.within(120).read(quick)))
    patient.start()
    with pytest.raises(KehutuError):
        store.within(0.5).read(SLOW)
    patient.join()
    assert answers == [[{"n": 0}]]


def test_a_fault_in_the_text_of_a_query_stays_a_fault_of_ours(store: Store) -> None:
    with pytest.raises(Neo4jError):
        store.read("RETURN nobody_declared_this")


def test_a_node_that_was_to_be_new_is_reported_as_damage(store: Store) -> None:
    store.write("MERGE (:Customer {id: 'customer:1'})")
    with pytest.raises(KehutuError) as refused:
        store.write_once("CREATE (:Customer {id: 'customer:1'})", "RETURN 1 AS one")
    assert refused.value.code == "STORE_DAMAGED"


def test_two_writers_on_one_node_lose_nothing(store: Store) -> None:
    store.write("MERGE (n:Trial {id: 'a'}) SET n.count = 0")

    def add() -> None:
        for _ in range(20):
            store.write("MATCH (n:Trial {id: 'a'}) SET n.count = n.count + 1")

    writers = [threading.Thread(target=add) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert store.read("MATCH (n:Trial {id: 'a'}) RETURN n.count AS count") == [{"count": 80}]


def test_a_server_that_nobody_runs_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refuses every connection
        port = taken.getsockname()[1]
        with pytest.raises(KehutuError) as refused:
            open_store(f"bolt://neo4j:secret@127.0.0.1:{port}", tmp_path)
    assert refused.value.code == "STORE_UNAVAILABLE"
    assert f"bolt://127.0.0.1:{port}" in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_server_that_accepts_and_says_nothing_does_not_hold_us(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(KehutuError) as refused:
            open_store(f"bolt://127.0.0.1:{silent.getsockname()[1]}", tmp_path)
    assert refused.value.code == "STORE_UNAVAILABLE"


@pytest.mark.parametrize("url", ["", "embeded", "http://localhost:7474", "bolt://", "bolt://host:port"])
def test_an_address_that_is_none_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(KehutuError) as refused:
        open_store(url, tmp_path)
    assert refused.value.code == "STORE_UNAVAILABLE"
