"""The audit trail shows every change made behind its back."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.audit import Head, NewEntry, about, append, append_all, chained, head, listing, opened, seal
from ledger.audit_verify import Broken, verify
from ledger.database import Ledger
from terms.errors import KehutuError
from tests.ledger.rows import NOW
from tests.ledger.test_ledger_records import fresh

ROOT = Path(__file__).parents[2]
SIZE = 7


def entry(number: int) -> NewEntry:
    """Somebody reads something."""
    return NewEntry(
        f"user-{number % 3}", "read", f"person:{number % 4}", "service", NOW + timedelta(minutes=number)
    )


@pytest.fixture
def trail(ledger: Ledger) -> Ledger:
    """Seven entries."""
    for number in range(1, SIZE + 1):
        assert append(ledger, **entry(number)._asdict()) == number
    return ledger


def tamper(ledger: Ledger, *statements: str) -> None:
    """Write into the file as somebody with the rights to it, but without the key, would."""
    connection = sqlite3.connect(opened(ledger).path)
    with connection:
        for table in ("entry", "about", "document"):
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_an_untouched_trail_fits(trail: Ledger) -> None:
    assert verify(trail) is None
    assert head(trail).number == SIZE


def test_an_empty_trail_fits(ledger: Ledger) -> None:
    assert verify(ledger) is None
    assert head(ledger).number == 0
    assert append_all(ledger, []) == 0


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE entry SET actor = 'nobody' WHERE number = 3", 3, "changed"),
        ("UPDATE entry SET action = 'export' WHERE number = 1", 1, "changed"),
        ("UPDATE entry SET subject = '' WHERE number = 7", 7, "changed"),
        ("UPDATE entry SET purpose = 'law' WHERE number = 2", 2, "changed"),
        ("UPDATE entry SET at = at + 1 WHERE number = 5", 5, "changed"),
        ("UPDATE entry SET hash = zeroblob(32) WHERE number = 4", 4, "changed"),
        ("DELETE FROM entry WHERE number = 4", 4, "missing"),
        ("DELETE FROM entry WHERE number = 1", 1, "missing"),
        ("DELETE FROM entry WHERE number = 7", 7, "missing"),
        ("DELETE FROM entry WHERE number > 2", 3, "missing"),
        ("DELETE FROM entry", 1, "missing"),
        (
            "INSERT INTO entry SELECT 8, at, form, actor, action, subject, purpose, role, document, subjects, classes, "
            "hash FROM entry WHERE number = 7",
            8,
            "changed",
        ),
        ("DELETE FROM meta WHERE name = 'head'", 7, "head"),
        ("UPDATE meta SET value = '7:00' WHERE name = 'head'", 7, "head"),
    ],
)
def test_the_first_entry_that_does_not_fit_is_named(
    trail: Ledger, statement: str, number: int, reason: str
) -> None:
    tamper(trail, statement)
    found = verify(trail)
    assert found is not None
    assert (found.number, found.reason) == (number, reason)


def test_two_entries_that_changed_places_are_named(trail: Ledger) -> None:
    tamper(
        trail,
        "UPDATE entry SET number = 99 WHERE number = 3",
        "UPDATE entry SET number = 3 WHERE number = 4",
        "UPDATE entry SET number = 4 WHERE number = 99",
    )
    assert verify(trail) == Broken(3, "changed")


def test_moving_text_between_fields_is_noticed(ledger: Ledger) -> None:
    append(ledger, actor="ab", action="c", subject="s", purpose="p", at=NOW)
    tamper(ledger, "UPDATE entry SET actor = 'a', action = 'bc'")
    assert verify(ledger) == Broken(1, "changed")


def test_the_key_of_another_ledger_cannot_forge_a_trail(trail: Ledger, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "other") as other:
        append_all(other, [entry(number) for number in range(1, SIZE + 1)])
        forged = [row[-1] for row in _rows(other)]
    connection = sqlite3.connect(opened(trail).path)
    with connection:
        connection.execute("DROP TRIGGER entry_no_update")
        for number, digest in enumerate(forged, 1):
            connection.execute("UPDATE entry SET hash = ? WHERE number = ?", [digest, number])
    connection.close()
    assert verify(trail) == Broken(1, "changed")


def test_a_head_kept_elsewhere_shows_that_an_older_file_came_back(home: Path) -> None:
    with Ledger.open(home) as ledger:
        append(ledger, **entry(1)._asdict())
    older = (home / "ledger/audit.sqlite").read_bytes()
    with Ledger.open(home) as ledger:
        append_all(ledger, [entry(2), entry(3)])
        kept = head(ledger)
        assert verify(ledger, kept) is None
    (home / "ledger/audit.sqlite").write_bytes(older)
    with Ledger.open(home) as ledger:
        assert verify(ledger) is None
        assert verify(ledger, kept) == Broken(2, "missing")
        append_all(ledger, [entry(8), entry(9)])
        assert verify(ledger, kept) == Broken(3, "anchor")


def test_an_entry_of_another_branch_of_the_same_ledger_does_not_fit(home: Path) -> None:
    path = home / "ledger/audit.sqlite"
    with Ledger.open(home) as ledger:
        append(ledger, **entry(1)._asdict())
    trunk = path.read_bytes()
    with Ledger.open(home) as ledger:
        append(ledger, **entry(22)._asdict())
        other = _rows(ledger)[1]
    path.write_bytes(trunk)
    with Ledger.open(home) as ledger:
        append_all(ledger, [entry(2), entry(3)])
        tamper(ledger, "DELETE FROM entry WHERE number = 2")
        with opened(ledger).writing() as connection:
            connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", other)
        # It was written with this ledger's key, after the same first entry; but the third was not written after it.
        assert verify(ledger) == Broken(3, "changed")


@pytest.mark.parametrize(
    "change",
    ["DELETE FROM entry", "UPDATE entry SET actor = 'nobody'", "DELETE FROM about", "DELETE FROM document"],
)
def test_the_database_refuses_to_change_the_trail(trail: Ledger, change: str) -> None:
    append(trail, **entry(8)._replace(document="{ me }")._asdict())

    def run() -> None:
        with opened(trail).writing() as connection:
            connection.execute(change)

    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        run()
    assert verify(trail) is None


def test_entries_are_listed_by_subject_and_time_in_pages(trail: Ledger) -> None:
    assert [e.number for e in listing(trail, subject="person:1")] == [1, 5]
    until = NOW + timedelta(minutes=5)
    assert [e.number for e in listing(trail, since=NOW + timedelta(minutes=2), until=until)] == [2, 3, 4]
    assert [e.number for e in listing(trail, after=2, first=2)] == [3, 4]
    assert listing(trail, first=1)[0].actor == "user-1"


@settings(max_examples=25)
@given(
    texts=st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), min_size=1, max_size=5),
    data=st.data(),
)
def test_any_text_fits_and_any_change_of_it_does_not(
    texts: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    with fresh() as ledger:
        append_all(ledger, [NewEntry(*four, NOW) for four in texts])
        assert verify(ledger) is None
        number = data.draw(st.integers(1, len(texts)))
        field = data.draw(st.sampled_from(["actor", "action", "subject", "purpose"]))
        connection = sqlite3.connect(opened(ledger).path)
        with connection:
            connection.execute("DROP TRIGGER entry_no_update")
            connection.execute(f"UPDATE entry SET {field} = {field} || 'x' WHERE number = ?", [number])  # noqa: S608
        connection.close()
        assert verify(ledger) == Broken(number, "changed")


def test_a_killed_writer_leaves_a_trail_that_fits_with_all_it_acknowledged(home: Path) -> None:
    write = (
        "import os; from datetime import UTC, datetime; from pathlib import Path\n"
        "from ledger.audit import append; from ledger.database import Ledger\n"
        f"ledger = Ledger.open(Path({str(home)!r}))\n"
        "while True:\n"
        "    n = append(ledger, actor='a', action='read', subject='s', purpose='p', at=datetime.now(UTC))\n"
        "    os.write(1, b'%d\\n' % n)\n"
    )
    chance = random.Random(1)
    acknowledged = 0
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", write], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert process.stdout is not None
        with process.stdout:
            assert process.stdout.readline()
            time.sleep(chance.uniform(0, 0.2))
            process.send_signal(signal.SIGKILL)
            process.wait()
            lines = process.stdout.read().splitlines(keepends=True)
        acknowledged = max([acknowledged, *(int(line) for line in lines if line.endswith(b"\n"))])
        with Ledger.open(home) as ledger:
            assert verify(ledger) is None
            assert head(ledger).number >= acknowledged


def test_writers_at_once_make_one_chain(home: Path) -> None:
    write = (
        "from datetime import UTC, datetime; from pathlib import Path\n"
        "from ledger.audit import append; from ledger.database import Ledger\n"
        f"ledger = Ledger.open(Path({str(home)!r}))\n"
        "for _ in range(100): append(ledger, actor='a', action='r', subject='s', purpose='p', at=datetime.now(UTC))\n"
    )
    start: Callable[[], subprocess.Popen[bytes]] = lambda: subprocess.Popen(  # noqa: E731
        [sys.executable, "-c", write], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert [process.wait() for process in [start(), start()]] == [0, 0]
    with Ledger.open(home) as ledger:
        assert head(ledger).number == 200
        assert verify(ledger) is None


def _rows(ledger: Ledger) -> list[tuple[Any, ...]]:
    with opened(ledger).reading() as connection:
        return list(connection.execute("SELECT * FROM entry ORDER BY number"))


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM about WHERE number = 8", Broken(8, "index")),
        ("INSERT INTO about SELECT subject, 2 FROM about WHERE number = 8", Broken(2, "index")),
        ("UPDATE document SET text = '{ you }'", Broken(8, "changed")),
        ("DELETE FROM document", Broken(8, "changed")),
        ("UPDATE entry SET subjects = '[]' WHERE number = 8", Broken(8, "changed")),
        ("UPDATE entry SET classes = '[]' WHERE number = 8", Broken(8, "changed")),
        ("UPDATE entry SET role = 'analyst' WHERE number = 8", Broken(8, "changed")),
        ("UPDATE entry SET document = '' WHERE number = 8", Broken(8, "changed")),
        ("UPDATE entry SET form = 1 WHERE number = 8", Broken(8, "changed")),
    ],
)
def test_what_was_read_and_by_whom_it_is_found_cannot_be_changed(
    trail: Ledger, statement: str, found: Broken
) -> None:
    read = NewEntry("wang", "read", "", "service", NOW, "credit-officer", "{ me }", ("customer:1",), ("id",))
    assert append_all(trail, [read, read._replace(document="{ you }", subjects=())]) == 9
    assert verify(trail) is None
    tamper(trail, statement)
    assert verify(trail) == found


def test_entries_after_a_cut_end_do_not_close_the_hole(trail: Ledger) -> None:
    tamper(trail, "DELETE FROM entry WHERE number > 5", "DELETE FROM about WHERE number > 5")
    assert append_all(trail, [entry(8)]) == 8
    assert verify(trail) == Broken(6, "missing")


def test_a_trail_that_lay_in_the_ledger_goes_over_without_a_break(home: Path) -> None:
    with Ledger.open(home) as ledger:
        append_all(ledger, [entry(number) for number in range(1, SIZE + 1)])
        entries = listing(ledger)
    kept = to_former_place(home)
    with Ledger.open(home) as ledger:
        assert verify(ledger, kept) is None
        assert listing(ledger) == entries
        assert append_all(ledger, [entry(8)]) == SIZE + 1
        assert verify(ledger, kept) is None
        assert [e.number for e in listing(ledger, subject="person:0")] == [4, 8]
    # Neither a change in the former place nor the loss of the new file goes unnoticed.
    to_former_place(home, "DELETE FROM audit WHERE number > 5")
    with Ledger.open(home) as ledger:
        assert verify(ledger) == Broken(6, "missing")
    (home / "ledger/audit.sqlite").unlink()
    with Ledger.open(home) as ledger, pytest.raises(KehutuError) as caught:
        append_all(ledger, [entry(9)])
    assert caught.value.code == "AUDIT_MISSING"


def to_former_place(home: Path, *more: str) -> Head:
    """Put a trail where it was before it had a file of its own, in a ledger of version 2; its head there."""
    path = home / "ledger/audit.sqlite"
    with Ledger.open(home) as ledger:
        rows = _rows(ledger)[:SIZE]
        before, former = bytes(32), []
        for number, at, _, *told in rows:
            former.append([number, at, *told[:4], chained(ledger, before, (number, at, 1, *told))])
            before = former[-1][-1]
        sealed = seal(ledger, SIZE, before)
    path.unlink()
    connection = sqlite3.connect(home / "ledger/ledger.sqlite")
    with connection:
        for verb in ("insert", "update", "delete"):
            connection.execute(f"DROP TRIGGER IF EXISTS audit_no_{verb}")
        connection.execute("DELETE FROM audit")
        connection.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", former)
        connection.execute("DELETE FROM pointer WHERE name = 'audit_file'")
        connection.execute("INSERT OR REPLACE INTO pointer VALUES ('audit_head', ?)", [sealed])
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'version'")
        for statement in more:
            connection.execute(statement)
    connection.close()
    return Head(SIZE, before.hex())


@settings(max_examples=12)
@given(data=st.data())
def test_who_saw_somebody_is_what_a_plain_list_says(data: st.DataObject) -> None:
    """Against the plainest reference: all entries in a list, and a look at each."""
    people = [f"person:{n}" for n in range(4)]
    plain: list[NewEntry] = []
    with fresh() as ledger:
        for batch in range(data.draw(st.integers(1, 4))):
            entries = [
                NewEntry(
                    "a", "read", "", "service", NOW + timedelta(minutes=minute), subjects=tuple(subjects)
                )
                for minute, subjects in data.draw(
                    st.lists(
                        st.tuples(st.integers(0, 9), st.lists(st.sampled_from([*people, "*"]))), max_size=4
                    )
                )
            ]
            append_all(ledger, entries)
            plain += entries
            assert batch < 4
        asked = data.draw(st.lists(st.sampled_from(people), min_size=1, max_size=2))
        since = NOW + timedelta(minutes=data.draw(st.integers(0, 9)))
        until = NOW + timedelta(minutes=data.draw(st.integers(0, 10)))
        wanted = [
            number
            for number, one in enumerate(plain, 1)
            if {*asked, "*"} & {*one.subjects} and since <= one.at < until
        ]
        assert [e.number for e in about(ledger, asked, since=since, until=until)] == wanted
        assert verify(ledger) is None


def test_a_trail_that_cannot_be_written_says_so_and_goes_on_when_it_can(trail: Ledger) -> None:
    with opened(trail).writing() as connection:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    file = opened(trail)
    file._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(KehutuError) as caught:
        append_all(trail, [entry(8)._replace(subjects=tuple(f"customer:{n}" for n in range(9000)))])
    assert caught.value.code == "AUDIT_UNWRITABLE"
    assert (head(trail).number, verify(trail)) == (SIZE, None)
    file._connection.execute("PRAGMA max_page_count = 1000000")
    assert append_all(trail, [entry(8)]) == SIZE + 1
