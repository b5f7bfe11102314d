"""A dry run says what the load then does, and leaves nothing behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.main import main
from ingest.loads.load import load
from ingest.loads.rehearsal import rehearse
from ledger.database import Ledger
from ledger.records import head

MANIFEST = """\
sources:
  - name: visits
    path: v.csv
    channel: home-visit
    recordId: no
    observedAt: day
    mapping:
      - node: Person
        key: {idNumber: id}
        set: {name: name}
      - relation: LENDS_TO
        from: {Person: {idNumber: id}}
        to: {Enterprise: {local: firm}}
        set: {amount: sum}
"""
ROWS = (
    "no,day,id,name,firm,sum\n"
    '1,2026-01-01,11010519491231002X,Li,F1,"1,234.50"\n'
    "2,2026-01-01,11010519491231002X,Li,,5\n"
    "3,2026-13-01,11010519491231002X,Li,F1,5\n"
    '1,2026-01-01,11010519491231002X,Li,F1,"1,234.50"\n'
)


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "v.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MANIFEST, encoding="utf-8")
    return tmp_path


def test_without_a_home_it_makes_none_and_tells_all(folder: Path) -> None:
    before = sorted(folder.rglob("*"))
    answer = run("ingest", folder / "m.yaml", "--dry-run", "--json", "--home", folder / "home")
    assert (answer.exit_code, sorted(folder.rglob("*"))) == (0, before)
    found = json.loads(answer.stdout)
    (source,) = found["sources"]
    assert found["ledger"] is False
    counts = ("read", "new", "update", "duplicate", "quarantined")
    assert [source[name] for name in counts] == [4, 2, 0, 1, 1]
    assert [(one["code"], one["count"]) for one in source["leftOut"]] == [("LEFT_OUT_RELATION", 1)]
    (refused,) = source["refused"]
    assert (refused["line"], refused["code"]) == (4, "ROW_FIELD_INVALID")
    first = source["rows"][0]
    assert (first["file"], first["line"], first["recordId"]) == ("v.csv", 2, "1")
    person, firm = first["nodes"]
    assert (person["type"], person["values"]) == ("Person", {"name": "Li"})
    assert "11010519491231002X" not in answer.stdout
    (lends,) = first["relations"]
    assert lends["values"] == {"amount": "1,234.50 yuan"}
    assert lends["about"] == [*person["about"], *firm["about"]]


def test_keys_of_persons_are_others_each_time_while_there_is_no_ledger(folder: Path) -> None:
    def key() -> str:
        return rehearse(folder / "m.yaml", None).sources[0].rows[0].nodes[0].about[0]

    assert key() != key()


def test_people_read_it_in_their_language(folder: Path) -> None:
    words = run("ingest", folder / "m.yaml", "--dry-run", "--home", folder / "home").stdout
    assert "Nothing was written." in words
    assert "Keys of persons are made with a throw-away secret" in words
    assert "v.csv, line 2: record 1" in words
    assert "amount: 1,234.50 yuan" in words
    words = run("ingest", folder / "m.yaml", "--dry-run", "--home", folder / "home", "--lang", "zh").stdout
    assert "未写入任何内容" in words
    assert "1,234.50 元" in words
    assert "自然人（Person）" in words


def test_with_a_home_it_compares_and_writes_nothing(folder: Path, ledger: Ledger) -> None:
    load(ledger, folder / "m.yaml")
    last = head(ledger)
    changed = ROWS.replace("Li,F1", "Liu,F1", 1) + "4,2026-01-02,11010519491231002X,Li,F2,1\n"
    (folder / "v.csv").write_text(changed, encoding="utf-8")
    found = rehearse(folder / "m.yaml", ledger).sources[0]
    assert (found.read, found.new, found.update, found.duplicate, found.quarantined) == (5, 1, 1, 2, 1)
    assert (head(ledger), len(_loads(ledger))) == (last, 1)


def _loads(ledger: Ledger) -> list[object]:
    with ledger.reading() as connection:
        return list(connection.exec_driver_sql("SELECT id FROM load"))


def test_an_unreadable_source_ends_it_as_it_ends_the_load(folder: Path) -> None:
    (folder / "v.csv").unlink()
    answer = run("ingest", folder / "m.yaml", "--dry-run", "--home", folder / "home")
    assert answer.exit_code == 1
    assert "v.csv" in answer.stdout


CELL = st.sampled_from(["1", "2", "3"])
FILES = st.lists(
    st.tuples(CELL, st.sampled_from(["2026-01-01", "2026-01-02", "", "soon"]), st.sampled_from(["Li", "Wu"])),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(FILES, FILES)
def test_its_counts_are_those_of_the_load(
    tmp_path_factory: pytest.TempPathFactory, first: list[tuple[str, ...]], second: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("dry")
    (folder / "m.yaml").write_text(MANIFEST, encoding="utf-8")
    with Ledger.open(folder / "home") as ledger:
        for rows in (first, second):
            lines = [f"{no},{day},11010519491231002X,{name},F1,1\n" for no, day, name in rows]
            (folder / "v.csv").write_text("no,day,id,name,firm,sum\n" + "".join(lines), encoding="utf-8")
            dry = rehearse(folder / "m.yaml", ledger).sources[0]
            done = load(ledger, folder / "m.yaml").sources[0]
            assert (dry.read, dry.accepted, dry.duplicate, dry.quarantined) == (
                done.read, done.accepted, done.duplicate, done.quarantined,
            )  # fmt: skip
            assert [one.code for one in dry.notices] == [one.code for one in done.notices]
