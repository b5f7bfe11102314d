"""A small graph by hand that every named query finds something in."""

from __future__ import annotations

from graph.schema.model import Schema
from graph.write import GraphChange, NodeRow, RelationRow


def _node(schema: Schema, node_type: str, number: str, /, **values: object) -> NodeRow:
    declared = schema.nodes[node_type]
    key = declared.keys[0]
    identity = f"{declared.prefix}:{number}"
    properties = values if key.hashed else {key.name: number, **values}
    return NodeRow(node_type, identity, (identity,), ("synthetic",), dict(properties))


def _relation(kind: str, source: NodeRow, target: NodeRow, key: str = "", /, **values: object) -> RelationRow:
    record = f"test/{kind}-{source.id}-{target.id}-{key}"
    return RelationRow(
        kind, source.type, source.id, target.type, target.id, key, record, ("synthetic",), dict(values)
    )


def small_graph(schema: Schema) -> GraphChange:
    """Two customers at one feeder, their accounts and bills, three enterprises that guarantee each other."""

    def node(node_type: str, number: str, /, **values: object) -> NodeRow:
        return _node(schema, node_type, number, **values)

    zhang = node("Customer", "4401000001", name="张伟", kind="consumer", phone="13800138000")
    works = node("Customer", "4401000002", name="广州电力设备厂", kind="organisation")
    person = node("Person", "a" * 32, name="张伟", phone="13800138000")
    home = node("Address", "b" * 32, text="广州市天河区体育西路 12 号")
    account, second = node("Account", "A1", deposit=5000), node("Account", "A2")
    bills = [
        node("Bill", f"B{month}", period=f"2026-{month:02}", amount=100 * month, dueOn=f"2026-{month:02}-25")
        for month in range(1, 6)
    ]
    payment = node("Payment", "P1", amount=100, paidOn="2026-01-20")
    substation = node("Substation", "S1", name="天河站", voltage=110.0)
    feeder = node("Line", "L1", name="天河一线", kind="feeder")
    other_feeder = node("Line", "L2", kind="feeder")
    transformer = node("Transformer", "T1", ratedPower=400.0)
    section = node("Line", "L3", kind="section", length=120.5)
    points = [node("ServicePoint", f"SP{i}") for i in (1, 2)]
    meter = node("Meter", "M1")
    device = node("Device", "D1", name="光伏逆变器")
    order = node("WorkOrder", "W1", title="更换电表", state="open")
    call = node("Interaction", "I1", summary="咨询电费")
    case = node("ArrearsCase", "C1", amount=1500)
    record = node("CreditRecord", "CR1", kind="rating", grade="AA")
    refusal = node(
        "Consent", "CO1", purpose="marketing", channel="sms", state="refused", decidedOn="2026-01-05"
    )
    firms = [
        node("Enterprise", f"9144010000000000{i:02}", name=name, netAssets=10_000_00 * i)
        for i, name in enumerate(("广州电力设备厂", "珠江电缆有限公司", "Delta Trading Ltd"), start=1)
    ]
    one, two, three = firms
    nodes = [
        zhang, works, person, home, account, second, *bills, payment, substation, feeder, other_feeder,
        transformer, section, *points, meter, device, order, call, case, record, refusal, *firms,
    ]  # fmt: skip
    relations = [
        _relation("IS", zhang, person, since="2020-01-01"),
        _relation("IS", works, one),
        _relation("LIVES_AT", zhang, home, since="2020-01-01"),
        _relation("HAS_ACCOUNT", zhang, account),
        _relation("HAS_ACCOUNT", zhang, second),
        *(_relation("BILLED", account if i % 2 else second, bill) for i, bill in enumerate(bills)),
        _relation("PAID", account, payment),
        _relation("SUPPLIED_AT", zhang, points[0]),
        _relation("SUPPLIED_AT", works, points[1]),
        _relation("HAS_METER", points[0], meter),
        _relation("FED_BY", points[0], section),
        _relation("FED_BY", points[1], section),
        _relation("FED_BY", section, transformer),
        _relation("FED_BY", transformer, feeder),
        _relation("FED_BY", transformer, other_feeder),
        _relation("FED_BY", feeder, substation),
        _relation("FED_BY", other_feeder, substation),
        _relation("OWNS", zhang, device),
        _relation("INSTALLED_AT", device, points[0]),
        _relation("REQUESTED", zhang, order),
        _relation("CONTACTED", zhang, call),
        _relation("HAS_ARREARS_CASE", zhang, case),
        _relation("HAS_CREDIT_RECORD", zhang, record),
        _relation("DECIDES", zhang, refusal),
        _relation("LEGAL_REPRESENTATIVE_OF", person, two, since="2019-05-01"),
        _relation("DIRECTOR_OF", person, three),
        _relation("GUARANTEES", one, two, "K1", contractNo="K1", amount=500_00, since="2025-03-01"),
        _relation("GUARANTEES", one, two, "K2", contractNo="K2", amount=300_00),
        _relation("GUARANTEES", one, three, "K3", contractNo="K3"),
        _relation("GUARANTEES", three, one, "K4", contractNo="K4", amount=100_00),
        _relation("INVESTS_IN", three, three, share=0.1),
        _relation("INVESTS_IN", person, three, share=0.5, amount=1_000_00),
    ]
    return GraphChange(create_nodes=tuple(nodes), create_relations=tuple(relations), watermark=1)
