"""Every command as its user calls it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli.main import COMMANDS, main
from services.site import Site
from tests.small_site import GUARANTOR, write


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    answer = run(name, "--help")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 5


def test_a_command_takes_the_flags_of_all_commands() -> None:
    answer = run("trace", "--help")
    for flag in ("--home", "--store", "--json", "--lang"):
        assert flag in answer.output


def test_loading_twice_reports_only_duplicates(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    first = run("ingest", manifest, "--home", tmp_path / "home", "--json")
    assert first.exit_code == 0, first.output
    again = run("ingest", manifest, "--home", tmp_path / "home", "--json")
    assert again.exit_code == 0, again.output
    for before, after in zip(
        json.loads(first.stdout)["sources"], json.loads(again.stdout)["sources"], strict=True
    ):
        assert before["read"] == before["accepted"] == after["read"] == after["duplicate"] > 0


def test_trace_prints_the_shape_of_the_graphql_field(small_site: Site) -> None:
    answer = run("trace", GUARANTOR, "--home", small_site.home, "--json")
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert document["party"]["name"] == "Guarantor Mills"
    assert {
        "score",
        "raw",
        "bound",
        "expectedLoss",
        "paths",
        "tail",
        "seeds",
        "wouldChange",
        "run",
        "dataTime",
    } <= set(document)
    total = sum(path["amount"]["fen"] for path in document["paths"]) + document["tail"]["amount"]["fen"]
    assert total == document["expectedLoss"]["fen"]


def test_trace_for_people_names_amounts_and_records(small_site: Site) -> None:
    answer = run("trace", GUARANTOR, "--home", small_site.home)
    assert "guarantee of 1,500,000.00 yuan [bureau/1" in answer.output
    in_chinese = run("trace", GUARANTOR, "--home", small_site.home, "--lang", "zh")
    assert "预期损失" in in_chinese.output


def test_an_unknown_id_is_a_negative_answer(small_site: Site) -> None:
    answer = run("trace", "nobody", "--home", small_site.home, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["error"]["code"] == "UNKNOWN_ID"
    assert "Remedy:" in answer.stderr


def test_without_a_run_the_remedy_is_to_analyse(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    assert run("ingest", manifest, "--home", tmp_path / "home").exit_code == 0
    answer = run("trace", GUARANTOR, "--home", tmp_path / "home")
    assert answer.exit_code == 1
    assert "kehutu analyse" in answer.output


def test_analysing_nothing_is_a_negative_answer(tmp_path: Path) -> None:
    answer = run("analyse", "--home", tmp_path / "home")
    assert answer.exit_code == 1
    assert "NOTHING_LOADED" in answer.output


def test_a_wrong_flag_is_wrong_use(tmp_path: Path) -> None:
    assert run("trace").exit_code == 2
    assert run("analyse", "--engine", "abacus", "--home", tmp_path).exit_code == 2
    assert run("ingest", tmp_path / "missing.yaml", "--home", tmp_path / "home").exit_code == 2


def test_with_the_store_down_records_are_kept_and_the_exit_is_three(tmp_path: Path) -> None:
    manifest = write(tmp_path)
    down = run("ingest", manifest, "--home", tmp_path / "home", "--store", "bolt://127.0.0.1:9", "--json")
    assert down.exit_code == 3
    assert json.loads(down.stdout)["sources"][0]["accepted"] == 3
    up = run("ingest", manifest, "--home", tmp_path / "home", "--json")
    assert up.exit_code == 0
    assert json.loads(up.stdout)["sources"][0]["duplicate"] == 3
    assert run("search", "Guarantor", "--home", tmp_path / "home").exit_code == 0


def test_schema_needs_no_store() -> None:
    answer = run("schema", "Customer")
    assert answer.exit_code == 0
    assert "户号" in answer.output
    assert run("schema", "Custard").exit_code == 2


def test_evaluate_reference_counts_and_fails(tmp_path: Path) -> None:
    suite = {
        "suite": "linear_debtrank",
        "cases": [
            {
                "id": "one",
                "input": {
                    "nodes": ["A", "B"],
                    "edges": [{"from": "A", "to": "B", "weight": 0.5}],
                    "seeds": {"A": 0.4},
                },
                "expected": {"h": {"A": 0.4, "B": 0.2}},
                "tolerance": {"abs": 1e-9, "rel": 1e-9},
            }
        ],
    }
    path = tmp_path / "suite.json"
    path.write_text(json.dumps(suite))
    assert run("evaluate", "reference", path).output.splitlines()[-1] == "1 passed, 0 failed"
    suite["cases"][0]["expected"]["h"]["B"] = 0.3  # type: ignore[index]
    path.write_text(json.dumps(suite))
    answer = run("evaluate", "reference", path)
    assert answer.exit_code == 1
    assert answer.output.splitlines()[-1] == "0 passed, 1 failed"


def test_serve_refuses_a_port_in_use(small_site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run("serve", "--port", taken.getsockname()[1], "--home", small_site.home)
    assert answer.exit_code == 2
    assert "PORT_IN_USE" in answer.output


def test_why_tells_one_entity_from_two(small_site: Site) -> None:
    same = run("why", "4400000001", "customer:4400000001", "--home", small_site.home)
    assert same.exit_code == 0, same.output
    different = run("why", "4400000001", "4400000002", "--home", small_site.home)
    assert different.exit_code == 1


def test_the_installed_command_answers() -> None:
    command = Path(sys.executable).with_name("kehutu")
    answer = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert "kehutu" in answer.stdout
