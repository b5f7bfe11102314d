"""Keys and evidence that software has touched: undone where nothing is lost, refused where digits are gone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema.load import schema
from graph.schema.model import Property
from ingest.cells.check_digits import credit_code_holds, identity_number_holds
from ingest.cells.conversions import Reading, converter
from ingest.cells.doubtful import Doubtful
from ingest.input_errors import NotAcceptedError
from ingest.loads.retry import retry

KEY = converter(Property("no", "text", "x", "x", "id", identity="key"))
PHONE = converter(Property("phone", "text", "x", "x", "id", identity="evidence", numbering="telephone"))
ADDRESS = converter(Property("text", "text", "x", "x", "location", identity="key", hashed=True))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('="00123"', "00123"),
        ("'00123", "00123"),
        ("1.33001E+5", "133001"),
        ("1.2E1", "12"),
        ("1.5E+01", "15"),
        (1001.0, "1001"),
        (Decimal("1001.0"), "1001"),
        (Decimal("1.001E+3"), "1001"),
        (370203199001011234, "370203199001011234"),
        ("370203199001011000", "370203199001011000"),
        (Decimal("3301234567890123456789"), "3301234567890123456789"),
        ("12E5", "12E5"),
        ("1.5E-3", "1.5E-3"),
        ("3.3.1", "3.3.1"),
        ("A'1", "A'1"),
        ("０１", "01"),
    ],
)
def test_a_code_comes_out_as_it_was(cell, code):
    assert KEY(cell) == code


@pytest.mark.parametrize("cell", ["1.33E+5", "1.33e5", "1.33E5"])
def test_zeros_that_are_written_out_are_noticed(cell):
    assert KEY(cell) == Doubtful("133000", "NOTICE_ZEROS_FILLED")


@pytest.mark.parametrize(
    "cell",
    [
        "1.33001E+21",
        "1.38E+10",
        "1E+05",
        "4.4E+09",
        "1.23456789012345E+15",
        1.33001e21,
        2.0**53,
        Decimal("1.33001E+21"),
    ],
)
def test_a_code_whose_digits_are_gone_is_refused(cell):
    for convert in (KEY, PHONE):
        with pytest.raises(NotAcceptedError) as caught:
            convert(cell)
        assert caught.value.code == "ROW_DIGITS_LOST"


def test_an_address_is_kept_as_people_write_it():
    assert ADDRESS("'s-Gravenhage 1.5E+3") == "'s-Gravenhage 1.5E+3"
    assert ADDRESS('="体育东路8号"') == "体育东路8号"


def test_values_keep_what_is_written():
    name = converter(Property("name", "text", "x", "x", "public"))
    assert [name(text) for text in ("1.33E+21", "'00123", '="1"')] == ["1.33E+21", "'00123", '="1"']


@given(
    st.text("0123456789ABCDEFGHJKLMNPQRTUWXYabcxyz-/_", min_size=1, max_size=25).filter(
        lambda t: any(map(str.isdigit, t))
    )
)
def test_a_plain_code_is_unchanged(text):
    assert KEY(text) == text


@given(st.integers(1, 10**15 - 1))
def test_undoing_is_exact(number):
    shown = f"{number}"
    mantissa = f"{shown[0]}.{shown[1:]}" if len(shown) > 1 else f"{shown}."
    scientific = f"{mantissa}E+{len(shown) - 1:02d}"
    assert KEY(f'="{number:018d}"') == f"{number:018d}"
    assert KEY(f"'{number:018d}") == f"{number:018d}"
    assert KEY(float(number)) == shown
    if len(shown) > 1:
        assert KEY(scientific) == shown


METERS = """\
sources:
  - name: meters
    path: meters.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - relation: HAS_METER
        from: {ServicePoint: {servicePointNo: point}}
        to: {Meter: {meterNo: meter}}
"""


def test_the_remedy_for_lost_digits_works(desk):
    desk.write(
        "meters.csv",
        "no,meter,point\n1,1.33001E+21,SP-1\n2,1.33001E+21,SP-2\n3,3301234567890123456000,SP-3\n",
    )
    desk.load(METERS)
    assert desk.reasons() == [(2, "meter", "ROW_DIGITS_LOST"), (3, "meter", "ROW_DIGITS_LOST")]
    first, second = desk.refused()
    assert (first.raw["meter"], first.details["found"]) == ("1.33001E+21", "1.33001E+21")
    manifest = desk.write("again.yaml", METERS)
    retry(desk.ledger, manifest, [first.id], changes={"meter": "1330010000000000000001"})
    desk.write("meters.csv", "no,meter,point\n1,x,SP-1\n2,1330010000000000000002,SP-2\n")
    retry(desk.ledger, manifest, [second.id])
    meters = [node.keys[0] for s in desk.statements() for node in s.nodes if node.type == "Meter"]
    assert meters == [
        "meter:" + n for n in ("3301234567890123456000", "1330010000000000000001", "1330010000000000000002")
    ]


def test_contract_numbers_and_record_ids_are_codes_too(desk):
    text = """
