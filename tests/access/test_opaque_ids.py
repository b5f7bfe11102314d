"""Who does not see ids in clear gets words in their place: his own, the same each time, taken back as arguments."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.store import Store
from services.access.asker import asker
from services.access.opaque import Opaque
from services.access.tokens.issuing import issue
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.access.test_answers_of_a_region import ask, everything, without_unseen
from tests.access.test_answers_of_a_region import documents as of_entities
from tests.access.test_risk_of_a_region import documents as of_risk
from tests.access.test_risk_of_a_region import seen_in
from tests.districts_site import HERE, code, customer, write

IDS = (
    "customer:4400000011",
    "person:visits/17#1",
    "device:A 1",
    "line:" + "x" * 100,
    "address:\u6587\u4e09\u8def",
)


NOT_FOR_PLANNERS = ("guaranteeCircles", "owners", "lossView", "watchList", "segments")
"""They rest on money, which a planner does not see in clear."""


def words(subject: str, sign: Callable[[bytes], bytes] | None = None) -> Opaque:
    prefixes = ("customer", "person", "device", "line", "address", "enterprise")
    return Opaque(
        sign or (lambda text: hashlib.sha256(b"key" + text).digest()), subject, prefixes, ("visits", "bills")
    )


@pytest.mark.parametrize("entity", IDS)
def test_a_word_leads_back_for_its_asker_and_for_nobody_else(entity: str) -> None:
    mine, yours = words("planner li"), words("planner wang")
    word = mine.word(entity)
    assert mine.text(word) == entity
    assert word == words("planner li").word(entity)
    assert word != yours.word(entity)
    assert yours.text(word) is None
    for other in (
        word[:-1],
        word + "A",
        word.replace("opaque-", ""),
        entity,
        "",
        word[:12] + "x" + word[13:],
    ):
        assert mine.text(other) in (None, entity if other == word else None)
    assert entity.partition(":")[2] not in word


def test_an_id_is_found_behind_a_chinese_character_and_whole_under_any_name() -> None:
    made = words("planner li")
    told = made.veiled(
        {"why": "因担保拖垮enterprise:9137，其余不变", "x": "device:A 1", "among": ["customer:C (1) 01"]}
    )
    assert told["why"] == f"因担保拖垮{made.word('enterprise:9137')}，其余不变"
    assert made.text(told["x"]) == "device:A 1"
    assert made.text(told["among"][0]) == "customer:C (1) 01"
    struck = made.struck(
        {"message": "'customer:C1' names no entity.", "found": "customer:C 1", "n": [1, "person:a"]}
    )
    assert struck == {"message": "'…' names no entity.", "found": "…", "n": [1, "…"]}


def test_ids_of_equal_length_have_words_of_equal_length_and_short_ones_too() -> None:
    made = words("planner li")
    assert len({len(made.word(f"line:{'7' * size}")) for size in range(1, 19)}) == 1


def test_ids_within_texts_become_words_and_nothing_else_does() -> None:
    made = words("planner li")
    told = made.veiled(
        {
            "id": "device:A 1",
            "name": "enterprise:9137",
            "cautions": ["NO_LINKS enterprise:9137", "HUB_IGNORED visits/17 [visits/18]"],
            "group": "group-enterprise:9137",
            "region": "CN/37/02/",
            "at": "2026-03-31T10:00:00Z",
            "text": "Nobody knows customer:12. Line: none",
            "count": 3,
        }
    )
    word = made.word
    assert told == {
        "id": word("device:A 1"),
        "name": word("enterprise:9137"),
        "cautions": [
            f"NO_LINKS {word('enterprise:9137')}",
            f"HUB_IGNORED {word('visits/17')} [{word('visits/18')}]",
        ],
        "group": f"group-{word('enterprise:9137')}",
        "region": "CN/37/02/",
        "at": "2026-03-31T10:00:00Z",
        "text": f"Nobody knows {word('customer:12')}. Line: none",
        "count": 3,
    }


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("opaque")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder / "site"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def asked_in_words(site: Site, region: str) -> Iterator[str]:
    """Generated documents with words in place of what names entities."""
    opaque = site.as_seen_by(asker("planner", regions=[region])).opaque
    assert opaque
    found, _ = everything(site)
    known = {one.partition(":")[2]: one for one in sorted(found)}
    known |= {one.partition(":")[2]: one for one in found if one.startswith("customer:")}
    named = re.compile('"(?:[a-z]+:)?(' + "|".join(map(re.escape, known)) + ')"')
    for query in (*of_risk("planner", region), *of_entities("planner", region)):
        if any(f"{{ {field}" in query for field in NOT_FOR_PLANNERS):
            continue
        yield named.sub(lambda text: f'"{opaque.word(known[text[1]])}"', query)


def test_a_planner_is_answered_in_words_as_on_the_graph_without_what_is_not_seen(
    site: Site, embedded_store: Store
) -> None:
    filtered = without_unseen(site, embedded_store, HERE)
    known = seen_in(site, HERE)
    raw = re.compile("|".join(rf"\b{node.prefix}:\S" for node in site.schema.nodes.values()))
    numbers = re.compile(r"44000\d{5}|91370200MA2DIST\d{3}")
    told = 0
    with TestClient(create_app(site)) as client, TestClient(create_app(filtered)) as reference:
        for query in asked_in_words(site, HERE):
            answer = ask(client, site, query, "planner", HERE)
            assert answer == ask(reference, filtered, query, "planner", "*"), query
            said = repr(answer.get("data")) + repr(answer.get("errors"))
            assert not raw.search(said), (query, said)
            assert not [one for one in numbers.findall(said) if one not in query], (query, said)
            told += "errors" not in answer and any(answer["data"].values())
    assert told >= 15
    assert known


def test_words_are_taken_back_and_numbers_are_not(site: Site) -> None:
    def of(client: TestClient, query: str) -> Any:
        return ask(client, site, query, "planner", HERE)

    with TestClient(create_app(site)) as client:
        edges = of(client, "{ customers { edges { node { id party { id } } } } }")["data"]["customers"][
            "edges"
        ]
        for node in (edge["node"] for edge in edges):
            again = of(client, f'{{ customer(id: "{node["id"]}") {{ id party {{ id }} }} }}')
            assert again["data"]["customer"] == node
            trace = of(client, f'{{ riskTrace(id: "{node["id"]}") {{ party {{ id }} }} }}')
            assert trace["data"]["riskTrace"]["party"] == node["party"]
        for guess in (customer(0), f"customer:{customer(0)}", f"enterprise:{code(0)}", "opaque-AAAA"):
            refused = of(client, f'{{ riskTrace(id: "{guess}") {{ score }} }}')
            assert refused["errors"][0]["extensions"]["code"] == "UNKNOWN_ID"
            # Errors repeat what was asked: a word in it would be one that is taken back.
            assert not [one for one in re.findall(r"opaque-[\w-]+", repr(refused)) if one != guess]
            assert guess.startswith("opaque-") or guess not in repr(refused) or ":" not in guess
        wrong = of(client, f'{{ customers(first: "customer:{customer(0)}") {{ edges {{ cursor }} }} }}')
        assert wrong["errors"]
        assert "opaque-" not in repr(wrong)
        # What money means is refused, with its code.
        for inside in ("arrears { balance { fen } }", "provenance { source }"):
            given = of_status(client, site, f'{{ customer(id: "{edges[0]["node"]["id"]}") {{ {inside} }} }}')
            assert given == (403, "FORBIDDEN")


def of_status(client: TestClient, site: Site, query: str) -> tuple[int, str]:
    given = issue(site.settings, site.ledger, asker("planner", regions=[HERE]))
    answer = client.post("/graphql", json={"query": query}, headers={"Authorization": f"Bearer {given}"})
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


def test_a_planner_is_told_no_equity(site: Site) -> None:
    query = '{ riskTrace(id: "%s") { cautions assumptions { code amount { fen } message } } }'
    opaque = site.as_seen_by(asker("planner", regions=[HERE])).opaque
    assert opaque
    with TestClient(create_app(site)) as client:
        word = opaque.word(f"enterprise:{code(8)}")
        told = ask(client, site, query % word, "planner", HERE)["data"]["riskTrace"]
        clear = ask(client, site, query % f"enterprise:{code(8)}", "credit-officer", HERE)["data"][
            "riskTrace"
        ]
    assert [one["code"] for one in told["assumptions"]] == [one["code"] for one in clear["assumptions"]]
    assert all(one["amount"] is None for one in told["assumptions"])
