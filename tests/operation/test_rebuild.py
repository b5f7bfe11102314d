"""A graph made again equals the one that followed the ledger, whatever happens meanwhile."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from api.app import create_app
from cli.main import main
from graph.dialects.arcadedb import ArcadeDB
from graph.rebuild import leftovers, rebuilding_since
from graph.state import read_state
from graph.store import Store, open_store
from graph.write import contents, counts, wipe
from ingest.projection.projector import catch_up
from ledger import aliases
from ledger.census import census
from ledger.database import Ledger
from ledger.records import append, head
from services.operation.rebuild import rebuild
from services.settings import Settings, settings
from services.site import open_site
from terms.errors import KehutuError
from terms.ids import EntityId
from tests.ingest_projector.material import (
    CODES,
    LOCALS,
    SCHEMA,
    START,
    Event,
    Load,
    happen,
    histories,
    node,
    relation,
    row,
    withdrawn,
)
from tests.ingest_projector.test_difference import new_ledger

A, B, C = CODES


@contextmanager
def followed(home: Path, url: str) -> Iterator[tuple[Settings, Ledger, Store]]:
    """A home whose store has followed an eventful ledger, step by step."""
    chosen = settings(home, store=url)
    with Ledger.open(home) as ledger, open_store(chosen.store_url, home) as store:
        wipe(store)
        for minute, event in enumerate(EVENTS):
            happen(ledger, event, minute)
            catch_up(ledger, store, SCHEMA)
        yield chosen, ledger, store
        wipe(store)


def _row(number: int) -> Any:
    name = f"enterprise:913300000000{number:06d}"
    described = node("Enterprise", name, name=f"企业{number}")
    return row(f"bulk/{number}", described, node("Enterprise", B), relation("INVESTS_IN", name, B))


EVENTS: tuple[Event, ...] = (
    Load((
        row("visits/1", node("Enterprise", LOCALS[0], name="甲"), node("Enterprise", B, name="乙"),
            relation("GUARANTEES", LOCALS[0], B, "c1", contractNo="c1", amount=7)),
        row("visits/2", node("Enterprise", LOCALS[1], name="丙"), node("Enterprise", B),
            relation("INVESTS_IN", B, LOCALS[1], share=0.5)),
    )),
    Load((
        row("registry/1", node("Enterprise", A, LOCALS[0], name="甲公司")),
        row("visits/3", node("Customer", "customer:0000000001", name="张"), node("Enterprise", LOCALS[0]),
            relation("IS", "customer:0000000001", LOCALS[0])),
        withdrawn("visits/2", day=1),
    )),
    Load(tuple(_row(number) for number in range(40))),
)  # fmt: skip


@pytest.fixture
def home(kept_home: Path) -> Path:
    """A home whose embedded store is up."""
    return kept_home


@pytest.fixture(params=["embedded", "neo4j"])
def site(request: pytest.FixtureRequest, home: Path) -> Iterator[tuple[Settings, Ledger, Store]]:
    """An eventful site on each store in turn."""
    url = "embedded" if request.param == "embedded" else request.getfixturevalue("neo4j_url")
    with followed(home, url) as opened:
        yield opened


@pytest.fixture
def embedded(home: Path) -> Iterator[tuple[Settings, Ledger, Store]]:
    """An eventful site on an embedded store of its own."""
    with followed(home, "embedded") as opened:
        yield opened


def test_the_graph_comes_out_equal_by_value_whatever_it_has_become(
    site: tuple[Settings, Ledger, Store],
) -> None:
    chosen, ledger, store = site
    before = contents(store)
    same = rebuild(chosen, grace=0)
    assert contents(store) == before
    assert same.changed == ()
    assert same.counts["Enterprise"] == len([n for n in before["nodes"] if n["labels"] == ["Enterprise"]])

    store.write("MATCH (n:Enterprise {id: $id}) DETACH DELETE n", id=A)
    store.write("MATCH (n:Customer) SET n.name = 'nobody'")
    repaired = rebuild(chosen, grace=0)
    assert contents(store) == before
    assert {one.type: one.after - one.before for one in repaired.changed}["Enterprise"] == 1
    state = read_state(store)
    assert state is not None
    assert (state.ledger_id, state.watermark, state.in_flight) == (ledger.id, head(ledger), None)
    assert rebuilding_since(store) is None
    assert leftovers(store) == []


def test_an_empty_store_and_an_empty_ledger_are_no_faults(home: Path) -> None:
    with Ledger.open(home) as ledger, open_store("embedded", home) as store:
        assert rebuild(settings(home), grace=0).records == 0
        append(ledger, [row("visits/1", node("Enterprise", A, name="甲"))], recorded_at=START)
        assert rebuild(settings(home), grace=0).counts == {"Enterprise": 1}
        assert aliases.resolve(ledger, A) == A
        assert len(contents(store)["nodes"]) == 1


def test_what_is_loaded_meanwhile_is_in_the_old_graph_at_once_and_in_the_new_one(
    embedded: tuple[Settings, Ledger, Store],
) -> None:
    chosen, ledger, store = embedded
    seen: list[int] = []

    def meanwhile(phase: str, done: int = 0, total: int | None = None) -> None:
        del done, total
        if phase == "Making the graph" and not seen:
            append(ledger, [_row(77)], recorded_at=START)
            catch_up(ledger, store, SCHEMA)
            seen.append(len(contents(store)["nodes"]))

    before = len(contents(store)["nodes"])
    rebuild(chosen, grace=0, progress=meanwhile)
    assert seen == [before + 1]
    assert len(contents(store)["nodes"]) == before + 1


def test_readers_never_notice_the_turn(embedded: tuple[Settings, Ledger, Store]) -> None:
    chosen, _, store = embedded
    expected = len(contents(store)["nodes"])
    stop, wrong, reads = threading.Event(), list[object](), [0]

    def read() -> None:
        while not stop.is_set():
            try:
                found = store.read("MATCH (n) WHERE NOT n:Meta RETURN count(n) AS n")[0]["n"]
                reads[0] += 1
                if found != expected:
                    wrong.append(found)
            except KehutuError as fault:
                wrong.append(fault)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(2):
            rebuild(chosen)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert reads[0] > 20


def test_a_graph_that_does_not_fit_the_ledger_does_not_come_to_serve(
    embedded: tuple[Settings, Ledger, Store],
) -> None:
    chosen, ledger, store = embedded
    before = contents(store)
    aliases.put(ledger, {"enterprise:ghost": EntityId("enterprise:ghost")})
    with pytest.raises(KehutuError) as refused:
        rebuild(chosen, grace=0)
    assert refused.value.code == "STORE_DAMAGED"
    assert contents(store) == before
    assert leftovers(store) == []


def test_a_second_rebuild_at_once_is_refused(embedded: tuple[Settings, Ledger, Store]) -> None:
    chosen = embedded[0]
    refused: list[str] = []

    def meanwhile(phase: str, done: int = 0, total: int | None = None) -> None:
        del phase, done, total
        try:
            rebuild(chosen, grace=0)
        except KehutuError as fault:
            refused.append(fault.code)

    rebuild(chosen, grace=0, progress=meanwhile)
    assert set(refused) == {"LEDGER_LOCKED"}


_CHILD = """
import os, signal, sys
from pathlib import Path
from graph.store import Store
from services.operation.rebuild import rebuild
from services.settings import settings

