"""Load, rebuild, projection to arrays and portrait, beside what a developer would write with the driver alone.

    python -m benchmarks.graph_load [--customers 100000] [--stores embedded neo4j] [--folder FOLDER]

A synthetic utility of ten relations a customer (benchmarks.graph_input). The peer (benchmarks.plain_recipe) writes the
same graph in UNWIND batches of 5,000 by one writer into the same kind of store, reads relations row by row, and asks a
query a list; it keeps no records and checks nothing. Everything of a store runs one after the other on the same
machine; CPU seconds and memory are those of all processes together, the store's server included. Prints one JSON
document, with the load average before and after: on a busy machine compare CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import neo4j
import numpy as np

from benchmarks import plain_recipe
from benchmarks.graph_input import GraphInput, write
from benchmarks.work_done import measured
from graph import project
from graph.schema.load import schema
from graph.search_text import search_text
from graph.state import prepare
from graph.store import Store, open_store
from graph.write import counts, wipe
from ingest.loads.load import load
from ledger.database import Ledger
from services import portrait
from services.access.asker import EVERYONE
from services.loading import project as follow
from services.operation.rebuild import rebuild
from services.settings import Settings, settings
from services.site import open_site
from tests.neo4j_server.start import neo4j_server

PORTRAITS = 1_000
WARM = 50
HEAP = {1: "768m", 200_000: "2g"}
"""Customers from which the embedded store gets so much memory."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--stores", nargs="+", choices=("embedded", "neo4j"), default=("embedded", "neo4j"))
    parser.add_argument(
        "--no-rebuild",
        action="store_true",
        help="leave the rebuild out, which takes as long as a first graph",
    )
    parser.add_argument("--folder", type=Path, help="where everything is made; the disk matters")
    chosen = parser.parse_args()
    # The dictionaries of Chinese are loaded once a process, when they are first needed, and are no cost of a graph.
    search_text(["电力 meter"])
    folder = Path(tempfile.mkdtemp(prefix="graph-load-", dir=chosen.folder))
    report: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
    }
    try:
        given = write(folder / "input", chosen.customers)
        report["customers"], report["contracts"] = given.customers, given.contracts
        for kind in chosen.stores:
            with _server(kind) as url:
                report[kind] = measure(given, folder / kind, url, rebuilding=not chosen.no_rebuild)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report["load_after"] = round(os.getloadavg()[0], 1)
    print(json.dumps(report, indent=1))


def measure(
    given: GraphInput, folder: Path, url: str, *, rebuilding: bool = True, portraits: int = PORTRAITS
) -> dict[str, Any]:
    """All parts on one kind of store, the peer first; each leaves nothing behind for the other."""
    heap = next(size for least, size in sorted(HEAP.items(), reverse=True) if given.customers >= least)
    chance = random.Random(1)
    asked = [f"{4_000_000_000 + chance.randrange(given.customers)}" for _ in range(portraits + WARM)]
    plain = _plain(given, folder / "plain", url, heap, asked)
    while _embedded_server(folder / "plain"):  # it ends soon after its last client
        time.sleep(0.1)
    shutil.rmtree(folder / "plain", ignore_errors=True)
    ours = _ours(
        given,
        settings(folder / "home", url).model_copy(update={"store_heap": heap}),
        asked,
        rebuilding=rebuilding,
    )
    if plain["load"]["items"] != ours["items"]:
        raise SystemExit(f"the graphs differ: {plain['load']['items']} items and {ours['items']}")
    ratios: dict[str, Any] = {
        "first_graph": _ratio(plain["load"], ours["first_graph"]),
        "whole_load": _ratio(plain["load"], ours["ledger"], ours["first_graph"]),
        "projection": _ratio(plain["read_rows"], ours["projection"]),
        "portrait_p50": round(plain["portrait"]["p50_ms"] / ours["portrait"]["p50_ms"], 2),
    }
    if rebuilding:
        ratios["rebuild"] = _ratio(plain["load"], ours["rebuild"])
    return {"plain": plain, "kehutu": ours, "ratios": ratios}


