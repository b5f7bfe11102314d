"""A cell becomes a value exactly, or is refused with what is expected."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.schema.model import Property
from ingest.cells.conversions import converter, instant_of
from ingest.cells.doubtful import value_of
from ingest.input_errors import NotAcceptedError, WrongUseError


def of(
    kind: str, cell: object, *, unit: str | None = None, format: str | None = None, **more: object
) -> object:
    declared = Property("x", kind, "x", "x", "public", **more)  # type: ignore[arg-type]
    return converter(declared, unit=unit, format=format)(cell)


def refused(kind: str, cell: object, **more: object) -> NotAcceptedError:
    with pytest.raises(NotAcceptedError) as caught:
        of(kind, cell, **more)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.parametrize(
    ("cell", "unit", "fen"),
    [
        ("12.34", None, 1234),
        ("12.34", "yuan", 1234),
        ("1234", "fen", 1234),
        ("12.5", "wan-yuan", 12_500_000),
        ("0.000001", "wan-yuan", 1),
        ("1", "yi-yuan", 10**10),
        ("1,234.56", None, 123_456),
        (" 1 ", None, 100),
        ("１２．５", None, 1250),
        ("-3", None, -300),
        ("−3", None, -300),
        ("-0", None, 0),
        ("1e3", None, 100_000),
        (12, None, 1200),
        (12.34, None, 1234),
        (Decimal("12.34"), None, 1234),
        ("90071992547409.92", None, 2**53),
        ("¥1,234.56", None, 123_456),
        ("￥ -5", None, -500),
        ("-¥5", "yuan", -500),
        ("12.50元", None, 1250),
        ("CNY 5", None, 500),
        ("人民币5元", None, 500),
        ("12.5万元", "wan-yuan", 12_500_000),
        ("5万", "wan-yuan", 5_000_000),
        ("1亿元", "yi-yuan", 10**10),
        ("12分", "fen", 12),
    ],
)
def test_money_comes_out_in_fen(cell, unit, fen):
    value = of("money", cell, unit=unit)
    assert (value, type(value)) == (fen, int)


@pytest.mark.parametrize(
    "cell",
    [
        "12.345", "-NaN", "-Infinity", "inf", "1e999", "1e-999", "12kWh", "1_000", "12.3.4", "1,23", ",1", "+", "e5",
        "", "12 34", "$12", "5万", "5分", "¥", "元", "--5", "-¥-5", "(12.5)",
        "九", "0x10", "99999999999999999999999", "1" * 30, "1.0000000000000000000000000000000001",
        float("inf"), True, [1], "1e15",
    ],
)  # fmt: skip
def test_what_is_no_money_in_whole_fen_is_refused(cell):
    if cell == "":
        assert of("money", cell) is None
    else:
        assert "money" in refused("money", cell).expected


@pytest.mark.parametrize(
    ("kind", "cell", "value", "more"),
    [
        ("decimal", "1,234.56", 1234.56, {}),
        ("decimal", "0.1", 0.1, {}),
        ("decimal", "-0", 0.0, {}),
        ("decimal", "1.5", 1500.0, {"unit_of_column": "km", "unit": "m"}),
        ("decimal", "2", 2000.0, {"unit_of_column": "MWh", "unit": "kWh"}),
        ("integer", "1,000", 1000, {}),
        ("integer", 7.0, 7, {}),
        ("share", "0.25", 0.25, {}),
        ("share", "25%", 0.25, {}),
        ("share", "25", 0.25, {"unit_of_column": "percent"}),
        ("share", "25%", 0.25, {"unit_of_column": "percent"}),
        ("share", "0.35", 0.0035, {"unit_of_column": "percent"}),
        ("decimal", "4.35%", 0.0435, {"unit": "ratio"}),
        ("decimal", "4.35", 0.0435, {"unit_of_column": "percent", "unit": "ratio"}),
        ("share", "１００％", 1.0, {}),
        ("boolean", "是", True, {}),
        ("boolean", "NO", False, {}),
        ("boolean", 1, True, {}),
        ("text", 4401000001, "4401000001", {}),
        ("text", 4401000001.0, "4401000001", {}),
        ("text", " as written ", " as written ", {}),
        ("text", "e\u0301 𠮷 ﬁ", "e\u0301 𠮷 ﬁ", {}),
        ("text", "👩‍👩‍👧", "👩‍👩‍👧", {}),
        ("text", "two\nlines\tand a tab", "two\nlines\tand a tab", {}),
        ("text", float("nan"), None, {}),
        ("text", "\u3000 ", None, {}),
        ("decimal", None, None, {}),
        ("decimal", "NaN", None, {}),
        ("money", ".", None, {"unit": "fen"}),
        ("integer", "无", None, {}),
        ("boolean", "N/A", None, {}),
        ("date", "", None, {}),
        ("date", "暂无", None, {}),
    ],
)
def test_values(kind, cell, value, more):
    unit = more.pop("unit_of_column", None)
    declared = Property("x", kind, "x", "x", "public", **more)
    assert converter(declared, unit=unit)(cell) == value


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("decimal", "1e999"),
        ("decimal", "123456789012345678"),
        ("decimal", "0.12345678901234567890"),
        ("integer", "1.5"),
        ("integer", str(2**53 + 1)),
        ("share", "1.01"),
        ("share", "-0.1"),
        ("share", "101%"),
        ("boolean", "maybe"),
        ("boolean", 2),
        ("text", ["a"]),
        ("text", {"a": 1}),
        ("text", "\ud800"),
    ],
)
def test_what_would_be_rounded_or_guessed_is_refused(kind, cell):
    assert refused(kind, cell).expected


@pytest.mark.parametrize(
    ("kind", "cell", "format", "value"),
    [
        ("date", "2026-01-31", None, "2026-01-31"),
        ("date", "2026年1月2日", "%Y年%m月%d日", "2026-01-02"),
        ("date", "26/1/2", "%y/%m/%d", "2026-01-02"),
        (
            "date",
            "2026-01-31T20:00:00+00:00",
            None,
            "2026-02-01",
        ),  # already the next day in the utility's zone
        ("date", "1735689600000", "epoch-ms", "2025-01-01"),
        ("date", "46053", "excel-days", "2026-01-31"),
        ("date", 46053, "excel-days", "2026-01-31"),
        ("instant", 46053.5, "excel-days", "2026-01-31T04:00:00Z"),
        ("date", date(2026, 1, 31), None, "2026-01-31"),
        ("date", datetime(2026, 1, 31, 23, tzinfo=UTC), None, "2026-02-01"),
        ("month", "2026-01", None, "2026-01"),
        ("month", "202601", "%Y%m", "2026-01"),
        ("month", "2026-01-31", None, "2026-01"),
        ("instant", "2026-01-31T08:00:00+08:00", None, "2026-01-31T00:00:00Z"),
        ("instant", "2026-01-31T08:00:00Z", None, "2026-01-31T08:00:00Z"),
        ("instant", "2026-01-31t08:00:00z", None, "2026-01-31T08:00:00Z"),
        ("instant", "2026-01-31 08:00", None, "2026-01-31T00:00:00Z"),
        ("instant", "1735689600", "epoch-s", "2025-01-01T00:00:00Z"),
        ("instant", "2026-01-31T08:00:00.250-05:00", None, "2026-01-31T13:00:00.250000Z"),
    ],
)
def test_dates_in_declared_formats(kind, cell, format, value):
    assert of(kind, cell, format=format) == value


@pytest.mark.parametrize("kind", ["date", "instant"])
@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30", "2026-13-01", "0000-01-01", "2026-01-01T24:00:00", "2026-06-30T23:59:60", "1735689600",
        "1735689600000", "26/1/2", "2026年1月2日", "2026-03-29T02:30:00+25:00", "20260131", "2026-W05-1", "now",
        "２０２６", 20260131, "2026-1-2",
    ],
)  # fmt: skip
def test_other_dates_are_refused(kind, cell):
    assert "like 2026-01-31" in refused(kind, cell).expected


def test_a_date_that_does_not_fit_its_format_is_refused():
    assert refused("date", "2026-01-31", format="%Y年%m月%d日").expected == "a date like %Y年%m月%d日"


def test_a_share_of_35_is_refused_with_what_to_state():
    assert "with `unit: percent` where 35 means 35 %" in refused("share", "35").expected


def test_full_width_digits_are_folded_in_keys_only():
    key = Property("no", "text", "x", "x", "id", identity="key", pattern="[0-9]{4}")
    assert converter(key)(" １２３４ ") == "1234"
    assert of("text", "１２３４") == "１２３４"


def test_words_patterns_and_bounds():
    kind = Property("kind", "text", "x", "x", "public", values=("consumer", "organisation"))
    assert converter(kind, words={"居民": "consumer"})("居民") == "consumer"
    assert converter(kind)(" consumer ") == "consumer"
    with pytest.raises(NotAcceptedError, match="one of consumer, organisation"):
        converter(kind)("居民")
    assert refused("text", "ab1", pattern="[a-z]+")
    assert refused("money", "-0.01", minimum=0).expected == "an amount of money in whole fen of at least 0"
    assert refused("integer", "13", minimum=1, maximum=12).expected == "a whole number from 1 to 12"


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("text", {"format": "%Y"}),
        ("text", {"unit": "yuan"}),
        ("date", {"unit": "day"}),
        ("money", {"unit": "km"}),
        ("date", {"format": "DD.MM.YYYY"}),
        ("date", {"format": "%H:%M"}),
    ],
)
def test_a_unit_or_format_that_does_not_fit_is_wrong_use(kind, wrong):
    with pytest.raises(WrongUseError):
        of(kind, "1", **wrong)


@given(st.integers(-(2**53), 2**53))
def test_every_amount_of_fen_survives(fen):
    yuan = Decimal(fen) / 100
    assert of("money", str(yuan)) == fen
    assert of("money", f"{yuan:,.2f}") == fen
    assert of("money", str(fen), unit="fen") == fen


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_every_float_of_fifteen_digits_survives(number):
    number = float(f"{number:.15g}")
    assert of("decimal", repr(number)) == number


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))
def test_instants_survive(at):
    assert instant_of(at.isoformat()) == at
    assert instant_of(of("instant", at.isoformat())) == at


@example("?")
@given(st.text(max_size=40) | st.integers() | st.floats() | st.booleans() | st.binary(max_size=5) | st.none())
def test_any_cell_is_taken_or_refused(cell):
    for kind in ("text", "integer", "decimal", "money", "share", "boolean", "date", "instant", "month"):
        try:
            value = value_of(of(kind, cell))  # a doubtful value is one all the same
        except NotAcceptedError as fault:
            value = fault.expected
        assert value is None or isinstance(value, str | int | float)
        assert not isinstance(value, float) or math.isfinite(value)
