"""What a refused row is told reads as a sentence, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.load import load
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
