"""The tables of a run that continues others, read from the files of all of them, are those that it was made with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from ledger import columns, runs
from ledger.database import Ledger
from services.runs.tables import CHANGES, PART, depth_of, places_of, save_changed, tables_at
from terms.errors import KehutuError
from terms.ids import RunId

IDS = [f"enterprise:{number}" for number in range(9)]
NEEDED = frozenset({"parties", "links", "figures"})
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, pa.Table]:
    """Parties with a figure, links between their positions, and a table that no patch is made for."""
    ids = sorted(draw(st.sets(st.sampled_from(IDS), min_size=1)))
    place = st.integers(0, len(ids) - 1)
    pairs = sorted(draw(st.sets(st.tuples(place, place), max_size=12)))
    figure = st.sampled_from([0.0, -0.0, 0.5, float("nan")])
    return {
        "parties": pa.table({"id": ids, "score": pa.array([draw(figure) for _ in ids], pa.float64())}),
        "links": pa.table(
            {
                "source": pa.array([source for source, _ in pairs], pa.int64()),
                "target": pa.array([target for _, target in pairs], pa.int64()),
                "weight": pa.array([draw(figure) for _ in pairs], pa.float64()),
            }
        ),
        "figures": pa.table({"n": pa.array(draw(st.lists(st.integers(0, 3), max_size=3)), pa.int64())}),
    }


def head(name: str, files: dict[str, columns.ColumnFile], before: runs.Run | None) -> runs.Run:
    depth = 0 if before is None else depth_of(before) + 1
    return runs.Run(
        id=RunId(name),
        parent=None if before is None else before.id,
        created_at=NOW,
        cut_off=date(2026, 3, 31),
        watermark=1,
        code_version="0",
        projection_hash="",
        parts={} if before is None else {PART: {"parameters": {"depth": depth}}},
        files=files,
    )


@hypothesis_settings(max_examples=60)
@given(st.lists(tables(), min_size=1, max_size=5))
def test_a_chain_of_changes_gives_the_tables_of_its_last_run(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, pa.Table]]
) -> None:
    home = tmp_path_factory.mktemp("runs")
    with Ledger.open(home) as ledger:
        files = {name: columns.write(home, "r0", name, table) for name, table in steps[0].items()}
        run = head("r0", files, None)
        runs.save(ledger, run)
        for number, (before, after) in enumerate(pairwise(steps), start=1):
            name = f"r{number}"
            changes = pa.table({"id": pa.array([], pa.string())})
            run = head(name, save_changed(home, RunId(name), before, after, changes), run)
            runs.save(ledger, run)
            assert CHANGES in run.files
            with pytest.raises(KehutuError) as caught:
                places_of(ledger, run, NEEDED | {"a table of a later version"})
            assert caught.value.code == "RUN_OUTDATED"
            found = tables_at(home, places_of(ledger, run, NEEDED))
            # Bits of floats too: -0.0 is not 0.0 here, and NaN is NaN.
            assert {name: repr(table.to_pydict()) for name, table in found.items()} == {
                name: repr(table.to_pydict()) for name, table in after.items()
            }
        assert depth_of(run) == len(steps) - 1


def test_a_run_that_no_run_continues_needs_no_other(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("runs")
    whole = {
        "parties": pa.table({"id": IDS}),
        "links": pa.table({"source": [0]}),
        "figures": pa.table({"n": [1]}),
    }
    files = {name: columns.write(home, "r0", name, table) for name, table in whole.items()}
    with Ledger.open(home) as ledger:
        # Its parent is told, and its tables are whole all the same: it was made anew, not continued.
        run = replace(head("r0", files, None), parent=RunId("gone"))
        assert tables_at(home, places_of(ledger, run, NEEDED)) == whole
