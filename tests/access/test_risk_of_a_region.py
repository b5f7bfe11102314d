"""Answers about risk as somebody of a region gets them: of whom he sees, and of nobody else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.store import Store
from services.access.asker import EVERYONE, asker
from services.access.root_fields import OF_A_REGION
from services.access.tokens.issuing import issue
from services.analysis import analyse
from services.export.export import export
from services.loading import ingest
from services.reading.runs import current
from services.risk.model import RiskModel
from services.settings import settings
from services.site import Site, open_site
from tests.access.documents import Documents
from tests.access.seen_reference import Scope, seen
from tests.access.test_answers_of_a_region import TYPES, ask, everything, without_unseen
from tests.access.test_answers_of_a_region import documents as of_entities
from tests.algorithms.test_close_groups_in_part import Part
from tests.districts_site import HERE, SIZE, THERE, code, customer, write

DISTRICTS = (HERE, THERE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("districts")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder / "site"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(site)) as opened:
        yield opened


def seen_in(site: Site, region: str) -> set[str]:
    found, links = everything(site)
    return seen(found, links, Scope((region,)))


def slow(model: RiskModel, known: set[str]) -> dict[str, float]:
    """The seen solution of a run by the slow way: own distress, weights and rungs of the run, of whom is seen."""
    kept = [at for at, name in enumerate(model.ids) if name in known]
    place = {old: new for new, old in enumerate(kept)}
    csr = model.weights.csr
    links = {
        (place[i], place[k]): float(weight)
        for i, k, weight in zip(csr.rows().tolist(), csr.indices.tolist(), csr.data.tolist(), strict=True)
        if i != k and i in place and k in place and weight > 0
    }
    part = Part(
        len(kept),
        links,
        [float(model.own[at]) for at in kept],
        keys=[model.ids[at] for at in kept],
        ladder=(
            {place[at]: float(model.scores.rung[at]) for at in kept},
            frozenset(place[at] for at in kept if model.scores.drawn[at]),
        ),
    )
    return {model.ids[at]: min(part.p[place[at]], float(model.score[at])) for at in kept}


TRACE = """{ riskTrace(id: "%s", top: %d) {
  score expectedLoss { fen } tail { share amount { fen } }
  paths { share hidden amount { fen } seed { id } steps { from { id } to { id } } }
  seeds { share party { id } amount { fen } }
  wouldChange { effect { fen } party { id } other { id } }
} }"""


@pytest.mark.parametrize("region", DISTRICTS)
def test_a_trace_splits_what_the_seen_solution_explains_and_says_how_much_is_hidden(
    site: Site, client: TestClient, region: str
) -> None:
    known = seen_in(site, region)
    _, model = current(site.as_seen_by(EVERYONE))
    expected = slow(model, known)
    told = hides = 0
    for number in range(SIZE):
        entity = f"enterprise:{code(number)}"
        if entity not in known:
            continue
        at = model.ids.index(entity)
        rest = set()
        for top in (1, 10):
            answer = ask(client, site, TRACE % (entity, top), "credit-officer", region)["data"]["riskTrace"]
            assert answer["score"] == float(model.score[at])
            loss = answer["expectedLoss"]["fen"]
            assert loss == int(model.expected_loss[at])
            amounts = [path["amount"]["fen"] for path in answer["paths"]]
            shares = [path["share"] for path in answer["paths"]]
            assert sum(amounts) + answer["tail"]["amount"]["fen"] == loss
            if model.score[at] > 0:
                assert abs(sum(shares) + answer["tail"]["share"] - 1.0) < 1e-9
            last = [path for path in answer["paths"] if path["hidden"]]
            assert all(path is answer["paths"][-1] for path in last)
            for path in last:
                assert path["seed"] == {"id": "hidden"}
                assert path["steps"] == []
                assert path["amount"]["fen"] >= 0
            hidden = last[0]["amount"]["fen"] if last else 0
            stake = float(model.inputs.lgd[at]) * float(model.exposure[at])
            seen_loss = min(round(float(model.probability(np.array([expected[entity]]))[0]) * stake), loss)
            assert abs(hidden - (loss - seen_loss)) <= 1
            seeds = [one for one in answer["seeds"] if one["party"]["id"] == "hidden"]
            assert [one["amount"]["fen"] for one in seeds] == [hidden][: len(last)]
            assert all(0 < one["effect"]["fen"] <= seen_loss for one in answer["wouldChange"])
            rest.add(hidden)
            told, hides = told + 1, hides + bool(last)
        assert len(rest) == 1  # whatever `top` is
    assert told > hides > 0


WHAT_IF = """{ whatIf(shocks: [%s]) {
  hits(first: 100) { edges { node { party { id } before after loss { fen } equityLoss { fen } shocked } } }
  totalLoss { fen } ownLoss { fen } totalEquityLoss { fen } rest { count }
} }"""


@pytest.mark.parametrize("region", DISTRICTS)
def test_a_what_if_is_that_of_everybody_told_of_whom_the_asker_sees(
    site: Site, client: TestClient, region: str
) -> None:
    known, first = seen_in(site, region), DISTRICTS.index(region)
    hidden = 0
    for shocks in (
        f'{{kind: DEFAULT, party: "{code(first)}"}}',
        f'{{kind: SETTLE, party: "{code(4)}"}}',
        f'{{kind: EQUITY, party: "{code(first + 2)}", amount: 5000000}}, {{kind: DEFAULT, party: "{code(10)}"}}',
    ):
        told = ask(client, site, WHAT_IF % shocks, "credit-officer", region)["data"]["whatIf"]
        every = ask(client, site, WHAT_IF % shocks, "credit-officer", "*")["data"]["whatIf"]
        hits = [edge["node"] for edge in every["hits"]["edges"]]
        mine = [hit for hit in hits if hit["party"]["id"] in known]
        assert [edge["node"] for edge in told["hits"]["edges"]] == mine
        assert told["totalLoss"]["fen"] == sum(hit["loss"]["fen"] for hit in mine)
        assert told["totalEquityLoss"]["fen"] == sum(hit["equityLoss"]["fen"] for hit in mine)
        assert told["ownLoss"]["fen"] == sum(hit["loss"]["fen"] for hit in mine if hit["shocked"])
        hidden += len(hits) - len(mine)
    assert hidden
    other = f'{{kind: DEFAULT, party: "{code(1 - first)}"}}'
    for shocks in (other, f'{{kind: CUT, party: "{code(first)}", other: "{code(1 - first)}"}}'):
        refused = ask(client, site, WHAT_IF % shocks, "credit-officer", region)
        assert refused["errors"][0]["extensions"]["code"] == "UNKNOWN_ID"


def questions(communities: Iterable[str]) -> Mapping[str, list[str]]:
    """Root fields with arguments, about parties of both districts and of none."""
    ids = [
        f'id: "{one}"'
        for one in (
            f"enterprise:{code(0)}",
            f"enterprise:{code(1)}",
            customer(4),
            customer(100),
            code(10),
            "4499999999",
        )
    ]
    default = f'{{kind: DEFAULT, party: "{code(0)}"}}'
    return {
        "riskTrace": ids,
        "relatedParties": [*ids, f'{ids[0]}, asOf: "2025-12-31"'],
        "owners": ids,
        "riskHistory": ids,
        "whatIf": [
            f"shocks: [{default}]",
            f'shocks: [{{kind: SETTLE, party: "{customer(4)}"}}]',
            f'shocks: [{default}, {{kind: CUT, party: "{code(2)}", other: "{code(4)}"}}]',
            f'shocks: [{{kind: EQUITY, party: "{code(2)}", amount: 5000000}}]',
            f'shocks: [{{kind: DEFAULT, party: "{code(3)}"}}]',
        ],
        "lossView": [
            f'view: {view}, shocks: [{{party: "{code(number)}", level: 1}}]'
            for view in ("EQUITY", "DEBTRANK", "CASCADE", "CLEARING")
            for number in (0, 3)
        ],
        "guaranteeCircles": ["first: 20"],
        "riskClusters": ["first: 20"],
        "watchList": ["first: 20"],
        "segments": ["first: 20"],
        "community": [f'id: "{one}"' for one in (*communities, "community-none")],
        "communities": ["first: 20", "first: 20, of: CUSTOMERS"],
        "customer": ids,
    }


def documents(role: str, region: str, communities: Iterable[str] = ()) -> Iterator[str]:
    query = TYPES.query_type
    assert query
    asked, seed = asker(role, regions=[region]), 0
    for field, arguments in questions(communities).items():
        for given in arguments:
            seed += 1
            inner = query.fields[field].type
            while hasattr(inner, "of_type"):
                inner = inner.of_type
            deep = 2 if field == "customer" else 3
            yield f"{{ {field}({given}) {Documents(TYPES, asked, seed).of(inner.name, deep)} }}"


@pytest.mark.parametrize(("role", "region"), [("credit-officer", HERE), ("analyst", THERE)])
def test_answers_about_risk_are_those_of_the_graph_without_what_is_not_seen(
    site: Site, client: TestClient, embedded_store: Store, role: str, region: str
) -> None:
    filtered = without_unseen(site, embedded_store, region)
    found, _ = everything(site)
    unseen = found.keys() - seen_in(site, region)
    names = unseen | {one.partition(":")[2] for one in unseen}
    wider, told = "*" if role == "credit-officer" else "CN/", 0
    _, model = current(site.as_seen_by(EVERYONE))
    named = [model.community_id(label) for label in range(int(model.community.max()) + 1)]
    with TestClient(create_app(filtered)) as reference:
        for query in documents(role, region, named):
            answer = ask(client, site, query, role, region)
            assert answer == ask(reference, filtered, query, role, wider), query
            said = {one for one in names if f"{one}'" in repr(answer["data"]) and f'"{one}"' not in query}
            assert not said, (query, said)
            told += "errors" not in answer and any(answer["data"].values())
    assert told >= 15


def test_every_root_field_that_is_open_to_a_region_is_compared_with_the_filtered_graph() -> None:
    asked = {
        query.split("(")[0].split()[1]
        for made in (documents("analyst", HERE), of_entities("analyst", HERE))
        for query in made
    }
    assert asked | {"report"} == OF_A_REGION  # a report is no root field: its own test compares it


def test_a_report_is_about_whom_the_asker_sees(site: Site, client: TestClient, embedded_store: Store) -> None:
    filtered = without_unseen(site, embedded_store, HERE)
    hides = 0
    with TestClient(create_app(filtered)) as reference:
        for number in range(SIZE):
            path = f"/reports/enterprise:{code(number)}.html"
            pages = [
                asking.get(path, headers={"Authorization": f"Bearer {token(one, region)}"})
                for asking, one, region in ((client, site, HERE), (reference, filtered, "*"))
            ]
            assert pages[0].status_code == pages[1].status_code
            assert pages[0].text == pages[1].text
            hides += "parties that you do not see" in pages[0].text
    assert hides


def token(site: Site, region: str) -> str:
    return issue(site.settings, site.ledger, asker("credit-officer", regions=[region]))


def test_an_export_is_of_whom_the_asker_sees(site: Site, embedded_store: Store, tmp_path: Path) -> None:
    filtered = without_unseen(site, embedded_store, HERE)
    nodes, links = everything(site)
    unseen = nodes.keys() - seen_in(site, HERE)
    files = []
    for at, one, region in (("a", site, HERE), ("b", filtered, "*")):
        who = one.as_seen_by(asker("credit-officer", regions=[region]))
        files.append(tmp_path / f"{at}.json")
        export(who, "node-link", files[-1])
    told, expected = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    assert told["nodes"] == expected["nodes"]
    assert told["edges"] == expected["edges"]
    ids = {node["id"] for node in told["nodes"]}
    assert ids == nodes.keys() - unseen
    assert len(told["edges"]) == len([one for one in links if {one.source, one.target} <= ids]) > 0
