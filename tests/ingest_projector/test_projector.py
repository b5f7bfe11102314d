"""The graph of a store follows the ledger, whatever happens on the way."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from graph.state import prepare, read_state
from graph.store import Store
from graph.write import contents, wipe
from ingest.entities.entity_view import view
from ingest.entities.large_entities import Recall
from ingest.judgements.judging import split
from ingest.projection.difference import difference
from ingest.projection.projector import catch_up
from ledger.aliases import resolve
from ledger.database import Ledger
from ledger.records import NewRecord, append, head, since
from terms.errors import KehutuError
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


def fresh(store: Store, ledger: Ledger) -> dict[str, list[dict[str, object]]]:
    """The graph that the ledger gives when it is projected anew, in one step."""
    wipe(store)
    catch_up(ledger, store, SCHEMA)
    return contents(store)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(history=histories(6), batch=st.sampled_from((2, 100)))
def test_after_any_history_the_graph_equals_a_fresh_projection(
    embedded_store: Store, history: list[Event], batch: int
) -> None:
    store = embedded_store
    with new_ledger() as ledger:
        wipe(store)
        for minute, event in enumerate(history):
            happen(ledger, event, minute)
            catch_up(ledger, store, SCHEMA, batch=batch)
        followed = contents(store)
        again = catch_up(ledger, store, SCHEMA)
        assert (again.records, again.nodes, again.relations) == (0, 0, 0)
        assert contents(store) == followed
        assert fresh(store, ledger) == followed
        assert_told_by_the_ledger(ledger, followed["nodes"])


def assert_told_by_the_ledger(ledger: Ledger, nodes: list[dict[str, Any]]) -> None:
    """What the ledger tells of an entity, claim by claim, is what the graph shows of it."""
    for shown in nodes:
        properties = shown["properties"]
        told = view(ledger, SCHEMA, properties["id"])
        assert told is not None
        assert told.id == properties["id"]
        assert {name: chosen.value for name, chosen in told.values.items()}.items() <= properties.items()
        claimed = [claim for chosen in told.values.values() for claim in chosen.claims]
        assert {claim.record for claim in claimed} <= set(told.records)
        assert all(
            [claim.current for claim in one.claims].count(True) == 1
            for one in told.values.values()
            if one.claims
        )


def test_the_same_on_both_stores(stores: tuple[Store, Store], ledger: Ledger) -> None:
    rows = [
        row("registry/1", node("Enterprise", A, LOCALS[0], name="甲公司", netAssets=5_000_00)),
        row("visits/1", node("Enterprise", LOCALS[0], phone="138"), node("Enterprise", B, name="乙"),
            relation("GUARANTEES", LOCALS[0], B, "c1", contractNo="c1", amount=7),
            relation("INVESTS_IN", B, LOCALS[0])),
        row("visits/2", node("Customer", "customer:0000000001", name="张"), node("Enterprise", A),
            relation("IS", "customer:0000000001", A)),
    ]  # fmt: skip
    found = []
    append(ledger, rows[:2], recorded_at=START)
    for store in stores:
        catch_up(ledger, store, SCHEMA)
    append(ledger, [rows[2], withdrawn("registry/1", day=2)], recorded_at=START)
    for store in stores:
        done = catch_up(ledger, store, SCHEMA)
        assert done.watermark == head(ledger)
        found.append(contents(store))
    assert found[0] == found[1]
    assert {n["properties"]["id"] for n in found[0]["nodes"]} == {A, B, LOCALS[0], "customer:0000000001"}


def test_every_key_and_old_id_finds_its_entity(embedded_store: Store, ledger: Ledger) -> None:
    wipe(embedded_store)
    append(ledger, [row("visits/1", node("Enterprise", LOCALS[0], name="甲"))], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    assert resolve(ledger, LOCALS[0]) == LOCALS[0]
    append(ledger, [row("registry/1", node("Enterprise", A, LOCALS[0], name="甲"))], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    assert resolve(ledger, LOCALS[0]) == A
    append(ledger, [withdrawn("registry/1", 1), withdrawn("visits/1", 1)], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    assert resolve(ledger, LOCALS[0]) is None


def test_the_id_of_a_part_goes_on_naming_what_became_of_it(embedded_store: Store, ledger: Ledger) -> None:
    wipe(embedded_store)

    def follow(*rows: NewRecord) -> None:
        append(ledger, rows, recorded_at=START)
        catch_up(ledger, embedded_store, SCHEMA)

    follow(
        row("visits/1", node("Enterprise", A, name="甲")), row("visits/2", node("Enterprise", A, name="乙"))
    )
    split(ledger, SCHEMA, "visits/2", author="ann", at=START)
    follow()
    (part,) = {n["properties"]["id"] for n in contents(embedded_store)["nodes"]} - {A}
    assert resolve(ledger, part) == part
    for day, keys in enumerate(((LOCALS[0],), (C, LOCALS[0]), (B, LOCALS[0])), 1):
        # Better and better keys of its own: its id changes, and changes again.
        follow(row("visits/2", node("Enterprise", A, *keys, name="乙"), day=day))
        assert resolve(ledger, part) == keys[0]


def test_making_the_graph_again_leaves_the_names_of_today_alone(
    embedded_store: Store, ledger: Ledger
) -> None:
    wipe(embedded_store)
    append(ledger, [row("visits/1", node("Enterprise", LOCALS[0], name="甲"))], recorded_at=START)
    append(ledger, [row("registry/1", node("Enterprise", A, LOCALS[0], name="甲"))], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    wipe(embedded_store)
    seen = []
    catch_up(
        ledger, embedded_store, SCHEMA, batch=1, progress=lambda *_: seen.append(resolve(ledger, LOCALS[0]))
    )
    assert seen == [A, A]


def test_a_store_of_another_ledger_is_refused_and_left_alone(embedded_store: Store, ledger: Ledger) -> None:
    wipe(embedded_store)
    append(ledger, [row("visits/1", node("Enterprise", A, name="甲"))], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    before = contents(embedded_store)
    with new_ledger() as other:
        append(other, [row("visits/1", node("Enterprise", B, name="乙"))], recorded_at=START)
        with pytest.raises(KehutuError) as fault:
            catch_up(other, embedded_store, SCHEMA)
    assert fault.value.code == "STORE_OF_ANOTHER_LEDGER"
    assert contents(embedded_store) == before


def _steps_of_sqlite(ledger: Ledger) -> list[int]:
    """Counts the instructions that SQLite carries out for a ledger from now on: work, whatever the machine."""
    done = [0]

    def count() -> int:
        done[0] += 1
        return 0

    @event.listens_for(ledger.engine, "checkout")
    def _(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(count, 100)

    return done


@pytest.mark.parametrize("described", [False, True], ids=["referred to", "described by every row"])
def test_a_hub_costs_its_new_neighbours_only(ledger: Ledger, described: bool) -> None:
    hub = "transformer:T1"
    shown = {"name": "一号变压器"} if described else {}
    rows = [
        row(f"grid/{i}", node("ServicePoint", f"service-point:{i}", name=f"点{i}"), node("Transformer", hub, **shown),
            relation("FED_BY", f"service-point:{i}", hub))
        for i in range(4_000)
    ]  # fmt: skip
    append(ledger, rows, recorded_at=START)
    done = _steps_of_sqlite(ledger)
    costs = []
    recall = Recall()
    for start in range(0, len(rows), 500):
        before = done[0]
        difference(ledger, SCHEMA, since(ledger, start, 500), recall)
        costs.append(done[0] - before)
    assert max(costs[4:]) < 1.5 * max(costs[1:4])


_CHILD = """
import os, signal, sys
from pathlib import Path
from graph.schema.load import schema
from graph.store import Store, open_store
from ingest.projection.projector import catch_up
from ledger.database import Ledger

