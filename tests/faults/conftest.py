"""What the fault tests share: a Neo4j of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.neo4j_process import Neo4jProcess
from tests.neo4j_server.unavailable import ServerUnavailableError


@pytest.fixture(scope="session")
def neo4j_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jProcess]:
    """A running, empty Neo4j that tests may pause and kill; they leave it running."""
    process = Neo4jProcess(tmp_path_factory.mktemp("neo4j-of-faults"))
    try:
        process.start()
    except ServerUnavailableError as fault:
        process.close()
        pytest.fail(str(fault), pytrace=False)
    yield process
    process.close()
