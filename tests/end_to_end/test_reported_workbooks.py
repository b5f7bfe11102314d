"""Reported workbooks and packed files: what is expected, down to the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reported import beside, case

pytestmark = beside

GUARANTOR, BORROWER = "91440101MA59ABCD0X", "91440101MA59ABCD1X"


def test_08_numbers_beyond_fifteen_digits_are_held_back_with_their_cells(kept_home: Path) -> None:
    loaded = case(kept_home, "08-long-number-in-excel")
    assert loaded.counts("meters") == (0, 3)
    held = loaded.held()
    assert len(held) == 3
    told = " ".join(held.values())
    assert all(cell in told for cell in ("B2", "B3", "B4"))
    assert "as text" in told
    assert not loaded.knows("meter:1.3300090000012998e+21")


def test_09_leading_zeros_of_a_number_format_are_part_of_the_number(kept_home: Path) -> None:
    loaded = case(kept_home, "09-leading-zeros-by-number-format")
    assert loaded.counts("meters") == (2, 0)
    assert loaded.values("000001234567")["manufacturer"] == "威胜"
    assert loaded.found("000007654321", "Meter") == ["meter:000007654321"]
    assert not loaded.knows("meter:1234567")


def test_10_a_number_that_became_a_date_is_held_back(kept_home: Path) -> None:
    loaded = case(kept_home, "10-number-turned-into-date")
    assert loaded.counts("guarantees") == (1, 1)
    (told,) = loaded.held().values()
    assert "D2" in told
    assert [one["key"] for one in loaded.linked(GUARANTOR, "GUARANTEES")] == ["2024-17"]


def test_13_a_share_in_percent_format_is_what_excel_shows(kept_home: Path) -> None:
    loaded = case(kept_home, "13-percent-format")
    assert loaded.counts("holdings") == (3, 0)
    for company in ("91440101MA59ABCD1X", "91440101MA59ABCD2X", "91440101MA59ABCD3X"):
        (holding,) = loaded.run("owners", company)[1]["direct"]["edges"]
        assert holding["node"]["share"] == pytest.approx(0.35, abs=1e-12)


def test_14_a_formula_without_a_value_is_said(kept_home: Path) -> None:
    loaded = case(kept_home, "14-formula-without-value")
    accepted, quarantined = loaded.counts("guarantees")
    assert accepted + quarantined == 2
    told = " ".join(loaded.held().values()) + str(loaded.sources["guarantees"]["notices"])
    assert "F2" in told
    assert "Excel" in told
    known = {
        one["key"]: one["amount"] and one["amount"]["fen"] for one in loaded.linked(GUARANTOR, "GUARANTEES")
    }
    assert known["HT-2"] == 10_000_000
    assert known.get("HT-1") is None


def test_16_a_stray_cell_in_the_last_corner_stops_nothing(kept_home: Path) -> None:
    loaded = case(kept_home, "16-stray-cell-in-the-last-corner")
    visits = loaded.sources["visits"]
    assert visits["accepted"] == 1 or visits["error"]
    assert loaded.counts("calls") == (1, 0)
    assert loaded.values("4401000009")["name"] == "赵强"


def test_28_times_of_day_are_what_excel_shows(kept_home: Path) -> None:
    loaded = case(kept_home, "28-time-cells")
    assert loaded.counts("technicians") == (2, 0)
    shifts = [loaded.values(f"technician:T{n}") for n in (1, 2)]
    assert [(shift["shiftStart"], shift["shiftEnd"]) for shift in shifts] == [("08:30", "17:30")] * 2


def test_29_a_computed_amount_is_what_excel_shows(kept_home: Path) -> None:
    loaded = case(kept_home, "29-float-artefacts")
    assert loaded.counts("bills") == (2, 0)
    bills = [loaded.values(f"bill:B{n}") for n in (1, 2)]
    assert [bill["amount"]["fen"] for bill in bills] == [3_315, 5_730]
    assert [bill["energy"] for bill in bills] == [66.3, 110.3]


def test_30_what_a_mac_adds_to_an_archive_is_passed_over(kept_home: Path) -> None:
    loaded = case(kept_home, "30-zip-made-on-a-mac")
    assert (loaded.exit, loaded.counts("visits")) == (0, (1, 0))
    assert loaded.sources["visits"]["error"] is None
    assert "__MACOSX" in str(loaded.sources["visits"]["notices"])
    assert loaded.values("4401000001")["name"] == "陈建国"


def test_32_the_lock_file_of_an_open_workbook_is_passed_over(kept_home: Path) -> None:
    loaded = case(kept_home, "32-excel-lock-file")
    assert (loaded.exit, loaded.counts("visits")) == (0, (2, 0))
    assert loaded.sources["visits"]["error"] is None
    assert "~$走访.xlsx" in str(loaded.sources["visits"]["notices"])
    assert loaded.values("4401000002")["name"] == "李秀英"
