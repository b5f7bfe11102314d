"""Judging identity over GraphQL, on the small site."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from ledger.audit import listing
from services.access.asker import asker
from services.access.tokens.issuing import issue
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write

JUDGE = """mutation ($first: ID!, $second: ID!, $verdict: Verdict!, $key: String!, $author: String) {
  judgeIdentity(first: $first, second: $second, verdict: $verdict, author: $author, reason: "same licence",
    idempotencyKey: $key) { left right verdict seq repeated } }"""
PAIR = {"first": DEBTOR, "second": GUARANTOR}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("judged")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(site)) as opened:
        yield opened


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def judged(client: TestClient, **variables: object) -> dict[str, Any]:
    document = ask(client, JUDGE, **variables)
    assert "errors" not in document, document
    return dict(document["data"]["judgeIdentity"])


def entities(client: TestClient) -> list[str]:
    """The ids that the numbers of the pair find."""
    query = "query ($id: ID!) { entity(id: $id) { id } }"
    return [ask(client, query, id=number)["data"]["entity"]["id"] for number in PAIR.values()]


def test_two_become_one_and_are_parted_again(client: TestClient) -> None:
    apart = entities(client)
    assert len(set(apart)) == 2
    found = judged(client, **PAIR, verdict="SAME", key="become 1")
    assert ([found["left"], found["right"]], found["verdict"]) == (sorted(apart), "SAME")
    assert not found["repeated"]
    assert len(set(entities(client))) == 1
    judged(client, **PAIR, verdict="DIFFERENT", key="become 2")
    assert entities(client) == apart


def test_a_request_that_comes_again_does_not_bring_its_judgement_back(client: TestClient) -> None:
    first = judged(client, **PAIR, verdict="SAME", key="again 1")
    judged(client, **PAIR, verdict="UNSURE", key="again 2")
    parted = entities(client)
    assert len(set(parted)) == 2
    again = judged(client, **PAIR, verdict="SAME", key="again 1")
    assert again == {**first, "repeated": True}
    assert entities(client) == parted
    # A new request is a new judgement.
    assert not judged(client, **PAIR, verdict="SAME", key="again 3")["repeated"]
    assert len(set(entities(client))) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"verdict": "UNSURE"}, "IDEMPOTENCY_CONFLICT"),
        ({"second": UPSTREAM}, "IDEMPOTENCY_CONFLICT"),
        ({"author": "li"}, "AUTHOR_OTHER"),
        ({"key": " "}, "IDEMPOTENCY_KEY"),
        ({"author": " ", "key": "K2"}, "AUTHOR_OTHER"),
        ({"second": DEBTOR, "key": "K2"}, "JUDGEMENT_OF_ONE"),
        ({"second": "4400000001", "key": "K2"}, "JUDGEMENT_OF_TWO_TYPES"),
        ({"second": "nobody", "key": "K2"}, "UNKNOWN_ID"),
    ],
)
def test_what_cannot_be_judged_names_its_reason(
    client: TestClient, changed: dict[str, str], code: str
) -> None:
    given = {**PAIR, "verdict": "SAME", "key": "K1"}
    judged(client, **given)
    before = entities(client)
    [error] = ask(client, JUDGE, **(given | changed))["errors"]
    assert error["extensions"]["code"] == code
    assert error["extensions"]["remedy"]
    assert entities(client) == before


def test_the_author_is_who_asks_and_keys_are_the_askers_own(client: TestClient, site: Site) -> None:
    def decide(subject: str, **more: object) -> dict[str, Any]:
        given = issue(site.settings, site.ledger, asker("analyst", subject=subject))
        variables = {**PAIR, "verdict": "UNSURE", "key": "one for two", **more}
        answer = client.post(
            "/graphql",
            json={"query": JUDGE, "variables": variables},
            headers={"Authorization": f"Bearer {given}"},
        )
        found: dict[str, Any] = answer.json()
        return found

    refused = decide("li", author="wang")
    assert refused["errors"][0]["extensions"]["code"] == "AUTHOR_OTHER"
    assert decide("li", author="li")["data"]["judgeIdentity"]["repeated"] is False
    assert decide("wang")["data"]["judgeIdentity"]["repeated"] is False
    assert decide("li")["data"]["judgeIdentity"]["repeated"] is True
    actors = [entry.actor for entry in listing(site.ledger) if entry.action == "judge unsure"]
    assert actors[-2:] == ["li", "wang"]
