"""An older store is brought up to date once and in batches, and goes on where it was stopped."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from graph.migrate import migrate, migrations
from graph.schema.ddl import indexes
from graph.schema.load import schema
from graph.state import META_INDEX, prepare, read_state
from graph.store import Store
from graph.write import wipe
from ledger.database import Ledger
from terms.errors import KehutuError
from tests.conftest import STORES

ROOT = Path(__file__).parents[2]
NODES = 45
OLD = schema().version
STEPS = """\
// does: Renames a property and counts how often each node was met.
// step: counting
MATCH (n:Trial) WHERE n.id > $after WITH n ORDER BY n.id LIMIT $batch
SET n.met = coalesce(n.met, 0) + 1
RETURN count(n) AS changed, max(n.id) AS at
// step: renaming
MATCH (n:Trial) WHERE n.old IS NOT NULL WITH n LIMIT $batch
SET n.new = n.old REMOVE n.old RETURN count(n) AS changed
"""
LATER = """\
// does: Doubles what the migration before has renamed.
// step: doubling
MATCH (n:Trial) WHERE n.id > $after RETURN n.id AS id, n.new AS new ORDER BY n.id LIMIT $batch
// python: doubled
UNWIND $rows AS row MATCH (n:Trial {id: row.id}) SET n.twice = row.twice
"""
REBUILD = "// does: Ids are made in another way.\n// remedy: rebuild\n"
CHILD = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import graph.migrate
from graph.schema.load import schema
from graph.state import prepare
from graph.store import open_store
from ledger.database import Ledger

home, url, home_of_store, folder, version, left = sys.argv[1:]
left = int(left)
vars(graph.migrate)["BATCH"] = 10

def progress(phase, done=0, total=None):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

newer = replace(schema(), version=int(version))
with Ledger.open(Path(home)) as ledger, open_store(url, Path(home_of_store)) as store:
    prepare(store, newer, ledger.id, alone=ledger.writer, progress=progress, migrations=Path(folder))
"""


@pytest.fixture(params=STORES)
def place(request: pytest.FixtureRequest, embedded_home: Path) -> tuple[str, Path]:
    """Where a process of its own opens the store of the test beside it."""
    url = "embedded" if request.param == "embedded" else request.getfixturevalue("neo4j_url")
    return url, embedded_home


@pytest.fixture
def store(place: tuple[str, Path], request: pytest.FixtureRequest, ledger: Ledger) -> Store:
    """The store of ``place``, empty but for the nodes that the migrations here are about."""
    name = "embedded_store" if place[0] == "embedded" else "neo4j_store"
    opened: Store = request.getfixturevalue(name)
    wipe(opened, definitions=True)
    prepare(opened, schema(), ledger.id)
    opened.write("UNWIND range(1, $n) AS i CREATE (:Trial {id: toString(100 + i), old: i})", n=NODES)
    return opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "migrations"
    made.mkdir()
    (made / f"{OLD + 1:04}_rename.cypher").write_text(STEPS)
    return made


def start(home: Path, place: tuple[str, Path], folder: Path, stop_after: int = 0) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, home, *place, folder, OLD + 1, stop_after]
    return subprocess.Popen(list(map(str, command)), cwd=ROOT, stderr=subprocess.PIPE, text=True)


def state_of(store: Store) -> tuple[int, int | None]:
    state = read_state(store)
    assert state is not None
    return state.schema_version, state.migrating


def migrated(store: Store) -> list[tuple[int | None, int | None, int | None]]:
    rows = store.read("MATCH (n:Trial) RETURN n.met AS met, n.new AS new, n.old AS old ORDER BY n.id")
    return [(row["met"], row["new"], row["old"]) for row in rows]


WHOLE = [(1, number, None) for number in range(1, NODES + 1)]


@pytest.mark.parametrize("stop_after", [1, 4, 8])
def test_stopped_half_way_it_goes_on_where_it_was(
    store: Store, ledger: Ledger, place: tuple[str, Path], folder: Path, stop_after: int
) -> None:
    killed = start(ledger.home, place, folder, stop_after)
    assert killed.wait() == -signal.SIGKILL, killed.communicate()
    assert state_of(store) == (OLD + 1, OLD + 1)
    with pytest.raises(KehutuError) as refused:  # the older program, from the first batch on
        prepare(store, schema(), ledger.id)
    assert refused.value.code == "STORE_NEWER"
    done = [met for met, _, _ in migrated(store)].count(1)
    assert done == min(NODES, 10 * (stop_after - 1))
    assert start(ledger.home, place, folder).wait() == 0
    assert migrated(store) == WHOLE
    assert state_of(store) == (OLD + 1, None)


def test_two_that_open_it_at_once_migrate_it_once(
    store: Store, ledger: Ledger, place: tuple[str, Path], folder: Path
) -> None:
    both = [start(ledger.home, place, folder) for _ in range(2)]
    assert [one.wait() for one in both] == [0, 0]
    assert migrated(store) == WHOLE


