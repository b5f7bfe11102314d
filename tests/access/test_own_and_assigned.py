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
  - name: handed
    path: handed.csv
    channel: hotline
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: WorkOrder
        key: {workOrderNo: no}
        set: {title: title, state: state, closedAt: closedAt}
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
SPAN = """
  - name: {name}
    path: {name}.csv
    channel: archive
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: {relation}
        from: {{{one}: {{{one_key}: one}}}}
        to: {{{other}: {{{other_key}: other}}}}
        set: {{since: since, until: until}}
"""
ENDS = {
    "SUPPLIED_AT": ("Customer", "customerNo", "ServicePoint", "servicePointNo"),
    "OWNS": ("Customer", "customerNo", "Device", "deviceNo"),
    "HAS_ACCOUNT": ("Customer", "customerNo", "Account", "accountNo"),
    "HAS_METER": ("ServicePoint", "servicePointNo", "Meter", "meterNo"),
    "ASSIGNED_TO": ("WorkOrder", "workOrderNo", "Technician", "technicianNo"),
}
PREFIX = {"Customer": "customer", "ServicePoint": "service-point", "Device": "device", "Account": "account"}
PREFIX |= {"Meter": "meter", "WorkOrder": "work-order", "Technician": "technician"}
SPANS = (
    # Who moved out, and who moved in; a contract that begins later.
    ("SUPPLIED_AT", HOME_CUSTOMER, "P3", "2015-01-01", "2019-06-01"),
    ("SUPPLIED_AT", WORKS_CUSTOMER, "P3", "2019-06-01", ""),
    ("SUPPLIED_AT", HOME_CUSTOMER, "P4", "2026-06-01", ""),
    # A device that was sold on the day itself, and one that was sold and bought back.
    ("OWNS", HOME_CUSTOMER, "D8", "2020-01-01", "2026-03-31"),
    ("OWNS", HOME_CUSTOMER, "D9", "2018-01-01", "2020-01-01"),
    ("OWNS", HOME_CUSTOMER, "D9", "2024-01-01", ""),
    ("HAS_ACCOUNT", HOME_CUSTOMER, "A3", "2018-01-01", "2020-01-01"),
    ("HAS_METER", "P2", "M9", "2018-01-01", "2024-01-01"),
    # Open, and given to somebody else; closed by whom it was given to, and by whom it was assigned to until then.
    ("ASSIGNED_TO", "W7", "T1", "2026-03-01", "2026-03-20"),
    ("ASSIGNED_TO", "W7", "T2", "2026-03-20", ""),
    ("ASSIGNED_TO", "W8", "T1", "2026-03-01", "2026-03-10"),
    ("ASSIGNED_TO", "W8", "T2", "2026-03-10", ""),
    ("ASSIGNED_TO", "W9", "T1", "2026-03-01", "2026-03-20"),
)
"""Relation, its ends, and from when until when it holds."""
DAY = "2026-03-31"
CLOSED_ON = {"work-order:W3": "2026-03-15", "work-order:W8": "2026-03-20", "work-order:W9": "2026-03-20"}
"""Orders closed within 30 days of the day."""
FIELD = f"""no,title,state,closedAt,technician,who,customerNo,point
W1,更换电表,working,,T1,赵强,,
W3,换线,done,2026-03-15T08:00:00Z,T1,赵强,{WORKS_CUSTOMER},
W4,换表,done,2026-01-15T08:00:00Z,T1,赵强,{WORKS_CUSTOMER},
W5,巡检,open,,T2,钱进,,P2
W6,旧单,cancelled,,T2,钱进,{HOME_CUSTOMER},
"""
HANDED = """no,title,state,closedAt,point
W7,改派,working,,P5
W8,改派,done,2026-03-20T03:00:00Z,P6
W9,完工,done,2026-03-20T03:00:00Z,P7
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
    files = {"site.yaml": MANIFEST, "field.csv": FIELD, "handed.csv": HANDED, "money.csv": MONEY}
    for relation, (one, one_key, other, other_key) in ENDS.items():
        name = relation.lower().replace("_", "-")
        files["site.yaml"] += SPAN.format(
            name=name, relation=relation, one=one, one_key=one_key, other=other, other_key=other_key
        )
        rows = [",".join((str(at), *row[1:])) for at, row in enumerate(SPANS) if row[0] == relation]
        files[f"{name}.csv"] = "\n".join(["line,one,other,since,until", *rows, ""])
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest(chosen, Path(folder / "site.yaml"))
    with open_site(chosen) as opened:
        yield opened


def counts(link: Link) -> bool:
    """Whether a relation holds on the day; whether an order was assigned when it was closed lately."""
    first, _, second, _ = ENDS.get(link.relation, ("", "", "", ""))
    spans = [
        (since, until or "9999")
        for relation, one, other, since, until in SPANS
        if relation == link.relation
        and (link.source, link.target) == (f"{PREFIX[first]}:{one}", f"{PREFIX[second]}:{other}")
    ]
    if not spans:
        return True
    if link.relation == "ASSIGNED_TO" and link.source in CLOSED_ON:
        # An assignment that ends with the work was one: it holds until the day on which the order was closed.
        return any(since <= DAY and CLOSED_ON[link.source] <= until for since, until in spans)
    return any(since <= DAY < until for since, until in spans)


def of_text(links: Iterable[Link], who: Asker) -> set[str]:
    """Ids that somebody sees, from the text of docs/security.md alone."""
    links = [link for link in links if counts(link)]

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


def test_what_has_ended_is_nobodys_own_any_more(site: Site) -> None:
    policies = {name: site.as_seen_by(WHO[name]).policy for name in ("home", "works", "T1", "T2")}
    home, works, one, other = ({*policy.parameters[IDS]} for policy in policies.values() if policy)
    assert "device:D9" in home
    assert not {"service-point:P3", "service-point:P4", "device:D8", "account:A3"} & home
    assert "service-point:P3" in works
    assert "work-order:W9" in one
    assert not {"work-order:W7", "work-order:W8", "service-point:P5", "meter:M9"} & one
    assert {"work-order:W7", "work-order:W8", "service-point:P5"} <= other


def documents(who: Asker) -> Iterator[str]:
    query = TYPES.query_type
    assert query
    asked = {
        "customer": [HOME_CUSTOMER, WORKS_CUSTOMER, "4499999999"],
        "device": ["D1", "device:none"],
        "line": ["S1", "S2", "F1"],
        "workOrder": ["W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9"],
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
