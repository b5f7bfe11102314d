"""Reported inputs about relations that end, add up or contradict themselves: what is expected, down to the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reported import CASES, beside, case, load

pytestmark = beside

COMPANY = "enterprise:registrationNo=GB-COH-09990001"
GUARANTOR, BORROWER = "91440101MA59ABCD0X", "91440101MA59ABCD1X"


def test_01_an_ended_guarantee_reaches_nobody_and_is_shown_as_ended(kept_home: Path) -> None:
    loaded = case(kept_home, "01-ended-guarantee")
    assert loaded.counts("guarantees") == (1, 0)
    loaded.ask("analyse", "--no-copy")
    traced = loaded.ask("trace", GUARANTOR)
    assert (traced["score"], traced["paths"], traced["expectedLoss"]["fen"]) == (0, [], 0)
    assert loaded.ask("trace", BORROWER)["score"] > 0.5
    assert loaded.run("circles")[1]["totalCount"] == 0
    assert loaded.run("related", GUARANTOR)[1]["related"]["edges"] == []
    assert loaded.linked(GUARANTOR, "GUARANTEES") == []
    (ended,) = loaded.linked(GUARANTOR, "GUARANTEES", "--ended")
    assert (ended["id"], ended["since"], ended["until"]) == (
        f"enterprise:{BORROWER}",
        "2020-01-01",
        "2022-12-31",
    )
    assert ended["ended"] is True
    assert ended["amount"]["fen"] == 500_000_000


def test_03_a_closed_statement_with_an_end_date_ends_the_holding(kept_home: Path) -> None:
    loaded = case(kept_home, "03-bods-closed-with-end-date")
    assert loaded.exit == 0
    answer = loaded.run("owners", "enterprise:bods/Registry of Erehwon:co-1")[1]
    assert [edge["node"]["party"]["name"] for edge in answer["persons"]["edges"]] == ["Bo Lindqvist"]
    assert [edge["node"]["holder"]["name"] for edge in answer["direct"]["edges"]] == ["Bo Lindqvist"]
    assert loaded.linked("person:bods/Registry of Erehwon:pe-1", "INVESTS_IN") == []
    (ended,) = loaded.linked("person:bods/Registry of Erehwon:pe-1", "INVESTS_IN", "--ended")
    assert (ended["until"], ended["ended"]) == ("2022-07-12", True)


def test_04_a_second_row_for_one_holding_is_noticed(kept_home: Path) -> None:
    loaded = case(kept_home, "04-two-contributions-one-pair")
    assert loaded.counts("h") == (3, 0)
    assert {2, 3} in loaded.noticed("h").values()


def test_04_parts_of_a_holding_add_up_by_their_own_key(kept_home: Path, tmp_path: Path) -> None:
    given = CASES / "04-two-contributions-one-pair"
    text = (given / "manifest.yaml").read_text(encoding="utf-8")
    text = text.replace("path: h.csv", f"path: {given / 'h.csv'}")
    text = text.replace("        set: {share", "        key: {partNo: form}\n        set: {share")
    (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    loaded = load(kept_home, tmp_path / "manifest.yaml")
    answer = loaded.ask("owners", BORROWER)
    shares = {edge["node"]["party"]["id"]: edge["node"]["share"] for edge in answer["persons"]["edges"]}
    assert shares == pytest.approx({"person:business-registry/P1": 0.55, "person:business-registry/P2": 0.45})
    assert answer["unknown"] == pytest.approx(0)
    parts = loaded.linked(BORROWER, "INVESTS_IN")
    assert sorted(part["amount"]["fen"] for part in parts if part["id"].endswith("P1")) in (
        [550_000_000],
        [250_000_000, 300_000_000],
    )


def test_19_days_that_cannot_be_are_noticed_with_their_lines(kept_home: Path) -> None:
    loaded = case(kept_home, "19-impossible-dates")
    assert loaded.counts("g") == (3, 0)
    assert {2, 3} <= loaded.lines_noticed("g")
    assert loaded.noticed("g") != {}
    loaded.run("analyse", "--no-copy")
    assert [circle["node"]["size"] for circle in loaded.ask("circles")["edges"]] == [1]
    running = {one["key"] for one in loaded.linked(GUARANTOR, "GUARANTEES")}
    assert "HT-1" not in running
    assert "HT-2" not in running


def test_24_of_a_psc_snapshot_who_ceased_is_no_owner(kept_home: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.yaml").write_text(
        f"sources:\n  - name: psc\n    path: {CASES / '24-psc-snapshot-lists' / 'psc-snapshot.txt'}\n"
        "    format: psc\n    channel: business-registry\n    namespace: gb-coh\n    recordId: id\n"
        "    observedAt: 2026-01-31\n    mapping: psc\n"
    )
    loaded = load(kept_home, tmp_path / "manifest.yaml")
    assert loaded.exit == 0, loaded.sources
    answer = loaded.ask("owners", COMPANY)
    (only,) = [edge["node"] for edge in answer["direct"]["edges"]]
    assert only["holder"]["name"] == "Ms Ada Mirren"
    assert only["share"] == pytest.approx(0.5)
    (bo,) = loaded.found("Lindqvist", "Person")
    (ended,) = loaded.linked(bo, "INVESTS_IN", "--ended")
    assert (ended["until"], ended["ended"]) == ("2018-05-14", True)


def test_24_the_remedy_for_a_list_of_natures_works(kept_home: Path, tmp_path: Path) -> None:
    """The manifest as it lies there: Ada's row is held back, and the first of its natures is her share."""
    given = CASES / "24-psc-snapshot-lists"
    loaded = case(kept_home, "24-psc-snapshot-lists")
    assert loaded.counts("psc") == (1, 1)
    ((place, told),) = loaded.held().items()
    assert place == "psc-snapshot.txt:1"
    assert "`first: true`" in told
    (ended,) = loaded.linked(COMPANY, "INVESTS_IN", "--ended")
    assert (ended["until"], ended["ended"]) == ("2018-05-14", True)
    text = (given / "manifest.yaml").read_text(encoding="utf-8")
    text = text.replace("path: psc-snapshot.txt", f"path: {given / 'psc-snapshot.txt'}")
    text = text.replace("{column: data.natures_of_control,", "{column: data.natures_of_control, first: true,")
    (tmp_path / "manifest.yaml").write_text(text, encoding="utf-8")
    loaded.ask("quarantine", "retry", "--manifest", str(tmp_path / "manifest.yaml"))
    (only,) = [edge["node"] for edge in loaded.ask("owners", COMPANY)["direct"]["edges"]]
    assert (only["holder"]["name"], only["share"]) == ("Ms Ada Mirren", pytest.approx(0.5))


