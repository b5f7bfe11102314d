"""The embedded store's server: ArcadeDB in a process of its own, run as a script with a folder.

It holds ``server.lock`` for its whole life, writes ``server.json`` once it listens, and ends when for a given time no
client has held ``clients.lock``; at once when its folder is gone, and when a client that cannot use it asks it to make
room (``leave``) while nobody else does. Only this file imports the engine, and nothing else of Kehutu is imported
here, so that the program starts fast and cannot be broken by a fault elsewhere.

Pitfalls of ArcadeDB 26.10.2: an uncaught exception in the main thread hangs for ever in JPype, so every way out
is ``os._exit``; SIGTERM aborts unless a Python handler is set after the JVM has started.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hmac
import json
import os
import secrets
import signal
import socket
import socketserver
import sys
import threading
import time
import traceback
import zlib
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

POLL_SECONDS = 0.25
LOCK_SECONDS = 5.0
STOP_SECONDS = 10.0
SUMS = "sums.json"
LEAVE = "leave"
"""The file by which a client asks a server that nobody uses to end."""
DAMAGED = "damaged file: "
PART_BYTES = 1024**2
COMMAND_LIMIT_MS = 3_600_000
"""Nothing runs longer, whatever happens to the client; shorter limits are kept by the client's watchdog."""
BODY_LIMIT = 1 << 50
"""Bytes of a request: a whole graph comes in one (``graph/bulk.py``), read as it comes; the default is 100 MB."""
COLUMN_SILENCE_SECONDS: Final = 600.0
"""So long may a client take nothing, as one that is stopped in a debugger."""
COLUMN_REQUEST_BYTES: Final = 1 << 20


def main() -> None:
    """Serve the folder given on the command line until its last client has gone."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--heap", default="768m")
    parser.add_argument("--linger", type=float, default=0.0, help="seconds to stay after the last client")
    parser.add_argument("--bolt", type=int, default=0, help="the port to use again, if it is free")
    parser.add_argument("--http", type=int, default=0)
    parser.add_argument("--columns", type=int, default=0)
    parser.add_argument("--database", default="kehutu")
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    status = 1
    try:
        # Others may read who holds the store, and nothing else.
        lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o644)
        os.umask(0o077)
        if not _acquire(lock):
            print("another server holds this folder", file=sys.stderr)
            return
        holder = {
            "pid": os.getpid(),
            "uid": os.geteuid(),
            "engine": version("arcadedb-embedded"),
            "token": secrets.token_hex(8),  # process ids come again, in a container soon
            "heap": arguments.heap,
        }
        os.ftruncate(lock, 0)
        os.pwrite(lock, json.dumps(holder).encode(), 0)
        _serve(folder, lock, holder, arguments)
        status = 0
    finally:
        fault = sys.exception()
        if fault is not None and not isinstance(fault, SystemExit):
            traceback.print_exception(fault)
        sys.stderr.flush()
        os._exit(status)


def _serve(folder: Path, lock: int, holder: dict[str, object], arguments: argparse.Namespace) -> None:
    clients = os.open(folder / "clients.lock", os.O_RDWR)
    if damage := _damage(folder):
        print(DAMAGED + damage, file=sys.stderr)
        raise SystemExit(1)
    (folder / SUMS).unlink(missing_ok=True)
    (folder / LEAVE).unlink(missing_ok=True)
    os.environ["ARCADEDB_JVM_ERROR_FILE"] = str(folder / "jvm-crash-%p.log")
    arcadedb_embedded = import_module(
        "arcadedb_embedded"
    )  # takes a second: only the holder of the lock pays it
    bolt, http = _free_port(arguments.bolt), _free_port(arguments.http)
    server = arcadedb_embedded.ArcadeDBServer(
        str(folder / "data"),
        (folder / "password").read_text(),
        {
            "mode": "production",  # closes the studio and file URLs in Cypher and SQL
            "host": "127.0.0.1",
            "http_port": http,
            "bolt_port": bolt,
            "server_plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "opencypher_loadCsv_allowRemoteUrls": False,
            "command_timeout": COMMAND_LIMIT_MS,
            "server_httpBodyContentMaxSize": BODY_LIMIT,
        },
        {"heap_size": arguments.heap, "jvm_args": ["-XX:+ExitOnOutOfMemoryError"]},
    )
    # The engine keeps its root user's password from the first start; the password file is the truth.
    (folder / "data" / "config" / "server-users.jsonl").unlink(missing_ok=True)
    server.start()
    leave = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave.set())
    server.create_database(arguments.database)
    columns = ColumnServer(
        _free_port(arguments.columns),
        server,
        (folder / "password").read_bytes(),
        arcadedb_embedded.ArcadeDBError,
    )
    threading.Thread(target=columns.serve_forever, name="columns", daemon=True).start()
    ports = {"bolt": bolt, "http": http, "columns": columns.server_address[1]}
    _announce(folder, {**holder, **ports, "database": arguments.database})

    used = time.monotonic()
    while not leave.wait(POLL_SECONDS) and not _vanished(folder, lock):
        if not _alone(clients):
            used = time.monotonic()
        elif time.monotonic() - used >= arguments.linger or (folder / LEAVE).exists():
            break  # the lock is kept while leaving: a newcomer waits for the end and then starts a server of its own
        else:
            fcntl.flock(clients, fcntl.LOCK_UN)
    # The kernel drops the two locks of a process that ends in any order: nobody may take us for running now.
    os.ftruncate(lock, 0)
    stop = threading.Thread(target=server.stop, daemon=True)
    stop.start()
    stop.join(STOP_SECONDS)
    if not stop.is_alive() and not _vanished(folder, lock):
        _note_sums(folder)


def _alone(clients: int) -> bool:
    """Whether nobody uses the server; then its lock is held, and newcomers wait."""
    try:
        fcntl.flock(clients, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _vanished(folder: Path, lock: int) -> bool:
    """Whether the folder was deleted, or another one stands in its place."""
    try:
        return (folder / "server.lock").stat().st_ino != os.fstat(lock).st_ino
    except FileNotFoundError:
        return True


class ColumnServer(socketserver.ThreadingTCPServer):
    """Rows of SQL queries as columns: a small part of what the engine needs to say them over Bolt or HTTP.

    A request is a line of JSON with ``password``, ``database``, ``query``, the names of its ``columns`` and how many
    ``rows`` to send at once. The answer is batches of rows as the engine's own Python package transports them
    (``graph/dialects/columns.py`` reads them), each after its length in four bytes, until one of no rows; in place of a
    batch that cannot be had comes the reason. A client that goes away ends its query: nothing is read ahead of what it
    takes.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int, engine: Any, password: bytes, faults: type[Exception]) -> None:
        super().__init__(("127.0.0.1", port), ColumnRequest)
        self.engine, self.password, self.faults = engine, password, faults


