"""Opening, refusing and locking a ledger."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ledger import tables
from ledger.database import Ledger
from ledger.records import append, by_seq, head, since
from terms.errors import KehutuError
from tests.ledger.rows import NOW, row

NOBODY = 65534


@contextmanager
def refused(code: str) -> Iterator[pytest.ExceptionInfo[KehutuError]]:
    """The block raises this error, whose texts can be made in both languages."""
    with pytest.raises(KehutuError) as caught:
        yield caught
    assert caught.value.code == code
    assert caught.value.message("zh")
    assert caught.value.remedy("en")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user may enter."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def without_privilege() -> Iterator[None]:
    """Root may write anywhere; permissions hold for everybody else."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def test_a_ledger_keeps_its_id_and_its_hashes(home: Path) -> None:
    with Ledger.open(home) as first:
        number, hashed = first.id, first.keyed_hash("110101199003078888")
    with Ledger.open(home) as again:
        assert (again.id, again.keyed_hash("110101199003078888")) == (number, hashed)
    assert len(hashed) == 32


def test_two_ledgers_hash_the_same_number_differently(ledger: Ledger, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "other") as other:
        assert other.keyed_hash("110101199003078888") != ledger.keyed_hash("110101199003078888")
        assert other.id != ledger.id


def test_key_and_database_are_for_their_owner_only(ledger: Ledger) -> None:
    append(ledger, [row("1")], recorded_at=NOW)
    assert {path.name: path.stat().st_mode & 0o077 for path in ledger.folder.iterdir()} == dict.fromkeys(
        ("key", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "setup.lock"), 0
    )
    assert len((ledger.folder / "key").read_bytes()) == 32


def test_a_key_that_others_may_read_is_refused(home: Path) -> None:
    Ledger.open(home).close()
    (home / "ledger/key").chmod(0o640)
    with refused("LEDGER_KEY_EXPOSED"):
        Ledger.open(home)


def test_a_lost_key_is_never_replaced_in_silence(home: Path) -> None:
    Ledger.open(home).close()
    (home / "ledger/key").unlink()
    with refused("LEDGER_KEY_MISSING"):
        Ledger.open(home)


@pytest.mark.parametrize("content", [b"x" * 32, b"short"])
def test_the_key_of_another_ledger_is_refused(home: Path, content: bytes) -> None:
    Ledger.open(home).close()
    (home / "ledger/key").write_bytes(content)
    with refused("LEDGER_KEY_WRONG"):
        Ledger.open(home)


def test_a_missing_ledger_is_made_only_where_asked(home: Path) -> None:
    with refused("LEDGER_MISSING"):
        Ledger.open(home, create=False)
    assert not home.exists()
    Ledger.open(home).close()
    Ledger.open(home, create=False).close()


def test_a_newer_ledger_is_refused_and_left_alone(home: Path) -> None:
    Ledger.open(home).close()
    path = home / "ledger/ledger.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = 'version'", [str(tables.VERSION + 1)])
    connection.close()
    with refused("LEDGER_NEWER"):
        Ledger.open(home)


@pytest.mark.parametrize("damage", ["text", "truncated", "header"])
def test_a_damaged_file_is_named(home: Path, damage: str) -> None:
    with Ledger.open(home) as ledger:
        append(ledger, [row(str(n), "x" * 2000) for n in range(200)], recorded_at=NOW)
    path = home / "ledger/ledger.sqlite"
    whole = path.read_bytes()
    damaged = {
        "text": b"this is no database, " * 500,
        "truncated": whole[: len(whole) // 2],
        "header": b"\0" * 100 + whole[100:],
    }[damage]
    path.write_bytes(damaged)
    with refused("LEDGER_DAMAGED") as caught, Ledger.open(home) as ledger:
        since(ledger, 0, 1000)
    assert str(path) in caught.value.message()
    assert path.read_bytes() == damaged


def test_a_flipped_byte_of_a_record_is_never_served(home: Path) -> None:
    with Ledger.open(home) as ledger:
        append(ledger, [row("1", "before " + "x" * 50), row("2", "other")], recorded_at=NOW)
    path = home / "ledger/ledger.sqlite"
    whole = path.read_bytes()
    assert whole.count(b"before xxx") == 1
    path.write_bytes(whole.replace(b"before xxx", b"befora xxx"))
    with Ledger.open(home) as ledger:
        with refused("LEDGER_DAMAGED") as caught:
            since(ledger, 0, 10)
        assert "visits/1" in caught.value.message()
        assert by_seq(ledger, [2])[2].payload == b"other"


def test_a_folder_that_cannot_be_written_is_named(open_folder: Path) -> None:
    open_folder.chmod(0o555)
    with without_privilege(), refused("LEDGER_UNWRITABLE") as caught:
        Ledger.open(open_folder / "home")
    assert str(open_folder) in caught.value.message()


def test_a_home_that_is_a_file_is_named(home: Path) -> None:
    home.write_text("no folder")
    with refused("LEDGER_UNWRITABLE"):
        Ledger.open(home)


def test_a_ledger_of_another_user_is_refused(open_folder: Path) -> None:
    with Ledger.open(open_folder) as ledger:
        append(ledger, [row("1")], recorded_at=NOW)
    ledger.folder.chmod(0o755 if os.geteuid() == 0 else 0o000)
    try:
        with without_privilege(), refused("LEDGER_UNWRITABLE"):
            Ledger.open(open_folder)
    finally:
        ledger.folder.chmod(0o700)
    with Ledger.open(open_folder) as ledger:
        assert head(ledger) == 1


def test_a_full_disk_refuses_the_batch_and_keeps_what_was_acknowledged(home: Path) -> None:
    with Ledger.open(home) as ledger:
        append(ledger, [row("1")], recorded_at=NOW)
        with ledger.reading() as connection:
            # SQLite's own limit takes the way that a full disk does.
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with refused("LEDGER_FULL"):
            append(ledger, [row(str(n), "x" * 1000) for n in range(2, 500)], recorded_at=NOW)
        assert head(ledger) == 1
    with Ledger.open(home) as ledger:
        assert append(ledger, [row("1"), row("2")], recorded_at=NOW) == ["duplicate", "accepted"]
        assert ledger.check() == []


def test_one_writer_at_a_time_and_the_refusal_names_it(home: Path) -> None:
    with Ledger.open(home) as one, Ledger.open(home) as two:
        with one.writer(), refused("LEDGER_LOCKED") as caught, two.writer(wait=0.05):
            pass
        assert caught.value.details["pid"] == str(os.getpid())
        with two.writer(wait=0):
            pass


def test_the_writer_may_enter_again_in_its_thread_but_no_other_thread(ledger: Ledger) -> None:
    outcomes: list[str] = []

    def other() -> None:
        try:
            with ledger.writer(wait=0.05):
                outcomes.append("in")
        except KehutuError as fault:
            outcomes.append(fault.code)

    with ledger.writer():
        with ledger.writer():
            pass
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    other()
    assert outcomes == ["LEDGER_LOCKED", "in"]


def test_a_block_that_fails_writes_nothing(ledger: Ledger) -> None:
    def write() -> None:
        with ledger.writing() as connection:
            connection.execute(tables.pointer.insert(), {"name": "x", "value": "1"})
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        write()
    with ledger.reading() as connection:
        assert connection.execute(tables.pointer.select()).all() == []


def test_many_threads_open_one_new_home(home: Path) -> None:
    ids: list[str] = []

    def enter() -> None:
        with Ledger.open(home) as ledger:
            ids.append(ledger.id)

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 8
    assert len(set(ids)) == 1
