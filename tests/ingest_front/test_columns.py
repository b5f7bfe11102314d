"""What only a whole column can say: decimal comma or point, codes that were floats; headers and totals in between."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells.number_styles import COMMA, POINT, Style, number_of, proof_of
from ingest.cells.whole_columns import Decided
from ingest.loads.retry import retry
from ingest.rows.headers_and_totals import NoData, totals_word
from terms.errors import KehutuError
from tests.loads import said

BILLS = """\
sources:
  - name: bills
    path: {path}
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
{more}    mapping:
      - node: Bill
        key: {{billNo: no}}
        set: {{energy: {energy}, amount: fee}}
"""


def loaded(desk, cells, *, fees=(), more: str = "", energy: str = "kWh"):
    fees = fees or [""] * len(cells)
    rows = [f"B{i};{cell};{fee}\n" for i, (cell, fee) in enumerate(zip(cells, fees, strict=True), start=1)]
    desk.write("bills.csv", "no;kWh;fee\n" + "".join(rows))
    return desk.load(BILLS.format(path="bills.csv", more=more, energy=energy)).sources[0]


def values(desk, name: str = "energy") -> dict[str, object]:
    return {
        record.record_id: stated.nodes[0].set.get(name)
        for record, stated in zip(desk.records(), desk.statements(), strict=True)
    }


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (("0,125", "412,750", "38,200"), (0.125, 412.75, 38.2)),
        (("412,750", "38,200", "0,125"), (412.75, 38.2, 0.125)),
        (("1.234,56", "2.345"), (1234.56, 2345.0)),
        (("1.234.567", "1,234"), (1234567.0, 1.234)),
        (("12,5", "1,234", "7"), (12.5, 1.234, 7.0)),
        (("412,750", "1,234.56"), (412750.0, 1234.56)),
        (("412,750", "38.2"), (412750.0, 38.2)),
        (("1.234", "0.125"), (1.234, 0.125)),
        (("1,234,567", "1.234"), (1234567.0, 1.234)),
    ],
)
def test_the_column_decides(desk, cells, numbers):
    report = loaded(desk, cells)
    assert report.notices == []
    assert tuple(values(desk).values()) == numbers


@pytest.mark.parametrize(
    ("cells", "numbers"), [(("412,750", "38,200"), (412750.0, 38200.0)), (("1.234", "5"), (1.234, 5.0))]
)
def test_an_undecided_column_is_read_with_a_point_and_noticed(desk, cells, numbers):
    report = loaded(desk, cells)
    (notice,) = report.notices
    assert (notice.code, notice.count) == ("NOTICE_COLUMN_UNDECIDED", sum(not c.isdigit() for c in cells))
    assert "column kWh" in notice.message
    assert notice.places[0].line == 2
    assert tuple(values(desk).values()) == numbers


def test_money_in_whole_fen_decides_where_a_comma_cannot_be_one(desk):
    assert loaded(desk, ("", ""), fees=("1,234", "5,600")).notices == []
    assert values(desk, "amount") == {"B1": 123_400, "B2": 560_000}


def test_the_remedy_for_an_undecided_column_works(desk):
    report = loaded(desk, ("412,750", "38,200"), more='    decimal: ","\n')
    assert report.notices == []
    assert values(desk) == {"B1": 412.75, "B2": 38.2}


@pytest.mark.parametrize(
    ("stated", "cell", "number"),
    [
        ('{column: kWh, decimal: ","}', "1.234,5", 1234.5),
        ('{column: kWh, decimal: ","}', "1.234", 1234.0),
        ('{column: kWh, decimal: "."}', "1.234", 1.234),
        ('{column: kWh, thousands: "."}', "1.234", 1234.0),
        ('{column: kWh, thousands: "\'"}', "1’234.5", 1234.5),
        ('{column: kWh, decimal: ",", thousands: " "}', "1\xa0234,5", 1234.5),
    ],
)
def test_what_a_value_states_counts(desk, stated, cell, number):
    assert loaded(desk, [cell], energy=stated).notices == []
    assert values(desk) == {"B1": number}


def test_marks_that_cannot_be_are_faults_of_the_manifest(desk):
    for more in ('    decimal: ","\n    thousands: ","\n', "    decimal: ';'\n"):
        with pytest.raises(KehutuError) as caught:
            loaded(desk, ["1"], more=more)
        assert caught.value.code == "MANIFEST_FAULT"
    with pytest.raises(KehutuError, match="'decimal' and 'thousands' are for numbers"):
        loaded(desk, ["1"], energy='kWh, tenant: {column: fee, decimal: ","}')


def test_cells_that_contradict_their_column_are_quarantined(desk):
    report = loaded(desk, ["0,125"] * 10 + ["412,750", "1,234.56"])
    assert [(n.code, n.message.count("10 cells have a decimal comma and 1 ")) for n in report.notices] == [
        ("NOTICE_COLUMN_CONTRADICTS", 1)
    ]
    assert values(desk)["B11"] == 412.75
    (row,) = desk.refused()
    assert (row.line, row.field, row.details["found"]) == (13, "kWh", "1,234.56")
    assert "with ',' as decimal mark" in str(row.details["expected"])


def test_where_neither_style_prevails_what_could_be_either_is_quarantined_too(desk):
    loaded(desk, ["12,5", "12.5", "412,750", "7"])
    assert values(desk) == {"B2": 12.5, "B4": 7.0}
    assert [line for line, _, _ in desk.reasons()] == [2, 4]


def test_a_retry_reads_as_the_load_did_also_without_the_file(desk):
    loaded(desk, ["412,750", "1,234.56", *["0,125"] * 9], fees=["x", "", *[""] * 9])
    (desk.folder / "bills.csv").unlink()
    first, second = desk.refused()
    manifest = desk.write("again.yaml", BILLS.format(path="bills.csv", more="", energy="kWh"))
    assert retry(desk.ledger, manifest, [first.id], changes={"fee": "1"})[0].outcome == "accepted"
    assert retry(desk.ledger, manifest, [second.id], changes={"kWh": "1.234,56"})[0].outcome == "accepted"
    assert (values(desk)["B1"], values(desk)["B2"]) == (412.75, 1234.56)


def test_a_file_that_was_written_anew_is_looked_at_anew(desk):
    loaded(desk, ["0,125", "412,750"], fees=["", "x"])
    desk.write("bills.csv", "no;kWh;fee\nB1;0.125;\nB2;412.750;1\n")
    manifest = desk.write("again.yaml", BILLS.format(path="bills.csv", more="", energy="kWh"))
    assert [r.outcome for r in retry(desk.ledger, manifest)] == ["accepted"]
    assert values(desk)["B2"] == 412.75


ACCOUNTS = """\
sources:
  - name: accounts
    path: accounts.csv
    channel: marketing
    observedAt: 2026-01-31
    mapping:
      - node: Account
        key: {accountNo: account}
        set: {status: status}
        optional: true
      - node: Bill
        key: {billNo: {column: account, prefix: B-}}
        optional: true