def test_versions_follow_each_other_and_python_does_what_cypher_cannot(
    store: Store, ledger: Ledger, folder: Path
) -> None:
    (folder / f"{OLD + 2:04}_double.cypher").write_text(LATER)
    doubled = {"doubled": lambda rows: [{"id": row["id"], "twice": row["new"] * 2} for row in rows]}
    told: list[tuple[str, int]] = []

    def progress(phase: str, done: int = 0, total: int | None = None) -> None:
        del total
        told.append((phase.rpartition(": ")[2], done))

    migrate(store, OLD + 2, alone=ledger.writer, progress=progress, folder=folder, conversions=doubled)
    assert migrated(store) == WHOLE
    assert [row["t"] for row in store.read("MATCH (n:Trial) RETURN n.twice AS t ORDER BY n.id")] == [
        2 * number for number in range(1, NODES + 1)
    ]
    assert told == [(t, n) for t in ("counting", "renaming", "doubling") for n in (0, NODES)]
    assert state_of(store) == (OLD + 2, None)


def test_what_only_a_rebuild_brings_is_said_before_anything_changes(
    store: Store, ledger: Ledger, folder: Path
) -> None:
    (folder / f"{OLD + 2:04}_ids.cypher").write_text(REBUILD)
    before = migrated(store)
    newer = replace(schema(), version=OLD + 2)
    with pytest.raises(KehutuError) as refused:
        prepare(store, newer, ledger.id, alone=ledger.writer, migrations=folder)
    assert refused.value.code == "STORE_OUTDATED"
    assert "Ids are made in another way." in refused.value.message("zh")
    assert "kehutu rebuild" in refused.value.remedy("en")
    assert migrated(store) == before
    assert state_of(store) == (OLD, None)


NEWER_TYPES = {"Consent"}
"""Types that the model got after version 1: no store of that version has definitions of them."""


def test_a_store_of_version_1_is_brought_up_to_date_by_the_migrations_that_ship(
    store: Store, ledger: Ledger
) -> None:
    store.write("MATCH (m:Meta {id: 'state'}) SET m.schemaVersion = 1")
    store.write("MATCH (m:Meta {id: 'definitions'}) SET m.made = null")
    store.write(
        "CREATE (p:Person {id: 'person:a'}), (e:Enterprise {id: 'enterprise:a'}), (f:Enterprise {id: 'enterprise:b'}), "
        "(p)-[:INVESTS_IN {share: 0.5}]->(e), (f)-[:INVESTS_IN {share: 0.3}]->(e), (f)-[:INVESTS_IN]->(f)"
    )
    assert prepare(store, schema(), ledger.id, alone=ledger.writer).schema_version == schema().version
    (row,) = store.read("MATCH (m:Meta {id: 'definitions'}) RETURN m.made AS made")
    known = {name for made in row["made"] for name in made.split()[2:3]}
    there = [index for index in (META_INDEX, *indexes(schema())) if index.type not in NEWER_TYPES]
    assert {index.name for index in there} <= known
    state = read_state(store)
    assert state is not None
    assert state.times_of == 2
    # A holding that a newer program writes again is found, and not made a second time.
    held = store.read("MATCH ()-[r:INVESTS_IN]->() RETURN r.key AS key, r.share AS share ORDER BY share")
    assert sorted((row["key"], row["share"] or 0) for row in held) == [("", 0), ("", 0.3), ("", 0.5)]


def test_every_migration_that_ships_leads_to_a_version_of_the_schema() -> None:
    numbers = [one.number for one in migrations()]
    assert numbers == sorted(numbers)
    assert all(1 < number <= schema().version for number in numbers)
    assert all(
        one.rebuild or "changed" in step.text or step.python for one in migrations() for step in one.steps
    )


def test_an_index_that_the_schema_gives_up_is_dropped_and_others_are_left_alone(
    store: Store, ledger: Ledger
) -> None:
    device = schema().nodes["Device"]
    model = replace(device.properties["model"], indexed=True)
    with_index = replace(device, properties={**device.properties, "model": model})
    prepare(store, replace(schema(), nodes={**schema().nodes, "Device": with_index}), ledger.id)
    own = "CREATE INDEX own IF NOT EXISTS FOR (n:Trial) ON (n.old)"
    store.run(own)
    assert definitions(store) >= {("Device", "model"), ("Device", "deviceNo"), ("Trial", "old")}
    prepare(store, schema(), ledger.id)
    left = definitions(store)
    assert ("Device", "model") not in left
    assert left >= {("Device", "deviceNo"), ("Trial", "old")}
    store.run(
        "DROP INDEX own IF EXISTS" if store.dialect.name == "neo4j" else "DROP INDEX `Trial[old]` IF EXISTS"
    )


def definitions(store: Store) -> set[tuple[str, str]]:
    rows = store.run("SHOW INDEXES YIELD labelsOrTypes, properties RETURN labelsOrTypes, properties")
    return {
        (type_name, name)
        for row in rows
        for type_name in row["labelsOrTypes"] or ()
        for name in row["properties"] or ()
    }
