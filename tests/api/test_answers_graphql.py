"""Answers out of the graph over GraphQL, and the same from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from cli.main import main
from services.site import Site
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM
from tests.supply_site import HOME_CUSTOMER, WORKS, WORKS_CUSTOMER


@pytest.fixture(scope="module")
def supply(supply_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(supply_site)) as opened:
        yield opened


@pytest.fixture(scope="module")
def risky(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


def ask(client: TestClient, query: str, **variables: object) -> Any:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert "errors" not in document, document
    return document["data"]


def nodes(connection: Any) -> list[Any]:
    return [edge["node"] for edge in connection["edges"]]


def test_relations_may_be_named_by_an_enumeration_which_means_the_same(supply: TestClient) -> None:
    shape = "{ totalCount edges { node { id relation } } }"
    found = ask(
        supply,
        f"""{{ text: neighbours(id: "S1", relations: ["FED_BY"]) {shape}
              word: neighbours(id: "S1", relationTypes: [FED_BY]) {shape}
              both: neighbours(id: "S1", relationTypes: [FED_BY], relations: ["FED_BY"]) {shape} }}""",
    )
    assert found["text"]["totalCount"] > 0
    assert found["word"] == found["text"] == found["both"]
    wrong = supply.post(
        "/graphql", json={"query": '{ neighbours(id: "S1", relationTypes: [FED]) { totalCount } }'}
    )
    assert "'FED' does not exist in 'RelationType'" in wrong.json()["errors"][0]["message"]


def test_arguments_that_an_enumeration_replaces_are_deprecated_and_stay(supply: TestClient) -> None:
    found = ask(
        supply,
        """{ query: __type(name: "Query") { fields { name
              args(includeDeprecated: true) { name isDeprecated } } }
            shock: __type(name: "ShockInput") { inputFields(includeDeprecated: true) { name isDeprecated } } }""",
    )
    deprecated = {
        (field["name"], one["name"])
        for field in found["query"]["fields"]
        for one in field["args"]
        if one["isDeprecated"]
    }
    assert deprecated == {("neighbours", "relations"), ("paths", "relations")}
    assert [one["name"] for one in found["shock"]["inputFields"] if one["isDeprecated"]] == ["relation"]


def test_everything_about_a_customer_in_one_question(supply: TestClient) -> None:
    found = ask(
        supply,
        """query ($id: ID!) { customer(id: $id) {
          id name kind customerNo phone
          addresses(first: 5) { edges { node { id text } } totalCount }
          servicePoints(first: 5) { edges { node { id fedBy { id distance } } } totalCount }
          party { __typename id name }
          lines { edges { node { id } } }
          devices(first: 5) {
            edges { node { id name kind ratedPower servicePoint { id } customer { id } } } totalCount }
          workOrders(first: 1) {
            edges { node { workOrderNo title state customer { id } concerns { id type } } } totalCount
            pageInfo { hasNextPage } }
          interactions(first: 5) { edges { node { at kind summary } } totalCount }
          neighbours { totalCount counts { relation direction type count } }
          provenance(field: "name") { value source }
          risk { score } community { id } arrears { probability }
        } }""",
        id=HOME_CUSTOMER,
    )["customer"]
    assert found["id"] == f"customer:{HOME_CUSTOMER}"
    assert found["party"] is found["risk"] is found["community"] is found["arrears"] is None
    assert [address["text"] for address in nodes(found["addresses"])] == ["西湖路 1 号"]
    assert nodes(found["servicePoints"]) == [
        {
            "id": "service-point:P1",
            "fedBy": [{"id": "line:S1", "distance": 1}, {"id": "line:F1", "distance": 2}],
        }
    ]
    assert nodes(found["devices"]) == [
        {
            "id": "device:D1",
            "name": "光伏逆变器",
            "kind": "inverter",
            "ratedPower": 8.5,
            "servicePoint": {"id": "service-point:P1"},
            "customer": {"id": f"customer:{HOME_CUSTOMER}"},
        }
    ]
    assert (found["workOrders"]["totalCount"], found["workOrders"]["pageInfo"]["hasNextPage"]) == (2, True)
    assert nodes(found["workOrders"])[0] == {
        "workOrderNo": "W1",
        "title": "更换电表",
        "state": "open",
        "customer": {"id": f"customer:{HOME_CUSTOMER}"},
        "concerns": [{"id": "device:D1", "type": "Device"}],
    }
    assert [call["summary"] for call in nodes(found["interactions"])] == ["停电投诉", "咨询电费"]
    assert found["neighbours"]["totalCount"] == 7
    assert {"relation": "CONTACTED", "direction": "OUT", "type": "Interaction", "count": 2} in found[
        "neighbours"
    ]["counts"]
    assert found["provenance"] == [{"value": "张伟", "source": "customers"}]


def test_a_party_is_a_person_or_an_enterprise_with_what_is_its_own(supply: TestClient) -> None:
    found = ask(
        supply,
        """query ($id: ID!) { customer(id: $id) { party { __typename id name type origins
          ... on Enterprise { creditCode netAssets { fen currency }
            customers { edges { node { customerNo } } } } } } }""",
        id=WORKS_CUSTOMER,
    )["customer"]["party"]
    assert found == {
        "__typename": "Enterprise",
        "id": f"enterprise:{WORKS}",
        "name": "云泽机械有限公司",
        "type": "Enterprise",
        "origins": ["real"],
        "creditCode": WORKS,
        "netAssets": {"fen": 300_000_000, "currency": "CNY"},
        "customers": {"edges": [{"node": {"customerNo": WORKS_CUSTOMER}}]},
    }


def test_entities_by_id_old_id_or_number(supply: TestClient) -> None:
    found = ask(
        supply,
        """query ($code: ID!) {
          enterprise(id: $code) {
            name addresses { edges { node { text } } } legalRepresentatives { name } risk { score } }
          line(id: "F1") { id lineNo name length kind fedBy { totalCount } feeds { totalCount customerCount }
            customers(first: 1) { totalCount edges { node { id } } } }
          device(id: "device:D1") { deviceNo concernedBy { id name } }
          workOrder(id: "W2") { title openedAt technician { id } requires { id } concerns { id } }
          person(id: "nobody") { id } other: line(id: "W2") { id } third: enterprise(id: "F1") { id }
          entity(id: "S1") { id type name values { name value unit } relations { relation direction type count } }
          none: entity(id: "nowhere") { id }
        }""",
        code=WORKS,
    )
    assert found["enterprise"]["name"] == "云泽机械有限公司"
    assert found["line"]["customers"] == {
        "totalCount": 2,
        "edges": [{"node": {"id": f"customer:{HOME_CUSTOMER}"}}],
    }
    assert (found["line"]["fedBy"]["totalCount"], found["line"]["feeds"]) == (
        0,
        {"totalCount": 4, "customerCount": 2},
    )
    assert found["device"]["concernedBy"] == [{"id": "work-order:W1", "name": "更换电表"}]
    assert found["workOrder"] == {
        "title": "检查线路",
        "openedAt": "2026-02-01T08:00:00Z",
        "technician": None,
        "requires": [],
        "concerns": [],
    }
    assert found["person"] is found["other"] is found["third"] is found["none"] is None
    assert found["entity"]["values"] == [
        {"name": "lineNo", "value": "S1", "unit": None},
        {"name": "kind", "value": "section", "unit": None},
        {"name": "length", "value": 80.5, "unit": "m"},
    ]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("customers", [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ('customers(filter: {kind: "organisation"})', [WORKS_CUSTOMER]),
        ('customers(filter: {region: "CN/37/02"})', [HOME_CUSTOMER]),
        ('customers(filter: {region: "CN/37/"})', [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ('customers(filter: {line: "S2"})', [WORKS_CUSTOMER]),
        ('customers(filter: {text: "yunze jixie"})', []),
        ('customers(filter: {text: "机械"})', [WORKS_CUSTOMER]),
        ('customers(filter: {openedOn: {atLeast: "2020-01-01"}})', [HOME_CUSTOMER]),
        ("customers(orderBy: {field: OPENED_ON})", [WORKS_CUSTOMER, HOME_CUSTOMER]),
        ("customers(orderBy: {field: OPENED_ON, direction: DESC})", [HOME_CUSTOMER, WORKS_CUSTOMER]),
        ("enterprises(filter: {netAssets: {atLeast: 300000000, atMost: 300000000}})", [WORKS]),
        ("enterprises(filter: {netAssets: {atLeast: 300000001}})", []),
        ("persons", []),
        ("lines(orderBy: {field: LENGTH})", ["S1", "F1", "S2"]),
        ("lines(orderBy: {field: LENGTH, direction: DESC})", ["F1", "S1", "S2"]),
        ('lines(filter: {line: "F1", length: {atMost: 100}})', ["S1"]),
        ('devices(filter: {ratedPower: {atLeast: 8}, line: "F1"})', ["D1"]),
        ('workOrders(filter: {state: "open"})', ["W1"]),
        ('workOrders(filter: {openedAt: {atMost: "2026-02-01"}})', ["W2"]),
        ("workOrders(orderBy: {field: OPENED_AT})", ["W2", "W1"]),
    ],
)
def test_lists_are_narrowed_and_ordered(supply: TestClient, arguments: str, expected: list[str]) -> None:
    found = next(iter(ask(supply, f"{{ {arguments} {{ totalCount edges {{ node {{ id }} }} }} }}").values()))
    assert [node["id"].partition(":")[2] for node in nodes(found)] == expected
    assert found["totalCount"] == len(expected)


def test_lists_by_risk_agree_with_the_customers_own_risk(risky: TestClient) -> None:
    query = """query ($order: CustomerOrder, $filter: CustomerFilter, $after: String, $first: Int!) {
      customers(orderBy: $order, filter: $filter, after: $after, first: $first) {
        totalCount pageInfo { endCursor hasNextPage }
        edges { node { customerNo risk { score expectedLoss { fen } } community { id } } } } }"""
    falling = {"field": "RISK", "direction": "DESC"}
    whole = ask(risky, query, order=falling, first=10)["customers"]
    scores = [node["risk"]["score"] for node in nodes(whole)]
    assert scores == sorted(scores, reverse=True)
    assert whole["totalCount"] == len(scores) == 3
    walked, after = [], None
    for _ in scores:
        page = ask(risky, query, order=falling, first=1, after=after)["customers"]
        walked += nodes(page)
        after = page["pageInfo"]["endCursor"]
    assert walked == nodes(whole)
    assert not page["pageInfo"]["hasNextPage"]
    losses = ask(risky, query, order={"field": "EXPECTED_LOSS"}, first=10)["customers"]
    fen = [node["risk"]["expectedLoss"]["fen"] for node in nodes(losses)]
    assert fen == sorted(fen)
    middle = sorted(scores)[1]
    some = ask(risky, query, filter={"risk": {"atLeast": middle}}, first=10)["customers"]
    assert sorted(node["risk"]["score"] for node in nodes(some)) == sorted(scores)[1:]
    community = nodes(whole)[0]["community"]["id"]
    together = {"community": community, "name": "Debtor Works"}
    assert [n["customerNo"] for n in nodes(ask(risky, query, filter=together, first=10)["customers"])] == [
        "4400000001"
    ]
    assert ask(risky, query, filter={"community": "community-999"}, first=10)["customers"]["totalCount"] == 0


def test_parties_carry_risk_and_community(risky: TestClient) -> None:
    found = ask(
        risky,
        """query ($id: ID!) {
          enterprise(id: $id) { risk { score expectedLoss { fen } run { id current cutOff }
            contributions(first: 1) { edges { node { share } } } } community { id size expectedLoss { fen }
            members { totalCount edges { node { id } } } } }
          riskTrace(id: $id) { score expectedLoss { fen } }
          enterprises(orderBy: {field: RISK, direction: DESC}, first: 1) { edges { node { creditCode } } } }""",
        id=GUARANTOR,
    )
    own = found["enterprise"]
    assert own["risk"]["score"] == found["riskTrace"]["score"]
    assert own["risk"]["expectedLoss"] == found["riskTrace"]["expectedLoss"]
    assert own["risk"]["run"]["current"] is True
    assert own["risk"]["contributions"]["edges"][0]["node"]["share"] == 1
    assert own["community"]["members"]["totalCount"] == own["community"]["size"] == 3
    assert nodes(found["enterprises"]) == [{"creditCode": DEBTOR}]


def test_runs_communities_and_loads(risky: TestClient) -> None:
    found = ask(
        risky,
        """{ runs { totalCount edges { node { id current parent createdAt cutOff watermark codeVersion
               parts { name algorithm parameters } } } }
             communities { totalCount edges { node { id name size risk expectedLoss { fen } } } }
             loads { totalCount edges { node { id manifest startedAt finishedAt
               sources { name read accepted quarantined duplicate error leftOut { code reason count }
                 notices { code count message remedy places { file line sheet cell } } } } } }
             run(id: "none") { id } }""",
    )
    assert found["run"] is None
    [run] = nodes(found["runs"])
    assert run["current"] is True
    parts = {part["name"]: part for part in run["parts"]}
    assert sorted(parts) == ["communities", "own risk", "risk"]
    assert parts["own risk"]["algorithm"] == "start rule"
    assert parts["risk"]["parameters"]["tau"] > 0
    same = ask(risky, "query ($id: ID!) { run(id: $id) { id cutOff } }", id=run["id"])["run"]
    assert same == {"id": run["id"], "cutOff": run["cutOff"]}
    [community] = nodes(found["communities"])
    assert (community["size"], community["expectedLoss"]["fen"] > 0) == (3, True)
    [load] = nodes(found["loads"])
    assert load["startedAt"] < load["finishedAt"]
    assert {source["name"]: source["accepted"] for source in load["sources"]}["bureau"] == 4


def test_rows_in_quarantine_tell_why_in_the_language_of_the_asker(supply: TestClient) -> None:
    query = """{ quarantine { totalCount edges { node {
        source line field code message remedy state raw { column value } } } } }"""
    [row] = nodes(ask(supply, query)["quarantine"])
    assert (row["source"], row["field"], row["code"], row["state"]) == (
        "customers",
        "customerNo",
        "ROW_FIELD_INVALID",
        "open",
    )
    assert {"column": "customerNo", "value": "not-a-number"} in row["raw"]
    chinese = supply.post("/graphql", json={"query": query}, headers={"Accept-Language": "zh"}).json()
    assert nodes(chinese["data"]["quarantine"])[0]["message"] != row["message"]
    others = '{ quarantine(state: RETRIED) { totalCount } some: quarantine(source: "calls") { totalCount } }'
    assert ask(supply, others) == {"quarantine": {"totalCount": 0}, "some": {"totalCount": 0}}


def test_search_pages_over_types_and_counts_all(supply: TestClient) -> None:
    query = """query ($text: String!, $types: [SearchType!], $first: Int!, $after: String) {
      search(text: $text, types: $types, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } edges { node { id type name } } } }"""
    whole = ask(supply, query, text="yunze", first=10)["search"]
    assert [node["type"] for node in nodes(whole)] == ["Customer", "Enterprise"]
    first = ask(supply, query, text="yunze", first=1)["search"]
    rest = ask(supply, query, text="yunze", first=1, after=first["pageInfo"]["endCursor"])["search"]
    assert nodes(first) + nodes(rest) == nodes(whole)
    assert first["totalCount"] == rest["totalCount"] == 2
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    only = ask(supply, query, text="yunze", types=["ENTERPRISE", "DEVICE"], first=10)["search"]
    assert [node["type"] for node in nodes(only)] == ["Enterprise"]


SAME = [
    (["search", "yunze"], "search", 'text: "yunze"'),
    (["search", "yunze", "--first", "1"], "search", 'text: "yunze", first: 1'),
    (["show", HOME_CUSTOMER], "entity", f'id: "{HOME_CUSTOMER}"'),
    (["show", "W1"], "entity", 'id: "W1"'),
    (["neighbours", HOME_CUSTOMER], "neighbours", f'id: "{HOME_CUSTOMER}"'),
    (
        ["neighbours", "S1", "--relation", "FED_BY", "--first", "2"],
        "neighbours",
        'id: "S1", relations: ["FED_BY"], first: 2',
    ),
    (
        ["paths", HOME_CUSTOMER, WORKS, "--max-length", "5"],
        "paths",
        f'from: "{HOME_CUSTOMER}", to: "{WORKS}", maxLength: 5',
    ),
    (["grid-trace", HOME_CUSTOMER], "gridTrace", f'id: "{HOME_CUSTOMER}", direction: UP'),
    (["grid-trace", "F1", "--down", "--first", "2"], "gridTrace", 'id: "F1", direction: DOWN, first: 2'),
]


@pytest.mark.parametrize(("words", "field", "arguments"), SAME)
def test_a_command_prints_what_the_field_answers(
    supply: TestClient, supply_site: Site, words: list[str], field: str, arguments: str
) -> None:
    answer = CliRunner().invoke(main, [*words, "--home", str(supply_site.home), "--json"])
    assert answer.exit_code == 0, answer.output
    document = json.loads(answer.stdout)
    assert ask(supply, f"{{ {field}({arguments}) {selection(document)} }}")[field] == document


FIELDS = {
    "assumptions": "{ code subject record amount { fen currency } message }",
    "value": "",
    "amount": "{ fen currency }",
}
"""Fields whose value does not tell what fields it has: JSON of its own, or absent here."""


def selection(document: Any) -> str:
    """The selection of all fields that a document has."""
    if isinstance(document, list):
        shapes = [entry for entry in document if isinstance(entry, dict)]
        return selection({key: value for shape in shapes for key, value in shape.items()}) if shapes else ""
    if not isinstance(document, dict):
        return ""
    return (
        "{ "
        + " ".join(f"{k} {FIELDS.get(k) if k in FIELDS else selection(v)}" for k, v in document.items())
        + " }"
    )


def test_upstream_is_reached_over_the_guarantor(risky: TestClient) -> None:
    found = ask(
        risky,
        "query ($a: ID!, $b: ID!) { paths(from: $a, to: $b, maxLength: 2) { totalCount edges { node { length steps { "
        "from { id } relation forward to { id } key recordId } } } } }",
        a=DEBTOR,
        b=UPSTREAM,
    )["paths"]
    assert found["totalCount"] == 4
    assert [[step["key"] for step in path["steps"]] for path in nodes(found)] == [
        ["G-1", "G-3"],
        ["G-1", "G-4"],
        ["G-2", "G-3"],
        ["G-2", "G-4"],
    ]
    assert all(not step["forward"] for path in nodes(found) for step in path["steps"])


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ('neighbours(id: "nobody") { totalCount }', "UNKNOWN_ID"),
        ('neighbours(id: "F1", relations: ["LOVES"]) { totalCount }', "RELATION_UNKNOWN"),
        ('neighbours(id: "F1", first: -1) { totalCount }', "PAGE_SIZE"),
        ('gridTrace(id: "W1", direction: UP) { totalCount }', "NOT_IN_THE_GRID"),
        ('paths(from: "F1", to: "W1", maxLength: 9) { totalCount }', "PATH_LENGTH"),
        ('customers(after: "x") { totalCount }', "CURSOR_UNKNOWN"),
        ('customers(filter: {openedOn: {atLeast: "1.5.2020"}}) { totalCount }', "FILTER_VALUE"),
        ("customers(orderBy: {field: RISK}) { totalCount }", "NO_RUN"),
        ("communities { totalCount }", "NO_RUN"),
        ('search(text: "?") { totalCount }', "SEARCH_EMPTY"),
    ],
)
def test_a_question_that_cannot_be_answered_has_a_code_and_a_remedy(
    supply: TestClient, question: str, code: str
) -> None:
    answer = supply.post("/graphql", json={"query": f"{{ {question} }}"})
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert answer.json()["errors"][0]["extensions"]["remedy"]