"""


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (("70010001.0", "", "NULL", "70010002.0"), ("70010001", "70010002")),
        (("70010001.0", "A-1"), ("70010001.0", "A-1")),
        (("A-1", "70010001.0"), ("A-1", "70010001.0")),
        (("070.0", "71.0"), ("070.0", "71.0")),
    ],
)
def test_codes_lose_their_point_zero_where_the_whole_column_has_it(desk, cells, codes):
    desk.write("accounts.csv", "account,status\n" + "".join(f"{cell},open\n" for cell in cells))
    desk.load(ACCOUNTS)
    keys = [[node.keys[0] for node in stated.nodes] for stated in desk.statements()]
    assert [key for key in keys if key] == [[f"account:{code}", f"bill:B-{code}"] for code in codes]


def test_each_file_of_a_source_decides_for_itself(desk):
    desk.write("b1.csv", "no;kWh;fee\nB1;0,125;\nB2;412,750;\n")
    desk.write("b2.csv", "no;kWh;fee\nB3;0.125;\nB4;412,750;\n")
    desk.load(BILLS.format(path="b*.csv", more="", energy="kWh"))
    assert values(desk) == {"B1": 0.125, "B2": 412.75, "B3": 0.125, "B4": 412750.0}


@given(st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_a_style_gives_back_what_it_wrote(number, places):
    exact = Decimal(number).scaleb(-places)
    point = f"{exact:,.{places}f}"
    comma = point.translate(str.maketrans(",.", ".,"))
    assert number_of(point, POINT) == number_of(comma, COMMA) == exact
    assert {proof_of(point), proof_of(comma)} <= {"point", "comma", "open"}
    assert (proof_of(point) == "open") == (proof_of(comma) == "open")


@given(st.text("0123456789.,", max_size=9))
def test_a_proof_is_what_the_two_readings_say(text):
    point, comma = number_of(text, POINT), number_of(text, COMMA)
    told = {
        None: point == comma or (point is None and comma is None),
        "point": point is not None and comma is None,
        "comma": comma is not None and point is None,
        "open": point is not None and comma is not None and point != comma,
    }
    assert told[proof_of(text)] or not ("." in text or "," in text)


def test_a_decision_survives_being_kept():
    decided = Decided((("a", COMMA), ("b", Style(".", ",", False))), frozenset({"c"}))
    assert Decided.from_plain(decided.to_plain()) == decided  # type: ignore[arg-type]


DEVICES = """\
sources:
  - name: devices
    path: devices.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Device
        key: {deviceNo: no}
        set: {name: name, ratedPower: kW}
        optional: true
      - relation: OWNS
        from: {Customer: {local: user}}
        to: {Device: {deviceNo: no}}
