"""What has ended, as commands and GraphQL show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fastapi.testclient import TestClient

from api.app import create_app
from cli.main import main
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.ended_site import BORROWER, GUARANTOR, write, write_relations


@pytest.fixture(scope="module")
def ended_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("ended")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    old = ("guarantee", GUARANTOR, BORROWER, "5000000", "2020-01-01", "2022-12-31")
    ingest(chosen, write_relations(folder, "guarantees", [old]))
    with open_site(chosen) as site:
        analyse(site)
        yield site


def run(site: Site, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(site.home)])


def test_an_ended_guarantee_is_left_out_and_shown_as_ended(ended_site: Site) -> None:
    assert "nothing to explain" in run(ended_site, "trace", GUARANTOR).output
    assert run(ended_site, "circles").exit_code == 1
    assert run(ended_site, "related", GUARANTOR).exit_code == 1
    now = run(ended_site, "neighbours", GUARANTOR)
    assert BORROWER not in now.output
    assert "1 has ended or not begun: `--ended` shows them." in now.output
    over = json.loads(run(ended_site, "neighbours", GUARANTOR, "--ended", "--json").stdout)
    (guarantee,) = [edge["node"] for edge in over["edges"] if edge["node"]["relation"] == "GUARANTEES"]
    assert (guarantee["until"], guarantee["ended"]) == ("2022-12-31", True)
    assert "2022-12-31" in run(ended_site, "neighbours", GUARANTOR, "--ended").output
    assert "已终止" in run(ended_site, "neighbours", GUARANTOR, "--ended", "--lang", "zh").output
    counted = json.loads(run(ended_site, "show", GUARANTOR, "--json").stdout)["relations"]
    assert [(c["count"], c["ended"]) for c in counted if c["relation"] == "GUARANTEES"] == [(0, 1)]


def test_another_day_can_be_asked_for(ended_site: Site) -> None:
    then = run(ended_site, "neighbours", GUARANTOR, "--as-of", "2022-12-30")
    assert BORROWER in then.output
    assert BORROWER in run(ended_site, "related", GUARANTOR, "--as-of", "2022-12-30").output
    for words in (("neighbours", GUARANTOR), ("owners", GUARANTOR), ("circles",), ("related", GUARANTOR)):
        early = run(ended_site, *words, "--as-of", "1990-01-01")
        assert early.exit_code == 1
        assert "The data begin after 1990-01-01" in early.output
        told = json.loads(run(ended_site, *words, "--as-of", "1990-01-01", "--json", "--lang", "zh").stdout)
        assert [one["code"] for one in told["assumptions"]] == ["BEFORE_ALL_DATA"]
        assert "早于" in told["assumptions"][0]["message"]
    assert run(ended_site, "owners", GUARANTOR, "--as-of", "then").exit_code == 2


def test_who_says_that_something_has_ended_is_told(ended_site: Site) -> None:
    asked = ("neighbours", GUARANTOR, "--relation", "GUARANTEES", "--ended", "--sources")
    (edge,) = json.loads(run(ended_site, *asked, "--json").stdout)["edges"]
    (source,) = edge["node"]["sources"]
    assert (source["recordId"], source["until"], source["ended"]) == (
        "guarantees/guarantees-0",
        "2022-12-31",
        True,
    )
    told = run(ended_site, *asked).output
    (line,) = [line for line in told.splitlines() if line.startswith("guarantees/guarantees-0")]
    assert [
        word for word in ("credit-bureau", "2022-12-31", "ended", "amount 500000000 fen") if word not in line
    ] == []
    said = run(ended_site, *asked, "--lang", "zh").output
    assert [word for word in ("的依据", "已终止") if word not in said] == []
    assert "sources" not in json.loads(run(ended_site, *asked[:-1], "--json").stdout)["edges"][0]["node"]
    query = """query ($id: ID!) { enterprise(id: $id) { relationProvenance(relationTypes: [GUARANTEES]) { edges { node {
      relation direction key ended other { id } sources { until ended current recordId values { name value } }
    } } } } }"""
    with TestClient(create_app(ended_site)) as client:
        document = client.post("/graphql", json={"query": query, "variables": {"id": GUARANTOR}}).json()
    (found,) = [edge["node"] for edge in document["data"]["enterprise"]["relationProvenance"]["edges"]]
    assert (found["relation"], found["direction"], found["ended"]) == ("GUARANTEES", "OUT", True)
    assert found["other"]["id"] == f"enterprise:{BORROWER}"
    (told_there,) = found["sources"]
    assert (told_there["until"], told_there["ended"], told_there["current"]) == ("2022-12-31", True, True)


def test_graphql_marks_what_has_ended(ended_site: Site) -> None:
    query = """query ($id: ID!, $day: Date) {
      now: neighbours(id: $id, relations: ["GUARANTEES"]) { totalCount dataTime counts { count ended } }
      all: neighbours(id: $id, relations: ["GUARANTEES"], ended: true) { edges { node { until ended } } }
      then: neighbours(id: $id, relations: ["GUARANTEES"], asOf: $day) { edges { node { ended } } }
      entity(id: $id, asOf: $day) { ended dataTime relations { relation count ended } }
      owners(id: $id, asOf: $day) { dataTime }
      guaranteeCircles(asOf: $day) { totalCount dataTime assumptions { code message } }
      relatedParties(id: $id, asOf: $day) { run { id } related { totalCount } } }"""
    with TestClient(create_app(ended_site)) as client:
        asked = {"query": query, "variables": {"id": GUARANTOR, "day": "2022-12-30"}}
        document = client.post("/graphql", json=asked).json()
    assert "errors" not in document, document
    data: Any = document["data"]
    assert data["now"] == {"totalCount": 0, "dataTime": "2026-01-31", "counts": [{"count": 0, "ended": 1}]}
    assert data["all"]["edges"] == [{"node": {"until": "2022-12-31", "ended": True}}]
    assert data["then"]["edges"] == [{"node": {"ended": False}}]
    assert data["owners"]["dataTime"] == data["guaranteeCircles"]["dataTime"] == "2022-12-30"
    assert data["relatedParties"] == {"run": None, "related": {"totalCount": 1}}
