"""The doctor names what is wrong, with a remedy, and leaves everything as it is."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import main
from graph.dialects.neo4j import Neo4j
from graph.rebuild import beside, empty_in_place
from graph.state import begin, end
from graph.store import Store
from graph.write import wipe
from ingest.loads.batches import READING
from ingest.projection.projector import catch_up
from ledger import audit, loads, withdrawals
from ledger.database import Ledger
from ledger.records import acknowledge, append, content_hash
from services.operation.doctor import environment
from services.operation.doctor.configuration import configuration, in_force
from services.operation.doctor.finding import Finding
from services.operation.doctor.loads import loads as loads_that_want
from services.operation.doctor.site import clock, ledger_and_store, server_version
from services.operation.doctor.site import home as home_findings
from services.settings import settings
from tests.ingest_projector.material import CODES, SCHEMA, node, row

HOUR = timedelta(hours=1)


def wrong(findings: Iterator[Finding]) -> dict[str, str]:
    """Codes of what is not as it should be, with the state."""
    return {one.fault.code: one.state for one in findings if one.fault is not None}


@pytest.mark.parametrize(
    ("finding", "code", "state"),
    [
        (environment.disk(Path("x"), 5_000, 100), None, "ok"),
        (environment.disk(Path("x"), 5_000, 4_000), "DISK_LOW", "warning"),
        (environment.disk(Path("x"), 100, 0), "DISK_LOW", "fault"),
        (environment.memory(4_000, None, embedded=True), None, "ok"),
        (environment.memory(4_000, "8g", embedded=True), "MEMORY_LOW", "warning"),
        (environment.memory(4_000, "8g", embedded=False), None, "ok"),
        (environment.memory(100, None, embedded=True), "MEMORY_LOW", "fault"),
        (environment.memory(None, None, embedded=True), None, "ok"),
        (environment.libc("glibc", "2.36"), None, "ok"),
        (environment.libc("glibc", "2.31"), "SYSTEM_UNSUPPORTED", "warning"),
        (environment.libc("", ""), "SYSTEM_UNSUPPORTED", "warning"),
        (server_version("bolt://x", "5.26.30", "community"), None, "ok"),
        (server_version("bolt://x", "2025.10.1", "enterprise"), None, "ok"),
        (server_version("bolt://x", "4.4.9", "community"), "STORE_VERSION", "fault"),
        (clock(datetime.now(UTC), datetime.now(UTC)), None, "ok"),
        (clock(datetime.now(UTC), datetime.now(UTC) + HOUR), "CLOCK_BEHIND", "fault"),
    ],
)
def test_figures_are_judged(finding: Finding, code: str | None, state: str) -> None:
    assert (finding.fault and finding.fault.code, finding.state) == (code, state)
    if finding.fault is not None:
        for lang in ("en", "zh"):
            assert finding.fault.message(lang)  # type: ignore[arg-type]
            assert finding.fault.remedy(lang)  # type: ignore[arg-type]


def test_a_missing_package_is_named_and_extras_are_not_asked_for() -> None:
    found = list(environment.packages(["click>=8", "no-such-package==1", "simbench==1; extra == 'demo'"]))
    assert wrong(iter(found)) == {"PACKAGE_MISSING": "fault"}
    assert found[-1].told("en") == "1 of 2 installed"
    assert wrong(environment.environment()) == {}


def test_a_port_in_use_is_worth_a_look() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert wrong(iter([environment.api_port(port)])) == {"PORT_IN_USE": "warning"}
    assert environment.api_port(port).fault is None


def test_settings_name_where_they_come_from_and_show_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.toml").write_text('lang = "zh"\nstore_password = "hunter2"\nstore_user = "file"\n')
    monkeypatch.setenv("KEHUTU_STORE_USER", "someone")
    chosen = settings(tmp_path, store="bolt://me:hunter2@db:7687")
    shown = {one.name: (one.value, one.origin) for one in in_force(chosen)}
    assert shown["home"] == (str(tmp_path), "flag")
    assert shown["store"] == ("bolt://[hidden]@db:7687", "flag")
    assert shown["store_user"] == ("someone", "environment")
    assert shown["lang"] == ("zh", "config.toml")
    assert shown["store_password"] == ("[hidden]", "config.toml")
    assert shown["log_level"] == ("warning", "default")


def test_a_variable_that_is_no_setting_is_named_with_the_nearest_one(tmp_path: Path) -> None:
    found = list(
        configuration(settings(tmp_path), {"KEHUTU_STOER": "x", "KEHUTU_TEST_NEO4J": "y", "HOME": "z"})
    )
    assert wrong(iter(found)) == {"SETTING_UNKNOWN": "warning"}
    (fault,) = [one.fault for one in found if one.fault is not None]
    assert fault.details == {"name": "KEHUTU_STOER", "nearest": "KEHUTU_STORE"}


def test_the_password_of_the_store_comes_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret"
    monkeypatch.setenv("KEHUTU_STORE_PASSWORD_FILE", str(secret))
    chosen = settings(tmp_path, store="bolt://db:7687/graph")
    assert wrong(configuration(chosen, {})) == {"CONFIGURATION_FAULT": "fault"}
    secret.write_text("p@ss/word\n")
    assert (
        settings(tmp_path, store="bolt://db:7687/graph").store_url
        == "bolt://neo4j:p%40ss%2Fword@db:7687/graph"
    )
    assert settings(tmp_path, store="bolt://a:b@db").store_url == "bolt://a:b@db"
    assert settings(tmp_path).store_url == "embedded"


def test_a_variable_that_means_nothing_is_named_with_the_nearest(tmp_path: Path) -> None:
    names = {"KEHUTU_STROE": "x", "KEHUTU_TEST_NEO4J": "x", "KEHUTU_LANG": "en", "PATH": "x"}
    (finding,) = [one for one in configuration(settings(tmp_path), names) if one.fault is not None]
    assert finding.name == "KEHUTU_STROE"
    assert finding.fault is not None
    assert "KEHUTU_STORE" in finding.fault.remedy()
    assert finding.state == "warning"


def test_secrets_that_others_may_read_are_named(ledger: Ledger) -> None:
    chosen = settings(ledger.home)
    assert wrong(home_findings(chosen)) == {}
    ledger.path.chmod(0o644)
    assert wrong(home_findings(chosen)) == {"FILE_EXPOSED": "fault"}
    ledger.path.chmod(0o600)
    (ledger.home / "config.toml").write_text('store_password = "hunter2"\n')
    assert wrong(home_findings(settings(ledger.home))) == {"FILE_EXPOSED": "fault"}


def test_a_home_of_another_user_is_named(ledger: Ledger) -> None:
    assert wrong(home_findings(settings(ledger.home), user=4711)) == {"HOME_OF_ANOTHER": "fault"}


@pytest.fixture
def home(kept_home: Path) -> Path:
    """A home whose embedded store is up."""
    return kept_home


@pytest.fixture
def store(home: Path, kept_store: Store) -> Store:
    """The embedded store of ``home``, empty."""
    del home
    return kept_store


def _site(home: Path) -> dict[str, str]:
    return wrong(ledger_and_store(settings(home)))


def _values(home: Path) -> set[str]:
    return {one.told("en") for one in ledger_and_store(settings(home))}


def test_the_store_is_compared_with_the_ledger(ledger: Ledger, store: Store) -> None:
    assert _site(ledger.home) == {}
    append(ledger, [row("visits/1", node("Enterprise", CODES[0], name="甲"))], recorded_at=datetime.now(UTC))
    catch_up(ledger, store, SCHEMA)
    assert _site(ledger.home) == {}
    append(ledger, [row("visits/2", node("Enterprise", CODES[1], name="乙"))], recorded_at=datetime.now(UTC))
    assert _site(ledger.home) == {"STORE_BEHIND": "fault"}
    with ledger.writer():
        assert _site(ledger.home) == {}
    catch_up(ledger, store, SCHEMA)
    store.write("MERGE (n:Customer {id: 'customer:0000000099'})")
    assert _site(ledger.home) == {"STORE_DAMAGED": "fault"}
    begin(store, 2)
    assert _site(ledger.home) == {"STORE_BEHIND": "fault"}
    begin(store, 9)
    assert _site(ledger.home) == {"STORE_AHEAD": "fault"}
    end(store, 2)
    store.write("MATCH (m:Meta {id: 'state'}) SET m.timesOf = 2")
    assert _site(ledger.home) == {"STORE_DAMAGED": "fault", "STORE_TIMES_EARLIER": "warning"}
    store.write("MATCH (m:Meta {id: 'state'}) SET m.timesOf = null")
    store.write("MATCH (m:Meta {id: 'state'}) SET m.schemaVersion = 1")
    assert _site(ledger.home) == {
        "STORE_DAMAGED": "fault"
    }  # an older one is migrated, so only what was wrong is
    assert f"1; the next command migrates it to {SCHEMA.version}" in _values(ledger.home)
    store.write("MATCH (m:Meta {id: 'state'}) SET m.migration = 2")
    assert "half way to 2; the next command goes on" in _values(ledger.home)
    store.write("MATCH (m:Meta {id: 'state'}) SET m.migration = null")
    store.write("MATCH (m:Meta {id: 'state'}) SET m.schemaVersion = $newer", newer=SCHEMA.version + 1)
    assert _site(ledger.home) == {"STORE_NEWER": "fault"}
    store.write("MATCH (m:Meta {id: 'state'}) SET m.schemaVersion = $own", own=SCHEMA.version)
    store.write("MATCH (m:Meta {id: 'state'}) SET m.ledgerId = 'another'")
    assert _site(ledger.home) == {"STORE_OF_ANOTHER_LEDGER": "fault"}
    empty_in_place(store, ledger.id)
    assert _site(ledger.home) == {"STORE_REBUILDING": "fault"}
    wipe(store, definitions=True)
    with beside(store, ledger.home):
        assert _site(ledger.home) == {"STORE_LEFTOVERS": "warning"}
    assert _site(ledger.home) == {}


@pytest.mark.usefixtures("store")
def test_a_broken_trail_and_a_missing_key_are_named(ledger: Ledger) -> None:
    audit.append(ledger, actor="a", action="b", subject="c", purpose="d", at=datetime.now(UTC))
    with closing(sqlite3.connect(audit.opened(ledger).path)) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET actor = 'nobody'")
        database.commit()
    assert _site(ledger.home) == {"AUDIT_BROKEN": "fault"}
    (ledger.folder / "key").rename(ledger.folder / "elsewhere")
    assert _site(ledger.home) == {"LEDGER_KEY_MISSING": "fault"}


def test_the_command_shows_findings_with_remedies(tmp_path: Path) -> None:
    place = tmp_path / "none"

    def doctor(*words: str) -> Any:
        return CliRunner().invoke(
            main, ["doctor", "--home", str(place), "--store", "bolt://127.0.0.1:9", *words]
        )

    done = doctor("--json")
    assert done.exit_code == 1
    document = json.loads(done.stdout)
    assert document["well"] is False
    (finding,) = [one for one in document["findings"] if one["state"] == "fault"]
    assert (finding["area"], finding["code"]) == ("store", "STORE_UNAVAILABLE")
    assert finding["remedy"]
    assert {
        "name": "store",
        "value": "bolt://127.0.0.1:9",
        "origin": "flag",
        "variable": "KEHUTU_STORE",
    } in document["settings"]
    in_chinese = doctor("--lang", "zh")
    assert in_chinese.exit_code == 1
    assert "处理办法" in in_chinese.output
    assert not place.exists()


def test_a_fresh_home_is_well_and_stays_unmade(tmp_path: Path) -> None:
    place = tmp_path / "none"
    done = CliRunner().invoke(main, ["doctor", "--home", str(place)])
    assert done.exit_code == 0, done.output
    assert "embedded, starts" in done.output
    assert not place.exists()


def test_a_neo4j_is_examined(neo4j_store: Store, neo4j_url: str, ledger: Ledger) -> None:
    wipe(neo4j_store, definitions=True)
    found = list(ledger_and_store(settings(ledger.home, store=neo4j_url)))
    values = {one.name: one.told("en") for one in found}
    assert values["server"].startswith("Neo4j 5.26")
    assert values["Graph Data Science"].startswith("2.")
    assert wrong(iter(found)) == {}


def test_a_neo4j_without_the_engine_is_worth_a_look(
    neo4j_store: Store, neo4j_url: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    wipe(neo4j_store, definitions=True)
    # The server of the tests has the engine: asking it for a function that no server has is answered as without.
    monkeypatch.setattr(
        Neo4j, "engine_version", lambda _, store: store.read("RETURN gds.nothing() AS version")
    )
    assert wrong(ledger_and_store(settings(ledger.home, store=neo4j_url))) == {"GDS_MISSING": "warning"}


def test_loads_that_want_something_done_are_named(tmp_path: Path) -> None:
    counts = {"name": "survey", "read": 1, "accepted": 1, "quarantined": 0, "duplicate": 0}
    at = datetime.now(UTC)
    with Ledger.open(tmp_path) as opened:
        assert list(loads_that_want(opened)) == []
        for number, record_id in enumerate(("named", content_hash(b"", deleted=False).hex())):
            source = f"survey-{number}"
            told = row(f"{source}/{record_id}", node("Enterprise", CODES[0]))
            loads.start(opened, f"load-{number}", "m.yaml", at=at, reading=READING - 1)
            acknowledge(opened, [told], recorded_at=at, load=f"load-{number}")
            loads.finish(opened, f"load-{number}", [{**counts, "name": source}], at=at + HOUR)
        assert wrong(iter(loads_that_want(opened))) == {
            "SOURCE_READ_BEFORE": "warning",
            "SOURCE_READ_BEFORE_BY_CONTENT": "warning",
        }
        withdrawals.begin(opened, "load-1", at=at)
        half = next(iter(loads_that_want(opened)))
        assert (half.fault and half.fault.code, half.state) == ("LOAD_HALF_WITHDRAWN", "fault")
        assert half.fault is not None
        assert "kehutu loads withdraw load-1" in half.fault.remedy()
