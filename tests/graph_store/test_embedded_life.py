"""The embedded server's life: started once, joined by others, gone with its last client, back after a kill."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graph import embedded
from graph.embedded import EmbeddedServer, engine_version
from graph.store import open_store
from services.settings import settings
from terms.errors import KehutuError

CLIENT = """
import sys
from pathlib import Path
from graph.store import open_store
with open_store("embedded", Path(sys.argv[1])) as store:
    print(store.read("RETURN 'here' AS said")[0]["said"], flush=True)
    sys.stdin.read()
"""
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


@contextlib.contextmanager
def client(home: Path) -> Iterator[subprocess.Popen[str]]:
    """A process of its own that holds the store open until its input ends; use :func:`ready` to wait for it."""
    process = subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "here\n"


def until(happened: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen; how fast is not judged here."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def server_process(home: Path) -> int:
    """The process id that holds the store."""
    return int(json.loads((home / "graph" / "server.lock").read_text())["pid"])


def servers(home: Path) -> list[int]:
    """Every process that serves the store, the one that holds it and any other."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_bytes().split(b"\0")
            if str(home / "graph").encode() in command and any(b"embedded_server.py" in c for c in command):
                found.append(int(process.name))
    return found


def gone(pid: int) -> bool:
    """Whether a process has ended; one that waits for its parent to notice has."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def test_processes_that_start_at_once_share_one_server(home: Path) -> None:
    with client(home) as first, client(home) as second, client(home) as third:
        for process in (first, second, third):
            ready(process)
        assert servers(home) == [server_process(home)]


def test_the_server_outlives_a_killed_client_and_leaves_after_the_last(home: Path) -> None:
    with client(home) as first:
        ready(first)
        pid = server_process(home)
        with client(home) as second:
            ready(second)
            first.kill()
            first.wait()
            assert second.stdin is not None
            with open_store("embedded", home) as store:
                assert store.read("RETURN 1 AS one") == [{"one": 1}]
            assert not gone(pid)
            second.kill()
            second.wait()
            until(lambda: gone(pid))


def test_a_client_killed_while_its_server_comes_up_leaves_nothing_behind(home: Path) -> None:
    with client(home) as starter:
        until(lambda: (home / "graph" / "server.lock").exists() and server_text(home) != "")
        pid = server_process(home)
        starter.kill()
        starter.wait()
        until(lambda: gone(pid))
    with open_store("embedded", home) as store:
        store.ping()


LONG = 600.0
"""Seconds that a server would stay; no test waits for them."""


def test_a_server_may_stay_for_the_next_client_and_then_leaves_in_order(home: Path) -> None:
    with open_store("embedded", home, linger=3 * PATIENCE) as store:
        store.write("MERGE (n:Kept {id: 'a'})")
        pid = server_process(home)
    time.sleep(1.0)  # one that does not stay is gone by then
    assert not gone(pid)
    with open_store("embedded", home) as store:
        assert store.read("MATCH (n:Kept) RETURN n.id AS id") == [{"id": "a"}]
        assert server_process(home) == pid
    os.kill(pid, signal.SIGTERM)
    until(lambda: gone(pid))
    assert (home / "graph" / "sums.json").exists()


def test_a_store_stays_two_minutes_unless_the_settings_say_otherwise(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEHUTU_STORE_LINGER")
    assert settings(home).store_linger == 120.0
    monkeypatch.setenv("KEHUTU_STORE_LINGER", "0")
    assert settings(home).store_linger == 0.0


def test_a_server_that_stays_leaves_after_its_time(home: Path) -> None:
    open_store("embedded", home, linger=1.0).close()
    until(lambda: gone(server_process_once(home)))
    assert (home / "graph" / "sums.json").exists()


def server_process_once(home: Path) -> int:
    """The process of the server that announced itself last."""
    return int(json.loads((home / "graph" / "server.json").read_text())["pid"])


def test_a_server_that_stays_may_be_killed_and_nothing_is_lost(home: Path) -> None:
    for number in range(5):
        with open_store("embedded", home, linger=LONG) as store:
            store.write("MERGE (n:Kept {id: $id})", id=str(number))
            pid = server_process(home)
        os.kill(pid, signal.SIGKILL)
        until(lambda pid=pid: gone(pid))  # type: ignore[misc]  # the process of this round
    with open_store("embedded", home) as store:
        kept = store.read("MATCH (n:Kept) RETURN n.id AS id ORDER BY id")
    assert [row["id"] for row in kept] == ["0", "1", "2", "3", "4"]


def test_a_server_that_stays_ends_when_its_home_is_deleted(home: Path) -> None:
    open_store("embedded", home, linger=LONG).close()
    pid = server_process(home)
    shutil.rmtree(home)
    until(lambda: gone(pid))
    assert not home.exists()


def test_a_server_that_nobody_uses_makes_room_for_another_version(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store("embedded", home, linger=LONG) as store:
        store.write("MERGE (n:Kept {id: 'a'})")
        pid = server_process(home)
        monkeypatch.setattr(embedded, "engine_version", lambda: "0.1")
        with pytest.raises(KehutuError) as refused:
            EmbeddedServer(home / "graph")
        assert refused.value.code == "STORE_LOCKED"
        assert not gone(pid)
    until(lambda: gone(pid))  # it was asked while somebody used it, and has not forgotten
    monkeypatch.undo()
    with open_store("embedded", home, linger=LONG) as store:
        first = server_process(home)
    monkeypatch.setattr(embedded, "engine_version", lambda: "0.1")
    with open_store("embedded", home) as store:
        assert store.read("MATCH (n:Kept) RETURN n.id AS id") == [{"id": "a"}]
        assert gone(first)


def test_a_server_of_too_little_memory_that_nobody_uses_is_replaced(home: Path) -> None:
    with open_store("embedded", home, linger=LONG, heap="512m") as store:
        small = server_process(home)
        with open_store("embedded", home, heap="768m") as second:
            second.ping()
            assert server_process(home) == small
        store.ping()
    with open_store("embedded", home, heap="768m"):
        assert gone(small)
    until(lambda: servers(home) == [])


def server_text(home: Path) -> str:
    return (home / "graph" / "server.lock").read_text()


def test_what_was_written_is_there_after_the_next_start_and_nobody_else_can_read_it(home: Path) -> None:
    with open_store("embedded", home) as store:
        store.write("MERGE (n:Kept {id: 'a'})")
        pid = server_process(home)
    until(lambda: gone(pid))
    for path in (home / "graph").iterdir():
        if path.suffix != ".lock":
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    with open_store("embedded", home) as store:
        assert store.read("MATCH (n:Kept) RETURN n.id AS id") == [{"id": "a"}]


@pytest.mark.parametrize("left", ["", "{", "[]", '{"pid": 1, "bolt": 1, "http": 1, "database": "kehutu"}'])
def test_files_left_by_another_program_mean_nothing(home: Path, left: str) -> None:
    folder = home / "graph"
    folder.mkdir(parents=True)
    for name in ("server.json", "server.lock", "clients.lock"):
        (folder / name).write_text(left)
    with open_store("embedded", home) as store:
        store.ping()


def test_a_killed_server_comes_back_while_transactions_wait_for_it(home: Path) -> None:
    with open_store("embedded", home) as store:
        store.write("MERGE (a:Count {id: 'a'}) MERGE (b:Count {id: 'b'})")
        create = "MATCH (a:Count {id: 'a'}) MATCH (b:Count {id: 'b'}) CREATE (a)-[:STEP {n: $n}]->(b)"
        merge = create.replace("CREATE", "MERGE")
        address = (home / "graph" / "server.json").read_text()
        for n in range(120):
            if n in {40, 80}:
                os.kill(server_process(home), signal.SIGKILL)
            store.within(PATIENCE).write_once(create, merge, n=n)
        steps = store.read("MATCH (:Count {id: 'a'})-[s:STEP]->() RETURN s.n AS n ORDER BY n")
        assert [row["n"] for row in steps] == list(range(120))
        before, after = json.loads(address), json.loads((home / "graph" / "server.json").read_text())
        assert before["pid"] != after["pid"]
        assert (before["bolt"], before["http"]) == (after["bolt"], after["http"])


def test_closing_one_of_two_holds_in_a_process_keeps_the_other(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    monkeypatch.chdir(home.parent)
    with open_store(
        "embedded", Path(home.name)
    ) as kept:  # a home is mostly given relative to where one stands
        pid = server_process(home)
        open_store("embedded", home).close()
        kept.write("MERGE (:Kept {id: 'a'})")
        assert kept.read("MATCH (n:Kept) RETURN count(n) AS n") == [{"n": 1}]
        assert server_process(home) == pid
    until(lambda: gone(pid))


@pytest.mark.parametrize("stranger", [{"uid": 4_000_000_000}, {"engine": "0.1"}])
def test_a_store_held_by_another_user_or_version_is_refused_naming_its_process(
    home: Path, stranger: dict[str, object]
) -> None:
    folder = home / "graph"
    folder.mkdir(parents=True)
    holder = {"pid": 4711, "uid": os.geteuid(), "engine": engine_version(), **stranger}
    with (folder / "server.lock").open("w") as lock:
        lock.write(json.dumps(holder))
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(KehutuError) as refused:
            EmbeddedServer(folder)
    assert refused.value.code == "STORE_LOCKED"
    assert "4711" in str(refused.value)


def test_a_folder_that_cannot_be_used_is_named(home: Path) -> None:
    home.write_text("a file where the home should be")
    with pytest.raises(KehutuError) as refused:
        open_store("embedded", home)
    assert refused.value.code == "STORE_FOLDER"
    assert str(home) in str(refused.value)


def test_a_server_that_cannot_start_says_so_and_leaves_nothing(home: Path) -> None:
    with pytest.raises(KehutuError) as refused:
        EmbeddedServer(home / "graph", heap="1k")
    assert refused.value.code == "STORE_UNAVAILABLE"
    with open_store("embedded", home) as store:
        store.ping()
