"""The embedded store seen from its clients: the first one starts the server, the others join it.

In the folder: ``clients.lock`` (every client holds it shared), ``start.lock`` (one starter at a time),
``server.lock`` (the server holds it; its text says who it is), ``server.json`` (ports, once it listens),
``password`` (owner only), ``server.log``, ``data/`` (the engine's files), ``sums.json`` (of these files: left by a
server that ended in order, looked at by the next), ``database`` (the name of the database that holds the graph, once
a rebuild has made another than the first), ``leave`` (a client that needs another server asks the one that nobody uses
to end).
A client that is killed drops its lock with it, so the server outlives its clients by the time that it was given and no
more, and a file left behind by a killed process means nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import math
import os
import re
import secrets
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from graph.programs import python
from terms.cleanup import on_failure
from terms.errors import KehutuError
from terms.texts import Texts

REFUSE_SECONDS = 1.5
LEAVE_SECONDS = 60.0
"""A server that leaves a graph of millions writes down its files' sums first."""
START_SECONDS = 90.0
STARTS = 2
WATCH_SECONDS = 0.25
FIRST_DATABASE = "kehutu"
LEAVE = "leave"
"""A file of this name asks a server that nobody uses to end: ``graph/embedded_server.py``."""
_NO_START = Texts("the server did not start", "服务进程未能启动")
DAMAGED = "damaged file: "
"""What a server says last that finds its files changed; a file that is left by one that ended in order."""
LEAST_BYTES = 4 * 1024**2
LARGE_STORE_BYTES = 120 * 1024**2
"""Above this size on disk (about 300,000 nodes, 1.5 million relations) the server gets the larger heap."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the embedded server listens, on loopback, and how to get in."""

    bolt: int
    http: int
    columns: int
    password: str


