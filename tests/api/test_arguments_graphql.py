"""Arguments of GraphQL: enumerations beside the texts that they replace, and questions that have no answer."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.api.asking import ask


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
