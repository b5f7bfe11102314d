"""An identity number is a key, and is kept nowhere."""

from __future__ import annotations

from ingest.loads.retry import retry

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


REFUSED = """
  - name: visitors
    path: visitors.csv
    channel: survey
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Person
        key: {idNumber: 身份证}
        set: {name: 姓名, birthDate: 生日}
"""


def test_no_file_of_the_ledger_holds_an_identity_number_of_a_refused_row(desk):
    ragged = "44010619800101124X"
    malformed = "440106/19800101/125X"
    rows = [f"1,{NUMBER},张三,31 June", f"2,{ragged},李四,1980-01-01,more", f"3,{malformed},王五,1980-01-01"]
    desk.write("visitors.csv", "no,身份证,姓名,生日\n" + "\n".join(rows) + "\n")
    (report,) = desk.load("sources:" + REFUSED).sources
    assert (report.quarantined, report.accepted) == (3, 0)
    by_line = {entry.line: entry for entry in desk.refused()}
    assert by_line[2].raw == {"no": "1", "身份证": "440…3X", "姓名": "张三", "生日": "31 June"}
    assert "440…4X" in by_line[3].raw[""]
    assert (by_line[4].field, by_line[4].details["found"]) == ("身份证", "440…5X")
    kept = b"".join(file.read_bytes() for file in desk.ledger.folder.rglob("*") if file.is_file())
    assert not [number for number in (NUMBER, ragged, malformed) if number.encode() in kept]


def test_a_refused_row_is_taken_by_a_retry_from_its_file_or_with_its_number_given_anew(desk):
    desk.write("visitors.csv", f"no,身份证,姓名,生日\n1,{NUMBER},张三,31 June\n2,{NUMBER},李四,30 June\n")
    desk.load("sources:" + REFUSED)
    first, second = desk.refused()
    manifest = desk.write("again.yaml", "sources:" + REFUSED)
    (done,) = retry(desk.ledger, manifest, [first.id], changes={"生日": "1980-06-30"})
    assert done.outcome == "accepted"
    (desk.folder / "visitors.csv").unlink()
    (left,) = retry(desk.ledger, manifest, [second.id], changes={"生日": "1980-06-30"})
    assert (left.outcome, left.details["field"], left.details["found"]) == ("quarantined", "身份证", "…")
    given = {"生日": "1980-06-30", "身份证": NUMBER}
    (done,) = retry(desk.ledger, manifest, [second.id], changes=given)
    assert done.outcome == "accepted"
    keys = {key for stated in desk.statements() for node in stated.nodes for key in node.keys}
    assert len(keys) == 1
