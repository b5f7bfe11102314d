"""``kehutu evaluate segments`` as its user calls it: any table, and what was left out is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from services.evaluation.segments import ClassesOfFile, evaluate
from terms.cautions import cautions

KEYS = [
    "classes", "noClusters", "ari", "bootstrapAri", "bootstrapAriFreeK", "silhouette", "treeDepth", "fidelity",
    "jaccard", "seconds",
]  # fmt: skip


def write(path: Path, header: str, rows: list[list[object]]) -> Path:
    lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def customers(rows: int = 300) -> list[list[object]]:
    """Id, true class, three numbers and a tariff of customers of three classes."""
    draw = np.random.default_rng(1)
    found: list[list[object]] = []
    for number in range(rows):
        true = int(draw.choice(3, p=[0.5, 0.3, 0.2]))
        values = (9 * np.eye(3)[true] + draw.normal(size=3)).round(4).tolist()
        tariff = "abc"[true] if draw.random() < 0.8 else "abc"[draw.integers(3)]
        found.append([f"K{number}", "xyz"[true], *values, tariff])
    return found


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", "segments", *(str(word) for word in words)])


def told(judged: ClassesOfFile) -> set[tuple[str, str]]:
    return {(one.code, one.subject) for one in judged.cautions}


def test_classes_are_found_and_compared_with_the_truth_whatever_the_order(tmp_path: Path) -> None:
    rows = customers()
    header = "id,true,a,b,c,tariff"
    answer = run("--records", write(tmp_path / "one.csv", header, rows), "--truth", "true", "--id", "id")
    assert answer.exit_code == 0
    progress = answer.stderr.splitlines()
    assert (progress[0], progress[-1]) == ("Looking for gaps", "Putting classes into rules")
    found: dict[str, Any] = json.loads(answer.stdout)
    assert list(found) == KEYS
    assert (found["classes"], found["noClusters"]) == (3, False)
    assert found["ari"] > 0.95
    assert found["bootstrapAri"] > 0.9
    assert len(found["jaccard"]) == 3
    assert found["fidelity"] > 0.95
    assert 1 <= found["treeDepth"] <= 4
    mixed = write(tmp_path / "two.csv", header, [rows[k] for k in np.random.default_rng(2).permutation(300)])
    again = json.loads(run("--records", mixed, "--truth", "true", "--id", "id", "--json").stdout)
    assert {key: again[key] for key in KEYS[:-1]} == {key: found[key] for key in KEYS[:-1]}


def test_a_table_of_noise_has_no_clusters_and_its_columns_are_read_by_stated_rules(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    rows: list[list[object]] = []
    for number in range(200):
        value, true = round(float(draw.normal()), 6), int(draw.integers(3))
        few = int(draw.integers(4))
        rows.append(
            [number + 5, true, "uvw"[true], value, -2 * value, few,
             "inf" if number == 3 else round(float(draw.normal()), 6),
             7, None if number % 3 else 1.5, f"2026-01-{1 + number % 28:02d}", f"word {number // 2}",
             "m" if draw.random() < 0.5 else "f", "pqrs"[few], None if number == 9 else draw.choice(["on", "off"])]
        )  # fmt: skip
    path = write(
        tmp_path / "noise.csv",
        "row,true,twin,a,again,few,wild,same,seldom,day,remark,gender,few_named,state",
        rows,
    )
    judged = evaluate(path, truth="true")
    assert judged.report.no_clusters
    assert (judged.report.classes, judged.report.ari, judged.report.jaccard) == (0, 0.0, ())
    assert judged.labels == (-1,) * 200
    assert told(judged) == {
        ("SEGMENT_IDENTIFIER", "row"),
        ("SEGMENT_COPY_OF_TRUTH", "twin"),
        ("SEGMENT_COPY", "again"),
        ("SEGMENT_COPY", "few_named"),
        ("SEGMENT_INFINITE", "wild"),
        ("SEGMENT_CONSTANT", "same"),
        ("SEGMENT_MISSING_FOR_MOST", "seldom"),
        ("SEGMENT_DATES", "day"),
        ("SEGMENT_FREE_TEXT", "remark"),
        ("SEGMENT_PROTECTED", "gender"),
    }
    answer = run("--records", path, "--truth", "true", "--lang", "zh")
    assert "列 gender 为受保护属性" in answer.stderr
    assert json.loads(answer.stdout)["noClusters"] is True


@pytest.mark.parametrize(
    ("header", "rows", "code"),
    [
        ("a,b", [[k, k % 3 + k] for k in range(10)], "SEGMENT_TOO_FEW"),
        ("from,to", [["2026-01-01", f"2026-02-{1 + k % 20:02d}"] for k in range(60)], "SEGMENT_NOTHING_LEFT"),
        (
            "a",
            [[1], *([k * k % 17 + k / 7] for k in range(40)), *([3.25] for _ in range(2000))],
            "SEGMENT_DUPLICATES",
        ),
    ],
)
def test_a_table_that_can_tell_nothing_says_why(
    header: str, rows: list[list[object]], code: str, tmp_path: Path
) -> None:
    judged = evaluate(write(tmp_path / "odd.csv", header, rows), truth="from" if "from" in header else None)
    assert judged.report.no_clusters
    assert judged.report.ari in (None, 0.0, 1.0)
    assert code in {one.code for one in judged.cautions}
    assert "NaN" not in run("--records", tmp_path / "odd.csv").stdout


def test_a_line_that_is_no_row_is_told(tmp_path: Path) -> None:
    path = tmp_path / "torn.csv"
    path.write_text(
        "a,b\n" + "".join(f"{k},{k * k % 7}\n" for k in range(40)) + '3,4,5,6,"\n', encoding="utf-8"
    )
    assert ("SEGMENT_FAULTY_ROWS", "torn.csv") in told(evaluate(path))


def test_a_column_that_the_file_lacks_is_named_with_its_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "one.csv", "id,truth,a", [[1, "x", 2]])
    for words in (("--truth", "trut"), ("--id", "idd")):
        answer = run("--records", path, *words)
        assert answer.exit_code == 2
        assert f"SEGMENT_COLUMN_MISSING: one.csv has no column '{words[1]}'" in answer.stderr
    assert "the nearest one is 'id'" in answer.stderr


def test_every_caution_of_classes_names_its_subject_in_both_languages() -> None:
    own = {code: texts for code, texts in cautions().items() if code.startswith("SEGMENT_")}
    assert "SEGMENT_LOOSE" in own
    assert all("{subject}" in texts[lang] for texts in own.values() for lang in ("en", "zh"))
