"""A backup brings everything back, or says why not."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from ledger import audit, audit_verify, columns, quarantine, runs
from ledger.backup import backup, check, restore
from ledger.database import Ledger
from ledger.judgements import judge, touching
from ledger.records import append, head, mentioning, since
from terms.errors import KehutuError
from terms.ids import Key
from tests.ledger import appender
from tests.ledger.rows import NOW, row
from tests.ledger.test_ledger_kills import ROOT, acknowledged, assert_whole, start, wait_for
from tests.ledger.test_ledger_quarantine import bad
from tests.ledger.test_ledger_runs import run

TABLE = pa.table({"party": ["enterprise:1", "person:2"], "score": [0.25, 0.5]})


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with something of everything."""
    append(ledger, [appender.numbered("visits", n) for n in range(300)], recorded_at=NOW)
    judge(ledger, Key("a"), Key("b"), "same", by="person", author="wang", at=NOW)
    quarantine.put(ledger, [bad()])
    runs.save(ledger, run("r1", risk=columns.write(ledger.home, "r1", "risk", TABLE)))
    runs.turn(ledger, runs.RunId("r1"))
    audit.append(ledger, actor="wang", action="read", subject="person:2", purpose="credit", at=NOW)
    return ledger


def test_a_restored_home_is_equal_in_everything_but_its_id(full: Ledger, tmp_path: Path) -> None:
    made = backup(full, tmp_path / "backup")
    assert (made.records, made.lacking) == (301, ())
    assert set(made.files) == {
        "ledger/ledger.sqlite",
        "ledger/audit.sqlite",
        "ledger/key",
        "columns/r1/risk.parquet",
    }
    assert check(tmp_path / "backup") == made

    restored = restore(tmp_path / "backup", tmp_path / "new home")
    assert (restored.records, restored.former_id, restored.audit) == (301, full.id, None)
    with Ledger.open(tmp_path / "new home", create=False) as again:
        assert (again.id, again.former_ids) == (restored.ledger_id, (full.id,))
        assert again.id != full.id
        assert again.keyed_hash("x") == full.keyed_hash("x")
        assert since(again, 0, 1000) == since(full, 0, 1000)
        assert touching(again, ["a"]) == touching(full, ["a"])
        keys = [f"address:{n}" for n in range(50)]
        assert mentioning(again, keys) == mentioning(full, keys)
        assert quarantine.listing(again) == quarantine.listing(full)
        current = runs.current(again)
        assert current == runs.current(full)
        assert columns.read(again.home, "r1", "risk", sha256=current.files["risk"].sha256).equals(TABLE)
        assert audit_verify.verify(again, audit.head(full)) is None
        # And it goes on where the backup ended.
        assert append(again, [row("1", source="later")], recorded_at=NOW) == ["accepted"]
        assert head(again) == 302


def test_a_restored_home_can_be_backed_up_and_restored_again(full: Ledger, tmp_path: Path) -> None:
    backup(full, tmp_path / "b1")
    first = restore(tmp_path / "b1", tmp_path / "h1")
    with Ledger.open(tmp_path / "h1") as ledger:
        backup(ledger, tmp_path / "b2")
    restore(tmp_path / "b2", tmp_path / "h2")
    with Ledger.open(tmp_path / "h2") as ledger:
        assert ledger.former_ids == (full.id, first.ledger_id)


def test_key_and_ledger_of_a_backup_are_for_their_owner_only(full: Ledger, tmp_path: Path) -> None:
    backup(full, tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "new")
    for folder in (tmp_path / "backup", tmp_path / "new/ledger"):
        assert folder.stat().st_mode & 0o077 == 0
    for path in (
        tmp_path / "backup/ledger/key",
        tmp_path / "backup/ledger/ledger.sqlite",
        tmp_path / "new/ledger/key",
    ):
        assert path.stat().st_mode & 0o077 == 0


