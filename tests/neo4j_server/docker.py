"""Neo4j in a container, where a Docker daemon answers.

Written from the image's documentation and never run by its authors, whose machines have no daemon; the way by
Java and Maven is the one that the project's own checks take.
"""

from __future__ import annotations

import shutil
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tests.neo4j_server.unavailable import ServerUnavailableError

IMAGE = "neo4j:5.26"
START_SECONDS = 300
"""The image may have to be pulled, and the plugin downloaded, first."""

# The container ends with its standard input, which the kernel closes however the tests end.
LIFE = "/startup/docker-entrypoint.sh neo4j & cat > /dev/null"


def daemon_answers() -> bool:
    """Whether a Docker daemon can be used; a client without a daemon counts as none."""
    docker = shutil.which("docker")
    if not docker:
        return False
    try:
        asked = subprocess.run(
            [docker, "version", "--format", "{{.Server.Version}}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=10,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


@contextmanager
def docker_server() -> Iterator[str]:
    """Run the container while the context lasts and give its Bolt URL (on loopback, a free port).

    Raises:
        ServerUnavailableError: the container does not come up; its output is quoted.
    """
    name = f"kehutu-test-{uuid.uuid4().hex[:12]}"
    command = [
        *("docker", "run", "--rm", "-i", "--name", name, "--publish", "127.0.0.1::7687"),
        *("--env", "NEO4J_AUTH=none", "--env", 'NEO4J_PLUGINS=["graph-data-science"]'),
        *(
            "--env",
            "NEO4J_server_memory_heap_max__size=1g",
            "--env",
            "NEO4J_dbms_usage__report_enabled=false",
        ),
        *("--entrypoint", "tini", IMAGE, "-g", "--", "bash", "-c", LIFE),
    ]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield f"bolt://{_address(process, name)}"
    finally:
        subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        process.communicate()


def _address(process: subprocess.Popen[bytes], name: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        asked = subprocess.run(
            ["docker", "port", name, "7687/tcp"], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0 and asked.stdout.strip():
            return asked.stdout.split()[0]
        time.sleep(0.5)
    process.kill()
    said = process.communicate()[0].decode(errors="replace")[-2000:]
    raise ServerUnavailableError(f"The container of {IMAGE} did not start:\n{said}")
