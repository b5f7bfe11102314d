"""Commands that look into the graph, as people read them."""

from __future__ import annotations

import json

from click.testing import CliRunner, Result

from cli.main import main
from services.site import Site
from tests.supply_site import HOME_CUSTOMER, WORKS


def run(site: Site, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(site.home)])


def test_neighbours_are_counted_and_listed(supply_site: Site) -> None:
    answer = run(supply_site, "neighbours", HOME_CUSTOMER)
    assert answer.exit_code == 0, answer.output
    assert "CONTACTED" in answer.output
    assert "更换电表" in answer.output
    assert "orders/W1" in answer.output


def test_a_page_says_how_to_go_on(supply_site: Site) -> None:
    first = run(supply_site, "neighbours", HOME_CUSTOMER, "--first", "3")
    assert "3 of 7; the next ones: --after " in first.output
    cursor = first.output.split("--after ")[1].split()[0]
    rest = run(supply_site, "neighbours", HOME_CUSTOMER, "--first", "10", "--after", cursor, "--json")
    assert len(json.loads(rest.stdout)["edges"]) == 4


def test_paths_are_told_with_their_directions(supply_site: Site) -> None:
    answer = run(supply_site, "paths", HOME_CUSTOMER, WORKS, "--max-length", "2")
    assert answer.exit_code == 0, answer.output
    assert answer.output == "2  张伟 -LIVES_AT-> 西湖路 1 号 <-LOCATED_AT- 云泽机械有限公司\n"


def test_no_path_and_no_neighbour_are_negative_answers(supply_site: Site) -> None:
    assert run(supply_site, "paths", "W1", "I1", "--max-length", "1").exit_code == 1
    assert run(supply_site, "neighbours", "W1", "--relation", "IS").exit_code == 1
    assert run(supply_site, "grid-trace", "F1").exit_code == 1
    assert run(supply_site, "search", "nothing").exit_code == 1


def test_a_trace_of_the_grid_names_elements_and_counts_customers(supply_site: Site) -> None:
    up = run(supply_site, "grid-trace", HOME_CUSTOMER)
    assert up.exit_code == 0, up.output
    assert "天河一线" in up.output
    assert "In all: 2 Line, 1 ServicePoint" in up.output
    down = run(supply_site, "grid-trace", "F1", "--down")
    assert "In all: 2 Line, 2 ServicePoint, 2 Customer" in down.output


def test_an_entity_is_shown_with_its_values_in_the_language_asked_for(supply_site: Site) -> None:
    english = run(supply_site, "show", "D1")
    assert english.exit_code == 0, english.output
    assert "光伏逆变器 (device:D1), real" in english.output
    assert "8.5" in english.output
    assert "设备编号" in run(supply_site, "show", "D1", "--lang", "zh").output
    unknown = run(supply_site, "show", "nothing", "--json")
    assert unknown.exit_code == 1
    assert json.loads(unknown.stdout)["error"]["code"] == "UNKNOWN_ID"


def test_wrong_use_is_told_apart_from_a_negative_answer(supply_site: Site) -> None:
    for words in (
        ("neighbours", HOME_CUSTOMER, "--relation", "LOVES"),
        ("neighbours", HOME_CUSTOMER, "--after", "x"),
        ("paths", HOME_CUSTOMER, WORKS, "--max-length", "7"),
        ("search", "?"),
        ("search", "x", "--type", "Bill"),
    ):
        answer = run(supply_site, *words)
        assert answer.exit_code == 2, (words, answer.output)
    assert run(supply_site, "grid-trace", WORKS).exit_code == 1
