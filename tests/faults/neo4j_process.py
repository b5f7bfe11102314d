"""A Neo4j that a test may pause, kill and start again: on the jars of the tests' Neo4j, with a folder that it keeps."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.neo4j_server.java import CONFIGURATION, HERE, OPENED, REMEDY, START_SECONDS, jars, java
from tests.neo4j_server.unavailable import ServerUnavailableError


class Neo4jProcess:
    """One server on one port. It ends with the test's process, however that ends."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None
        (home / "conf").mkdir(parents=True)
        (home / "plugins").mkdir()
        configuration = CONFIGURATION.format(plugins=home / "plugins")
        configuration = configuration.replace("127.0.0.1:0", f"127.0.0.1:{self.port}")
        (home / "conf" / "neo4j.conf").write_text(configuration)

    @property
    def url(self) -> str:
        """Where it listens, while it does."""
        return f"bolt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it listens.

        Raises:
            ServerUnavailableError: no JDK, no jars, or no start.
        """
        runtime = java()
        if not runtime:
            raise ServerUnavailableError(f"A JDK of version 17 or later is missing. {REMEDY}")
        listens = self.home / "port"
        listens.unlink(missing_ok=True)
        command = [
            *(str(runtime), "-Xmx512m", "-XX:+UseSerialGC"),
            *(part for package in OPENED for part in ("--add-opens", f"{package}=ALL-UNNAMED")),
            *("-cp", f"{jars()}/lib/*", str(HERE / "Launch.java"), str(self.home)),
        ]
        with (self.home / "output.txt").open("ab") as output:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, cwd=self.home
            )
        end = time.monotonic() + START_SECONDS
        while not listens.exists():
            if self._process.poll() is not None or time.monotonic() > end:
                said = (self.home / "output.txt").read_text(errors="replace")[-2000:]
                raise ServerUnavailableError(f"Neo4j did not start. The end of its output:\n{said}")
            time.sleep(0.05)

    def pause(self) -> None:
        """Let it keep its connections, take new ones, and answer none."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """End :meth:`pause`."""
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Let it die at once; what it had promised is on its disk."""
        self._signal(signal.SIGKILL)
        assert self._process is not None
        self._process.communicate()

    def close(self) -> None:
        """Kill it if it runs. May be called twice."""
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)
