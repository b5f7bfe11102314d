"""Neo4j as one Java process: the jars come from Maven once and stay in a cache."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.neo4j_server.unavailable import ServerUnavailableError
from tests.user_cache import user_cache

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
OLDEST_JAVA = 17
START_SECONDS = 180
"""A generous limit: 6 s is usual, but the machine may be busy with other work."""

# Neo4j 5 reaches into these packages of the JDK.
OPENED = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch", "java.base/java.util.concurrent")

CONFIGURATION = """\
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:0
server.directories.plugins={plugins}
server.memory.pagecache.size=128m
db.tx_log.rotation.retention_policy=false
dbms.security.auth_enabled=false
dbms.security.procedures.unrestricted=gds.*
dbms.usage_report.enabled=false
"""

REMEDY = (
    "Install a JDK of version 17 or 21 and Maven (on Debian: apt-get install openjdk-17-jdk-headless maven), "
    "or start a Docker daemon, or set KEHUTU_TEST_NEO4J to the Bolt URL of an empty Neo4j 5.26 with GDS."
)


def java() -> Path | None:
    """A Java of version 17 or later that runs source files (a JDK, not only a runtime); None without one."""
    home = os.environ.get("JAVA_HOME")
    found = Path(home) / "bin" / "java" if home else shutil.which("java")
    if not found or not Path(found).exists():
        return None
    said = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < OLDEST_JAVA:
        return None
    modules = subprocess.run([found, "--list-modules"], capture_output=True, text=True, check=False).stdout
    return Path(found) if "jdk.compiler@" in modules else None


def install_tools() -> None:
    """Install a JDK and Maven where they are missing and we may use apt-get; otherwise do nothing."""
    complete = java() and (shutil.which("mvn") or _folder().exists())
    if complete or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def apt_get(*arguments: str) -> bool:
        command = ["apt-get", "-qq", "-y", "--no-install-recommends", *arguments]
        return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0

    print("Installing a JDK and Maven for the tests' Neo4j ...", file=sys.stderr, flush=True)
    apt_get("update")
    # Debian 12 has Java 17, Debian 13 has 21; Neo4j 5.26 runs on both.
    any(apt_get("install", f"openjdk-{version}-jdk-headless", "maven") for version in (17, 21))


def jars() -> Path:
    """The folder with ``lib`` (all jars) and ``plugins`` (those of GDS); fetched when not cached.

    Raises:
        ServerUnavailableError: Maven is missing or cannot get the jars.
    """
    folder = _folder()
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a second clone waits for the first one's download
        if not folder.exists():
            _fetch(folder)
    return folder


def _folder() -> Path:
    """Where the jars of this pom.xml lie, or will lie; it exists only when complete."""
    return _cache() / hashlib.sha256(POM.read_bytes()).hexdigest()[:16]


def _cache() -> Path:
    try:
        return user_cache("neo4j")
    except OSError as error:
        raise ServerUnavailableError(f"{error}. {REMEDY}") from error


def _fetch(folder: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise ServerUnavailableError(f"Maven (mvn) is missing. {REMEDY}")
    print("Fetching the jars of Neo4j and GDS (138 MB, once) ...", file=sys.stderr, flush=True)
    # A repository of its own: Java may see another home than we do, one that cannot be written. It is kept after a
    # failure, so that the next attempt goes on from there, and removed in the end.
    repository = folder.parent / "maven"
    for leftover in folder.parent.glob("fetch-*"):  # of a fetch that was killed; we hold the lock
        shutil.rmtree(leftover)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="fetch-") as temporary:
        complete = Path(temporary) / "complete"
        for name, only in (("lib", []), ("plugins", ["-DincludeGroupIds=org.neo4j.gds"])):
            command = [
                *(maven, "-q", "-B", "--strict-checksums"),
                *(f"-Dmaven.repo.local={repository}", "-f", str(POM)),
                *("dependency:copy-dependencies", f"-DoutputDirectory={complete / name}", *only),
            ]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                said = done.stdout[-2000:]
                raise ServerUnavailableError(f"Maven could not get the jars:\n{said}\n{REMEDY}")
        complete.rename(folder)
    shutil.rmtree(repository)


@contextmanager
def java_server() -> Iterator[str]:
    """Run the server while the context lasts and give its Bolt URL.

    Raises:
        ServerUnavailableError: no JDK, no jars, or no start; the end of the server's output is quoted.
    """
    runtime = java()
    if not runtime:
        raise ServerUnavailableError(f"A JDK of version 17 or later is missing. {REMEDY}")
    folder = jars()
    home = Path(tempfile.mkdtemp(prefix="kehutu-neo4j-"))
    (home / "conf").mkdir()
    (home / "conf" / "neo4j.conf").write_text(CONFIGURATION.format(plugins=folder / "plugins"))
    command = [
        *(str(runtime), "-Xmx1g", "-XX:+UseSerialGC"),
        *(part for package in OPENED for part in ("--add-opens", f"{package}=ALL-UNNAMED")),
        *("-cp", f"{folder}/lib/*", str(HERE / "Launch.java"), str(home)),
    ]
    with (home / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, cwd=home
        )
    try:
        yield f"bolt://127.0.0.1:{_port(process, home)}"
    finally:
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(home, ignore_errors=True)


def _port(process: subprocess.Popen[bytes], home: Path) -> int:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if (home / "port").exists():
            return int((home / "port").read_text())
        time.sleep(0.1)
    said = (home / "output.txt").read_text(errors="replace")[-2000:]
    raise ServerUnavailableError(f"Neo4j did not start. The end of its output:\n{said}")