left = int(sys.argv[3])

def dying(write):
    def written(*arguments, **parameters):
        global left
        answer = write(*arguments, **parameters)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    return written

Store.write, Store.write_once, Store.run = dying(Store.write), dying(Store.write_once), dying(Store.run)
rebuild(settings(Path(sys.argv[1]), store=sys.argv[2]), grace=0)
"""


def _killed_after(chosen: Settings, writes: int) -> int:
    command = [sys.executable, "-c", _CHILD, str(chosen.home), chosen.store, str(writes)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return done.returncode


@pytest.mark.parametrize("writes", [2, 5])
def test_killed_on_the_embedded_store_the_old_graph_serves_and_the_next_rebuild_clears_up(
    embedded: tuple[Settings, Ledger, Store], writes: int
) -> None:
    chosen, _, store = embedded
    before = contents(store)
    assert _killed_after(chosen, writes) != 0
    assert contents(store) == before
    assert len(leftovers(store)) == 1
    rebuild(chosen, grace=0)
    assert contents(store) == before
    assert leftovers(store) == []
    assert isinstance(store.dialect, ArcadeDB)
    assert len(store.dialect.databases(store)) == 1


@pytest.mark.parametrize("writes", [1, 3, 6])
def test_killed_on_neo4j_nobody_takes_half_a_graph_for_a_whole_one(
    home: Path, neo4j_url: str, writes: int
) -> None:
    with followed(home, neo4j_url) as (chosen, _, store):
        before = contents(store)
        with open_site(chosen) as opened:
            api = TestClient(create_app(opened))
            assert api.get("/readyz").status_code == 200
            assert _killed_after(chosen, writes) != 0
            answer = api.get("/readyz")
            assert (answer.status_code, answer.json()["code"]) == (503, "REBUILDING")
            assert answer.headers["Retry-After"]
        refused = CliRunner().invoke(main, ["search", "甲", "--home", str(home), "--store", neo4j_url])
        assert refused.exit_code == 3
        assert "STORE_REBUILDING" in refused.output
        rebuild(chosen)
        assert contents(store) == before
        with open_site(chosen) as opened:
            assert TestClient(create_app(opened)).get("/readyz").status_code == 200


@examples(max_examples=15, suppress_health_check=list(HealthCheck))
@given(history=histories(5))
def test_after_any_history_the_ledger_names_as_many_entities_as_the_graph_holds(
    embedded_store: Store, history: list[Event]
) -> None:
    with new_ledger() as ledger:
        wipe(embedded_store)
        for minute, event in enumerate(history):
            happen(ledger, event, minute)
            catch_up(ledger, embedded_store, SCHEMA)
        held = counts(embedded_store, SCHEMA)
        named = {found.prefix: found.entities for found in census(ledger)}
        assert {n.name: held[n.name] for n in SCHEMA.nodes.values()} == {
            n.name: named.get(n.prefix, 0) for n in SCHEMA.nodes.values()
        }
