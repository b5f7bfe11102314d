"""The sheet of the manual: ten home visits in GBK with Chinese headers."""

from __future__ import annotations

import pytest

from ingest.statements import NodeStatement, RelationStatement
from ledger.records import mentioning

MANIFEST = """\
sources:
  - name: visits
    path: visits.csv
    format: csv
    channel: home-visit
    recordId: visit_no
    observedAt: visit_date
    delete: {column: status, equals: deleted}
    mapping:
      - node: Customer
        key: {customerNo: 户号}
        set: {name: 姓名, phone: 电话}
      - relation: LIVES_AT
        from: {Customer: {customerNo: 户号}}
        to: {Address: {text: 地址}}
        set: {since: {column: 迁入, format: "%Y年%m月%d日"}}
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: 担保人}}
        to: {Enterprise: {local: 借款人编号}}
        key: {contractNo: 合同号}
        set: {amount: {column: 金额, unit: wan-yuan}}
"""
HEADER = "visit_no,visit_date,status,户号,姓名,电话,地址,迁入,担保人,借款人编号,合同号,金额"
NAMES = ["陈建国", "李秀英", "王丽娟", "张伟", "刘洋", "赵敏", "黄志强", "周杰", "吴芳", "徐静"]


def row(i: int, **changed: str) -> str:
    cells = {
        "visit_no": f"V{i:03d}",
        "visit_date": f"2026-03-{i + 1:02d}",
        "status": "",
        "户号": f"44010000{i:02d}",
        "姓名": NAMES[i],
        "电话": f"138-0000-00{i:02d}",
        "地址": f"广州市天河区体育东路{i + 1}号",
        "迁入": f"2020年{i + 1}月2日",
        "担保人": "91440101MA59ABCD0X" if i < 3 else "",
        "借款人编号": f"B{i}" if i < 3 else "",
        "合同号": f"HT-{i}" if i < 2 else "",
        "金额": "12.5" if i < 3 else "",
    } | changed
    return ",".join(cells.values())


@pytest.fixture
def sheet() -> bytes:
    return "\r\n".join([HEADER, *(row(i) for i in range(10)), ""]).encode("gbk")


def test_the_sheet_is_read_as_written(desk, sheet):
    desk.write("visits.csv", sheet)
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.accepted, report.quarantined, report.duplicate) == (10, 10, 0, 0)
    assert (report.encoding, report.delimiter, report.error) == ("gb18030", ",", None)
    assert desk.names() == NAMES
    first = desk.records()[0]
    assert (first.source, first.record_id, first.channel) == ("visits", "V000", "home-visit")
    assert (first.location, first.origin, first.observed_assumed) == ("visits.csv:2", "real", False)
    assert first.observed_at.isoformat() == "2026-02-28T16:00:00+00:00"  # midnight in the utility's zone


def test_a_row_states_its_nodes_and_relations(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    stated = desk.statements()[1]
    customer, address, guarantor, borrower = stated.nodes
    assert customer == NodeStatement(
        "Customer",
        ("customer:4401000001",),
        {"customerNo": "4401000001", "name": "李秀英", "phone": "138-0000-0001"},
    )
    assert address.set == {"text": "广州市天河区体育东路2号"}
    assert guarantor == NodeStatement("Enterprise", ("enterprise:91440101MA59ABCD0X",))
    assert borrower == NodeStatement("Enterprise", ("enterprise:home-visit/B1",))
    lives, guarantees = stated.relations
    assert lives.source == customer.keys[0]
    assert lives.target == address.keys[0]
    assert lives.set == {"since": "2020-02-02"}
    assert guarantees == RelationStatement(
        "GUARANTEES",
        "Enterprise",
        guarantor.keys[0],
        "Enterprise",
        borrower.keys[0],
        key="HT-1",
        set={"amount": 12_500_000, "contractNo": "HT-1"},  # 12.5 wan yuan in fen
    )


def test_a_guarantee_without_contract_number_is_told_apart_by_its_record(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    guarantee = desk.statements()[2].relations[1]
    assert guarantee.key == "visits/V002"
    assert guarantee.set == {"amount": 12_500_000}


def test_a_relation_with_an_empty_end_is_left_out(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    assert [r.type for r in desk.statements()[5].relations] == ["LIVES_AT"]


def test_keys_and_telephone_numbers_are_mentioned(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    found = mentioning(
        desk.ledger, ["customer:4401000004", "phone:13800000004", "enterprise:home-visit/B1"], roles=None
    )
    assert {key: len(seqs) for key, seqs in found.items()} == {
        "customer:4401000004": 1,
        "phone:13800000004": 1,
        "enterprise:home-visit/B1": 1,
    }


def test_the_second_load_is_all_duplicates(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    (again,) = desk.load(MANIFEST).sources
    assert (again.read, again.accepted, again.duplicate) == (10, 0, 10)
    assert len(desk.records()) == 10


def test_new_content_of_a_visit_is_an_update(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    desk.write("visits.csv", f"{HEADER}\n{row(3, 姓名='张伟明', visit_date='2026-04-01')}\n".encode("gbk"))
    (again,) = desk.load(MANIFEST).sources
    assert (again.read, again.accepted) == (1, 1)
    assert desk.records()[-1].record_id == "V003"


def test_a_deleted_visit_withdraws_its_record(desk, sheet):
    desk.write("visits.csv", sheet)
    desk.load(MANIFEST)
    gone = row(3, status="deleted", visit_date="2026-04-01", 户号="", 姓名="")
    desk.write("visits.csv", f"{HEADER}\n{gone}\n")
    (again,) = desk.load(MANIFEST).sources
    assert (again.accepted, again.quarantined) == (1, 0)
    last = desk.records()[-1]
    assert (last.record_id, last.deleted) == ("V003", True)


def test_an_invalid_field_quarantines_its_row_only(desk):
    lines = [
        HEADER,
        *(row(i) for i in range(3)),
        row(4, 户号="4401-7 3"),
        row(5, 金额="很多", 担保人="91440101MA59ABCD0X", 借款人编号="B"),
    ]
    desk.write("visits.csv", "\n".join(lines).encode("gb18030"))
    (report,) = desk.load(MANIFEST).sources
    assert (report.read, report.accepted, report.quarantined) == (5, 3, 2)
    first, second = desk.refused()
    assert (first.line, first.field, first.code) == (5, "户号", "ROW_FIELD_INVALID")
    assert first.details["found"] == "4401-7 3"
    assert "10" in first.details["expected"] or "ten" in first.details["expected"]
    assert first.raw["姓名"] == "刘洋"
    assert (second.line, second.field, second.details["found"]) == (6, "金额", "很多")


def test_a_row_without_customer_number_is_quarantined(desk):
    desk.write("visits.csv", "\n".join([HEADER, row(0, 户号=" "), row(1)]).encode("gbk"))
    (report,) = desk.load(MANIFEST).sources
    assert (report.accepted, report.quarantined) == (1, 1)
    assert desk.reasons() == [(2, "户号", "ROW_KEY_MISSING")]
