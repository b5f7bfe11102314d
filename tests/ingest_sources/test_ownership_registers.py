"""Registers of who owns companies (LEI relationships, persons with significant control, FollowTheMoney): shares that
are bands, and enterprises that are known by their number."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.readers import Request, Row, ftm, gleif, psc
from ledger.database import Ledger
from tests.ingest_sources.shipped_samples import CASES, SAMPLES, beside, graph_in_words, load_one


def test_relationship_records_of_json_are_those_of_csv() -> None:
    rows = [
        next(row.values for row in gleif.read(Request(SAMPLES / name, name)).rows if isinstance(row, Row))
        for name in ("relationships.csv", "relationships.jsonl")
    ]
    assert rows[0] == rows[1]
    assert rows[0]["share"] == "80.00"


@pytest.mark.parametrize(
    ("natures", "least"),
    [
        (["ownership-of-shares-25-to-50-percent"], 25),
        (["ownership-of-shares-75-to-100-percent", "right-to-appoint-and-remove-directors"], 75),
        (["ownership-of-shares-more-than-25-percent-registered-overseas-entity"], 25),
        (["ownership-of-shares-50-to-75-percent-as-firm"], None),
        (["voting-rights-75-to-100-percent"], None),
        (["significant-influence-or-control"], None),
        ([], None),
        (None, None),
    ],
)
def test_of_a_band_the_lower_end_stands_in(tmp_path: Path, natures: object, least: int | None) -> None:
    kind = "individual-beneficial-owner"
    data = {"kind": kind, "name": "A", "natures_of_control": natures, "links": {"self": "/a"}}
    path = tmp_path / "psc.jsonl"
    path.write_text(json.dumps({"company_number": "OE000001", "data": data}), encoding="utf-8")
    opened = psc.read(Request(path, path.name))
    (row,) = opened.rows
    assert isinstance(row, Row)
    assert row.values["share_at_least"] == least
    listed = natures if isinstance(natures, list) else []
    assert sum(notice.count for notice in opened.notices) == len(listed) - (least is not None)


@pytest.mark.parametrize(
    ("number", "where", "found"),
    [
        ("9990001", {"country_registered": "England & Wales"}, "GB-COH-09990001"),
        ("sc123456", {"place_registered": "Companies House"}, "GB-COH-SC123456"),
        ("HRB 1234", {"country_registered": "Germany"}, ""),
        ("123456", {"country_registered": "Jersey"}, ""),
        ("not known", {"country_registered": "England"}, ""),
    ],
)
def test_an_enterprise_of_the_same_register_is_known_by_its_number(
    tmp_path: Path, number: str, where: dict[str, str], found: str
) -> None:
    kind = "corporate-entity-person-with-significant-control"
    data = {"kind": kind, "name": "A Ltd", "identification": {"registration_number": number, **where}}
    path = tmp_path / "psc.jsonl"
    path.write_text(json.dumps({"company_number": "1", "data": data}), encoding="utf-8")
    (row,) = psc.read(Request(path, path.name)).rows
    assert isinstance(row, Row)
    assert row.values["registration_no"] == found


@pytest.mark.parametrize(
    ("text", "share", "least"),
    [
        ("62.5", ["62.5"], None),
        ("62.5 %", ["62.5 %"], None),
        ("25-50%", None, "25"),
        ("25 to 50", None, "25"),
        ("75% or more", None, "75"),
        (">50", None, "50"),
        ("more than 75%", None, "75"),
        ("less than 25%", ["less than 25%"], None),  # refused in its row: it says no least
    ],
)
def test_a_percentage_that_is_a_range_stands_in_by_its_lower_end(
    tmp_path: Path, text: str, share: object, least: object
) -> None:
    path = tmp_path / "a.ftm.json"
    entities = [
        {"id": "p", "schema": "Person", "properties": {"name": ["A"]}},
        {"id": "c", "schema": "Company", "properties": {"name": ["B"]}},
        {
            "id": "o",
            "schema": "Ownership",
            "properties": {"owner": ["p"], "asset": ["c"], "percentage": [text]},
        },
    ]
    path.write_text("\n".join(map(json.dumps, entities)), encoding="utf-8")
    *_, owned = ftm.read(Request(path, path.name)).rows
    assert isinstance(owned, Row)
    assert (owned.values["share"], owned.values["share_at_least"]) == (share, least)


@beside
def test_the_snapshot_of_the_cases_by_the_mapping_that_ships(tmp_path: Path, ledger: Ledger) -> None:
    folder = CASES / "24-psc-snapshot-lists"
    for path in (folder / "psc-snapshot.txt", folder / "42b-psc-in-zip" / "psc-snapshot.zip"):
        report = load_one(ledger, tmp_path, str(path), "psc")
        assert (report.error, report.quarantined, report.read) == (None, 0, 2)
    held = [line for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    company = "enterprise:registrationNo=GB-COH-09990001 proxies=['share']"
    assert held == [
        f"INVESTS_IN person:AAA -> {company} share=0.5 since=2016-04-06",
        f"INVESTS_IN person:BBB -> {company} share=0.25 since=2016-04-06 until=2018-05-14",
    ]


def test_a_holding_that_ceased_on_an_unpublished_day_does_not_run(tmp_path: Path) -> None:
    data = {
        "kind": "individual-person-with-significant-control",
        "name": "A",
        "natures_of_control": ["ownership-of-shares-50-to-75-percent"],
        "ceased": True,
        "links": {"self": "/a"},
    }
    path = tmp_path / "psc.jsonl"
    path.write_text(json.dumps({"company_number": "1", "data": data}), encoding="utf-8")
    opened = psc.read(Request(path, path.name))
    (row,) = opened.rows
    assert isinstance(row, Row)
    assert row.values["share_at_least"] is None
    assert [(one.code, one.count) for one in opened.left_out] == [("LEFT_OUT_END_UNKNOWN", 1)]


def test_an_entry_without_a_nature_of_control_is_counted(tmp_path: Path) -> None:
    data = {"kind": "individual-person-with-significant-control", "name": "A", "links": {"self": "/a"}}
    path = tmp_path / "psc.jsonl"
    path.write_text(
        json.dumps({"company_number": "1", "data": {**data, "natures_of_control": []}}), encoding="utf-8"
    )
    opened = psc.read(Request(path, path.name))
    assert len(list(opened.rows)) == 1
    assert [(one.code, one.count) for one in opened.left_out] == [("LEFT_OUT_NO_NATURE", 1)]


@pytest.mark.parametrize(
    ("status", "end", "left"),
    [("former", [], 1), ("Inactive", [], 1), ("active", [], 0), ("former", ["2020-01-31"], 0), ("", [], 0)],
)
def test_a_link_that_is_over_without_a_day_does_not_run(
    tmp_path: Path, status: str, end: list[str], left: int
) -> None:
    entities = [
        {"id": "c", "schema": "Company", "properties": {"name": ["C"]}},
        {"id": "p", "schema": "Person", "properties": {"name": ["P"]}},
        {
            "id": "d",
            "schema": "Directorship",
            "properties": {"director": ["p"], "organization": ["c"], "status": [status], "endDate": end},
        },
    ]
    path = tmp_path / "ftm.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in entities), encoding="utf-8")
    opened = ftm.read(Request(path, path.name))
    assert len(list(opened.rows)) == 3 - left
    assert [one.code for one in opened.left_out] == ["LEFT_OUT_END_UNKNOWN"] * left
