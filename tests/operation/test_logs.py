"""Logs on standard error: one line an event, and nothing of a person in them."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.logs import HIDDEN, configure, logged, logger, without_personal_data
from terms.errors import KehutuError


def _lines(captured: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    streams = captured.readouterr()
    assert streams.out == ""
    return [json.loads(line) for line in streams.err.splitlines()]


def test_fields_that_the_schema_calls_personal_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logger("test").info(
        "loaded",
        source="visits",
        seconds=1.5,
        name="王芳",
        phone="13800000001",
        id_number="330106199001011234",
        row={"customerNo": "9900000001", "status": "active", "list": [{"text": "滨河路8号"}]},
        store_password="hunter2",  # noqa: S106
    )
    (line,) = _lines(capsys)
    assert (line["event"], line["source"], line["seconds"]) == ("loaded", "visits", 1.5)
    assert line["row"] == {"customerNo": HIDDEN, "status": "active", "list": [{"text": HIDDEN}]}
    assert {line[field] for field in ("name", "phone", "id_number", "store_password")} == {HIDDEN}
    assert line["level"] == "info"
    assert str(line["timestamp"]).endswith("Z")


@pytest.mark.parametrize(
    "personal",
    ["13800000001", "+86 138 0000 0001", "0571-88886666", "33010619900101123X", "330106900101123",
     "wang.fang@example.org", "9900000001", "91330100MA2DEBTOR1"],
)  # fmt: skip
def test_numbers_of_people_are_hidden_in_any_text(personal: str) -> None:
    assert without_personal_data(f"row 17 of {personal} refused") == f"row 17 of {HIDDEN} refused"
    assert without_personal_data(f"号码{personal}，无效") == f"号码{HIDDEN}，无效"


@pytest.mark.parametrize(
    "harmless",
    ["2026-01-31T08:00:00Z", "took 12.25 s", "500000 rows", "person:9f86d081884c7d65", "run 20260331-ab12"],
)
def test_what_is_no_personal_number_stays(harmless: str) -> None:
    assert without_personal_data(harmless) == harmless


def test_exceptions_and_libraries_go_through_the_same_mill(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    logging.getLogger("some.library").warning("call to %s failed", "13800000001")
    try:
        raise ValueError("no such phone 13800000001")
    except ValueError:
        logger("test").exception("failed")
    first, second = _lines(capsys)
    assert first["event"] == f"call to {HIDDEN} failed"
    assert first["logger"] == "some.library"
    assert f"no such phone {HIDDEN}" in str(second["exception"])


def test_the_level_decides_what_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    logger("test").info("not now")
    logging.getLogger("neo4j.io").warning("connection reset")
    assert _lines(capsys) == []
    configure("debug")
    logger("test").debug("now")
    assert [line["event"] for line in _lines(capsys)] == ["now"]


def test_all_lines_of_a_command_carry_one_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")

    def refused() -> None:
        with logged("ingest"):
            logging.getLogger("some.library").info("reading")
            raise KehutuError("NO_RUN")

    with pytest.raises(KehutuError):
        refused()
    lines = _lines(capsys)
    assert [line["event"] for line in lines] == ["started", "reading", "refused"]
    assert len({line["request_id"] for line in lines}) == 1
    assert {line["command"] for line in lines} == {"ingest"}
    assert lines[-1]["code"] == "NO_RUN"


LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("N", "C")), max_size=12)
MOBILES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
PEOPLE = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
CUSTOMERS = st.from_regex(r"[0-9]{10}", fullmatch=True)
ADDRESSES = st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.cn", fullmatch=True)


@given(st.lists(st.tuples(LETTERS, MOBILES | PEOPLE | CUSTOMERS | ADDRESSES), max_size=4), LETTERS)
def test_wherever_personal_data_stand_in_a_text_they_are_hidden(
    parts: list[tuple[str, str]], end: str
) -> None:
    # Signs such as a comma or a character of Chinese may touch it; letters and digits would make another word of it.
    text = "".join(f"{before} {personal}，" for before, personal in parts) + end
    shown = without_personal_data(text)
    assert [personal for _, personal in parts if personal in shown] == []
    assert without_personal_data(shown) == shown
    assert shown.count(HIDDEN) >= len(parts)
