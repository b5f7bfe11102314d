"""``kehutu ingest`` and ``kehutu loads``: what is told of a load, when it ends and later."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cli.main import main
from graph.write import contents
from services.settings import settings
from services.site import open_site

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


FIRST = "id,name,day\n1,Li,2026-01-01\n2,Wu,2026-01-01\n"
SECOND = "id,name,day\n1,Li,2026-01-01\n2,Wang,2026-02-01\n3,Ma,2026-02-01\n"


def load_file(folder: Path, name: str, content: str) -> str:
    """Load one file of people, as one source; the id of the load."""
    (folder / f"{name}.csv").write_text(content, encoding="utf-8")
    (folder / f"{name}.yaml").write_text(
        f"sources:\n  - {{name: people, path: {name}.csv, channel: survey, recordId: id, observedAt: day,"
        " mapping: [{node: Customer, key: {local: id}, set: {name: name}}]}\n",
        encoding="utf-8",
    )
    answer = run("ingest", folder / f"{name}.yaml", "--home", folder / "home", "--json")
    return str(json.loads(answer.stdout)["load"])


def graph(home: Path) -> object:
    with open_site(settings(home)) as site:
        return contents(site.store)


def test_a_load_is_taken_back_and_the_graph_is_as_before_it(tmp_path: Path) -> None:
    home = ("--home", tmp_path / "home")
    load_file(tmp_path, "first", FIRST)
    before = graph(tmp_path / "home")
    second = load_file(tmp_path, "second", SECOND)
    after = graph(tmp_path / "home")
    assert after != before
    words = run("loads", "withdraw", second, *home)
    assert words.exit_code == 0, words.output
    assert f"Load {second} is taken back: 2 records were withdrawn." in words.stdout
    assert "1 of its records stay" in words.stdout
    assert graph(tmp_path / "home") == before
    again = json.loads(run("loads", "withdraw", second, *home, "--json").stdout)
    assert (again["withdrawn"], again["staying"], again["already"]) == (0, 1, True)
    assert "taken back" in run("loads", "list", *home).stdout
    assert "撤回于" in run("loads", "show", second, *home, "--lang", "zh").stdout
    trail = json.loads(run("audit", "list", "--subject", second, *home, "--json").stdout)
    assert "loads withdraw" in json.dumps(trail)
    # The same file comes in again and counts right.
    load_file(tmp_path, "second", SECOND)
    assert graph(tmp_path / "home") == after
    newest = json.loads(run("loads", "list", *home, "--json").stdout)["edges"][0]["node"]["sources"][0]
    assert (newest["accepted"], newest["duplicate"]) == (2, 1)


def test_a_load_that_nobody_made_cannot_be_taken_back(tmp_path: Path) -> None:
    load_file(tmp_path, "first", FIRST)
    unknown = run("loads", "withdraw", "load-0", "--home", tmp_path / "home")
    assert (unknown.exit_code, "UNKNOWN_LOAD" in unknown.stderr) == (1, True)
