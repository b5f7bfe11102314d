"""The portrait over HTTP: requests a second, latency and CPU a request; and what each request asks of store and ledger.

    python -m benchmarks.portrait_api --home FOLDER [--store bolt://...] [--connections 1 4 16] [--seconds 4]
        [--rounds 5] [--role credit-officer --region CN/...] [--peer]

Each server is one process that is started here. Rounds alternate between what is compared, so that a busy machine is
busy for all; the figure is the median of the rounds. CPU is that of the server's process, user and system together. The
client is a process of its own. ``--role`` asks with a token of the development issuer. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx

from benchmarks.http_load import Job, Took, load
from benchmarks.peer_server import DOCUMENTS as PEER_DOCUMENTS
from benchmarks.peer_server import headers as peer_headers
from benchmarks.peer_server import peer_server
from benchmarks.work_asked import Asked, work_asked
from services.access.asker import asker
from services.access.tokens.issuing import issue
from services.settings import settings
from services.site import open_site

PORTRAIT = """query Portrait($id: ID!) {
  customer(id: $id) {
    id name customerNo kind phone openedOn
    party { __typename id name }
    bills(first: 12) { totalCount edges { node { id period energy amount { fen currency } dueOn paidOn } } }
    workOrders(first: 10) { edges { node { id kind state openedAt } } }
    interactions(first: 10) { edges { node { id kind at summary } } }
    risk { score expectedLoss { fen currency } run { id } }
    community { id name size }
  }
}"""
REGIONAL = PORTRAIT.replace("    community { id name size }\n", "")
"""The same without what a regional asker is not told."""
LIST = """query List {
  customers(first: 50) {
    edges { node {
      id name
      bills(first: 3) { edges { node { id amount { fen currency } } } }
      risk { score expectedLoss { fen currency } }
    } }
  }
}"""
SHORT = "query Short($id: ID!) { customer(id: $id) { id name } }"
DOCUMENTS = {
    "portrait": PORTRAIT,
    "portrait without community": REGIONAL,
    "list of 50": LIST,
    "id and name": SHORT,
}
SEED = 7


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. ``headers``: of each request."""

    name: str
    url: str
    pid: int
    documents: dict[str, str]
    headers: dict[str, str]


@contextmanager
def kehutu(home: Path, store: str | None, token: str | None, documents: dict[str, str]) -> Iterator[Server]:
    """Ours, in a process of its own, on the port that it chooses."""
    words = ["serve", "--port", "0", "--home", str(home), *(["--store", store] if store else [])]
    program = "from cli.main import main; main(prog_name='kehutu')"
    command = [sys.executable, "-c", program, *words]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            told = re.search(r"http://\S+", process.stderr.readline())
            assert told is not None
            url = told[0]
            answering(url.replace("/graphql", "/readyz"))
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            yield Server("Kehutu", url, process.pid, documents, headers)
        finally:
            process.terminate()
            process.wait()


def answering(url: str, seconds: float = 60.0) -> None:
    """Wait until an address answers with 200.

    Raises:
        TimeoutError: it does not in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(httpx.TransportError):
            if httpx.get(url).status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise TimeoutError(url)


def ids_of(home: Path, store: str | None) -> list[str]:
    """Ids of all customers, in a random order that is always the same."""
    with open_site(settings(home=home, store=store), create=False) as site:
        found = [row["id"] for row in site.store.read("MATCH (c:Customer) RETURN c.id AS id ORDER BY id")]
    random.Random(SEED).shuffle(found)
    return found


def token_of(home: Path, store: str | None, role: str, regions: Sequence[str]) -> str:
    """A token of the development issuer."""
    told = settings(home=home, store=store)
    with open_site(told, create=False) as site:
        return issue(told, site.ledger, asker(role, regions=regions))


def bodies(document: str, ids: Sequence[str]) -> list[str]:
    """Requests for a document, one for each id, or one where it takes none."""
    if "$id" not in document:
        return [json.dumps({"query": document})]
    return [json.dumps({"query": document, "variables": {"id": one}}) for one in ids]


def measured(
    servers: Sequence[Server], ids: Sequence[str], name: str, connections: int, *, seconds: float, rounds: int
) -> dict[str, list[Took]]:
    """What each server took in each round; they take turns."""

    def job(server: Server, lasting: float) -> Job:
        asked = bodies(server.documents[name], ids)
        return Job(server.url, asked, connections, lasting, server.pid, server.headers)

    for server in servers:
        load(job(server, 1.0))
    found: dict[str, list[Took]] = {server.name: [] for server in servers}
    for _ in range(rounds):
        for server in servers:
            found[server.name].append(load(job(server, seconds)))
    return found


def report(name: str, connections: int, found: dict[str, list[Took]]) -> Iterator[str]:
    """Lines of the table: medians over the rounds."""
    for server, rounds in found.items():
        rates = [one.rate for one in rounds]
        p50, p95, cpu = (median(getattr(one, kind) for one in rounds) for kind in ("p50", "p95", "cpu"))
        yield (
            f"| {name} | {connections} | {server} | {median(rates):,.0f} | {p50:.1f} | {p95:.1f} | {cpu:.2f} "
            f"| {min(rates):,.0f} to {max(rates):,.0f} |"
        )


def first_answers(servers: Sequence[Server], ids: Sequence[str], name: str) -> None:
    """Each server answers without an error, or nothing is measured.

    Raises:
        RuntimeError: it does not.
    """
    for server in servers:
        for body in bodies(server.documents[name], ids[:3]):
            headers = {"Content-Type": "application/json", **server.headers}
            answer = httpx.post(server.url, content=body, headers=headers, timeout=60).json()
            if "errors" in answer:
                raise RuntimeError(f"{server.name}, {name}: {answer['errors'][0]}")


def main(given: Sequence[str] | None = None) -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--home", type=Path, required=True)
    words.add_argument("--store")
    words.add_argument("--connections", type=int, nargs="+", default=[1, 4, 16])
    words.add_argument("--seconds", type=float, default=4.0)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--role")
    words.add_argument("--region", nargs="+", default=["*"])
    words.add_argument("--only", nargs="+", choices=list(DOCUMENTS), default=list(DOCUMENTS))
    words.add_argument("--peer", action="store_true", help="beside @neo4j/graphql; needs --store and Node")
    asked = words.parse_args(given)
    ids = ids_of(asked.home, asked.store)
    token = token_of(asked.home, asked.store, asked.role, asked.region) if asked.role else None
    documents = DOCUMENTS if asked.role is None else {**DOCUMENTS, "portrait": REGIONAL}

    print("| document | store calls | ledger statements |\n| --- | --- | --- |")
    for name in asked.only:
        found: Asked = work_asked(asked.home, asked.store, documents[name], ids, token)
        print(f"| {name} | {found.store_calls} | {found.ledger_statements} |", flush=True)

    print("\n| document | connections | server | requests/s | p50 ms | p95 ms | CPU ms a request | rounds |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    with ExitStack() as stack:
        servers = [stack.enter_context(kehutu(asked.home, asked.store, token, documents))]
        if asked.peer:
            peer = stack.enter_context(peer_server(asked.store))
            told = peer_headers(asked.role, asked.region[0])
            servers.append(Server("@neo4j/graphql", peer.url, peer.pid, dict(PEER_DOCUMENTS), told))
        for name, connections in ((n, c) for n in asked.only for c in asked.connections):
            first_answers(servers, ids, name)
            rounds = measured(servers, ids, name, connections, seconds=asked.seconds, rounds=asked.rounds)
            print("\n".join(report(name, connections, rounds)), flush=True)


if __name__ == "__main__":
    main()