class ColumnRequest(socketserver.StreamRequestHandler):
    """One client's query."""

    server: ColumnServer
    timeout = COLUMN_SILENCE_SECONDS

    def handle(self) -> None:
        """Answer it."""
        asked = json.loads(self.rfile.readline(COLUMN_REQUEST_BYTES))
        if not hmac.compare_digest(str(asked["password"]).encode(), self.server.password):
            return
        jpype = import_module("jpype")  # comes with the engine, and is no use before it runs
        try:
            self._answer(asked, jpype.JClass("com.arcadedb.python.ColumnBatcher"))
        except OSError:
            pass  # the client has gone
        except (self.server.faults, jpype.JException, LookupError, ValueError) as fault:
            header = json.dumps({"fault": str(fault)}).encode()
            with contextlib.suppress(OSError):
                self._send(len(header).to_bytes(4, "little") + header)
        finally:
            jpype.java.lang.Thread.detach()  # or the JVM keeps what belongs to a thread that has ended

    def _answer(self, asked: dict[str, Any], batcher: Any) -> None:
        names = json.dumps(asked["columns"])
        with self.server.engine.get_database(asked["database"]).query("sql", asked["query"]) as rows:
            left = True
            while left:
                batch = bytes(batcher.nextColumnBatch(rows._java_result_set, asked["rows"], names))
                left = json.loads(batch[4 : 4 + int.from_bytes(batch[:4], "little")])["count"] > 0
                self._send(batch)

    def _send(self, batch: bytes) -> None:
        self.wfile.write(len(batch).to_bytes(4, "little"))
        self.wfile.write(batch)
        self.wfile.flush()


def _sums(folder: Path) -> dict[str, list[int]]:
    """Size and CRC-32 of every file of the databases."""
    found = {}
    for file in sorted((folder / "data" / "databases").rglob("*")):
        if file.is_file():
            size = crc = 0
            with file.open("rb") as content:
                while part := content.read(PART_BYTES):
                    size, crc = size + len(part), zlib.crc32(part, crc)
            found[str(file.relative_to(folder))] = [size, crc]
    return found


def _note_sums(folder: Path) -> None:
    """Remember the files as they are left; a server that is killed leaves no note, and the engine's log mends those."""
    draft = folder / f"{SUMS}.new"
    draft.write_text(json.dumps(_sums(folder)))
    draft.replace(folder / SUMS)


def _damage(folder: Path) -> str:
    """The first file that is not as it was left; empty when all are. The engine itself would serve what is there."""
    try:
        left = json.loads((folder / SUMS).read_text())
    except FileNotFoundError:
        return ""
    except ValueError:
        return SUMS
    found = _sums(folder)
    names = sorted(left.keys() | found.keys())
    return next((name for name in names if left.get(name) != found.get(name)), "")


def _acquire(lock: int) -> bool:
    """Take the lock; clients that look whether it is free hold it for a moment, hence the tries."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        else:
            return True


def _free_port(wanted: int) -> int:
    """The wanted loopback port if nobody listens there, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def _announce(folder: Path, server: dict[str, object]) -> None:
    """Write ``server.json`` at once or not at all."""
    draft = folder / "server.json.new"
    draft.write_text(json.dumps(server))
    draft.replace(folder / "server.json")


if __name__ == "__main__":
    main()
