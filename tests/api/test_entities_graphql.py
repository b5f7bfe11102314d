"""Entities over GraphQL: by id, old id or number, with all that belongs to them."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.api.asking import ask, nodes
from tests.small_site import DEBTOR, UPSTREAM
from tests.supply_site import HOME_CUSTOMER, WORKS, WORKS_CUSTOMER


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
