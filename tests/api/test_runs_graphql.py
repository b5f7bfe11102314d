"""Runs, communities, loads and refused rows over GraphQL."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.api.asking import ask, nodes
from tests.small_site import DEBTOR, GUARANTOR


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
    assert sorted(parts) == [
        "communities",
        "community traits",
        "customer communities",
        "customer features",
        "embedding",
        "own risk",
        "risk",
        "segments",
    ]
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