def test_a_backup_taken_while_others_write_is_one_moment(home: Path, tmp_path: Path) -> None:
    notes = tmp_path / "acknowledged"
    process = start(home, notes, "visits", 0, 200_000, 25)
    try:
        wait_for(notes, process)
        with Ledger.open(home) as ledger:
            for number in range(3):
                before = acknowledged(notes)
                backup(ledger, tmp_path / f"backup{number}")
                restore(tmp_path / f"backup{number}", tmp_path / f"home{number}")
                with Ledger.open(tmp_path / f"home{number}") as again:
                    assert_whole(again, "visits", before)
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_a_killed_backup_leaves_nothing_under_its_name(full: Ledger, tmp_path: Path) -> None:
    target = tmp_path / "backups/today"
    make = (
        "from pathlib import Path; from ledger.backup import backup; from ledger.database import Ledger\n"
        f"ledger = Ledger.open(Path({str(full.home)!r})); print('open', flush=True)\n"
        f"backup(ledger, Path({str(target)!r}))\n"
    )
    for _ in range(4):
        process = subprocess.Popen(
            [sys.executable, "-c", make], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()
            time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
        if target.exists():
            check(target)
            shutil.rmtree(target)
    backup(full, target)
    check(target)


def test_what_exists_is_never_overwritten(full: Ledger, tmp_path: Path) -> None:
    backup(full, tmp_path / "backup")
    for make, code in [
        (lambda: backup(full, tmp_path / "backup"), "BACKUP_EXISTS"),
        (lambda: restore(tmp_path / "backup", full.home), "RESTORE_OCCUPIED"),
    ]:
        with pytest.raises(KehutuError) as caught:
            make()
        assert caught.value.code == code
    for name in ("graph", "columns/other"):
        home = tmp_path / name.replace("/", "-")
        (home / name).mkdir(parents=True)
        (home / name / "file").write_text("theirs")
        with pytest.raises(KehutuError) as caught:
            restore(tmp_path / "backup", home)
        assert caught.value.code == "RESTORE_OCCUPIED"
        assert (home / name / "file").read_text() == "theirs"


def test_a_restore_that_was_cut_off_can_be_repeated(full: Ledger, tmp_path: Path) -> None:
    backup(full, tmp_path / "backup")
    # As after a kill between the columns and the ledger.
    shutil.copytree(tmp_path / "backup/columns", tmp_path / "new/columns")
    restore(tmp_path / "backup", tmp_path / "new")
    with Ledger.open(tmp_path / "new") as again:
        assert head(again) == 301


@pytest.mark.parametrize(
    "name", ["ledger/ledger.sqlite", "ledger/audit.sqlite", "ledger/key", "columns/r1/risk.parquet"]
)
@pytest.mark.parametrize("damage", ["flipped", "short", "gone"])
def test_a_damaged_backup_is_refused_and_nothing_restored(
    full: Ledger, tmp_path: Path, name: str, damage: str
) -> None:
    path = tmp_path / "backup" / name
    backup(full, tmp_path / "backup")
    whole = path.read_bytes()
    middle = len(whole) // 2
    if damage == "gone":
        path.unlink()
    elif damage == "short":
        path.write_bytes(whole[:-1])
    else:
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    with pytest.raises(KehutuError) as caught:
        restore(tmp_path / "backup", tmp_path / "new")
    assert caught.value.code == "BACKUP_DAMAGED"
    assert name in caught.value.message()
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: m.update(format=99), "BACKUP_NEWER"),
        (lambda m: m.update(records=5), "BACKUP_DAMAGED"),
        (lambda m: m.update(ledger="another"), "BACKUP_DAMAGED"),
        (lambda m: m.pop("created"), "BACKUP_DAMAGED"),
        (lambda m: m["files"].pop("ledger/key"), "BACKUP_DAMAGED"),
        (lambda m: m["files"].update({"../out": {"bytes": 0, "sha256": ""}}), "BACKUP_DAMAGED"),
        (lambda m: m["files"].update({"ledger/../../out": {"bytes": 0, "sha256": ""}}), "BACKUP_DAMAGED"),
        (lambda m: m["files"].update({"/etc/passwd": {"bytes": 0, "sha256": ""}}), "BACKUP_DAMAGED"),
        (lambda m: m["files"].update({"": {"bytes": 0, "sha256": ""}}), "BACKUP_DAMAGED"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(
    full: Ledger, tmp_path: Path, change: object, code: str
) -> None:
    backup(full, tmp_path / "backup")
    path = tmp_path / "backup/manifest.json"
    content = json.loads(path.read_text())
    change(content)  # type: ignore[operator]
    path.write_text(json.dumps(content))
    with pytest.raises(KehutuError) as caught:
        restore(tmp_path / "backup", tmp_path / "new")
    assert caught.value.code == code
    assert not (tmp_path / "new/ledger").exists()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", None])
def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(KehutuError) as caught:
        check(tmp_path)
    assert caught.value.code == ("BACKUP_MISSING" if content is None else "BACKUP_DAMAGED")


def test_lost_results_of_a_run_do_not_prevent_a_backup_but_are_named(full: Ledger, tmp_path: Path) -> None:
    (full.home / "columns/r1/risk.parquet").unlink()
    made = backup(full, tmp_path / "backup")
    assert made.lacking == ("columns/r1/risk.parquet",)
    assert restore(tmp_path / "backup", tmp_path / "new").records == 301


def test_a_broken_audit_trail_is_restored_and_reported(full: Ledger, tmp_path: Path) -> None:
    with audit.opened(full).writing() as connection:
        connection.execute("DROP TRIGGER entry_no_update")
        connection.execute("UPDATE entry SET actor = 'nobody'")
    backup(full, tmp_path / "backup")
    assert restore(tmp_path / "backup", tmp_path / "new").audit == audit_verify.Broken(1, "changed")


def test_a_damaged_ledger_is_not_backed_up(full: Ledger, tmp_path: Path) -> None:
    home = full.home
    full.close()
    path = home / "ledger/ledger.sqlite"
    whole = bytearray(path.read_bytes())
    whole[8192:40960] = os.urandom(32768)
    path.write_bytes(whole)
    with Ledger.open(home) as ledger, pytest.raises(KehutuError) as caught:
        backup(ledger, tmp_path / "backup")
    assert caught.value.code == "LEDGER_DAMAGED"
    assert not (tmp_path / "backup").exists()
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_a_place_that_cannot_be_written_is_named(full: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(KehutuError) as caught:
        backup(full, tmp_path / "file/backup")
    assert caught.value.code == "BACKUP_UNWRITABLE"
    assert replace(check(_made(full, tmp_path)), path=tmp_path).records == 301


def _made(ledger: Ledger, folder: Path) -> Path:
    return backup(ledger, folder / "made").path
