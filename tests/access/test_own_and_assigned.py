"""What a customer sees of its own and a technician of its orders: as the text says, and nothing beyond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from graph.store import Store
from services.access.areas.computing import Link
from services.access.asker import Asker, asker
from services.access.policy import IDS
from services.access.root_fields import OF_ONES_OWN
from services.access.tokens.issuing import issue
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.access.documents import Documents
from tests.access.test_answers_of_a_region import TYPES, ask_as, everything, hide
from tests.supply_site import HOME_CUSTOMER, WORKS_CUSTOMER
from tests.supply_site import write as write_supply_site

MANIFEST = """
sources:
  - name: field
    path: field.csv
    channel: hotline
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: WorkOrder
        key: {workOrderNo: no}
        set: {title: title, state: state, closedAt: closedAt}
      - node: Technician
        key: {technicianNo: technician}
        set: {name: who}
      - relation: ASSIGNED_TO
        from: {WorkOrder: {workOrderNo: no}}
        to: {Technician: {technicianNo: technician}}
      - relation: REQUESTED
        from: {Customer: {customerNo: customerNo}}
        to: {WorkOrder: {workOrderNo: no}}
      - relation: CONCERNS
        from: {WorkOrder: {workOrderNo: no}}
        to: {ServicePoint: {servicePointNo: point}}
  - name: money
    path: money.csv
    channel: marketing
    recordId: billNo
    observedAt: 2026-03-31
    mapping:
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: account}}
      - node: Bill
        key: {billNo: billNo}
        set: {period: period, amount: amount}
      - relation: BILLED
        from: {Account: {accountNo: account}}
        to: {Bill: {billNo: billNo}}
      - node: Meter
        key: {meterNo: meter}
      - relation: HAS_METER
        from: {ServicePoint: {servicePointNo: point}}
        to: {Meter: {meterNo: meter}}
