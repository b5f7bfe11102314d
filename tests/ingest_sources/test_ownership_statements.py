"""Beneficial ownership data (BODS): statements that replace, end and take back each other, and kinds of interests."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from ingest.loads.load import load
from ingest.readers import Request, Row, bods
from ledger.database import Ledger
from tests.ingest_sources.shipped_samples import CASES, SAMPLES, beside, graph_in_words, load_one, notices

STATEMENTS = [
    json.loads(line) for line in (SAMPLES / "statements.jsonl").read_text(encoding="utf-8").splitlines()
]


def packed(text: str, form: str) -> bytes:
    if form.endswith("gz"):
        return gzip.compress(text.encode())
    if form.endswith("zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.txt", text)
        return out.getvalue()
    return text.encode()


@pytest.mark.parametrize("form", ["json", "json.gz", "jsonl", "jsonl.gz", "jsonl.zip", "zip"])
def test_statements_are_read_as_an_array_or_by_lines_and_packed(tmp_path: Path, form: str) -> None:
    lines = "\n".join(map(json.dumps, STATEMENTS))
    text = json.dumps(STATEMENTS, indent=1) if form.startswith("json") and "jsonl" not in form else lines
    path = tmp_path / f"statements.{form}"
    path.write_bytes(packed(text, form))
    rows = [row.values for row in bods.read(Request(path, path.name)).rows if isinstance(row, Row)]
    plain = bods.read(Request(SAMPLES / "statements.jsonl", "statements.jsonl"))
    assert rows == [row.values for row in plain.rows if isinstance(row, Row)]


def test_an_end_in_a_later_file_ends_what_an_earlier_one_said(tmp_path: Path, ledger: Ledger) -> None:
    for number, part in enumerate((STATEMENTS[:6], STATEMENTS[:4] + STATEMENTS[6:7])):
        (tmp_path / f"day-{number}.jsonl").write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    assert load_one(ledger, tmp_path, "day-*.jsonl", "bods").quarantined == 0
    held = [line for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    assert held == [
        "INVESTS_IN person:Registry of Erehwon:pe-1 -> enterprise:Registry of Erehwon:co-1 "
        "proxies=['share'] share=0.75 since=2016-04-06 until=2022-07-01"
    ]


def test_a_holding_that_an_update_in_a_later_file_lists_no_more_is_taken_back(
    tmp_path: Path, ledger: Ledger
) -> None:
    parties = STATEMENTS[:3]
    for name, statement in (("a", STATEMENTS[13]), ("b", STATEMENTS[14])):
        text = "\n".join(map(json.dumps, [*parties, statement]))
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    load_one(ledger, tmp_path, "a.jsonl", "bods", delete="{column: status, equals: closed}")
    assert sum(line.startswith("INVESTS_IN") for line in graph_in_words(ledger)) == 1
    load_one(ledger, tmp_path, "b.jsonl", "bods", delete="{column: status, equals: closed}")
    assert sum(line.startswith("INVESTS_IN") for line in graph_in_words(ledger)) == 0


def test_a_holding_that_a_later_statement_lists_no_more_keeps_what_it_was(
    tmp_path: Path, ledger: Ledger
) -> None:
    """It began when it began and was as large as it was; only its end is new."""
    first = json.loads(json.dumps(STATEMENTS[13]))
    first["recordDetails"]["interests"][0]["startDate"] = "2019-05-01"
    text = "\n".join(map(json.dumps, [*STATEMENTS[:3], first, STATEMENTS[14]]))
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    load_one(ledger, tmp_path, "a.jsonl", "bods", delete="{column: status, equals: closed}")
    (held,) = (line for line in graph_in_words(ledger) if line.startswith("INVESTS_IN"))
    assert held.endswith("co-2 share=0.1 since=2019-05-01 until=2021-05-06")


def test_what_was_never_true_states_nothing_without_a_rule_that_withdraws_it(
    tmp_path: Path, ledger: Ledger
) -> None:
    text = "\n".join(map(json.dumps, [*STATEMENTS[:3], STATEMENTS[14]]))
    (tmp_path / "a.jsonl").write_text(text, encoding="utf-8")
    report = load_one(ledger, tmp_path, "a.jsonl", "bods")
    assert not [line for line in graph_in_words(ledger) if line.startswith(("INVESTS_IN", "DIRECTOR_OF"))]
    assert "NOTICE_STATES_NOTHING" in {notice.code for notice in report.notices}


INTERESTS = (
    "shareholding", "votingRights", "appointmentOfBoard", "otherInfluenceOrControl", "seniorManagingOfficial",
    "settlor", "trustee", "protector", "beneficiaryOfLegalArrangement", "rightsToSurplusAssetsOnDissolution",
    "rightsToProfitOrIncome", "rightsGrantedByContract", "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles", "controlByLegalFramework", "boardMember", "boardChair", "unknownInterest",
    "unpublishedInterest", "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "nominee", "nominator",
)  # fmt: skip


def test_every_kind_of_interest_is_taken_or_named(tmp_path: Path, ledger: Ledger) -> None:
    relation = json.loads(json.dumps(STATEMENTS[5]))
    relation["recordDetails"]["interests"] = [
        {"type": kind, "directOrIndirect": "direct"} for kind in INTERESTS
    ]
    text = "\n".join(map(json.dumps, [*STATEMENTS[:3], relation]))
    (tmp_path / "all.jsonl").write_text(text, encoding="utf-8")
    report = load_one(ledger, tmp_path, "all.jsonl", "bods")
    taken = [
        row.split()[0] for row in graph_in_words(ledger) if row.split()[0] in ("INVESTS_IN", "DIRECTOR_OF")
    ]
    assert set(taken) == {"INVESTS_IN", "DIRECTOR_OF"}
    assert notices(report).keys() == set(INTERESTS) - {"shareholding", "boardMember", "boardChair"}


@beside
@pytest.mark.parametrize("case", ["03-bods-closed-with-end-date", "26-bods-json-lines"])
def test_the_closed_statements_of_the_cases_end(ledger: Ledger, case: str) -> None:
    load(ledger, CASES / case / "manifest.yaml")
    held = [line.partition(" -> ")[2] for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    assert held == [
        "enterprise:Registry of Erehwon:co-1 proxies=['share'] share=0.75 since=2016-04-06 until=2022-07-12",
        "enterprise:Registry of Erehwon:co-1 proxies=['share'] share=0.75 since=2022-07-12",
    ]


@beside
def test_a_parent_that_is_no_holding_is_named_in_the_case(ledger: Ledger) -> None:
    *_, holdings = load(ledger, CASES / "27-bods-of-gleif" / "manifest.yaml").sources
    assert (holdings.read, notices(holdings)) == (0, {"otherInfluenceOrControl": 1})