sources:
  - name: g
    path: g.csv
    channel: credit-bureau
    recordId: id
    observedAt: 2026-01-31
    mapping:
      - relation: GUARANTEES
        from: {Enterprise: {local: a}}
        to: {Enterprise: {local: b}}
        key: {contractNo: contract}
"""
    desk.write("g.csv", 'id,a,b,contract\n\'01,A,B,"=""007"""\n2,A,B,1.33001E+21\n1.38E+10,A,B,9\n')
    desk.load(text)
    assert [
        (r.record_id, s.relations[0].key) for r, s in zip(desk.records(), desk.statements(), strict=True)
    ] == [("01", "007")]
    assert desk.reasons() == [(3, "contract", "ROW_DIGITS_LOST"), (4, "id", "ROW_DIGITS_LOST")]


# GB 11643-1999, appendix; GB 32100-2015, appendix: the published examples.
IDENTITY = ("11010519491231002X", "440524188001010014")
CREDIT = ("91350100M000100Y43",)


def test_published_numbers_hold_and_every_other_last_character_does_not():
    for number in IDENTITY:
        assert [c for c in "0123456789X" if identity_number_holds(number[:17] + c)] == [number[17]]
        assert identity_number_holds(number.lower())
    for code in CREDIT:
        assert [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_holds(code[:17] + c)] == [
            code[17]
        ]
    assert identity_number_holds("110105491231002")
    assert identity_number_holds("P1234567")
    assert not credit_code_holds("91350100M000I00Y43")


def mod_11_2(body: str) -> str:
    """ISO/IEC 7064, pure system recursive method: P = (P + digit) * 2 mod 11."""
    rest = 0
    for digit in body:
        rest = (rest + int(digit)) * 2 % 11
    check = (12 - rest) % 11
    return "X" if check == 10 else str(check)


def mod_31_3(body: str) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = 0
    for place, character in enumerate(body):
        total += letters.index(character) * 3**place
    return letters[(31 - total % 31) % 31]


@given(st.text("0123456789", min_size=17, max_size=17))
def test_check_digits_of_identity_numbers_are_those_of_the_standard(body):
    assert [c for c in "0123456789X" if identity_number_holds(body + c)] == [mod_11_2(body)]


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_check_digits_of_credit_codes_are_those_of_the_standard(body):
    assert [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if credit_code_holds(body + c)] == [mod_31_3(body)]


def test_a_wrong_check_digit_is_taken_with_a_notice_or_quarantined(desk):
    text = """
sources:
  - name: p
    path: p.csv
    channel: government
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Person
        key: {idNumber: id}
      - node: Enterprise
        key: {creditCode: code}
"""
    desk.write(
        "p.csv",
        "no,id,code\n1,11010519491231002X,91350100M000100Y43\n2,110105194912310021,91350100M000100Y44\n",
    )
    report = desk.load(text).sources[0]
    assert [(n.code, n.count, n.places[0].line) for n in report.notices] == [("NOTICE_CHECK_DIGIT", 1, 3)] * 2
    assert report.accepted == 2
    strict = desk.load(text.replace("name: p\n", "name: q\n    strictKeys: true\n")).sources[0]
    assert (strict.accepted, strict.quarantined, strict.notices) == (1, 1, [])
    assert desk.reasons() == [(3, "id", "ROW_CHECK_DIGIT")]
    (row,) = desk.refused()
    manifest = desk.write("again.yaml", text.replace("name: p\n", "name: q\n    strictKeys: true\n"))
    given = {"id": "11010519491231002X", "code": "91350100M000100Y43"}
    assert [r.outcome for r in retry(desk.ledger, manifest, [row.id], changes=given)] == ["accepted"]


def test_a_day_of_birth_never_lies_ahead():
    birth = schema().nodes["Person"].properties["birthDate"]
    of = converter(birth, format="%d-%m-%y")
    assert [of(cell) for cell in ("16-07-68", "16-07-71", "16-07-20", "29-02-28")] == [
        "1968-07-16", "1971-07-16", "2020-07-16", "1928-02-29",
    ]  # fmt: skip
    assert converter(birth, format="%d-%m-%Y")("16-07-2068") == "2068-07-16"
    due = schema().nodes["Bill"].properties["dueOn"]
    assert converter(due, format="%d-%m-%y")("16-07-30") == "2030-07-16"


def test_an_offset_is_part_of_a_format():
    starts = schema().nodes["Outage"].properties["startsAt"]
    of = converter(starts, format="%d/%m/%Y %H:%M:%S %z")
    assert of("28/03/2026 23:30:00 +0100") == "2026-03-28T22:30:00Z"
    assert of("28/03/2026 23:30:00 -05:30") == "2026-03-29T05:00:00Z"


def test_a_reading_without_strict_keys_is_the_default():
    assert Reading() == Reading(strict_keys=False)
