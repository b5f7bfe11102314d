"""GraphQL over HTTP: media types, status codes, limits, and that nobody waits for a slow answer of another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.endpoint import BODY_BYTES, accepted
from api.limits import ALIASES, DEPTH, DIRECTIVES, TOKENS
from graph.store import Store
from services.site import Site
from terms.errors import KehutuError

JSON = "application/json; charset=utf-8"
GRAPHQL = "application/graphql-response+json; charset=utf-8"
NEW = {"Accept": "application/graphql-response+json"}
ASK = {"query": "{ __typename }"}


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site), raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("application/json", JSON),
        ("application/graphql-response+json", GRAPHQL),
        ("application/json; charset=utf-8", JSON),
        ("*/*", JSON),
        ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
        ("application/json, application/graphql-response+json;q=0.5", JSON),
        ("text/html, */*;q=0.1, application/graphql-response+json;q=0.2", GRAPHQL),
    ],
)
def test_the_answer_comes_in_the_media_type_that_is_asked_for(
    client: TestClient, accept: str, expected: str
) -> None:
    answer = client.post("/graphql", json=ASK, headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, expected)
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_without_a_wish_the_answer_is_plain_json() -> None:
    assert accepted(None) == accepted("") == "application/json"


def test_a_media_type_that_we_do_not_speak_is_refused(client: TestClient) -> None:
    assert client.post("/graphql", json=ASK, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"[" + b'{"query": "{ __typename }"},' * 9 + b'{"query": "{ __typename }"}]', 400),
        (b"7", 400),
        (b'"{ __typename }"', 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001, 400),
        (b'{"query": "{ __typename }", "variables": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}", 200),
        (b'{"query": "\xff"}', 400),
        (b'{"query": "\\ud800"}', 400),
        (b'{"query": null}', 400),
        (b'{"query": 7}', 400),
        (b'{"query": ["{ __typename }"]}', 400),
        (b'{"query": "  "}', 400),
        (b'{"query": "{ __typename }", "variables": []}', 400),
        (b'{"query": "{ __typename }", "variables": "x"}', 400),
        (b'{"query": "{ __typename }", "operationName": {}}', 400),
        (b'{"query": "{ __typename }", "extensions": 1}', 400),
        (b'{"query": "{ __typename }", "variables": null, "operationName": null, "extensions": null}', 200),
        (b'{"query": "{ __typename }", "variables": {}, "extensions": {"a": 1}, "id": 1}', 200),
        (b'{"query": "query A { __typename } query B { __typename }", "operationName": "B"}', 200),
        (b'{"query": "query A { __typename } query B { __typename }"}', 400),
        (b'{"query": "query A { __typename }", "operationName": "C"}', 400),
        (b'{"query": "subscription { x }"}', 400),
    ],
)
def test_no_body_gives_more_than_400(client: TestClient, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json", **NEW}
    answer = client.post("/graphql", content=body, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 400:
        document = answer.json()
        assert document["errors"]
        assert "data" not in document


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk"]
)
def test_a_body_that_is_not_said_to_be_json_is_refused(client: TestClient, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = client.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)
    assert answer.status_code == 415
    assert answer.json()["errors"][0]["extensions"]["code"] == "REQUEST_FAULTY"


def test_a_body_that_is_too_large_is_refused_whether_or_not_it_says_so(client: TestClient) -> None:
    long = b'{"query": "{ __typename }", "extensions": {"a": "' + b"x" * BODY_BYTES + b'"}}'
    headers = {"Content-Type": "application/json"}
    told = client.post("/graphql", content=long, headers=headers)
    assert told.status_code == 413
    assert told.json()["errors"][0]["extensions"]["code"] == "REQUEST_TOO_LARGE"
    parts = (long[i : i + 9_999] for i in range(0, len(long), 9_999))
    assert client.post("/graphql", content=parts, headers=headers).status_code == 413


@pytest.mark.parametrize(
    "document",
    ["{", "{ nothing }", "query ($a: Int!) { customers(first: $a) { totalCount } }", "{ customer { id } }"],
)
def test_an_error_of_the_request_is_400_in_the_new_media_type_and_200_in_the_old(
    client: TestClient, document: str
) -> None:
    new = client.post("/graphql", json={"query": document, "variables": {"a": "x"}}, headers=NEW)
    assert (new.status_code, "data" in new.json()) == (400, False)
    old = client.post("/graphql", json={"query": document, "variables": {"a": "x"}})
    assert (old.status_code, "data" in old.json()) == (200, False)


def test_an_error_of_a_field_is_200_with_what_could_be_answered(client: TestClient) -> None:
    query = '{ __typename missing: enterprise(id: "x") { id } neighbours(id: "nobody") { totalCount } }'
    answer = client.post("/graphql", json={"query": query}, headers=NEW)
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNKNOWN_ID"


def test_questions_may_come_by_get_but_changes_may_not(client: TestClient) -> None:
    answer = client.get(
        "/graphql",
        params={
            "query": "query A($x: Boolean!) { __typename @include(if: $x) }",
            "variables": '{"x": true}',
            "operationName": "A",
        },
    )
    assert answer.json() == {"data": {"__typename": "Query"}}
    change = client.get("/graphql", params={"query": "mutation { __typename }"})
    assert (change.status_code, change.headers["allow"]) == (405, "POST")
    assert client.get("/graphql", params={"query": "{ __typename }", "variables": "{"}).status_code == 400
    assert client.put("/graphql", json=ASK).status_code == 405


def test_a_browser_is_given_a_page_to_ask_from(client: TestClient) -> None:
    page = client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml"})
    assert page.status_code == 200
    assert "graphiql" in page.text.lower()
    assert client.get("/graphql").status_code == 400


def fan(fragments: int) -> str:
    parts = [f"fragment F{i} on Query {{ ...F{i + 1} ...F{i + 1} }}" for i in range(fragments)]
    return "{ ...F0 } " + " ".join(parts) + f" fragment F{fragments} on Query {{ __typename }}"


@pytest.mark.parametrize(
    "document",
    [
        fan(22),
        fan(60),
        "{ " + "a { " * DEPTH + "b" + " }" * (DEPTH + 1),
        "{ " + "a { " * 900 + "b" + " }" * 901,
        "{ " + "a { " * 5_000 + "b" + " }" * 5_001,
        "{ customer(id: " + "[" * 400 + "]" * 400 + ") { id } }",
        "{ customer(id: " + "[" * 900 + "]" * 900 + ") { id } }",
        "{ " + " ".join(f"a{i}: __typename" for i in range(ALIASES + 1)) + " }",
        "{ __typename " + "@include(if: true) " * (DIRECTIVES + 1) + "}",
        "{ " + "__typename " * (TOKENS + 1) + "}",
        "fragment A on Query { ...A } { ...A }",
        "fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A } { ...A }",
        "{ customers(first: 2147483647) { edges { node { bills(first: 100) { edges { node { id } } } } } } }",
        "{ customers(first: 100) { edges { node { bills(first: 100) { edges { node { id } } } "
        "interactions(first: 100) { edges { node { neighbours(first: 100) { edges { node { id } } } } } } } } } }",
        "{ customers(first: 99999999999999999999999) { totalCount } }",
    ],
)
def test_a_document_that_asks_for_too_much_is_refused(client: TestClient, document: str) -> None:
    answer = client.post("/graphql", json={"query": document}, headers=NEW)
    assert answer.status_code == 400, answer.text
    assert "data" not in answer.json()


def test_a_large_first_in_a_variable_counts_too(client: TestClient) -> None:
    query = """query ($n: Int!) { customers(first: $n) { edges { node { interactions(first: $n) { edges { node { id
        neighbours(first: $n) { edges { node { id name } } } } } } } } } }"""
    for size, code in ((2**31 - 1, "PAGE_SIZE"), (101, "PAGE_SIZE"), (100, "DOCUMENT_TOO_LARGE")):
        answer = client.post("/graphql", json={"query": query, "variables": {"n": size}})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"]["code"] == code


def test_the_question_of_an_explorer_about_the_schema_is_answered(client: TestClient) -> None:
    from graphql import get_introspection_query  # noqa: PLC0415

    answer = client.post("/graphql", json={"query": get_introspection_query()})
    assert answer.status_code == 200
    assert answer.json()["data"]["__schema"]["queryType"]["name"] == "Query"


@dataclass(frozen=True)
class _Obstacle:
    """Stands between a site and its real store: every read first does something else."""

    store: Store
    first: Callable[[], None]

    def read(self, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        self.first()
        return self.store.read(query, **parameters)

    def within(self, seconds: float) -> _Obstacle:
        return replace(self, store=self.store.within(seconds))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def test_others_are_served_while_an_answer_takes_long(small_site: Site) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(60)

    slow = replace(small_site, store=_Obstacle(small_site.store, wait))  # type: ignore[arg-type]  # in front of a real one
    with TestClient(create_app(slow)) as client:
        answers: list[int] = []
        query = {"query": '{ entity(id: "4400000001") { id } }'}
        asking = threading.Thread(
            target=lambda: answers.append(client.post("/graphql", json=query).status_code)
        )
        asking.start()
        try:
            assert begun.wait(60)
            assert client.get("/livez").status_code == 200
            assert client.post("/graphql", json=ASK).json() == {"data": {"__typename": "Query"}}
            assert client.post("/graphql", json={"query": "{ loads { totalCount } }"}).status_code == 200
            assert answers == []
        finally:
            go_on.set()
            asking.join(60)
        assert answers == [200]


def test_without_its_store_a_question_is_503_and_says_when_to_ask_again(small_site: Site) -> None:
    def fail() -> None:
        raise KehutuError("STORE_UNAVAILABLE", store="bolt://127.0.0.1:9", reason="connection refused")

    away = replace(small_site, store=_Obstacle(small_site.store, fail))  # type: ignore[arg-type]  # in front of a real one
    with TestClient(create_app(away)) as client:
        answer = client.post("/graphql", json={"query": '{ entity(id: "4400000001") { id } }'})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.json()["errors"][0]["extensions"]["code"] == "STORE_UNAVAILABLE"
        both = client.post(
            "/graphql", json={"query": '{ loads { totalCount } entity(id: "4400000001") { id } }'}
        )
        assert both.status_code == 200
        assert both.json()["data"]["entity"] is None


def test_who_comes_when_too_many_wait_is_told_to_come_again(
    small_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.endpoint.WORKERS", 1)
    monkeypatch.setattr("api.endpoint.WAITING", 1)
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        assert go_on.wait(60)

    slow = replace(small_site, store=_Obstacle(small_site.store, wait))  # type: ignore[arg-type]  # in front of a real one
    query = {"query": '{ entity(id: "4400000001") { id } }'}
    with TestClient(create_app(slow)) as client:
        refused = threading.Semaphore(0)
        answers: list[Any] = []

        def ask() -> None:
            answers.append(client.post("/graphql", json=query))
            refused.release()

        asking = [threading.Thread(target=ask) for _ in range(4)]
        asking[0].start()
        try:
            assert begun.wait(60)
            for thread in asking[1:]:
                thread.start()
            # One is worked on, one waits: of the others each is refused at once.
            assert refused.acquire(timeout=60)
            assert refused.acquire(timeout=60)
            assert client.get("/livez").status_code == 200
        finally:
            go_on.set()
            for thread in asking:
                thread.join(60)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 503, 503]
        assert answers[0].headers["retry-after"] == "5"
        assert answers[0].json()["errors"][0]["extensions"]["code"] == "REQUEST_BUSY"


def test_a_fault_of_ours_shows_neither_text_nor_place(small_site: Site) -> None:
    def fail() -> None:
        raise RuntimeError("MATCH (n) secret 13800138000")

    broken = replace(small_site, store=_Obstacle(small_site.store, fail))  # type: ignore[arg-type]  # in front of a real one
    with TestClient(create_app(broken)) as client:
        answer = client.post("/graphql", json={"query": '{ entity(id: "4400000001") { id } }'})
        assert answer.status_code == 200
        assert "secret" not in answer.text
        assert answer.json()["errors"][0]["extensions"]["code"] == "INTERNAL_FAULT"