"""
TABLE = "no,name,user,kW\nD1,配电箱,U1,1\n%s\nD2,电表箱,U2,2\n"


def left_out(desk, row: str):
    desk.write("devices.csv", TABLE % row)
    report = desk.load(DEVICES).sources[0]
    assert report.read == report.accepted + report.quarantined + report.duplicate
    return (
        # A line without a user also leaves out who owns the device: told elsewhere.
        [(one.code, one.count) for one in report.left_out if one.code != "LEFT_OUT_RELATION"],
        [n.code for n in report.notices],
        report.accepted,
    )


@pytest.mark.parametrize("row", ["no,name,user,kW", "\ufeffno,name,user,kW", " no ,name,user,kW"][:2])
def test_a_repeated_header_is_left_out(desk, row):
    assert left_out(desk, row) == ([("LEFT_OUT_HEADER", 1)], [], 2)


def test_a_row_like_a_header_is_taken_and_noticed(desk):
    assert left_out(desk, "no,name,U3,3") == ([], ["NOTICE_HEADER_AGAIN"], 3)


@pytest.mark.parametrize(
    "row", ["合计,,,3", "合 计：,2,,3.0", "Grand total,,,3", "Total,,,3", "本页小计,,,3", ",合计,,3"]
)
def test_totals_are_left_out(desk, row):
    assert left_out(desk, row) == ([("LEFT_OUT_TOTALS", 1)], [], 2)


@pytest.mark.parametrize("row", ["小计,,U1,1", "Total,SA Total,,3", "合计,,,"])
def test_what_only_looks_like_totals_is_taken_and_noticed(desk, row):
    out, notices, accepted = left_out(desk, row)
    assert (out, notices[0], accepted) == ([], "NOTICE_TOTALS_ROW", 3)


@pytest.mark.parametrize("row", ["D3,合计,U3,3", "Totalenergies,x,U3,3", "合计科技,x,U3,3", "Sumatra,,,3"])
def test_rows_that_name_somebody_are_rows(desk, row):
    assert left_out(desk, row) == ([], [], 3)


@pytest.mark.parametrize(
    "word", ["合计", "总计：", "小计", "Sub-total", "TOTAL (CNY)", "Sum", "1月小计", "合计金额"]
)
def test_labels_of_totals(word):
    assert totals_word(word)


def test_the_report_names_the_first_row_that_was_left_out(desk):
    desk.write("devices.csv", TABLE % "合计,,,3")
    (one,) = desk.load(DEVICES).sources[0].left_out
    assert one.reason == "rows of totals (first in devices.csv, line 3): 1"
    assert said(desk.load(DEVICES.replace("name: devices", "name: again")).sources[0]) == []


@pytest.mark.parametrize(
    ("row", "verdict"),
    [
        ({"no": "共2条", "name": ""}, "LEFT_OUT_REMARK"),
        ({"no": None, "name": "制表人：张三"}, "LEFT_OUT_REMARK"),
        ({"no": "(12 rows selected)", "name": None}, "LEFT_OUT_REMARK"),
        ({"no": "共2条", "name": "配电箱"}, None),
        ({"no": "共享箱", "name": ""}, None),
        ({"no": "第1页"}, None),  # of a table of one column each row is alone
    ],
)
def test_what_a_report_says_at_its_end_is_known_where_it_stands_alone(
    row: dict[str, object], verdict: str | None
) -> None:
    assert NoData(tuple(row), frozenset({"no"})).look(row) == verdict
