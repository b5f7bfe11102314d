"""Load curves by manifest: rows become intervals in Parquet, bad ones wait with their reason, loads are taken back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loads.load import load
from ingest.loads.rehearsal import rehearse
from ingest.loads.report import SourceReport
from ledger import curves, loads, quarantine, withdrawals
from ledger.backup import backup
from ledger.curves import Intervals, resolved
from ledger.database import Ledger
from terms.errors import KehutuError

HEAD = "meter,time,reading"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LONG = """sources:
  - name: readings
    path: readings.csv
    channel: marketing
    observedAt: {stated}
    curve:
      of: {{Meter: {{meterNo: meter}}}}
      at: time
      value: reading
      unit: {unit}
      minutes: {minutes}
"""
WIDE = """sources:
  - name: days
    path: days.csv
    channel: marketing
    curve:
      of: {ServicePoint: {servicePointNo: point}}
      at: day
      points: P{n}
      minutes: 480
      ends: true
"""
PROFILES = """sources:
  - name: profiles
    path: readings.csv
    channel: archive
    origin: benchmark
    observedAt: 2026-03-05
    curve:
      of: {profile: meter}
      at: time
      value: reading
      unit: share
      minutes: 60
"""


def taken(
    home: Path,
    rows: Iterable[str],
    *,
    zone: str = "UTC",
    text: str = "",
    head: str = "meter,time,reading",
    **words: object,
) -> tuple[Ledger, SourceReport]:
    """A ledger after the load of some rows, and what became of them."""
    manifest = home / "manifest.yaml"
    manifest.write_text(
        text or LONG.format(**{"stated": "2026-03-05", "unit": "kW", "minutes": 60, **words}),
        encoding="utf-8",
    )
    name = "days.csv" if head.startswith("point") else "readings.csv"
    (home / name).write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    ledger = Ledger.open(home / "home", zone=zone)
    began = NOW + timedelta(hours=len(loads.listing(ledger)))
    report = load(ledger, manifest, clock=lambda: began)
    return ledger, report.sources[0]


def curve(ledger: Ledger, element: str) -> list[tuple[str, float]]:
    """A curve as instants in UTC and kW."""
    found, _ = curves.read(ledger, {element: element})
    return [
        (f"{datetime.fromtimestamp(at, UTC):%m-%d %H:%M}", value)
        for at, value in zip(found.at.tolist(), found.value.tolist(), strict=True)
    ]


def counts(report: SourceReport) -> tuple[int, int, int, int]:
    return report.read, report.accepted, report.quarantined, report.duplicate


def test_rows_of_an_interval_become_power_and_a_second_load_takes_nothing_more(tmp_path: Path) -> None:
    rows = ["M1,2026-03-01 08:00,0.5", "M1,2026-03-01 07:45,1", "M2,2026-03-01 07:45+08:00,2"]
    ledger, report = taken(tmp_path, rows, unit="kWh", minutes=15)
    assert counts(report) == (3, 3, 0, 0)
    assert curve(ledger, "meter:M1") == [("03-01 07:45", 4.0), ("03-01 08:00", 2.0)]
    assert curve(ledger, "meter:M2") == [("02-28 23:45", 8.0)]
    files = sorted((tmp_path / "home" / "columns" / "curves").iterdir())
    again, report = taken(tmp_path, rows, unit="kWh", minutes=15)
    assert counts(report) == (3, 0, 0, 3)
    assert sorted((tmp_path / "home" / "columns" / "curves").iterdir()) == files
    assert curve(again, "meter:M1") == [("03-01 07:45", 4.0), ("03-01 08:00", 2.0)]
    assert rehearse(tmp_path / "manifest.yaml", again).sources[0].duplicate == 3


def test_rows_of_a_day_have_a_column_an_interval(tmp_path: Path) -> None:
    rows = ["S1,2026-03-02,1,2,3", "S1,2026-03-03,4,,6", "S1,2026-03-04,,,"]
    ledger, report = taken(tmp_path, rows, text=WIDE, head="point,day,P1,P2,P3", zone="UTC+8")
    assert counts(report) == (2, 2, 0, 0)
    assert [one.code for one in report.left_out] == ["LEFT_OUT_NO_READING"]
    assert [one.code for one in report.notices] == ["NOTICE_TIME_ASSUMED", "NOTICE_CURVE_GAPS"]
    assert curve(ledger, "service-point:S1") == [
        ("03-01 16:00", 1.0), ("03-02 00:00", 2.0), ("03-02 08:00", 3.0), ("03-02 16:00", 4.0), ("03-03 08:00", 6.0),
    ]  # fmt: skip
    _, again = taken(tmp_path, rows, text=WIDE, head="point,day,P1,P2,P3", zone="UTC+8")
    assert counts(again) == (2, 0, 0, 2)
    assert len(list((tmp_path / "home" / "columns" / "curves").iterdir())) == 1


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("M1,2026-03-01 00:07,1", "CURVE_OFF_GRID"),
        ("M1,2026-03-01 00:00:30,1", "CURVE_OFF_GRID"),
        ("M1,2026-03-01 00:00,2", "CURVE_TWICE"),
        ("M1,2026-03-01 03:00,-1", "CURVE_NEGATIVE"),
        ("M1,2026-03-01 03:00,x", "ROW_FIELD_INVALID"),
        ("M1,2026-03-01 03:00,1e99", "ROW_FIELD_INVALID"),
        ("M1,yesterday,1", "ROW_FIELD_INVALID"),
        ("M1,,1", "ROW_FIELD_INVALID"),
        (",2026-03-01 03:00,1", "ROW_KEY_MISSING"),
        ("M1,2026-07-01 00:00,1", "ROW_FROM_THE_FUTURE"),
        ("M1,2026-03-29 02:00,1", "CURVE_TIME_SKIPPED"),
    ],
)
def test_a_row_that_cannot_be_taken_waits_with_its_reason(tmp_path: Path, row: str, code: str) -> None:
    ledger, report = taken(tmp_path, ["M1,2026-03-01 00:00,1", row], zone="Europe/Berlin")
    assert counts(report) == (2, 1, 1, 0)
    (entry,) = quarantine.listing(ledger)
    assert (entry.code, entry.line) == (code, 3)
    told = KehutuError(entry.code, **{"file": entry.file, "line": entry.line, **entry.details})
    assert all((told.message("en"), told.message("zh"), told.remedy("zh")))
    assert len(curve(ledger, "meter:M1")) == 1


def test_power_that_is_fed_in_is_taken_where_it_is_said(tmp_path: Path) -> None:
    signed = LONG.format(stated="2026-03-05", unit="kW", minutes=60) + "      signed: true\n"
    ledger, report = taken(tmp_path, ["M1,2026-03-01 00:00,-1.5"], text=signed)
    assert (counts(report), curve(ledger, "meter:M1")) == ((1, 1, 0, 0), [("03-01 00:00", -1.5)])


def test_the_hour_that_comes_twice_is_told_twice(tmp_path: Path) -> None:
    rows = [f"M1,2026-10-25 {hour:02}:00,{n}" for n, hour in enumerate((1, 2, 2, 3))]
    (tmp_path / "home").mkdir()
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(LONG.format(stated="2026-11-01", unit="kW", minutes=60), encoding="utf-8")
    (tmp_path / "readings.csv").write_text("\n".join(["meter,time,reading", *rows]) + "\n", encoding="utf-8")
    ledger = Ledger.open(tmp_path / "home", zone="Europe/Berlin")
    later = datetime(2026, 12, 1, tzinfo=UTC)
    assert load(ledger, manifest, clock=lambda: later).sources[0].accepted == 4
    assert curve(ledger, "meter:M1") == [
        ("10-24 23:00", 0.0), ("10-25 00:00", 1.0), ("10-25 01:00", 2.0), ("10-25 02:00", 3.0),
    ]  # fmt: skip


def test_a_profile_is_told_by_its_name(tmp_path: Path) -> None:
    ledger, _ = taken(tmp_path, ["H0,2026-03-01 00:00,0.25"], text=PROFILES)
    assert curve(ledger, "profile:H0") == [("03-01 00:00", 0.25)]
    assert curves.elements_of(ledger) == {"profile:H0"}


def test_a_load_that_is_taken_back_takes_its_intervals_back(tmp_path: Path) -> None:
    ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,1", "M1,2026-03-01 01:00,1"])
    ledger, report = taken(tmp_path, ["M1,2026-03-01 00:00,5"], stated="2026-04-01")
    assert counts(report) == (1, 1, 0, 0)
    assert curve(ledger, "meter:M1") == [("03-01 00:00", 5.0), ("03-01 01:00", 1.0)]
    newest, first = loads.listing(ledger)
    for one, left in ((newest, [("03-01 00:00", 1.0), ("03-01 01:00", 1.0)]), (first, [])):
        withdrawals.begin(ledger, one.id, at=NOW)
        list(withdrawals.withdraw(ledger, one.id, at=NOW))
        assert curve(ledger, "meter:M1") == left


def test_equal_intervals_stay_as_long_as_one_load_tells_them(tmp_path: Path) -> None:
    for _ in range(2):
        ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,1"])
    for left, one in zip((1, 0), loads.listing(ledger), strict=True):
        withdrawals.begin(ledger, one.id, at=NOW)
        list(withdrawals.withdraw(ledger, one.id, at=NOW))
        assert len(curve(ledger, "meter:M1")) == left


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("minutes: 60", "minutes: 7", "minutes"),
        ("value: reading", "points: P", "points"),
        ("value: reading", "valeu: reading", "valeu"),
        ("{Meter: {meterNo: meter}}", "{Meter: meter}", "meterNo"),
        ("{Meter: {meterNo: meter}}", "{Metre: {meterNo: meter}}", "Meter"),
        ("unit: kW", "unit: kVA", "kW"),
        ("at: time", "at: {const: 2026-01-01}", "column"),
        ("    curve:", "    mapping: meters\n    curve:", "mapping"),
    ],
)
def test_a_faulty_curve_of_a_manifest_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: str
) -> None:
    text = LONG.format(stated="2026-03-05", unit="kW", minutes=60).replace(old, new)
    with pytest.raises(KehutuError, match=line) as refused:
        taken(tmp_path, [], text=text)
    assert refused.value.code == "MANIFEST_FAULT"


INTERVALS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 12),
        st.sampled_from([15, 30, 60]),
        st.integers(0, 3),
        st.integers(0, 2),
    ),
    max_size=14,
)


def _reference(rows: list[tuple[int, int, int, int, int]]) -> set[tuple[int, int, int, float]]:
    """Word for word: stated last, then the larger value, then the shorter, then the earlier; none overlaps a better."""
    standing: list[tuple[int, int, int, float]] = []
    for element, quarter, minutes, value, _ in sorted(rows, key=lambda r: (-r[4], -r[3], r[2], r[1])):
        begin, end = 15 * quarter, 15 * quarter + minutes
        if all(e != element or end <= b or b + m <= begin for e, b, m, _ in standing):
            standing.append((element, begin, minutes, float(value)))
    return set(standing)


@given(rows=INTERVALS, cut=st.integers(0, 14), turned=st.randoms())
def test_of_overlapping_intervals_one_stands_whatever_the_order(
    rows: list[tuple[int, int, int, int, int]], cut: int, turned: object
) -> None:
    parts = []
    mixed = sorted(rows, key=lambda _: turned.random())  # type: ignore[attr-defined]  # a random.Random of Hypothesis
    for some in (mixed[:cut], mixed[cut:]):
        columns = np.array(some, dtype=np.int64).reshape(-1, 5)
        parts.append(
            Intervals(
                ("a", "b"),
                columns[:, 0],
                900 * columns[:, 1],
                columns[:, 2],
                columns[:, 3] * 1.0,
                columns[:, 4],
            )
        )
    found = resolved(parts)
    told = zip(
        found.element.tolist(),
        (found.at // 60).tolist(),
        found.minutes.tolist(),
        found.value.tolist(),
        strict=True,
    )
    assert set(told) == _reference(rows)
    assert len(found) == len(_reference(rows))
    order = [(e, a) for e, a in zip(found.element.tolist(), found.at.tolist(), strict=True)]
    assert order == sorted(order)


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,1"])
    for path in (tmp_path / "home" / "columns" / "curves").iterdir():
        path.unlink()
    with pytest.raises(KehutuError) as missing:
        curve(ledger, "meter:M1")
    assert missing.value.code == "COLUMNS_MISSING"


def test_readings_of_all_keys_of_an_element_are_its_own(tmp_path: Path) -> None:
    ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,1", "01,2026-03-01 01:00,2", "M1,2026-03-01 02:00,3"])
    ledger, _ = taken(tmp_path, ["01,2026-03-01 02:00,4"], stated="2026-04-01")
    found, _ = curves.read(ledger, {"meter:M1": "meter:M1", "meter:01": "meter:M1"})
    assert (found.elements, found.value.tolist()) == (("meter:M1",), [1.0, 2.0, 4.0])


def _file(home: Path) -> Path:
    (path,) = (home / "home" / "columns" / "curves").iterdir()
    return path


@pytest.mark.parametrize("stated", ["2026-03-05", None])
@pytest.mark.parametrize("damage", [b"damaged", None])
def test_a_lost_file_is_named_by_a_backup_and_comes_back_with_its_input(
    tmp_path: Path, stated: str | None, damage: bytes | None
) -> None:
    text = LONG.format(stated="2026-03-05", unit="kW", minutes=60)
    text = text if stated else text.replace("    observedAt: 2026-03-05\n", "")
    rows = ["M1,2026-03-01 00:00,1", "M1,2026-03-01 01:00,2"]
    ledger, _ = taken(tmp_path, rows, text=text)
    path = _file(tmp_path)
    content, before = path.read_bytes(), curve(ledger, "meter:M1")
    assert backup(ledger, tmp_path / "whole").lacking == ()
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage)
    assert backup(ledger, tmp_path / "lacking").lacking == (f"columns/curves/{path.name}",)
    ledger, report = taken(tmp_path, rows, text=text)
    assert counts(report) == (2, 0, 0, 2)
    assert (path.read_bytes(), curve(ledger, "meter:M1")) == (content, before)
    assert backup(ledger, tmp_path / "again").lacking == ()


def test_what_was_corrected_is_no_news_when_it_comes_again(tmp_path: Path) -> None:
    first, second = ["M1,2026-03-01 00:00,1"], ["M1,2026-03-01 00:00,2"]
    taken(tmp_path, first)
    taken(tmp_path, second, stated="2026-04-01")
    ledger, report = taken(tmp_path, first)
    assert counts(report) == (1, 0, 0, 1)
    assert curve(ledger, "meter:M1") == [("03-01 00:00", 2.0)]
    assert rehearse(tmp_path / "manifest.yaml", ledger).sources[0].duplicate == 1


def test_one_row_without_its_time_leaves_those_of_others(tmp_path: Path) -> None:
    text = LONG.format(stated="{column: said}", unit="kW", minutes=60)
    head, late = "meter,time,reading,said", "M2,2026-03-01 00:00,1,"
    ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,1,2026-03-05", late], text=text, head=head)
    ledger, _ = taken(tmp_path, ["M1,2026-03-01 00:00,2,2026-03-06", late], text=text, head=head)
    assert curve(ledger, "meter:M1") == [("03-01 00:00", 2.0)]
    again = ["M1,2026-03-01 00:00,1,2026-03-07", late]
    ledger, report = taken(tmp_path, again, text=text, head=head)
    assert counts(report)[1:] == (1, 0, 1)
    assert curve(ledger, "meter:M1") == [("03-01 00:00", 1.0)]
    ledger, report = taken(tmp_path, again, text=text, head=head)
    assert counts(report) == (2, 0, 0, 2)
    assert len(list((tmp_path / "home" / "columns" / "curves").iterdir())) == 3


def test_a_day_that_stands_twice_is_a_duplicate_where_clocks_go_back(tmp_path: Path) -> None:
    text = WIDE.replace("minutes: 480\n      ends: true", "minutes: 60")
    row = "S1,2025-10-26," + ",".join(str(hour) for hour in range(24))
    head = "point,day," + ",".join(f"P{hour + 1}" for hour in range(24))
    ledger, report = taken(tmp_path, [row, row], text=text, head=head, zone="Europe/Berlin")
    assert counts(report) == (2, 1, 0, 1)
    assert len(curve(ledger, "service-point:S1")) == 24
