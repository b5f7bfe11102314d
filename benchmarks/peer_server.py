"""The peer of ``benchmarks.portrait_api``: @neo4j/graphql on graphql-yoga, over the Neo4j that Kehutu has filled.

Its packages come by npm, at the versions of ``benchmarks/peer/package.json``, into the user's cache. Authorization
filters stand on every type that the documents touch; risk and community are those that an analysis has copied onto the
nodes.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

HERE: Final = Path(__file__).parent / "peer"
CACHE: Final = Path("~/.cache/kehutu/peer").expanduser()

PORTRAIT: Final = """query Portrait($id: ID!) {
  customers(where: {id: {eq: $id}}) {
    id name customerNo kind phone openedOn
    persons { __typename id name }
    enterprises { __typename id name }
    accounts { bills(limit: 12, sort: [{period: DESC}]) { id period energy amount dueOn paidOn } }
    workOrders(limit: 10, sort: [{openedAt: DESC}]) { id kind state openedAt }
    interactions(limit: 10, sort: [{at: DESC}]) { id kind at summary }
    risk runId
    community
  }
}"""
LIST: Final = """query List {
  customers(limit: 50, sort: [{id: ASC}]) {
    id name
    accounts { bills(limit: 3, sort: [{period: DESC}]) { id amount } }
    risk
  }
}"""
SHORT: Final = "query Short($id: ID!) { customers(where: {id: {eq: $id}}) { id name } }"
DOCUMENTS: Final[Mapping[str, str]] = {
    "portrait": PORTRAIT,
    "portrait without community": PORTRAIT.replace("    community\n", ""),
    "list of 50": LIST,
    "id and name": SHORT,
}
"""What comes nearest to ours in its schema."""


class Peer(NamedTuple):
    """A server of the peer."""

    url: str
    pid: int


def installed() -> Path:
    """The folder with its packages, fetched where they are missing.

    Raises:
        RuntimeError: there is no Node with npm, or it cannot fetch them.
    """
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    known = CACHE / "package.json"
    if not known.exists() or known.read_text(encoding="utf-8") != wanted:
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError("the peer needs Node 20 or later with npm")
        CACHE.mkdir(parents=True, exist_ok=True)
        part = CACHE / "package.json"
        part.unlink(missing_ok=True)
        shutil.rmtree(CACHE / "node_modules", ignore_errors=True)
        (CACHE / "wanted").mkdir(exist_ok=True)
        shutil.copy(HERE / "package.json", CACHE / "wanted" / "package.json")
        command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(CACHE / "wanted")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"npm could not fetch the peer:\n{done.stderr[-2000:]}")
        (CACHE / "wanted" / "node_modules").rename(CACHE / "node_modules")
        shutil.rmtree(CACHE / "wanted")
        part.write_text(wanted, encoding="utf-8")
    shutil.copy(HERE / "server.mjs", CACHE / "server.mjs")
    return CACHE


@contextmanager
def peer_server(store: str) -> Iterator[Peer]:
    """The peer, in a process of its own, on the port that it chooses."""
    node = shutil.which("node")
    assert node is not None
    command = [node, str(installed() / "server.mjs"), store]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield Peer(str(json.loads(process.stdout.readline())["url"]), process.pid)
        finally:
            process.terminate()
            process.wait()


def headers(role: str | None, region: str) -> dict[str, str]:
    """Who asks, as the peer is told; it believes it."""
    return {"x-scope": "*" if role is None or region == "*" else "", "x-region": region}
