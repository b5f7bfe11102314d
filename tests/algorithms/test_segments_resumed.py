"""A search for classes that is cut off anywhere and called again ends with the bytes of one that was never cut off."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from algorithms.segments.classes import Classes, find
from algorithms.segments.notes import Notes
from algorithms.segments.table import Table, in_hashed_order
from algorithms.segments.written import model_written
from benchmarks.segment_worlds import planted, table
from services.evaluation.segments import Budget, evaluate
from services.features.unfinished import Unfinished, subject_of

ROWS = 200
NOBODY = np.zeros(8, dtype=np.int64)


@pytest.fixture(scope="module")
def small() -> Table:
    return table(planted(3, ROWS, 4), 4)[0]


def said(answer: object) -> bytes:
    """All that is found, as bytes."""
    assert isinstance(answer, Classes)
    assert answer.searched is not None
    front = [
        (genome.key.hex() if genome else "", values.tolist()) for genome, values in answer.searched.front
    ]
    model = json.dumps([model_written(answer.model), front, repr(answer.rules), repr(answer.way)])
    return (
        model.encode()
        + answer.label.tobytes()
        + answer.strength.tobytes()
        + answer.stability.jaccard.tobytes()
    )


class CutOff(Exception):  # noqa: N818  # no error of a program
    """Pulls the plug."""


class Plugged:
    """Notes that pull the plug after some of them, half way through writing the next."""

    def __init__(self, notes: Unfinished, after: int) -> None:
        self.notes = notes
        self.left = after

    def get(self, name: str) -> bytes | None:
        return self.notes.get(name)

    def put(self, name: str, value: bytes) -> None:
        if not self.left:
            with self.notes.path.open("a", encoding="utf-8") as file:
                file.write('{"name": "' + name[:5])
            raise CutOff
        self.left -= 1
        self.notes.put(name, value)


def twice(small: Table, notes: Notes | None) -> bytes:
    """Two generations, that the test is quick."""
    return said(find(small, NOBODY, proceed=lambda generation: generation < 2, notes=notes))


def test_a_search_that_is_cut_off_again_and_again_ends_with_equal_bytes(small: Table, tmp_path: Path) -> None:
    whole, subject, cuts = twice(small, None), subject_of(small, NOBODY, 0), 0
    path = tmp_path / "kept" / "search.jsonl"
    for known, after in ((0, 0), (0, 1), (1, 3), (4, 7), (11, 11), (22, 200)):
        notes = Unfinished(path, subject)
        assert len(notes) == known
        try:
            assert twice(small, Plugged(notes, after)) == whole
        except CutOff:
            cuts += 1
    assert cuts == 5
    last = Unfinished(path, subject)
    assert twice(small, Plugged(last, 0)) == whole
    last.done()
    assert not path.exists()


def test_notes_of_another_search_are_not_taken(small: Table, tmp_path: Path) -> None:
    path = tmp_path / "search.jsonl"
    Unfinished(path, subject_of(small, NOBODY, 0)).put("tree", b"1")
    assert len(Unfinished(path, subject_of(small, NOBODY, 0))) == 1
    other = in_hashed_order(small.rows(np.arange(ROWS - 1)))[0]
    assert len(Unfinished(path, subject_of(other, NOBODY, 0))) == 0
    path.write_bytes(b"\x00 no notes }\n")
    assert len(Unfinished(path, subject_of(small, NOBODY, 0))) == 0


def test_a_call_whose_seconds_are_over_says_so_and_goes_on_with_more(tmp_path: Path) -> None:
    made = planted(3, ROWS, 4)
    lines = ["id," + ",".join(f"c{k}" for k in range(8))]
    lines += [
        f"{row}," + ",".join(f"{value:.6f}" for value in values) for row, values in enumerate(made.numbers)
    ]
    records, keep = tmp_path / "records.csv", tmp_path / "kept.jsonl"
    records.write_text("\n".join(lines) + "\n", encoding="utf-8")
    cut = evaluate(records, identifier="id", budget=Budget(0.0, keep))
    assert "SEGMENT_SEARCH_CUT" in [one.code for one in cut.cautions]
    assert keep.exists()
    told: list[str] = []
    more = evaluate(
        records,
        identifier="id",
        budget=Budget(None, keep),
        progress=lambda phase, done=0, total=None: told.append(f"{phase} {done} {total}"),
    )
    assert not keep.exists()
    assert "Searching for classes that say more 1 6" in told
    whole = evaluate(records, identifier="id")
    assert (more.labels, more.cautions) == (whole.labels, whole.cautions)
    assert more.report.jaccard == whole.report.jaccard