home, embedded, left = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

def dying(write):
    def written(*arguments, **parameters):
        global left
        answer = write(*arguments, **parameters)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer
    return written

Store.write, Store.write_once = dying(Store.write), dying(Store.write_once)
with Ledger.open(home) as ledger, open_store("embedded", embedded) as store:
    catch_up(ledger, store, schema(), batch=3)
print("done", left)
"""


def _eventful(ledger: Ledger) -> None:
    """Records whose projection creates, changes and removes nodes and relations."""
    happen(ledger, Load((
        row("visits/1", node("Enterprise", LOCALS[0], name="甲"), node("Enterprise", B, name="乙"),
            relation("GUARANTEES", LOCALS[0], B, "c1", contractNo="c1", amount=7)),
        row("visits/2", node("Enterprise", LOCALS[1], name="丙"), node("Enterprise", B),
            relation("INVESTS_IN", B, LOCALS[1], share=0.5)),
        row("visits/3", node("Customer", "customer:0000000001", name="张"), node("Enterprise", LOCALS[0]),
            relation("IS", "customer:0000000001", LOCALS[0])),
        row("registry/1", node("Enterprise", A, LOCALS[0], name="甲公司")),
        row("registry/2", node("Enterprise", C, LOCALS[1], name="丙公司"), node("Enterprise", A),
            relation("INVESTS_IN", A, C, share=0.25)),
        withdrawn("visits/2", day=1),
    )), 0)  # fmt: skip


def test_killed_after_any_write_and_called_again_it_ends_in_the_graph_of_a_clean_run(
    embedded_home: Path, embedded_store: Store, ledger: Ledger
) -> None:
    _eventful(ledger)
    clean = fresh(embedded_store, ledger)
    assert clean["relations"]
    killed = 0
    for writes in (1, 4, 7, 11, 16, 22, 100):
        wipe(embedded_store)
        prepare(embedded_store, SCHEMA, ledger.id)
        command = [sys.executable, "-c", _CHILD, str(ledger.home), str(embedded_home), str(writes)]
        child = subprocess.run(command, capture_output=True, text=True, check=False)
        killed += child.returncode == -signal.SIGKILL
        if child.returncode == 0:
            break
        assert child.returncode == -signal.SIGKILL, child.stderr
        catch_up(ledger, embedded_store, SCHEMA, batch=100)
        assert contents(embedded_store) == clean
        state = read_state(embedded_store)
        assert state is not None
        assert (state.watermark, state.in_flight) == (head(ledger), None)
    assert killed >= 4
    assert "done" in child.stdout