"""
FIELD = f"""no,title,state,closedAt,technician,who,customerNo,point
W1,更换电表,working,,T1,赵强,,
W3,换线,done,2026-03-15T08:00:00Z,T1,赵强,{WORKS_CUSTOMER},
W4,换表,done,2026-01-15T08:00:00Z,T1,赵强,{WORKS_CUSTOMER},
W5,巡检,open,,T2,钱进,,P2
W6,旧单,cancelled,,T2,钱进,{HOME_CUSTOMER},
"""
MONEY = f"""billNo,customerNo,account,period,amount,point,meter
B1,{HOME_CUSTOMER},A1,2026-02,120.00,P1,M1
B2,{WORKS_CUSTOMER},A2,2026-02,9120.00,P2,M2
"""
WHO = {
    "home": asker("customer", customers=[HOME_CUSTOMER]),
    "works": asker("customer", customers=[f"customer:{WORKS_CUSTOMER}", "4499999999"]),
    "nobody": asker("customer"),
    "T1": asker("technician", technician="T1"),
    "T2": asker("technician", technician="technician:T2", regions=["CN/4/"]),
    "none": asker("technician"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("own")
    chosen = settings(folder / "home")
    ingest(chosen, write_supply_site(folder / "supply"))
    for name, text in {"site.yaml": MANIFEST, "field.csv": FIELD, "money.csv": MONEY}.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest(chosen, Path(folder / "site.yaml"))
    with open_site(chosen) as opened:
        yield opened


def of_text(links: Iterable[Link], who: Asker) -> set[str]:
    """Ids that somebody sees, from the text of docs/security.md alone."""
    links = list(links)

    def lead(ones: set[str], *relations: str) -> set[str]:
        return {link.target for link in links if link.relation in relations and link.source in ones}

    def come(ones: set[str], relation: str) -> set[str]:
        return {link.source for link in links if link.relation == relation and link.target in ones}

    if who.role == "customer":
        # The text: "own customers with their accounts, bills, payments, orders, interactions, devices, points,
        # addresses, the party's name"
        own = {f"customer:{one.removeprefix('customer:')}" for one in who.customers}
        own &= {link.source for link in links}
        accounts = lead(own, "HAS_ACCOUNT")
        beside = lead(own, "REQUESTED", "CONTACTED", "OWNS", "SUPPLIED_AT", "LIVES_AT", "IS")
        return own | accounts | beside | lead(accounts, "BILLED", "PAID")
    # The text: "orders assigned to it, open or closed within 30 days of the cut-off, with their customer, address,
    # point, meters, devices, line"
    technician = {f"technician:{(who.technician or '-').removeprefix('technician:')}"}
    orders = come(technician, "ASSIGNED_TO") - {"work-order:W4", "work-order:W6"}
    customers = come(orders, "REQUESTED")
    concerned = lead(orders, "CONCERNS")
    points = lead(customers, "SUPPLIED_AT") | {one for one in concerned if one.startswith("service-point:")}
    places = lead(customers, "LIVES_AT") | lead(points, "LOCATED_AT")
    found = orders | customers | concerned | points | places | lead(customers, "OWNS")
    found |= lead(points, "HAS_METER") | lead(points, "FED_BY")
    return found | technician if orders or technician <= {link.target for link in links} else set()


@pytest.mark.parametrize("name", WHO)
def test_what_is_ones_own_is_what_the_text_says(site: Site, name: str) -> None:
    _, links = everything(site)
    policy = site.as_seen_by(WHO[name]).policy
    assert policy
    found = policy.parameters[IDS]
    assert isinstance(found, list)
    assert set(found) == of_text(links, WHO[name])


def test_somebody_sees_something_and_misses_something(site: Site) -> None:
    _, links = everything(site)
    home, works, one, other = (of_text(links, WHO[name]) for name in ("home", "works", "T1", "T2"))
    assert {"bill:B1", "device:D1", "work-order:W2", "interaction:I1"} <= home
    assert not {"bill:B2", "meter:M1", "line:S1"} & home
    assert {"meter:M1", "meter:M2", "line:S1", "line:S2", "work-order:W3", "device:D1"} <= one
    assert not {"bill:B1", "work-order:W2", "work-order:W4", "line:F1"} & one
    assert {"work-order:W5", "service-point:P2", "line:S2"} <= other
    assert f"customer:{HOME_CUSTOMER}" not in works | other


def documents(who: Asker) -> Iterator[str]:
    query = TYPES.query_type
    assert query
    asked = {
        "customer": [HOME_CUSTOMER, WORKS_CUSTOMER, "4499999999"],
        "device": ["D1", "device:none"],
        "line": ["S1", "S2", "F1"],
        "workOrder": ["W1", "W2", "W3", "W4", "W5", "W6"],
    }
    assert {*asked, "workOrders"} == OF_ONES_OWN
    seed = 0
    for field, ids in asked.items():
        for one in ids:
            seed += 1
            inner = getattr(query.fields[field].type, "name", "")
            yield f'{{ {field}(id: "{one}") {Documents(TYPES, who, seed).of(inner)} }}'
    yield f"{{ workOrders {Documents(TYPES, who, 100).of('WorkOrderConnection')} }}"


@pytest.mark.parametrize("name", ["home", "works", "T1", "T2"])
def test_answers_are_those_of_the_graph_without_the_rest(
    site: Site, embedded_store: Store, name: str
) -> None:
    found, links = everything(site)
    seen = of_text(links, WHO[name])
    filtered = hide(site, embedded_store, found.keys() - seen)
    names = {one for entity in found.keys() - seen for one in (entity, entity.partition(":")[2])}
    told = 0
    with TestClient(create_app(site)) as client, TestClient(create_app(filtered)) as reference:
        for query in documents(WHO[name]):
            answer = ask_as(client, site, query, WHO[name])
            assert answer == ask_as(reference, site, query, WHO[name]), query
            said = {one for one in names if f"'{one}'" in repr(answer["data"])}
            assert not said, (query, said)
            told += "errors" not in answer and any(answer["data"].values())
    assert told >= 3


@pytest.mark.parametrize(
    ("name", "entity", "inside"),
    [
        ("home", HOME_CUSTOMER, "risk { score }"),
        ("home", HOME_CUSTOMER, "community { id }"),
        ("home", HOME_CUSTOMER, "arrears { probability }"),
        ("works", WORKS_CUSTOMER, "party { ... on Enterprise { netAssets { fen } } }"),
        ("T1", HOME_CUSTOMER, "arrears { balance { fen } }"),
    ],
)
def test_what_is_not_for_them_is_refused(site: Site, name: str, entity: str, inside: str) -> None:
    with TestClient(create_app(site)) as client:
        answer = client.post(
            "/graphql",
            json={"query": f'{{ customer(id: "{entity}") {{ {inside} }} }}'},
            headers={"Authorization": f"Bearer {issue(site.settings, site.ledger, WHO[name])}"},
        )
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
