"""``kehutu ingest`` and ``kehutu loads``: what is told of a load, when it ends and later."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main

MANIFEST = """\
sources:
  - name: people
    path: people.csv
    channel: survey
    mapping: [{node: Customer, key: {local: id}, set: {name: name}}]
  - name: nobody
    path: nobody.csv
    channel: survey
    recordId: id
    observedAt: 2026-01-31
    mapping: [{node: Customer, key: {local: id}, set: {name: name}}]
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def loaded(folder: Path, *words: object) -> Result:
    (folder / "people.csv").write_text("id,name\n1,Li\n1,Li\n2,Wu\n", encoding="utf-8")
    (folder / "nobody.csv").write_text("id,name\n", encoding="utf-8")
    (folder / "m.yaml").write_text(MANIFEST, encoding="utf-8")
    # The store is down, and none is needed to load.
    home = ("--home", folder / "home", "--store", "bolt://127.0.0.1:9")
    return run("ingest", folder / "m.yaml", *home, *words)


def test_the_report_tells_codes_counts_places_and_remedies(tmp_path: Path) -> None:
    people, nobody = json.loads(loaded(tmp_path, "--json").stdout)["sources"]
    assert [(one["code"], one["count"]) for one in people["notices"]] == [
        ("NOTICE_EQUAL_ROWS", 1),
        ("NOTICE_TIME_ASSUMED", 1),
    ]
    (empty,) = nobody["notices"]
    assert empty == {
        "code": "NOTICE_EMPTY",
        "count": 1,
        "places": [{"file": "nobody.csv", "line": None, "sheet": None, "cell": None}],
        "message": "nobody.csv has no rows.",
        "remedy": "Nothing to do if that is expected.",
    }
    assert people["leftOut"] == nobody["leftOut"] == []


def test_people_read_one_thing_a_paragraph_in_their_language(tmp_path: Path) -> None:
    words = loaded(tmp_path).stdout
    assert "About nobody\n  NOTICE_EMPTY: nobody.csv has no rows.\n    Remedy: Nothing to do" in words
    words = loaded(tmp_path, "--lang", "zh").stdout
    assert "关于 nobody\n  NOTICE_EMPTY: nobody.csv 没有数据行。\n    处理办法：" in words


def test_what_was_noticed_is_kept_with_the_load_in_both_languages(tmp_path: Path) -> None:
    report = json.loads(loaded(tmp_path, "--json").stdout)
    home = ("--home", tmp_path / "home")
    page = json.loads(run("loads", "list", *home, "--json").stdout)
    (edge,) = page["edges"]
    assert edge["node"]["id"] == report["load"]
    assert [s["notices"] for s in edge["node"]["sources"]] == [s["notices"] for s in report["sources"]]
    assert report["load"] in run("loads", "list", *home).stdout
    shown = run("loads", "show", report["load"], *home, "--lang", "zh").stdout
    assert "NOTICE_EMPTY: nobody.csv 没有数据行。" in shown
    unknown = run("loads", "show", "load-0", *home)
    assert (unknown.exit_code, "UNKNOWN_LOAD" in unknown.stderr) == (1, True)


def test_a_home_without_loads_says_so(tmp_path: Path) -> None:
    missing = run("loads", "list", "--home", tmp_path / "none")
    assert (missing.exit_code, "LEDGER_MISSING" in missing.stderr) == (2, True)
    assert not (tmp_path / "none").exists()