class EmbeddedServer:
    """One client's hold on the server of a folder. The server runs at least as long as this is open.

    While it is open a watcher starts the server again should it die (killed, out of memory), on the same
    ports, so that transactions that are retried find it.
    """

    def __init__(
        self, folder: Path, *, heap: str | None = None, database: str | None = None, linger: float = 0.0
    ) -> None:
        """Join the server of ``folder``, starting it if need be; 2 to 3 s on an idle machine, else 0.05 s.

        Args:
            folder: the home's ``graph`` folder; made when missing.
            heap: memory of the server (``768m``); absent: ``KEHUTU_STORE_HEAP``, else by the store's size. A server
                of less memory that nobody uses is replaced.
            database: another than the one that holds the graph; it has to exist.
            linger: seconds that a server which is started here stays after its last client, for the next one.
        Raises:
            KehutuError: STORE_LOCKED when a server of another user or version holds the folder,
                STORE_FOLDER when it cannot be used, STORE_UNAVAILABLE when the server does not start.
        """
        self.folder = folder = (
            folder.absolute()
        )  # the server works in it, so a relative name would be another
        self._heap = heap
        self._database = database
        self._linger = linger
        self._closed = threading.Event()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._refuse_strangers()
            self._clients = self._lock_shared()
            with on_failure(partial(os.close, self._clients)):
                self._password = _password(folder / "password")
                self.address = self._ensure()
        except OSError as fault:
            raise KehutuError("STORE_FOLDER", folder=folder, reason=fault.strerror or fault) from fault
        self._watcher = threading.Thread(target=self._watch, name="kehutu-store-watcher", daemon=True)
        self._watcher.start()

    @property
    def database(self) -> str:
        """The database to use: it changes when a rebuild has made the graph anew, for whoever asks from then on."""
        return self._database or served_database(self.folder)

    def close(self) -> None:
        """Let go. If this was the last client the server ends after its time. May be called twice."""
        if not self._closed.is_set():
            self._closed.set()
            self._watcher.join()
            os.close(self._clients)

    def _refuse_strangers(self) -> None:
        """Wait for a server that can be joined, or for none. One of another version, or of too little memory, that
        nobody uses is asked to end."""
        begun = time.monotonic()
        while (holder := self._holder()) is not None:
            # One that says nothing is just coming, or leaving.
            late = time.monotonic() - begun > (REFUSE_SECONDS if holder else LEAVE_SECONDS)
            own, same = holder.get("uid") == os.geteuid(), holder.get("engine") == engine_version()
            enough = _bytes(str(holder.get("heap", ""))) >= _bytes(self._memory())
            if own and same and (enough or late or not self._deserted()):
                return
            if late:
                raise self._locked(holder)
            if own:
                (self.folder / LEAVE).touch()
            time.sleep(0.05)

    def _deserted(self) -> bool:
        """Whether no client uses the server at this moment."""
        file = os.open(self.folder / "clients.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(file)

    def _memory(self) -> str:
        """The memory to start a server with."""
        return self._heap or os.environ.get("KEHUTU_STORE_HEAP") or _heap_for(self.folder)

    def _locked(self, holder: dict[str, object]) -> KehutuError:
        return KehutuError(
            "STORE_LOCKED",
            folder=self.folder,
            pid=holder.get("pid", "?"),
            user=holder.get("uid", "?"),
            version=holder.get("engine", "?"),
        )

    def _lock_shared(self) -> int:
        """Hold ``clients.lock``; a server that is leaving holds it until it has gone."""
        file = os.open(self.folder / "clients.lock", os.O_RDWR | os.O_CREAT, 0o644)
        end = time.monotonic() + LEAVE_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > end:
                    os.close(file)
                    raise self._locked(self._holder() or {}) from None
                time.sleep(0.02)
            else:
                return file

    def _holder(self) -> dict[str, object] | None:
        """Who holds ``server.lock``: its text, ``{}`` while it is being written, None when it is free."""
        try:
            file = os.open(self.folder / "server.lock", os.O_RDONLY)
        except FileNotFoundError:
            return None
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                text = os.pread(file, 4096, 0)
                with contextlib.suppress(ValueError):
                    return dict(json.loads(text))
                return {}
            return None
        finally:
            os.close(file)

    def _running(self) -> Address | None:
        """The address of the server that holds the lock, once it listens."""
        token = (self._holder() or {}).get("token")
        server = self._announced()
        if token is None or server is None or server.get("token") != token:
            return None  # what an earlier server has left behind
        # A server that an earlier release has started has no port for columns.
        return Address(server["bolt"], server["http"], server.get("columns", 0), self._password)

    def _announced(self) -> dict[str, Any] | None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return dict(json.loads((self.folder / "server.json").read_text()))
        return None

    def _ensure(self) -> Address:
        """The running server's address; starts one when none runs."""
        if address := self._running():
            return address
        end = time.monotonic() + START_SECONDS
        process, left = None, STARTS
        with self._starting(end):
            while time.monotonic() < end:
                if address := self._running():
                    return address
                # One that was started by a client that is gone, or is killed while it comes up, is replaced.
                if self._holder() is None and (process is None or process.poll() is not None):
                    if left == 0:
                        break
                    process, left = self._spawn(same_ports=left == STARTS), left - 1
                time.sleep(0.02)
        if disk_is_full(self.folder):
            raise KehutuError("STORE_FULL", store=f"embedded ({self.folder})")
        reason = _tail(self.folder / "server.log")
        if reason.startswith(DAMAGED):
            file = self.folder / reason.removeprefix(DAMAGED)
            raise KehutuError("STORE_FILE_DAMAGED", file=file, folder=self.folder)
        raise KehutuError("STORE_UNAVAILABLE", store=f"embedded ({self.folder})", reason=reason or _NO_START)

    @contextlib.contextmanager
    def _starting(self, end: float) -> Iterator[None]:
        file = os.open(self.folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise self._locked(self._holder() or {}) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(file)

    def _spawn(self, *, same_ports: bool) -> subprocess.Popen[bytes]:
        before = self._announced() or {} if same_ports else {}
        arguments = [
            *(str(Path(__file__).with_name("embedded_server.py")), str(self.folder)),
            *("--heap", self._memory(), "--linger", str(self._linger)),
            *(
                part
                for name in ("bolt", "http", "columns")
                for part in (f"--{name}", str(before.get(name, 0)))
            ),
            *("--database", served_database(self.folder)),
        ]
        with open(self.folder / "server.log", "wb", opener=_private) as log:
            # A session of its own: Ctrl-C at the terminal is for the client, the server leaves after it.
            process = python(arguments, folder=self.folder, output=log, errors=log, own_session=True)
        threading.Thread(target=process.wait, name="kehutu-store-reaper", daemon=True).start()
        return process

    def _watch(self) -> None:
        while not self._closed.wait(WATCH_SECONDS):
            # A failure is tried again; the queries say STORE_UNAVAILABLE meanwhile.
            with contextlib.suppress(KehutuError, OSError):
                self.address = self._ensure()


@cache
def engine_version() -> str:
    """Version of the embedded engine; clients and server of one store must agree."""
    return version("arcadedb-embedded")


def served_database(folder: Path) -> str:
    """The name of the database that holds the graph."""
    try:
        return (folder / "database").read_text()
    except FileNotFoundError:
        return FIRST_DATABASE


def serve_database(folder: Path, name: str) -> None:
    """Let another database hold the graph, for every client from its next transaction on; it survives a power cut."""
    draft = folder / "database.new"
    with draft.open("w") as file:
        file.write(name)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / "database")
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def disk_is_full(folder: Path) -> bool:
    """Whether the disk of a folder has no room for the engine to work in."""
    return shutil.disk_usage(folder).free < LEAST_BYTES


def _password(file: Path) -> str:
    """The server's password, made at the first start; readable by the owner only."""
    with contextlib.suppress(FileExistsError):
        draft = file.with_name(f"password.{os.getpid()}.{threading.get_ident()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.write(handle, secrets.token_urlsafe(24).encode())
        os.close(handle)
        try:
            os.link(draft, file)  # whole or not at all, and the first one wins
        finally:
            draft.unlink()
    return file.read_text()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _heap_for(folder: Path) -> str:
    size = sum(f.stat().st_size for f in (folder / "data").rglob("*") if f.is_file())
    return "2g" if size > LARGE_STORE_BYTES else "768m"


def _bytes(memory: str) -> float:
    """Memory as Java reads it (``768m``, ``2g``); without end where it is not told, as by earlier servers."""
    found = re.fullmatch(r"(\d+)([kmgt]?)", memory.lower())
    return int(found[1]) * 1024.0 ** " kmgt".index(found[2] or " ") if found else math.inf


def _tail(log: Path) -> str:
    with contextlib.suppress(FileNotFoundError):
        lines = log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""
    return ""