def test_24_the_remedy_for_a_snapshot_in_an_archive_works(kept_home: Path, tmp_path: Path) -> None:
    given = CASES / "24-psc-snapshot-lists" / "42b-psc-in-zip"
    loaded = case(kept_home, "24-psc-snapshot-lists/42b-psc-in-zip")
    assert (loaded.exit, loaded.counts("psc")) == (1, (0, 0))
    error = loaded.sources["psc"]["error"]
    settings = ("`format: psc`", "`mapping: psc`", "`recordId: id`", "`observedAt: stated_on`")
    assert [one for one in settings if one not in error] == []
    stated = "".join(f"    {one.strip('`')}\n" for one in settings)
    (tmp_path / "manifest.yaml").write_text(
        f"sources:\n  - name: psc\n    path: {given / 'psc-snapshot.zip'}\n    channel: business-registry\n"
        f"    namespace: gb-coh\n{stated}",
        encoding="utf-8",
    )
    again = load(kept_home, tmp_path / "manifest.yaml")
    assert (again.exit, again.counts("psc")) == (0, (2, 0))
    (only,) = [edge["node"] for edge in again.ask("owners", COMPANY)["direct"]["edges"]]
    assert only["holder"]["name"] == "Ms Ada Mirren"
    assert again.found("Lindqvist", "Person")


LATER = ("--as-of", "2020-01-31")  # the rows are of 2016, when both held


def test_24_an_ended_row_of_a_flat_export_is_no_owner(kept_home: Path) -> None:
    loaded = case(kept_home, "24-psc-snapshot-lists/42c-psc-flat-csv")
    assert loaded.counts("psc") == (2, 0)
    answer = loaded.ask("owners", COMPANY, *LATER)
    assert [edge["node"]["holder"]["id"] for edge in answer["direct"]["edges"]] == ["person:gb-coh/AAA"]
    (ended,) = loaded.linked("person:gb-coh/BBB", "INVESTS_IN", "--ended", *LATER)
    assert ended["until"] == "2018-05-14"


