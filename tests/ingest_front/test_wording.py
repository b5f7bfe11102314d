"""What a refused row is told reads as a sentence, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.loads.load import load
from ledger import quarantine
from ledger.database import Ledger
from terms.errors import KehutuError

MANIFEST = """
sources:
  - name: visits
    path: visits.csv
    channel: survey
    mapping:
      - node: Customer
        key: {customerNo: number}
        set: {kind: kind, email: mail, region: region}
      - node: Enterprise
        key: {creditCode: code}
        optional: true
"""


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (
            "44-1,,,,",
            "visits.csv, line 2, field number: '44-1' is not 10 digits.",
            "visits.csv 第 2 行，字段 number：“44-1”不符合要求（应为 10 位数字）。",
        ),
        (
            "4401000001,,,,91370000",
            "visits.csv, line 2, field code: '91370000' is not 18 digits or capital letters.",
            "visits.csv 第 2 行，字段 code：“91370000”不符合要求（应为 18 位数字或大写字母）。",
        ),
        (
            "4401000001,firm,,,",
            "visits.csv, line 2, field kind: 'firm' is not one of consumer, organisation.",
            "visits.csv 第 2 行，字段 kind：“firm”不符合要求（应为 以下之一：consumer、organisation）。",
        ),
        (
            "4401000001,,nobody,,",
            "visits.csv, line 2, field mail: 'nobody' is not an e-mail address.",
            "visits.csv 第 2 行，字段 mail：“nobody”不符合要求（应为 电子邮箱地址）。",
        ),
        (
            "4401000001,,,CN/44,",
            "visits.csv, line 2, field region: 'CN/44' is not a path whose every step ends with a slash, as CN/44/01/.",
            "visits.csv 第 2 行，字段 region：“CN/44”不符合要求（应为 每级以斜线结尾的路径，如 CN/44/01/）。",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_words(
    tmp_path: Path, ledger: Ledger, row: str, en: str, zh: str
) -> None:
    (tmp_path / "visits.csv").write_text(f"number,kind,mail,region,code\n{row}\n", encoding="utf-8")
    (tmp_path / "site.yaml").write_text(MANIFEST)
    load(ledger, tmp_path / "site.yaml")
    (refused,) = quarantine.listing(ledger)
    fault = KehutuError(refused.code, **refused.details)
    assert (fault.message("en"), fault.message("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("mapping", "cell", "said"),
    [
        ("period", "2026年4月", ("a month like 2026-01", "月份，形如 2026-01")),
        ("dueOn", "2026/10/20", ("a date like 2026-01-31", "日期，形如 2026-01-31")),
        ("amount", "九十", ("an amount of money in whole fen", "以整分计的金额")),
        ("amount", "0.015", ("an amount of money in whole fen", "以整分计的金额")),
        ("periodDays", "-1", ("a whole number from 1 to 400", "整数，在 1 与 400 之间")),
    ],
)
def test_what_a_number_or_a_date_has_to_be_is_said_in_both_languages(
    tmp_path: Path, ledger: Ledger, mapping: str, cell: str, said: tuple[str, str]
) -> None:
    en, zh = said
    (tmp_path / "bills.csv").write_text(f"no,value\nB1,{cell}\n", encoding="utf-8")
    (tmp_path / "site.yaml").write_text(
        "sources:\n  - name: bills\n    path: bills.csv\n    channel: marketing\n    mapping:\n"
        f"      - {{node: Bill, key: {{billNo: no}}, set: {{{mapping}: value}}}}\n"
    )
    load(ledger, tmp_path / "site.yaml")
    (refused,) = quarantine.listing(ledger)
    fault = KehutuError(refused.code, **refused.details)
    assert fault.message("en") == f"bills.csv, line 2, field value: '{cell}' is not {en}."
    assert fault.message("zh") == f"bills.csv 第 2 行，字段 value：“{cell}”不符合要求（应为 {zh}）。"


@pytest.mark.parametrize(
    ("line", "en", "zh"),
    [
        ("5", "an object is expected, not a number", "应为一个对象，而不是数字"),
        ('{"no": 1, "no": 2}', "the name 'no' stands twice in one object", "名称“no”在一个对象中出现两次"),
        ('{"no":', "no JSON: expecting value", "不是 JSON（expecting value）"),
    ],
)
def test_why_a_line_is_no_json_object_is_said_in_both_languages(
    tmp_path: Path, ledger: Ledger, line: str, en: str, zh: str
) -> None:
    (tmp_path / "bills.jsonl").write_text(line + "\n", encoding="utf-8")
    (tmp_path / "site.yaml").write_text(
        "sources:\n  - name: bills\n    path: bills.jsonl\n    channel: marketing\n    mapping:\n"
        "      - {node: Bill, key: {billNo: no}}\n"
    )
    load(ledger, tmp_path / "site.yaml")
    (refused,) = quarantine.listing(ledger)
    fault = KehutuError(refused.code, **refused.details)
    assert fault.message("en") == f"bills.jsonl, line 1: {en}."
    assert fault.message("zh") == f"bills.jsonl 第 1 行：{zh}。"
