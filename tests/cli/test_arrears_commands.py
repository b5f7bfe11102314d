"""The commands about arrears risk as their user calls them."""

from __future__ import annotations

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from cli.main import main
from cli.trace import as_tree
from services.arrears.answer.interval import Interval
from services.arrears.why.trace import trace
from services.site import Site
from tests.everyone import seen
from tests.linked_site import code
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def test_what_if_prints_the_shape_of_the_graphql_field(small_site: Site) -> None:
    answer = run("what-if", "--shock", f"{GUARANTOR}=1.0", "--home", small_site.home, "--json")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    hits = [edge["node"] for edge in document["hits"]["edges"]]
    assert document["hits"]["totalCount"] == len(hits) == 2
    assert {"party", "before", "after", "loss", "equityLoss"} <= set(hits[0])
    assert sum(hit["loss"]["fen"] for hit in hits) == document["totalLoss"]["fen"] > 0
    assert document["run"]["id"]


def test_what_if_for_people_takes_every_kind_of_shock(small_site: Site) -> None:
    answer = run(
        "what-if",
        *("--equity", f"{GUARANTOR}=1000000.50", "--settle-part", f"{DEBTOR}=3100"),
        *(
            "--add",
            UPSTREAM,
            "LENDS_TO",
            DEBTOR,
            "20000",
            "--cut-relation",
            UPSTREAM,
            GUARANTOR,
            "GUARANTEES",
        ),
        *("--home", small_site.home),
    )
    assert answer.exit_code == 0, answer.output
    for name in ("Debtor Works *", "Guarantor Mills *", "Upstream Trading", "Nothing was changed"):
        assert name in answer.output
    in_chinese = run("what-if", "--settle", DEBTOR, "--home", small_site.home, "--lang", "zh")
    assert "未改动任何数据" in in_chinese.output


def test_what_if_refuses_what_is_no_shock(small_site: Site) -> None:
    assert run("what-if", "--home", small_site.home).exit_code == 2
    assert run("what-if", "--shock", GUARANTOR, "--home", small_site.home).exit_code == 2
    assert run("what-if", "--shock", f"{GUARANTOR}=much", "--home", small_site.home).exit_code == 2
    assert run("what-if", "--shock", "nobody=1", "--home", small_site.home).exit_code == 1


def test_circles_print_the_shape_of_the_graphql_field(linked_site: Site) -> None:
    answer = run("circles", "--home", linked_site.home, "--json")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert document["totalCount"] == 4
    first = document["edges"][0]["node"]
    assert first["members"]["totalCount"] == 3
    assert first["cycles"]["edges"][0]["node"]["bottleneck"] == {"fen": 100_000_000, "currency": "CNY"}


def test_circles_for_people_show_the_way_round(linked_site: Site) -> None:
    answer = run("circles", "--first", "2", "--home", linked_site.home)
    assert "Works A → Works B → Works C → Works A: at most 1,000,000.00 yuan" in answer.output
    assert "at most ≥300,000.00 yuan" in answer.output
    assert "2 of 4 circles" in answer.output
    assert "共 4 个担保圈" in run("circles", "--home", linked_site.home, "--lang", "zh").output


def test_no_circle_is_a_negative_answer(small_site: Site) -> None:
    assert run("circles", "--home", small_site.home).exit_code == 1


def test_owners_print_the_shape_of_the_graphql_field(linked_site: Site) -> None:
    answer = run("owners", code("K"), "--home", linked_site.home, "--json")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert [owner["party"]["name"] for owner in document["beneficial"]] == ["li", "wang"]
    assert document["persons"]["totalCount"] == 3


def test_owners_for_people_name_who_is_behind_and_what_is_unknown(linked_site: Site) -> None:
    answer = run("owners", code("K"), "--home", linked_site.home)
    for text in ("37.50%  li", "25.00%  wang", "Unknown: 25.00%", "not told by the register of Works K"):
        assert text in answer.output
    assert "受益所有人" in run("owners", code("K"), "--home", linked_site.home, "--lang", "zh").output
    assert run("owners", code("F"), "--home", linked_site.home).exit_code == 1


def test_clusters_print_the_shape_of_the_graphql_field(small_site: Site) -> None:
    answer = run("clusters", "--home", small_site.home, "--json")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    [edge] = document["edges"]
    assert {"id", "name", "size", "expectedLoss", "seeds", "members", "suggestedAction"} <= set(edge["node"])
    assert edge["node"]["members"]["totalCount"] == 3


def test_clusters_for_people_say_what_to_do_first(small_site: Site) -> None:
    answer = run("clusters", "--home", small_site.home)
    assert "First: agree on payment with Debtor Works" in answer.output
    assert (
        "首先：与 Debtor Works 商定付款" in run("clusters", "--home", small_site.home, "--lang", "zh").output
    )
    document = json.loads(run("clusters", "--home", small_site.home, "--json", "--lang", "zh").stdout)
    assert document["edges"][0]["node"]["suggestedAction"].startswith("首先与Debtor Works商定付款")


