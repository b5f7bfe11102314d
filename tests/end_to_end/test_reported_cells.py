"""Reported inputs about cells of text files: what is expected, down to the answers."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

from tests.reported import CASES, Loaded, beside, case, load

pytestmark = beside

FOUR = ("4401000001", "4401000002", "4401000003", "4401000004")


def nobody_is_close(loaded: Loaded, *customers: str) -> None:
    """Strangers stay strangers: nothing links them, and nobody stands close to them."""
    loaded.ask("analyse", "--no-copy")
    for customer in customers:
        assert loaded.linked(customer, "SHARES") == []
        assert loaded.run("related", customer)[1]["related"]["edges"] == []


def test_05_a_filler_number_identifies_nobody(kept_home: Path) -> None:
    loaded = case(kept_home, "05-filler-id-numbers")
    accepted, quarantined = loaded.counts("p")
    assert accepted + quarantined == 3
    assert quarantined == 3 or loaded.lines_noticed("p") == {2, 3, 4}
    for name in ("陈建国", "李秀英", "王丽娟"):
        for person in loaded.found(name, "Person"):
            assert len(loaded.linked(person, "IS")) <= 1
    for one, other in combinations(FOUR[:3], 2):
        assert loaded.run("why", one, other)[0] == 1


def test_06_a_word_for_nothing_names_no_enterprise(kept_home: Path) -> None:
    loaded = case(kept_home, "06-null-written-as-word")
    assert not loaded.knows("enterprise:marketing/NULL")
    assert loaded.found("NULL", "Enterprise") == []
    assert loaded.counts("sp") == (1, 2)
    assert "phone" not in loaded.values("4401000003")
    (company,) = loaded.linked("4401000003", "IS")
    assert company["name"] == "东风纸业"


def test_07_numbers_that_have_lost_digits_are_held_back(kept_home: Path) -> None:
    loaded = case(kept_home, "07-scientific-notation-in-keys")
    assert loaded.counts("meters") == (1, 2)
    assert set(loaded.held()) == {"meters.csv:2", "meters.csv:3"}
    assert not loaded.knows("1.33001E+21")
    (point,) = loaded.linked("3301234567890123456789", "HAS_METER")
    assert point["id"] == "service-point:SP-3"


def test_07_a_telephone_that_has_lost_digits_links_nobody(kept_home: Path) -> None:
    loaded = case(kept_home, "07-scientific-notation-in-keys/21b-phone-scientific")
    accepted, quarantined = loaded.counts("c")
    assert quarantined == 2 or loaded.lines_noticed("c") == {2, 3}
    if accepted:
        nobody_is_close(loaded, *FOUR[:2])


def test_11_ids_that_became_decimals_are_the_ids_they_were(kept_home: Path) -> None:
    loaded = case(kept_home, "11-ids-with-dot-zero")
    assert loaded.counts("bills") == (3, 0)
    assert not loaded.knows("70010001.0")
    assert [bill["id"] for bill in loaded.linked("70010001", "BILLED")] == ["bill:B1"]
    assert [bill["id"] for bill in loaded.linked("70010002", "BILLED")] == ["bill:B2"]
    assert loaded.values("bill:B1")["amount"]["fen"] == 11_577


def test_11_numbers_of_json_are_ids_where_no_digit_is_lost(kept_home: Path) -> None:
    loaded = case(kept_home, "11-ids-with-dot-zero/61-json-number-id")
    assert loaded.counts("m") == (2, 1)
    assert loaded.values("meter:1001")["kind"] == "b"
    assert loaded.values("meter:370203199001011234")["kind"] == "c"
    assert not loaded.knows("meter:1001.0")


def test_17_a_decimal_comma_is_read_by_its_column(kept_home: Path) -> None:
    loaded = case(kept_home, "17-decimal-comma-three-places")
    assert loaded.counts("bills") == (3, 0)
    assert [loaded.values(f"bill:R{n}")["energy"] for n in (1, 2, 3)] == [0.125, 412.75, 38.2]


def test_17_a_decimal_comma_can_be_declared(kept_home: Path, tmp_path: Path) -> None:
    given = CASES / "17-decimal-comma-three-places"
    text = (given / "manifest.yaml").read_text(encoding="utf-8")
    text = text.replace("path: bills.csv", f"path: {given / 'bills.csv'}")
    text = text.replace("{energy: kWh}", '{energy: {column: kWh, decimal: ","}}')
    (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    loaded = load(kept_home, tmp_path / "manifest.yaml")
    assert [loaded.values(f"bill:R{n}")["energy"] for n in (1, 2, 3)] == [0.125, 412.75, 38.2]


def test_18_nobody_is_born_in_the_future(kept_home: Path) -> None:
    loaded = case(kept_home, "18-two-digit-birth-year")
    assert loaded.counts("p") == (2, 0)
    born = {
        name: loaded.values(loaded.found(name, "Person")[0])["birthDate"] for name in ("陈建国", "李秀英")
    }
    assert born == {"陈建国": "1968-07-16", "李秀英": "1971-07-16"}


def test_20_places_and_telephones_that_say_nothing_bring_nobody_together(kept_home: Path) -> None:
    loaded = case(kept_home, "20-placeholder-address-and-phone")
    assert loaded.counts("c") == (4, 0)
    assert all("phone" not in loaded.values(customer) for customer in FOUR)
    assert all(loaded.linked(customer, "LIVES_AT") == [] for customer in FOUR)
    nobody_is_close(loaded, *FOUR)


def test_21_lost_characters_are_held_back_and_question_marks_are_no_evidence(kept_home: Path) -> None:
    loaded = case(kept_home, "21-characters-already-lost")
    assert loaded.counts("c") == (2, 2)
    assert set(loaded.held()) == {"c.csv:2", "c.csv:3"}
    assert {4, 5} <= loaded.lines_noticed("c")
    homes = [{home["id"] for home in loaded.linked(customer, "LIVES_AT")} for customer in FOUR[2:]]
    assert homes[0].isdisjoint(homes[1])
    nobody_is_close(loaded, *FOUR[2:])


def test_23_a_header_in_the_middle_is_no_device(kept_home: Path) -> None:
    loaded = case(kept_home, "23-header-repeated-and-totals")
    assert loaded.sources["dev"]["accepted"] == 2
    assert not loaded.knows("device:设备编号")
    assert {n: loaded.values(f"device:{n}")["name"] for n in ("D1", "D2")} == {"D1": "配电箱", "D2": "电表箱"}


def test_23_a_row_of_totals_is_no_bill(kept_home: Path) -> None:
    loaded = case(kept_home, "23-header-repeated-and-totals/31-totals-row")
    assert loaded.sources["bills"]["accepted"] == 2
    assert not loaded.knows("bill:合计")
    assert [loaded.values(f"bill:B{n}")["amount"]["fen"] for n in (1, 2)] == [10_000, 20_000]


def test_31_a_format_may_have_a_zone(kept_home: Path) -> None:
    loaded = case(kept_home, "31-format-with-offset")
    assert loaded.counts("o") == (1, 0)
    assert loaded.values("outage:O1")["startsAt"] == "2026-03-28T22:30:00Z"