def _plain(given: GraphInput, home: Path, url: str, heap: str, asked: list[str]) -> dict[str, Any]:
    home.mkdir(parents=True)
    with open_store(url, home, heap=heap) as store:
        wipe(store)
        prepare(store, schema(), "plain")

        def lent(work: Callable[[neo4j.Session], Any]) -> Any:
            return store.lend(lambda driver, database: _in_session(driver, database, work))

        figures: dict[str, Any] = {}
        with _timed("plain load", figures, "load", home):
            items = lent(lambda session: plain_recipe.load(session, given))
        figures["load"]["items"] = items
        with _timed("plain rows", figures, "read_rows", home):
            found = lent(plain_recipe.read_rows)
        figures["read_rows"]["relations"] = found
        figures["portrait"] = lent(
            lambda session: _percentiles(lambda number: plain_recipe.portrait(session, number), asked)
        )
        wipe(store, definitions=True)
    return figures


def _ours(given: GraphInput, chosen: Settings, asked: list[str], *, rebuilding: bool) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    with _timed("ledger", figures, "ledger", chosen.home):
        ledger = Ledger.open(chosen.home)
        try:
            report = load(ledger, given.manifest)
        finally:
            ledger.close()
    figures["ledger"]["records"] = sum(source.accepted for source in report.sources)
    with open_site(chosen) as site, _timed("first graph", figures, "first_graph", chosen.home):
        follow(site)
    if rebuilding:
        # An open site keeps its server.
        with open_site(chosen), _timed("rebuild", figures, "rebuild", chosen.home):
            rebuild(chosen, grace=0.0)
    with open_site(chosen) as site:
        figures["items"] = sum(counts(site.store, schema()).values())
        with _timed("projection", figures, "projection", chosen.home):
            figures["projection"]["relations"] = _arrays(site.store)
        figures["portrait"] = _percentiles(
            lambda number: portrait.customer(site.as_seen_by(EVERYONE), number), asked
        )
        wipe(site.store, definitions=True)
    return figures


def _arrays(store: Store) -> int:
    """What the peer reads row by row: lenders, debtors and amounts."""
    people = project.nodes(store, schema(), "Person")
    return len(project.relations(store, schema(), "LENDS_TO", people, people, properties=["amount"]))


@contextmanager
def _server(kind: str) -> Iterator[str]:
    """The URL of a store of the kind."""
    if kind == "embedded":
        yield "embedded"
        return
    with neo4j_server() as url:
        yield url


def _in_session(driver: neo4j.Driver, database: str | None, work: Callable[[neo4j.Session], Any]) -> Any:
    with driver.session(database=database) as session:
        return work(session)


@contextmanager
def _timed(text: str, figures: dict[str, Any], name: str, home: Path) -> Iterator[None]:
    print(f"{datetime.now(UTC):%H:%M:%S} {text} ...", file=sys.stderr, flush=True)
    figures[name] = {}
    with measured(*_embedded_server(home)) as cost:
        yield
    figures[name] = cost.figures() | figures[name]
    print(f"{datetime.now(UTC):%H:%M:%S} {text}: {figures[name]}", file=sys.stderr, flush=True)


def _embedded_server(home: Path) -> list[int]:
    """The process of the home's embedded store, if one runs."""
    try:
        pid = int(json.loads((home / "graph" / "server.lock").read_text())["pid"])
    except (OSError, ValueError):
        return []
    return [pid] if Path(f"/proc/{pid}").exists() else []


def _percentiles(ask: Callable[[str], object], asked: list[str]) -> dict[str, float]:
    for number in asked[:WARM]:
        ask(number)
    took = []
    for number in asked[WARM:]:
        start = time.perf_counter()
        ask(number)
        took.append(time.perf_counter() - start)
    p50, p95, p99 = np.percentile(np.array(took) * 1000, [50, 95, 99])
    return {"p50_ms": round(p50, 2), "p95_ms": round(p95, 2), "p99_ms": round(p99, 2)}


def _ratio(plain: dict[str, Any], *ours: dict[str, Any]) -> dict[str, float]:
    """How many times the peer's time and CPU ours needs less."""
    return {
        name: round(plain[name] / max(0.01, sum(part[name] for part in ours)), 2)
        for name in ("seconds", "cpu_seconds")
    }


if __name__ == "__main__":
    main()
