"""An identity number is a key, and is kept nowhere."""

from __future__ import annotations

NUMBER = "44010619800101123X"
PEOPLE = f"""
身份证,姓名,电话,企业
{NUMBER},张三,13900000001,91440101MA59ABCD0X
"""
MANIFEST = """
sources:
  - name: people
    path: people.csv
    channel: government
    recordId: 身份证
    observedAt: 2026-01-31
    mapping:
      - node: Person
        key: {idNumber: 身份证}
        set: {name: 姓名, phone: 电话}
      - relation: LEGAL_REPRESENTATIVE_OF
        from: {Person: {idNumber: 身份证}}
        to: {Enterprise: {creditCode: 企业}}
"""


def test_no_file_of_the_ledger_holds_an_identity_number_that_names_its_row(desk):
    desk.write("people.csv", PEOPLE.strip())
    (report,) = desk.load(MANIFEST).sources
    assert report.accepted == 1
    (record,) = desk.records()
    (stated,) = desk.statements()
    (person,) = [node for node in stated.nodes if node.type == "Person"]
    assert record.record_id == person.keys[0].removeprefix("person:")
    files = [file for file in desk.ledger.folder.rglob("*") if file.is_file()]
    assert files
    assert not [file.name for file in files if NUMBER.encode() in file.read_bytes()]
    (again,) = desk.load(MANIFEST).sources
    assert again.duplicate == 1
