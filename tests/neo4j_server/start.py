"""Choose and start the tests' Neo4j: an existing server by URL, else Docker, else Java and Maven.

``python -m tests.neo4j_server.start`` makes ready what the choice needs and says what will be used.
``make test`` calls it first, so that a missing part is reported before any test runs.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from neo4j import GraphDatabase
from neo4j.exceptions import DriverError, Neo4jError

from tests.neo4j_server.docker import daemon_answers, docker_server
from tests.neo4j_server.java import REMEDY, install_tools, jars, java, java_server
from tests.neo4j_server.unavailable import ServerUnavailableError

VARIABLE = "KEHUTU_TEST_NEO4J"
ANSWER_SECONDS = 180


@contextmanager
def neo4j_server() -> Iterator[str]:
    """The Bolt URL of a Neo4j with GDS that answers and is empty, for as long as the context lasts.

    Raises:
        ServerUnavailableError: none can be had, or the existing one holds data (tests would wipe it).
    """
    url = os.environ.get(VARIABLE)
    if url:
        _check(url, seconds=3)
        yield url
        return
    with docker_server() if daemon_answers() else java_server() as started:
        _check(started, seconds=ANSWER_SECONDS)
        yield started


def _check(url: str, *, seconds: float) -> None:
    """Wait until GDS answers; refuse a server that holds data."""
    shown = url.rsplit("@", 1)[-1]
    deadline = time.monotonic() + seconds
    while True:
        try:
            with GraphDatabase.driver(url, max_transaction_retry_time=0) as driver:
                driver.execute_query("RETURN gds.version() AS version")
                nodes = driver.execute_query("MATCH (n) RETURN count(n) AS nodes").records[0]["nodes"]
            break
        except (DriverError, Neo4jError) as error:
            if time.monotonic() > deadline:
                raise ServerUnavailableError(
                    f"The Neo4j at {shown} does not answer with GDS: {error}\n{REMEDY}"
                ) from error
            time.sleep(0.5)
    if nodes:
        raise ServerUnavailableError(
            f"The Neo4j at {shown} holds {nodes} nodes and tests wipe what they find: "
            f"set {VARIABLE} to an empty server."
        )


def main() -> int:
    """Make ready and report; 1 with the remedy when no Neo4j can be had."""
    try:
        if os.environ.get(VARIABLE):
            print(f"Tests use the Neo4j of {VARIABLE}.")
        elif daemon_answers():
            print("Tests use a Neo4j in Docker.")
        else:
            install_tools()
            if not java():
                raise ServerUnavailableError(f"A JDK of version 17 or later is missing. {REMEDY}")
            print(f"Tests use a Neo4j on Java, jars in {jars()}.")
    except ServerUnavailableError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
