"""The embedded store's classes, read and linked once for all its starts in tests: an AOT cache of the JVM (JEP 514).

``python -m tests.store_archive`` makes it in the environment; ``make test-server`` does so. A suite starts some hundred
stores that live for seconds, and a third of what such a start costs is the loading of the same classes. Without the
file, or with one of another engine, a store starts as it does for users: the JVM looks and goes on without.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from graph import embedded_server
from graph.embedded import engine_version
from graph.embedded_server import LEAVE
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import open_site
from tests.small_site import write

ARCHIVE = Path(sys.prefix) / f"embedded-store-{engine_version()}.aot"
FIRST_COMPILER_ONLY = "-XX:TieredStopAtLevel=1"
"""A store of a test lives for seconds: what the JVM's second compiler does for it costs more than it gains (of the CPU
seconds of a small site's store, loaded and analysed, four in nine)."""
RECORDED = """
import os, runpy, sys
leave = os._exit
def end_as_the_jvm_does(status):
    sys.modules["jpype"].shutdownJVM()  # it writes what it has seen only where it ends of itself
    leave(status)
os._exit = end_as_the_jvm_does
sys.argv.pop(0)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
WAIT_SECONDS = 120.0


def options() -> str:
    """How a store starts in tests, for ``ARCADEDB_JVM_ARGS``."""
    return f"{FIRST_COMPILER_ONLY} -XX:AOTCache={ARCHIVE}" if ARCHIVE.exists() else FIRST_COMPILER_ONLY


def make() -> None:
    """Record what a store loads while the small site is loaded, analysed and read, and keep it linked.

    Raises:
        subprocess.CalledProcessError, TimeoutError: the store did not start, or its JVM wrote nothing.
    """
    with tempfile.TemporaryDirectory() as place:
        seen, draft = Path(place) / "seen", Path(place) / "draft"
        home = Path(place) / "home"
        server = _start(home, "-XX:AOTMode=record", f"-XX:AOTConfiguration={seen}")
        _wait(lambda: (home / "graph" / "server.json").exists() or server.poll() is not None)
        chosen = settings(home)
        ingest(chosen, write(Path(place)))
        with open_site(chosen) as site:
            analyse(site)
        (home / "graph" / LEAVE).touch()
        _wait(lambda: server.poll() is not None)
        create = ("-XX:AOTMode=create", f"-XX:AOTConfiguration={seen}", f"-XX:AOTCache={draft}")
        maker = _start(Path(place) / "none", *create)
        _wait(lambda: maker.poll() is not None)
        shutil.copyfile(draft, ARCHIVE.with_suffix(".new"))
        ARCHIVE.with_suffix(".new").replace(ARCHIVE)


def _start(home: Path, *jvm: str) -> subprocess.Popen[bytes]:
    """A store's server on a new home, started with these arguments of its JVM."""
    folder = home / "graph"
    folder.mkdir(parents=True)
    (folder / "clients.lock").touch()
    (folder / "password").write_text(secrets.token_urlsafe(24))
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            RECORDED,
            embedded_server.__file__,
            str(folder),
            "--linger",
            str(WAIT_SECONDS),
        ],
        cwd=folder,
        env={**os.environ, "ARCADEDB_JVM_ARGS": " ".join((FIRST_COMPILER_ONLY, *jvm))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not done():
        if time.monotonic() > end:
            raise TimeoutError("the store's server did not do its part")
        time.sleep(0.05)


if __name__ == "__main__":
    if not ARCHIVE.exists():
        make()
