"""Runs, their columns, and loads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import columns, loads
from ledger.database import Ledger
from ledger.loads import Load
from ledger.runs import Run, current, get, listing, save, turn
from terms.errors import KehutuError
from terms.ids import RunId
from tests.ledger.rows import NOW

SCORES = pa.table(
    {"party": ["enterprise:1", "person:2"], "score": [0.25, float("nan")], "loss": [120_00, None]}
)


def run(name: str, *, parent: RunId | None = None, hours: int = 0, **files: columns.ColumnFile) -> Run:
    """A run of risk."""
    return Run(
        id=RunId(name),
        parent=parent,
        created_at=NOW + timedelta(hours=hours),
        cut_off=date(2026, 1, 31),
        watermark=17,
        code_version="0.1.0",
        projection_hash="ab12",
        parts={"risk": {"algorithm": "propagation", "rho": 0.1, "sigma": [1, 2]}},
        files=files,
    )


class TestRuns:
    def test_a_saved_run_becomes_current_by_the_turn(self, ledger: Ledger) -> None:
        first, second = run("r1"), run("r2", parent=RunId("r1"), hours=1)
        save(ledger, first)
        with pytest.raises(KehutuError) as caught:
            current(ledger)
        assert caught.value.code == "NO_RUN"
        turn(ledger, first.id)
        save(ledger, second)
        assert current(ledger) == first
        turn(ledger, second.id)
        assert current(ledger) == second
        assert get(ledger, "r1") == first
        assert listing(ledger) == [second, first]
        assert listing(ledger, first=1) == [second]

    def test_a_run_keeps_the_places_and_sums_of_its_tables(self, ledger: Ledger) -> None:
        file = columns.write(ledger.home, "r1", "risk", SCORES)
        save(ledger, run("r1", risk=file))
        assert get(ledger, "r1").files == {"risk": file}

    def test_a_run_never_changes(self, ledger: Ledger) -> None:
        save(ledger, run("r1"))
        save(ledger, run("r1", hours=5))
        with pytest.raises(KehutuError) as caught:
            save(ledger, run("r1", risk=columns.write(ledger.home, "r1", "risk", SCORES)))
        assert caught.value.code == "RUN_EXISTS"
        assert get(ledger, "r1") == run("r1")

    @pytest.mark.parametrize("ask", [get, turn])
    def test_an_unknown_run_is_named(self, ledger: Ledger, ask: object) -> None:
        with pytest.raises(KehutuError) as caught:
            ask(ledger, RunId("r9"))  # type: ignore[operator]
        assert caught.value.code == "UNKNOWN_RUN"
        assert "r9" in caught.value.message()


class TestColumns:
    def test_a_table_comes_back_as_it_was(self, home: Path) -> None:
        file = columns.write(home, "r1", "risk", SCORES)
        assert (file.path, file.rows) == ("columns/r1/risk.parquet", 2)
        found = columns.read(home, "r1", "risk", sha256=file.sha256)
        assert found.schema == SCORES.schema
        assert str(found.to_pydict()) == str(SCORES.to_pydict())
        assert [path.name for path in (home / "columns/r1").iterdir()] == ["risk.parquet"]

    @settings(max_examples=30)
    @given(
        values=st.lists(st.tuples(st.text(max_size=5), st.floats() | st.none()), min_size=1, max_size=30),
        cut=st.integers(0, 30),
    )
    def test_equal_tables_give_equal_bytes_however_they_are_chunked(
        self, tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, float | None]], cut: int
    ) -> None:
        home = tmp_path_factory.mktemp("columns")
        whole = pa.table(
            {
                "party": pa.array([name for name, _ in values], pa.string()),
                "score": pa.array([score for _, score in values], pa.float64()),
            }
        )
        parts = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])
        sums = {columns.write(home, "r1", name, table).sha256 for name, table in (("a", whole), ("b", parts))}
        assert len(sums) == 1

    def test_chunks_with_dictionaries_of_their_own_give_the_bytes_of_one_chunk(self, home: Path) -> None:
        names = ["steel", "paper", "food", "paper"]
        whole = pa.chunked_array([pa.array(names).dictionary_encode()])
        parts = pa.chunked_array(
            [pa.array(names[:2]).dictionary_encode(), pa.array(names[2:]).dictionary_encode()]
        )
        tables = [pa.table({"industry": column}) for column in (whole, parts)]
        assert len({columns.write(home, "r1", f"t{n}", table).sha256 for n, table in enumerate(tables)}) == 1

    def test_writers_of_one_table_at_once_never_show_half_of_it(self, home: Path) -> None:
        table = pa.table({"score": [n / 7 for n in range(20_000)]})

        def write_and_read(_: int) -> bool:
            file = columns.write(home, "r1", "risk", table)
            return bool(columns.read(home, "r1", "risk", sha256=file.sha256).num_rows == table.num_rows)

        with ThreadPoolExecutor(8) as writers:
            assert all(writers.map(write_and_read, range(80)))
        assert [path.name for path in (home / "columns/r1").iterdir()] == ["risk.parquet"]

    def test_an_empty_table_is_a_table(self, home: Path) -> None:
        file = columns.write(home, "r1", "risk", SCORES.slice(0, 0))
        assert (file.rows, columns.read(home, "r1", "risk").num_rows) == (0, 0)

    def test_a_missing_file_is_named(self, home: Path) -> None:
        with pytest.raises(KehutuError) as caught:
            columns.read(home, "r1", "risk")
        assert caught.value.code == "COLUMNS_MISSING"
        assert "columns/r1/risk.parquet" in caught.value.message()

    def test_no_damage_of_one_byte_is_served(self, home: Path) -> None:
        table = pa.table(
            {"party": [f"enterprise:{n}" for n in range(300)], "score": [n / 7 for n in range(300)]}
        )
        file = columns.write(home, "r1", "risk", table)
        path = home / file.path
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x41]) + whole[place + 1 :])
            with pytest.raises(KehutuError) as caught:
                columns.read(home, "r1", "risk", sha256=file.sha256)
            assert caught.value.code == "COLUMNS_DAMAGED"
        for length in (0, 3, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:length])
            with pytest.raises(KehutuError):
                columns.read(home, "r1", "risk")

    def test_a_flipped_byte_of_a_page_is_found_without_the_sum(self, home: Path) -> None:
        table = pa.table({"score": [n * n / 7 for n in range(5_000)]})
        path = home / columns.write(home, "r1", "risk", table).path
        whole = path.read_bytes()
        middle = len(whole) // 3
        path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        with pytest.raises(KehutuError) as caught:
            columns.read(home, "r1", "risk")
        assert caught.value.code == "COLUMNS_DAMAGED"

    @pytest.mark.parametrize("name", ["", "../risk", "a/b", ".hidden", "x" * 101, "nul\0", "分"])
    def test_names_cannot_leave_the_folder(self, home: Path, name: str) -> None:
        for run_id, table in ((name, "risk"), ("r1", name)):
            with pytest.raises(KehutuError) as caught:
                columns.write(home, run_id, table, SCORES)
            assert caught.value.code == "COLUMNS_NAME"
        assert not home.exists()

    def test_a_place_that_cannot_be_written_is_named(self, home: Path) -> None:
        home.mkdir()
        (home / "columns").write_text("no folder")
        with pytest.raises(KehutuError) as caught:
            columns.write(home, "r1", "risk", SCORES)
        assert caught.value.code == "COLUMNS_UNWRITABLE"

    def test_a_rewritten_table_is_never_seen_in_part(self, home: Path) -> None:
        columns.write(home, "r1", "risk", SCORES)
        opened = columns.read(home, "r1", "risk")
        inode = (home / "columns/r1/risk.parquet").stat().st_ino
        columns.write(home, "r1", "risk", SCORES.slice(0, 1))
        assert (home / "columns/r1/risk.parquet").stat().st_ino != inode
        assert opened.num_rows == 2


class TestLoads:
    def test_a_load_shows_when_it_began_and_what_became_of_it(self, ledger: Ledger) -> None:
        loads.start(ledger, "l1", "visits.yaml", at=NOW, reading=2)
        loads.start(ledger, "l2", "hotline.yaml", at=NOW + timedelta(minutes=1), reading=2)
        counts = {"name": "visits", "read": 10, "accepted": 8, "quarantined": 2, "duplicate": 0}
        loads.finish(ledger, "l1", [counts], at=NOW + timedelta(minutes=2))
        done = Load("l1", "visits.yaml", NOW, NOW + timedelta(minutes=2), [counts], 2)
        assert loads.get(ledger, "l1") == done
        assert loads.listing(ledger) == [
            Load("l2", "hotline.yaml", NOW + timedelta(minutes=1), None, [], 2),
            done,
        ]

    def test_an_unknown_load_is_named(self, ledger: Ledger) -> None:
        with pytest.raises(KehutuError) as caught:
            loads.finish(ledger, "l9", [], at=NOW)
        assert caught.value.code == "UNKNOWN_LOAD"
