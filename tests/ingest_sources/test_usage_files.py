"""Usage as XML (Green Button): energy by its power of ten, bills that cannot be read, and hostile XML."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ingest.readers import BadRow, Request, Row, green_button
from terms.errors import KehutuError
from tests.ingest_sources.shipped_samples import SAMPLES

USAGE = (SAMPLES / "usage.xml").read_text(encoding="utf-8")
HOSTILE = {
    "billion laughs": '<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "a file that is read": '<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "an address that is read": '<!DOCTYPE feed SYSTEM "http://example.invalid/a.dtd">',
    "a parameter": '<!DOCTYPE feed [<!ENTITY % a SYSTEM "http://example.invalid/a.dtd">%a;]>',
}


@pytest.mark.parametrize("declared", HOSTILE.values(), ids=HOSTILE)
def test_xml_with_a_document_type_is_refused(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace("<feed", f"{declared}<feed", 1), encoding="utf-8")
    with pytest.raises(KehutuError, match="a document type or entities") as refused:
        green_button.read(Request(path, path.name))
    assert refused.value.code == "FILE_DAMAGED"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</feed>", "", "no XML"),
        ("<title>Erehwon Power</title>", "<a>" * 200 + "</a>" * 200, "deeper than 100"),
        ("</espi:UsageSummary>", "", "line"),
        ('encoding="UTF-8"', 'encoding="no-such"', "encoding"),
    ],
)
def test_damaged_xml_is_refused_whole(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace(old, new), encoding="utf-8")
    with pytest.raises(KehutuError, match=reason) as refused:
        green_button.read(Request(path, path.name))
    assert refused.value.code == "FILE_DAMAGED"


@pytest.mark.parametrize(
    ("value", "power", "energy"),
    [
        ("62571", "1", "625.71"),
        ("625716", "0", "625.716"),
        ("625", "3", "625"),
        ("625716", "", "625.716"),
        ("-5000", "0", "-5"),
    ],
)
def test_energy_is_value_times_power_of_ten_in_kilowatt_hours(
    tmp_path: Path, value: str, power: str, energy: str
) -> None:
    text = USAGE.replace(">62571<", f">{value}<").replace(
        "<espi:powerOfTenMultiplier>1<", f"<espi:powerOfTenMultiplier>{power}<"
    )
    path = tmp_path / "usage.xml"
    path.write_text(text, encoding="utf-8")
    (bill,) = [row for row in green_button.read(Request(path, path.name)).rows if row.line > 40]
    assert isinstance(bill, Row)
    assert bill.values["energy"] == Decimal(energy)


@pytest.mark.parametrize("found", ["x", "1.5", "1e99", "NaN"])
def test_a_bill_that_cannot_be_read_is_kept_with_its_reason(tmp_path: Path, found: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace(">62571<", f">{found}<"), encoding="utf-8")
    (bad,) = [row for row in green_button.read(Request(path, path.name)).rows if isinstance(row, BadRow)]
    assert (bad.code, bad.details["field"]) == ("ROW_FIELD_INVALID", "overallConsumptionLastPeriod/value")
    assert bad.details["found"] == found


def test_a_bill_in_another_unit_is_left_out_by_its_code(tmp_path: Path) -> None:
    path = tmp_path / "usage.xml"
    assert "<espi:uom>72<" in USAGE
    path.write_text(USAGE.replace("<espi:uom>72<", "<espi:uom>119<"), encoding="utf-8")
    opened = green_button.read(Request(path, path.name))
    bills = [row for row in opened.rows if isinstance(row, Row) and row.values["kind"] == "bill"]
    assert bills == []
    assert "LEFT_OUT_UNIT" in {one.code for one in opened.left_out}