def test_limits_of_a_chance_are_told_where_they_read_differently(small_site: Site) -> None:
    answer = trace(seen(small_site), GUARANTOR)

    def printed(low: float, high: float) -> str:
        shown = replace(answer, interval=Interval(low, high, low, high, 2.0))
        with (console := Console(width=200, file=StringIO())).capture() as captured:
            console.print(as_tree(shown))
        return captured.get()

    assert "The chance lies between 41.0 % and 43.0 %" in printed(0.41, 0.43)
    assert "lies between" not in printed(0.4201, 0.4202)


def test_related_parties_are_linked_by_words(small_site: Site) -> None:
    for lang, word in (("en", "guarantee"), ("zh", "担保")):
        output = run("related", GUARANTOR, "--home", small_site.home, "--lang", lang).output
        assert word in output
        assert "GUARANTEES" not in output
    [found, *_] = json.loads(run("related", GUARANTOR, "--home", small_site.home, "--json").stdout)[
        "related"
    ]["edges"]
    assert found["node"]["relations"] == ["GUARANTEES"]


@pytest.fixture(scope="module")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small site that tests may change."""
    folder = tmp_path_factory.mktemp("own")
    manifest = write(folder)
    assert run("ingest", manifest, "--home", folder / "home").exit_code == 0
    assert run("analyse", "--home", folder / "home").exit_code == 0
    return folder / "home"


def test_an_override_is_said_once_and_shown_by_every_answer(own_home: Path) -> None:
    words = ("override", DEBTOR, "--own", "0.5", "--reason", "pays again", "--author", "wang")
    more = ("--until", "2026-12-31", "--key", "K1", "--home", own_home)
    answer = run(*words, *more)
    assert answer.exit_code == 0, answer.output
    assert "wang has set the own distress of Debtor Works to 50.0%" in answer.output
    assert "100.0 % → 50.0 %" in answer.output
    again = run(*words, *more, "--lang", "zh")
    assert "未作更改" in again.output
    for command in (("trace", UPSTREAM), ("clusters",), ("what-if", "--shock", f"{DEBTOR}=1")):
        assert "pays again" in run(*command, "--home", own_home).output, command
    shown = run("trace", UPSTREAM, "--home", own_home, "--json")
    assert json.loads(shown.stdout)["overrides"][0]["author"] == "wang"


def test_an_override_is_taken_back(own_home: Path) -> None:
    words = ("override", DEBTOR, "--reason", "wrong firm", "--until", "2026-12-31", "--home", own_home)
    assert run(*words).exit_code == 2
    assert run(*words, "--own", "0.5", "--withdraw").exit_code == 2
    answer = run(*words, "--withdraw", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["override"] is None
    assert "wrong firm" not in run("trace", UPSTREAM, "--home", own_home).output


def test_watching_from_the_command_line(own_home: Path) -> None:
    home = ("--home", own_home)
    assert run("watch", "list", *home).exit_code == 1
    assert run("watch", "add", DEBTOR, "--level", "0.3", *home).exit_code == 2
    made = run("watch", "add", DEBTOR, "--rule", "threshold", "--level", "0.3", "--json", *home)
    assert made.exit_code == 0, made.output
    assert run("watch", "add", UPSTREAM, *home).exit_code == 0
    answer = run("watch", "list", *home)
    assert "score at least 30.0%" in answer.output
    assert "1 of 2 watched parties raises an alert" in answer.output
    assert "触发预警" in run("watch", "list", "--lang", "zh", *home).output
    document = json.loads(run("watch", "list", "--json", *home).stdout)
    assert document["totalCount"] == 2
    assert len(document["edges"][1]["node"]["rules"]) == 3
    [first] = json.loads(made.stdout)
    assert run("watch", "remove", first["id"], *home).exit_code == 0
    assert run("watch", "remove", first["id"], *home).exit_code == 1


def test_history_from_the_command_line(own_home: Path) -> None:
    answer = run("history", GUARANTOR, "--home", own_home)
    assert answer.exit_code == 0, answer.output
    assert " *" in answer.output
    document = json.loads(run("history", GUARANTOR, "--home", own_home, "--json").stdout)
    assert document["totalCount"] >= 1
    assert {"run", "dataTime", "score", "own", "expectedLoss"} <= set(document["edges"][0]["node"])


def test_reports_are_written_for_a_list(small_site: Site, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{DEBTOR}\n\n4400000002\n", encoding="utf-8")
    words = ("report", UPSTREAM, "--list", tmp_path / "list.txt", "--out", tmp_path / "out")
    answer = run(*words, "--home", small_site.home, "--lang", "zh")
    assert answer.exit_code == 0, answer.output
    assert "Guarantor Mills: " in answer.output
    assert len(list((tmp_path / "out").iterdir())) == 6


def test_a_report_on_nobody_is_a_negative_answer(small_site: Site, tmp_path: Path) -> None:
    words = ("report", "nobody", DEBTOR, "--format", "html", "--out", tmp_path, "--home", small_site.home)
    answer = run(*words, "--json")
    assert answer.exit_code == 1
    missing, written = json.loads(answer.stdout)
    assert missing["error"]["code"] == "UNKNOWN_ID"
    assert Path(written["files"][0]).is_file()
    assert run("report", "--home", small_site.home).exit_code == 2
