"""A field that computes costs what it does: declared beside it, counted before anything is computed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from graphql import GraphQLObjectType, parse

from api.costs import COSTS
from api.limits import COST, USUAL_PAGE, weigh
from api.schema import schema
from services.paging import SHORT_PAGE


def cost(document: str) -> int:
    return weigh(parse(document)).cost


def test_a_field_without_a_declared_cost_counts_as_one_value() -> None:
    assert cost("{ enterprise { id name } }") == 3


@pytest.mark.parametrize("name", sorted(COSTS))
def test_a_declared_cost_comes_on_top_once_for_every_time_it_is_asked(name: str) -> None:
    alone = cost(f"{{ {name} {{ a }} }}")
    assert alone == COSTS[name] + 2
    assert cost(f"{{ x: {name} {{ a }} y: {name} {{ a }} }}") == 2 * alone
    assert cost(f"{{ list(first: 7) {{ {name} {{ a }} }} }}") == 7 * alone + 1
    assert cost(f"{{ list {{ edges {{ {name} {{ a }} }} }} }}") == USUAL_PAGE * (alone + 1) + 1
    assert cost(f"query {{ ...F }} fragment F on Query {{ {name} {{ a }} }}") == alone


def test_costs_are_of_fields_that_exist() -> None:
    kinds = [kind for kind in schema._schema.type_map.values() if isinstance(kind, GraphQLObjectType)]
    assert set(COSTS) <= {name for kind in kinds for name in kind.fields}


def test_a_list_of_computations_is_refused_before_the_first(risky: TestClient) -> None:
    parts = "enterprises(first: %d) { edges { node { risk { contributions(first: 1) { totalCount } } } } }"
    few, many = ("{ " + parts % first + " }" for first in (20, SHORT_PAGE))
    assert cost(few) < COST < cost(many)
    assert "errors" not in risky.post("/graphql", json={"query": few}).json()
    refused = risky.post("/graphql", json={"query": many}).json()["errors"][0]
    assert refused["extensions"]["code"] == "DOCUMENT_TOO_LARGE"
    assert f"its cost is {cost(many):,}, {COST:,} at most" in refused["message"]


def test_what_a_document_would_cost_is_told_without_computing_it(risky: TestClient) -> None:
    document = '{ relatedParties(id: "nobody") { party { id } } }'
    question = {
        "query": "query ($of: String!) { weigh(document: $of) { cost largest } }",
        "variables": {"of": document},
    }
    answer = risky.post("/graphql", json=question).json()
    assert answer == {**answer, "data": {"weigh": {"cost": COSTS["relatedParties"] + 3, "largest": COST}}}
