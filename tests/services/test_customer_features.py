"""Features of customers as a part of a run: what the graph says of each, and the contract that declares them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from ledger import runs
from services.analysis import analyse
from services.features.contract import FILE, contract, read
from services.live import following
from services.loading import ingest, project
from services.risk.current import model_of
from services.risk.parts.customer_features import CUSTOMER_FEATURES, CustomerFeatures
from services.settings import settings
from services.site import Site, open_site

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    observedAt: 2026-03-31
    recordId: no
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {kind: kind, industry: industry, supplyLevel: level, critical: critical, openedOn: opened,
              contractedCapacity: capacity, closedOn: closed}
      - relation: IS
        from: {Customer: {customerNo: no}}
        to: {Enterprise: {creditCode: code}}
      - node: Account
        key: {accountNo: no}
        set: {paymentMethod: method}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: no}}
        to: {Account: {accountNo: no}}
      - relation: SUPPLIED_AT
        from: {Customer: {customerNo: no}}
        to: {ServicePoint: {servicePointNo: point}}
  - name: bills
    path: bills.csv
    channel: marketing
    observedAt: 2026-03-31
    recordId: bill
    mapping:
      - node: Bill
        key: {billNo: bill}
        set: {period: period, energy: energy, amount: amount, dueOn: due, paidOn: paid}
      - relation: BILLED
        from: {Account: {accountNo: no}}
        to: {Bill: {billNo: bill}}
  - name: around
    path: around.csv
    channel: marketing
    observedAt: 2026-03-31
    recordId: id
    mapping:
      - node: Interaction
        when: {column: what, equals: contact}
        key: {interactionNo: id}
        set: {kind: kind, at: at, satisfaction: number}
      - relation: CONTACTED
        when: {column: what, equals: contact}
        from: {Customer: {customerNo: no}}
        to: {Interaction: {interactionNo: id}}
      - node: WorkOrder
        when: {column: what, equals: order}
        key: {workOrderNo: id}
        set: {kind: kind, openedAt: at}
      - relation: REQUESTED
        when: {column: what, equals: order}
        from: {Customer: {customerNo: no}}
        to: {WorkOrder: {workOrderNo: id}}
      - node: Device
        when: {column: what, equals: device}
        key: {deviceNo: id}
        set: {kind: kind, ratedPower: number}
      - relation: OWNS
        when: {column: what, equals: device}
        from: {Customer: {customerNo: no}}
        to: {Device: {deviceNo: id}}
      - node: ArrearsCase
        when: {column: what, equals: case}
        key: {caseNo: id}
        set: {cause: kind, openedOn: day}
      - relation: HAS_ARREARS_CASE
        when: {column: what, equals: case}
        from: {Customer: {customerNo: no}}
        to: {ArrearsCase: {caseNo: id}}
      - relation: FED_BY
        when: {column: what, equals: box}
        from: {ServicePoint: {servicePointNo: no}}
        to: {Transformer: {transformerNo: id}}
      - node: CreditRecord
        when: {column: what, equals: flag}
        key: {creditRecordNo: id}
        set: {kind: kind, reportedOn: day}
      - relation: HAS_CREDIT_RECORD
        when: {column: what, equals: flag}
        from: {Enterprise: {creditCode: no}}
        to: {CreditRecord: {creditRecordNo: id}}
  - name: contracts
    path: contracts.csv
    channel: marketing
    observedAt: 2026-03-31
    recordId: contract
    mapping:
      - relation: GUARANTEES
        when: {column: kind, equals: guarantee}
        from: {Enterprise: {creditCode: one}}
        to: {Enterprise: {creditCode: other}}
        key: {contractNo: contract}
        set: {amount: amount}
      - relation: LENDS_TO
        when: {column: kind, equals: loan}
        from: {Enterprise: {creditCode: one}}
        to: {Enterprise: {creditCode: other}}
        key: {contractNo: contract}
        set: {amount: amount}
      - relation: INVESTS_IN
        when: {column: kind, equals: share}
        from: {Enterprise: {creditCode: one}}
        to: {Enterprise: {creditCode: other}}
        set: {share: amount}
"""
MILL, OWNER = "91330100MA2MILLW01", "91330100MA2OWNER02"
NO_MILL, NO_SECOND, NO_HOME, NO_CLOSED = (f"440000000{k}" for k in range(4))
CUSTOMERS = f"""no,kind,industry,level,critical,opened,capacity,closed,code,method,point
{NO_MILL},organisation,food,dual,true,2016-03-31,100,,{MILL},bank-transfer,P1
{NO_SECOND},organisation,,,,,,,{MILL},,P2
{NO_HOME},consumer,,single,,,,,,counter,P1
{NO_CLOSED},consumer,,,,,,2025-12-31,,,
"""
AROUND = f"""id,what,no,kind,number,at,day
I1,contact,{NO_MILL},complaint,0.4,2026-01-31T20:00:00Z,
I2,contact,{NO_MILL},praise,1,2026-02-01T08:00:00Z,
I3,contact,{NO_MILL},report,,2020-02-01T08:00:00Z,
W1,order,{NO_MILL},repair,,2026-02-01T08:00:00Z,
D1,device,{NO_MILL},pv-inverter,20,,
D2,device,{NO_MILL},heat-pump,5,,
C1,case,{NO_HOME},dispute,,,2026-01-01
C2,case,{NO_HOME},vacant,,,2026-01-01
T1,box,P1,,,,
T1-2,box,P2,,,,
F1,flag,{MILL},dishonour,,,2025-06-01
F2,flag,{MILL},rating,,,2025-06-01
"""
CONTRACTS = f"""contract,kind,one,other,amount
G1,guarantee,{MILL},{OWNER},1000
L1,loan,{OWNER},{MILL},500
S1,share,{OWNER},{MILL},0.6
"""
EXPECTED: dict[str, list[object]] = {
    "kind": ["organisation", "organisation", "consumer", "consumer"],
    "industry": ["food", "", "household", "household"],
    "supply_level": ["dual", "", "single", ""],
    "critical": [1.0, None, None, None],
    "tenure": [10.0, None, None, None],
    "payment_channel": ["bank-transfer", "", "counter", ""],
    "sites": [2.0, 2.0, 1.0, 1.0],
    "ownership_depth": [1.0, 1.0, 0.0, 0.0],
    "guarantees_given": [1.0, 1.0, 0.0, 0.0],
    "guarantees_received": [0.0, 0.0, 0.0, 0.0],
    "debts": [1.0, 1.0, 0.0, 0.0],
    "community_size": [3.0, 3.0, 3.0, 1.0],
    "density": [2.0, 1.0, 2.0, None],
    "contacts": [1.0, 0.0, 0.0, 0.0],
    "complaints": [0.5, 0.0, 0.0, 0.0],
    "satisfaction": [0.7, None, None, None],
    "orders": [0.5, 0.0, 0.0, 0.0],
    "services": [1.0, 0.0, 0.0, 0.0],
    "devices": [2.0, 0.0, 0.0, 0.0],
    "device_power": [25.0, 0.0, 0.0, 0.0],
    "own_generation": [1.0, 0.0, 0.0, 0.0],
    "disputes": [0.0, 0.0, 1.0, 0.0],
    "credit_flags": [1.0, 1.0, 0.0, 0.0],
    "energy_level": [7305.0, None, None, None],
    "margin": [0.08, None, None, None],
    "capacity_use": [0.1, None, None, None],
    "unused_capacity": [90.0, None, None, None],
    "on_time_share": [1.0, None, None, None],
    "paid_amount": [11 * 3652.5, 0.0, 0.0, 0.0],
    "cost_to_serve": [72.0, 0.0, 0.0, 0.0],
}