def test_24_equal_to_nothing_means_empty(kept_home: Path) -> None:
    loaded = case(kept_home, "24-psc-snapshot-lists/42d-psc-flat-when")
    answer = loaded.ask("owners", COMPANY)
    assert [edge["node"]["holder"]["id"] for edge in answer["direct"]["edges"]] == ["person:gb-coh/AAA"]


def test_25_a_list_of_one_is_its_value_and_an_end_is_an_end(kept_home: Path, tmp_path: Path) -> None:
    given = CASES / "25-ftm-entities" / "entities.ftm.ndjson"
    (tmp_path / "manifest.yaml").write_text(
        f"sources:\n  - name: ftm\n    path: {given}\n    format: ftm\n    channel: business-registry\n"
        "    namespace: ftm\n    recordId: id\n    observedAt: 2026-01-31\n    mapping: ftm\n"
    )
    loaded = load(kept_home, tmp_path / "manifest.yaml")
    assert loaded.counts("ftm") == (3, 0)
    assert loaded.values("enterprise:ftm/c-1")["name"] == "Hilltop Grid Ltd"
    assert loaded.values("person:ftm/p-1")["name"] == "Ada Mirren"
    assert "A. Mirren" in str(loaded.values("person:ftm/p-1"))
    status, answer = loaded.run("owners", "enterprise:ftm/c-1")
    assert (status, answer["persons"]["edges"]) == (1, [])
    (ended,) = loaded.linked("person:ftm/p-1", "INVESTS_IN", "--ended")
    assert (ended["until"], ended["share"]) == ("2022-01-01", pytest.approx(0.625))


def test_25_the_same_by_a_mapping_of_ones_own(kept_home: Path) -> None:
    loaded = case(kept_home, "25-ftm-entities")
    assert loaded.counts("ftm-companies") == (3, 0)
    person = loaded.values("person:ftm/p-1")
    assert (person["name"], person["otherNames"]) == ("Ada Mirren", "A. Mirren")
    assert loaded.found("A. Mirren", "Person") == ["person:ftm/p-1"]
    assert loaded.run("owners", "enterprise:ftm/c-1")[0] == 1
    assert loaded.linked("person:ftm/p-1", "INVESTS_IN") == []
    (ended,) = loaded.linked("person:ftm/p-1", "INVESTS_IN", "--ended")
    assert (ended["since"], ended["until"], ended["share"]) == (
        "2016-04-06",
        "2022-01-01",
        pytest.approx(0.625),
    )


def test_26_statements_as_json_lines_are_read(kept_home: Path) -> None:
    loaded = case(kept_home, "26-bods-json-lines")
    assert loaded.exit == 0, loaded.sources
    assert loaded.values("enterprise:bods/Registry of Erehwon:co-1")["name"] == "Hilltop Grid Ltd"
    answer = loaded.run("owners", "enterprise:bods/Registry of Erehwon:co-1")[1]
    assert [edge["node"]["party"]["name"] for edge in answer["persons"]["edges"]] == ["Bo Lindqvist"]


def test_27_an_interest_that_has_no_place_is_said_to_be_left_out(kept_home: Path) -> None:
    loaded = case(kept_home, "27-bods-of-gleif")
    assert loaded.exit == 0
    holdings = loaded.sources["bods-holdings"]
    assert holdings["accepted"] == 0
    (told,) = holdings["notices"]
    assert told["count"] == 1
    assert "otherInfluenceOrControl" in told["message"]
    companies = {edge: loaded.values(edge)["name"] for edge in loaded.found("Hilltop", "Enterprise")}
    assert sorted(companies.values()) == ["Hilltop Power Invest I Corp.", "The Hilltop Group"]
    for company in companies:
        assert loaded.linked(company, "INVESTS_IN") == []
        assert loaded.run("owners", company)[1]["persons"]["edges"] == []


def test_every_folder_of_reported_inputs_is_loaded_by_a_test() -> None:
    tests = "".join(
        file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_reported_*.py")
    )
    folders = [str(file.parent.relative_to(CASES)) for file in CASES.rglob("manifest.yaml")]
    assert folders
    assert [folder for folder in folders if f'case(kept_home, "{folder}")' not in tests] == []
