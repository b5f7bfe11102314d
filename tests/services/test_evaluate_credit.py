"""``kehutu evaluate credit`` as its user calls it: any labelled file, and what it left out is named."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from cli.main import main

ROWS = 900


def write(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def clients(seed: int, rows: int = ROWS) -> list[dict[str, object]]:
    """Clients whose defaults follow the months late and the kind of contract; sex says nothing."""
    rng = np.random.default_rng(seed)
    found: list[dict[str, object]] = []
    for number in range(rows):
        late, kind = int(rng.integers(0, 6)), str(rng.choice(["home", "shop", "works"]))
        odds = -3.0 + 0.7 * late + (0.8 if kind == "shop" else 0.0)
        found.append(
            {
                "client_id": f"{seed}-{number}",
                "party": f"P{number // 3}-{seed}",
                "day": f"202{seed}-0{1 + number % 9}-01",
                "sex": int(rng.integers(1, 3)),
                "kind": kind,
                "late": late if rng.random() > 0.1 else "",
                "owed": round(float(rng.lognormal(5, 1)), 2),
                "default": int(rng.random() < 1 / (1 + np.exp(-odds))),
            }
        )
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("credit")
    return write(folder / "train.csv", clients(1)), write(folder / "test.csv", clients(2))


def run(*words: object) -> Result:
    return CliRunner().invoke(main, ["evaluate", "credit", *(str(word) for word in words)])


def asked(train: Path, test: Path, *more: object) -> dict[str, Any]:
    answer = run("--train", train, "--test", test, "--label", "default", "--money", "owed", "--json", *more)
    assert answer.exit_code == 0, answer.output
    document: dict[str, Any] = json.loads(answer.stdout)
    return document


@pytest.fixture(scope="module")
def report(files: tuple[Path, Path]) -> dict[str, Any]:
    return asked(*files)


def test_the_model_beats_the_dummy_and_is_calibrated(report: dict[str, Any]) -> None:
    model, single, dummy = (judged["scores"] for judged in report["judged"])
    assert report["auc"] == model["auc"]["value"]
    assert model["auc"]["low"] > dummy["auc"]["value"] == 0.5
    assert model["brier"]["value"] < dummy["brier"]["value"]
    assert single["auc"]["value"] > 0.5
    assert report["ece"] <= model["ofAPerfectOneAtMost"]
    assert report["moneyCapturedAtTop1Percent"] > dummy["moneyCaptured"]["value"]
    assert report["columns"][0]["column"] == "late"


def test_it_says_what_it_left_out_and_why(report: dict[str, Any]) -> None:
    reasons = {entry["column"]: entry["reason"] for entry in report["leftOut"]}
    assert reasons["sex"] == "protected (sex)"
    assert reasons["client_id"] == "identifier"
    assert reasons["day"] == "date"
    assert reasons["default"] == "label"
    assert "owed" not in reasons


def test_protected_attributes_are_used_only_when_asked_for(files: tuple[Path, Path]) -> None:
    assert "sex" not in {entry["column"] for entry in asked(*files, "--keep-protected")["leftOut"]}


def test_the_same_files_and_seed_give_the_same_answer_in_any_format(
    files: tuple[Path, Path], report: dict[str, Any], tmp_path: Path
) -> None:
    packed, columns = [], []
    for file in files:
        packed.append(tmp_path / f"{file.name}.gz")
        packed[-1].write_bytes(gzip.compress(file.read_bytes()))
        columns.append(tmp_path / f"{file.stem}.parquet")
        table = pc.read_csv(file, convert_options=pc.ConvertOptions(timestamp_parsers=["none"]))
        pq.write_table(table, columns[-1])

    def without_names(document: dict[str, Any]) -> dict[str, Any]:
        return {
            **document,
            "train": {**document["train"], "file": ""},
            "test": {**document["test"], "file": ""},
        }

    assert asked(*files) == report
    assert without_names(asked(packed[0], packed[1])) == without_names(report)
    assert without_names(asked(columns[0], columns[1])) == without_names(report)


def test_people_read_a_table(files: tuple[Path, Path]) -> None:
    answer = run("--train", files[0], "--test", files[1], "--label", "default", "--money", "owed")
    assert answer.exit_code == 0, answer.output
    for part in ("900 rows", "dummy", "AUC", "money found in the first 1 %", "sex (protected (sex))"):
        assert part in answer.stdout


def test_a_copy_of_the_label_is_left_out_with_a_warning(tmp_path: Path) -> None:
    parts = [
        write(
            tmp_path / f"{name}.csv",
            [
                {**row, "status": "closed" if row["default"] else "open", "flag": row["default"]}
                for row in rows
            ],
        )
        for name, rows in (("train", clients(1)), ("test", clients(2)))
    ]
    found = asked(*parts)
    reasons = {entry["column"]: entry["reason"] for entry in found["leftOut"]}
    assert reasons["status"] == reasons["flag"] == "copies the label"
    assert any("'status'" in warning for warning in found["warnings"])
    assert found["auc"] < 0.99


def test_a_party_never_stands_on_both_sides(tmp_path: Path) -> None:
    rows = clients(1)
    train, test = write(tmp_path / "train.csv", rows[:600]), write(tmp_path / "test.csv", rows[540:])
    found = asked(train, test, "--group", "party")
    assert found["train"]["leftOut"] == {"of a group of the test file": 60}
    assert found["train"]["rows"] == 540
    assert "other groups" in found["model"]["chosenBy"]


def test_only_what_is_older_than_the_test_file_is_learned(tmp_path: Path) -> None:
    train = write(tmp_path / "train.csv", [*clients(1), *clients(2)])
    test = write(tmp_path / "test.csv", clients(2))
    found = asked(train, test, "--time", "day")
    assert found["train"]["leftOut"] == {"not older than the test file": ROWS}
    assert found["model"]["chosenBy"] == "later rows"


def test_texts_and_missing_values_that_training_never_saw_are_no_fault(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    strange = [{**row, "kind": "palace", "late": "unknown"} for row in clients(2)]
    found = asked(files[0], write(tmp_path / "test.csv", strange))
    assert 0.0 <= found["brier"] <= 1.0
    assert any("'late' has 900 cells" in warning for warning in found["warnings"])


def test_labels_in_words_and_of_several_values(tmp_path: Path) -> None:
    def named(seed: int, words: Callable[[object, int], str]) -> list[dict[str, object]]:
        return [{**row, "default": words(row["default"], k)} for k, row in enumerate(clients(seed))]

    words = [
        write(tmp_path / f"w{seed}.csv", named(seed, lambda bad, _: "bad" if bad else "good"))
        for seed in (1, 2)
    ]
    assert asked(*words)["badValues"] == ["bad"]
    several = [
        write(
            tmp_path / f"s{seed}.csv",
            named(seed, lambda bad, k: ("gone" if k % 2 else "late") if bad else "paid"),
        )
        for seed in (1, 2)
    ]
    assert asked(*several, "--positive", "gone", "--positive", "late")["auc"] == asked(*words)["auc"]
    refused = run("--train", several[0], "--test", several[1], "--label", "default", "--money", "owed")
    assert refused.exit_code == 2
    assert "CREDIT_LABEL_UNCLEAR" in refused.output
    assert "'gone', 'late', 'paid'" in refused.output


def test_chinese_files_in_an_old_encoding(tmp_path: Path) -> None:
    chinese = {
        "client_id": "户号",
        "sex": "性别",
        "kind": "行业",
        "late": "逾期次数",
        "owed": "欠费金额",
        "default": "违约",
    }
    parts = []
    for seed in (1, 2):
        rows = [
            {
                name: ("是" if row[key] else "否") if key == "default" else row[key]
                for key, name in chinese.items()
            }
            for row in clients(seed)
        ]
        text = write(tmp_path / f"{seed}.csv", rows).read_text(encoding="utf-8")
        parts.append(tmp_path / f"{seed}.csv")
        parts[-1].write_bytes(text.encode("gb18030"))
    asked_for = ("--label", "违约", "--money", "欠费金额", "--encoding", "gb18030", "--json")
    answer = run("--train", parts[0], "--test", parts[1], *asked_for)
    assert answer.exit_code == 0, answer.output
    report = json.loads(answer.stdout)
    assert report["badValues"] == ["是"]
    assert {"column": "性别", "reason": "protected (sex)"} in report["leftOut"]
    assert report["columns"][0]["column"] == "逾期次数"


def test_the_same_file_on_both_sides_is_warned_of(files: tuple[Path, Path]) -> None:
    assert any("has learned from" in warning for warning in asked(files[0], files[0])["warnings"])


@pytest.mark.parametrize(
    ("change", "options", "code"),
    [
        ({}, ("--label", "defualt"), "CREDIT_COLUMN_MISSING"),
        ({}, ("--money", "kind"), "CREDIT_MONEY_INVALID"),
        ({}, ("--time", "kind"), "CREDIT_TIME_INVALID"),
        ({"default": 0}, (), "CREDIT_LABEL_CONSTANT"),
        (
            {},
            ("--exclude", "kind", "--exclude", "late", "--exclude", "owed", "--exclude", "party"),
            "CREDIT_NOTHING_LEFT",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_a_remedy(
    tmp_path: Path, change: dict[str, object], options: tuple[str, ...], code: str
) -> None:
    train = write(tmp_path / "train.csv", [{**row, **change} for row in clients(1)])
    test = write(tmp_path / "test.csv", clients(2))
    given = {"--train": train, "--test": test, "--label": "default", "--money": "owed"}
    words = [word for name, value in given.items() if name not in options for word in (name, value)]
    refused = run(*words, *options)
    assert refused.exit_code == 2, refused.output
    assert code in refused.output
    assert "train.csv" in refused.output
    assert "Remedy" in refused.output


def test_too_few_rows_and_empty_files_are_refused(tmp_path: Path) -> None:
    test = write(tmp_path / "test.csv", clients(2))
    small = write(tmp_path / "train.csv", clients(1, rows=30))
    empty = tmp_path / "empty.csv"
    empty.write_text("default,owed\n", encoding="utf-8")
    for train, code in ((small, "CREDIT_TOO_FEW"), (empty, "CREDIT_FILE_EMPTY")):
        refused = run("--train", train, "--test", test, "--label", "default", "--money", "owed")
        assert refused.exit_code == 2
        assert code in refused.output
        assert train.name in refused.output