def write(folder: Path, more: str = "") -> Path:
    """The files of the site; ``more``: customers beside the four."""
    bills = [
        f"B{month},{NO_MILL},{month},7305,3652.5,{month}-25,{month}-20"
        for month in [f"{m // 12}-{m % 12 + 1:02}" for m in range(2025 * 12 + 2, 2026 * 12 + 2)]
    ]
    for name, text in {
        "customers.csv": CUSTOMERS + more,
        "bills.csv": "\n".join(["bill,no,period,energy,amount,due,paid", *bills, ""]),
        "around.csv": AROUND,
        "contracts.csv": CONTRACTS,
        "site.yaml": MANIFEST,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "site.yaml"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chosen = settings(home=tmp_path / "home")
    ingest(chosen, write(tmp_path))
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def found(site: Site) -> CustomerFeatures:
    """The features of the current run."""
    return cast(CustomerFeatures, model_of(site, runs.current(site.ledger)).others[CUSTOMER_FEATURES.name])


def test_every_feature_is_what_the_graph_says(site: Site) -> None:
    seen = found(site)
    assert [one[-10:] for one in seen.ids] == [NO_MILL, NO_SECOND, NO_HOME, NO_CLOSED]
    assert seen.active.tolist() == [True, True, True, False]
    assert seen.version == contract().version
    for name, expected in EXPECTED.items():
        values = seen.values[name].tolist()
        told = [None if value is None or str(value) == "nan" else value for value in values]
        assert told == [
            pytest.approx(one, rel=1e-3) if isinstance(one, float) else one for one in expected
        ], name


def test_a_load_leaves_the_features_of_others_and_adds_those_of_a_new_customer(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SHARE", 1.0)
    before = found(site)
    ingest(site.settings, write(site.home.parent, "4400000009,consumer,,single,,,,,,autopay,P1\n"))
    run = runs.current(site.ledger)
    assert run.parent is not None
    after = found(site)
    assert after.ids[:-1] == before.ids
    assert after.values["payment_channel"].tolist()[-1] == "autopay"
    assert after.values["density"].tolist() == pytest.approx([2.0, 1.0, 2.0, float("nan"), 3.0], nan_ok=True)


def test_the_contract_is_whole() -> None:
    declared = contract()
    assert {one.dimension for one in declared.features.values()} == {"consumer", "organisation", "value"}
    assert sum(one.share for one in declared.dimensions.values()) == pytest.approx(1)
    for one in declared.features.values():
        assert all(text[lang] for text in (one.text, one.missing) for lang in ("en", "zh")), one.name


BEFORE = """
version: 1
dimensions: {value: {share: 1, en: V, zh: 价}}
parameters: {}
features:
  f: {dimension: value, type: number, unit: yuan, window: at T, source: bills, missing: {en: m, zh: 缺}, en: e, zh: 中}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("share: 1,", "share: 0.5,"), "add up to 0.5"),
        (("unit: yuan, ", ""), "feature f: no unit"),
        (("unit: yuan", "units: yuan"), "feature f: no unit"),
        (("unit: yuan", "unit: yuan, wndow: x"), "unknown key wndow; the nearest is window"),
        (("dimension: value", "dimension: values"), "unknown dimension values"),
        (("type: number", "type: numbers"), "unknown type numbers"),
        (("  f:", "  gender:"), "protected attribute"),
    ],
)
def test_a_faulty_contract_is_refused_by_its_place(change: tuple[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said) as fault:
        read(BEFORE.replace(*change))
    assert FILE in str(fault.value)
