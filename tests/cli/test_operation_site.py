"""Backup, restore, rebuild, audit and identity as an operator calls them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.main import main
from graph.state import read_state
from graph.store import Store, open_store
from graph.write import contents, wipe
from services.settings import settings
from services.site import open_site
from tests.everyone import seen
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def answer(*words: object, exit_code: int = 0) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == exit_code, done.output
    return json.loads(done.stdout)


@pytest.fixture
def home(kept_home: Path) -> Path:
    """A home whose embedded store is up, so that not every command has to start it."""
    return kept_home


@pytest.fixture
def loaded(home: Path, tmp_path: Path) -> Path:
    """A home with the small site in it."""
    assert run("ingest", write(tmp_path), "--home", home).exit_code == 0
    return home


def graph_of(home: Path) -> dict[str, Any]:
    with open_site(settings(home)) as site:
        return contents(site.store)


def test_a_site_is_backed_up_restored_and_answers_alike(loaded: Path, tmp_path: Path) -> None:
    assert answer("analyse", "--home", loaded)["run"]
    before = graph_of(loaded)
    traced = answer("trace", GUARANTOR, "--home", loaded)
    made = answer("backup", tmp_path / "copy", "--home", loaded)
    assert made["records"] > 20
    assert made["lacking"] == []
    assert answer("restore", tmp_path / "copy", "--check")["files"] == made["files"]

    back = tmp_path / "back"
    restored = answer("restore", tmp_path / "copy", "--home", back)
    assert (restored["records"], restored["audit"]) == (made["records"], None)
    assert restored["ledgerId"] != restored["formerId"] == made["ledgerId"]
    with open_store("embedded", back):
        rebuilt = answer("rebuild", "--home", back, "--grace", 0)
        assert rebuilt["watermark"] == made["records"]
        assert graph_of(back) == before
        assert answer("trace", GUARANTOR, "--home", back) == traced
    entries = answer("audit", "list", "--home", back)
    actions = [entry["action"] for entry in entries if entry["purpose"] == "operation"]
    assert actions == ["policy", "backup", "restore", "rebuild"]
    assert [e["document"] for e in entries if e["action"] == "read"] == ["kehutu trace"] * 2


def test_a_damaged_backup_and_an_occupied_home_are_refused(loaded: Path, tmp_path: Path) -> None:
    assert run("backup", tmp_path / "copy", "--home", loaded).exit_code == 0
    assert run("backup", tmp_path / "copy", "--home", loaded).exit_code == 2
    assert "RESTORE_OCCUPIED" in run("restore", tmp_path / "copy", "--home", loaded).output
    (tmp_path / "copy" / "ledger" / "key").write_bytes(b"x" * 32)
    refused = run("restore", tmp_path / "copy", "--home", tmp_path / "back")
    assert refused.exit_code != 0
    assert "BACKUP_DAMAGED" in refused.output
    assert not (tmp_path / "back" / "ledger").exists()


def test_nothing_is_made_where_there_is_no_ledger(tmp_path: Path) -> None:
    for words in (
        ("backup", tmp_path / "copy"),
        ("rebuild",),
        ("audit", "verify"),
        ("judge", "A", "B", "same"),
    ):
        refused = run(*words, "--home", tmp_path / "none")
        assert refused.exit_code != 0
        assert "LEDGER_MISSING" in refused.output
    assert not (tmp_path / "none").exists()


def test_a_changed_audit_entry_is_found(loaded: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("backup", tmp_path / name, "--home", loaded).exit_code == 0
    whole = answer("audit", "verify", "--home", loaded)
    assert (whole["whole"], whole["head"]["number"]) == (True, 2)
    anchor = f"{whole['head']['number']}:{whole['head']['hash']}"
    assert run("audit", "verify", "--home", loaded, "--anchor", anchor).exit_code == 0
    assert run("audit", "verify", "--home", loaded, "--anchor", f"2:{'0' * 64}").exit_code == 1
    assert run("audit", "verify", "--home", loaded, "--anchor", "two").exit_code == 2
    assert run("audit", "list", "--home", loaded, "--subject", tmp_path / "two").output.count("backup") == 1
    assert run("audit", "list", "--home", loaded, "--until", "2020-01-01").exit_code == 1

    with closing(sqlite3.connect(loaded / "ledger" / "audit.sqlite")) as database:
        database.execute("DROP TRIGGER entry_no_update")
        database.execute("UPDATE entry SET actor = 'nobody' WHERE number = 1")
        database.commit()
    broken = answer("audit", "verify", "--home", loaded, exit_code=1)
    assert broken["broken"] == {"number": 1, "reason": "changed"}
    assert "Entry 1 does not fit" in run("audit", "verify", "--home", loaded).output


def test_judgements_join_part_and_survive_a_rebuild(loaded: Path) -> None:
    assert run("why", DEBTOR, UPSTREAM, "--home", loaded).exit_code == 1
    said = answer("judge", DEBTOR, UPSTREAM, "same", "--reason", "same seal", "--home", loaded)
    assert said["verdict"] == "same"
    assert run("why", DEBTOR, UPSTREAM, "--home", loaded).exit_code == 0
    identity = answer("resolve", "--home", loaded)
    assert identity["judgements"] == [{"verdict": "same", "by": "person", "pairs": 1}]
    assert {"type": "Enterprise", "entities": 2, "names": 3, "parts": 0} in identity["types"]

    parted = answer("split", f"registry/{DEBTOR}", "--home", loaded)
    assert parted["parted"][0]["sighting"].startswith("enterprise@")
    # The record alone states its number, so the number goes with it.
    assert run("why", DEBTOR, UPSTREAM, "--home", loaded).exit_code == 1
    before = graph_of(loaded)
    rebuilt = answer("rebuild", "--home", loaded, "--grace", 0)
    assert rebuilt["changed"] == []
    assert graph_of(loaded) == before
    assert run("split", "registry/nobody", "--home", loaded).exit_code == 1
    assert run("split", f"registry/{DEBTOR}", "--type", "Custard", "--home", loaded).exit_code == 2
    assert run("judge", DEBTOR, "4400000001", "same", "--home", loaded).exit_code != 0
    assert "judge same" in run("audit", "list", "--home", loaded).output


def test_with_the_store_down_a_judgement_is_kept(loaded: Path) -> None:
    down = run("judge", DEBTOR, UPSTREAM, "same", "--home", loaded, "--store", "bolt://127.0.0.1:9", "--json")
    assert down.exit_code == 3
    assert json.loads(down.stdout)["verdict"] == "same"
    assert run("resolve", "--home", loaded).exit_code == 0
    assert run("why", DEBTOR, UPSTREAM, "--home", loaded).exit_code == 0


def test_a_quarantined_row_is_taken_after_its_cell_is_corrected(home: Path, tmp_path: Path) -> None:
    manifest = write(tmp_path)
    bills = tmp_path / "bills.csv"
    good = bills.read_text()
    bills.write_text(good.replace("A1-04,A1,2025-04,3100.00", "A1-04,A1,2025-04,much"))
    assert run("ingest", manifest, "--home", home).exit_code == 0
    (held,) = answer("quarantine", "list", "--home", home)
    stays = answer("quarantine", "retry", "--home", home, exit_code=1)
    assert (stays["taken"], stays["quarantined"], stays["rows"][0]["code"]) == (0, 1, held["code"])
    assert run("quarantine", "retry", held["id"], "--set", "amount", "--home", home).exit_code == 2
    taken = answer("quarantine", "retry", held["id"], "--set", "amount=3100.00", "--home", home)
    assert [row["recordId"] for row in taken["rows"]] == ["A1-04"]
    assert answer("quarantine", "list", "--home", home) == []
    assert answer("quarantine", "retry", "--home", home)["rows"] == []
    with open_site(settings(home)) as site:
        assert seen(site).entity("bill:A1-04") == "bill:A1-04"


def test_a_row_corrected_in_its_file_is_taken_from_there(home: Path, tmp_path: Path) -> None:
    manifest = write(tmp_path)
    bills = tmp_path / "bills.csv"
    good = bills.read_text()
    bills.write_text(good.replace("A1-04,A1,2025-04,3100.00", "A1-04,A1,2025-04,much"))
    assert run("ingest", manifest, "--home", home).exit_code == 0
    bills.write_text(good)
    done = run("quarantine", "retry", "--source", "bills", "--home", home)
    assert done.exit_code == 0, done.output
    assert "accepted" in done.output


def test_a_neo4j_of_the_ledger_that_a_home_was_restored_from_is_rebuilt_in_place(
    neo4j_store: Store, neo4j_url: str, tmp_path: Path
) -> None:
    wipe(neo4j_store)
    home, back = tmp_path / "home", tmp_path / "back"
    assert run("ingest", write(tmp_path), "--home", home, "--store", neo4j_url).exit_code == 0
    before = contents(neo4j_store)
    assert run("backup", tmp_path / "copy", "--home", home).exit_code == 0
    assert run("restore", tmp_path / "copy", "--home", back).exit_code == 0
    refused = run("search", "Debtor", "--home", back, "--store", neo4j_url)
    assert refused.exit_code == 3
    assert "STORE_OF_ANOTHER_LEDGER" in refused.output
    done = answer("rebuild", "--home", back, "--store", neo4j_url)
    assert done["way"] == "in place"
    assert contents(neo4j_store) == before
    state = read_state(neo4j_store)
    assert state is not None
    assert state.watermark == done["watermark"]
    # The first home has lost its store to the other one, and must not take it back by mistake.
    assert "STORE_OF_ANOTHER_LEDGER" in run("rebuild", "--home", home, "--store", neo4j_url).output
    wipe(neo4j_store)
