"""Load curves of customers, service points and meters, as GraphQL and services tell them."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from algorithms.curve_grid import Curve, narrowed, together
from algorithms.customer_features.load import NAMES
from api.app import create_app
from graph.project import nodes
from ledger.judgements import judge
from services.features.load_reading import load_forms
from services.graph_answers.load_curve import CurveBasis, load_curve
from services.loading import ingest, project
from services.settings import settings
from services.site import Site, open_site
from terms.errors import KehutuError
from terms.ids import Key
from tests.algorithms.test_load_features import in_words
from tests.everyone import seen

MANIFEST = """
sources:
  - name: points
    path: points.csv
    channel: marketing
    recordId: meter
    observedAt: 2026-03-01
    mapping:
      - node: Meter
        key: {meterNo: meter}
        optional: true
      - node: ServicePoint
        key: {servicePointNo: point}
        set: {contractedPower: power, profile: profile}
      - relation: HAS_METER
        from: {ServicePoint: {servicePointNo: point}}
        to: {Meter: {meterNo: meter}}
      - node: Customer
        key: {customerNo: customer}
      - relation: SUPPLIED_AT
        from: {Customer: {customerNo: customer}}
        to: {ServicePoint: {servicePointNo: point}}
  - name: readings
    path: readings.csv
    channel: marketing
    observedAt: 2026-03-02
    curve: {of: {Meter: {meterNo: meter}}, at: time, value: kW, minutes: 60}
  - name: halves
    path: halves.csv
    channel: marketing
    observedAt: 2026-03-02
    curve: {of: {ServicePoint: {servicePointNo: point}}, at: time, value: kW, minutes: 30}
  - name: whole
    path: whole.csv
    channel: marketing
    observedAt: 2026-03-02
    curve: {of: {Customer: {customerNo: customer}}, at: time, value: kW, minutes: 60}
  - name: profiles
    path: profiles.csv
    channel: archive
    origin: benchmark
    observedAt: 2026-03-02
    curve: {of: {profile: name}, at: time, value: share, unit: share, minutes: 60}
"""
FILES = {
    "points": "meter,point,customer,power,profile\nM1,P1,4400000001,9,H0\nM2,P1,4400000001,9,H0\n"
    "M3,P2,4400000001,5,H0\nM4,P3,4400000002,40,H0\nM5,P4,4400000003,7,G9\n"
    "M6,P5,4400000004,7,H0\nM7,P6,4400000005,7,H0\n"
    "M8,P7,4400000006,,\nM9,P7,4400000006,,\nM10,P8,4400000007,,\nM12,P9,4400000007,,\nM11,P10,4400000008,,\n"
    "M13,P11,4400000009,,\nM14,P12,4400000010,,\nM15,P12,4400000010,,\n",
    "readings": "meter,time,kW\nM1,2026-03-01T00:00,1\nM1,2026-03-01T01:00,2\nM1,2026-03-01T03:00,4\n"
    "M7,2020-01-01T00:00,1\nM7,2026-03-01T00:00,1\n"
    "M8,2026-02-20T00:00,1\nM8,2026-03-01T00:00,2\nM9,2026-02-20T00:00,4\nM10,2026-03-01T00:00,1\n"
    "M14,2026-03-01T00:00,1\nM15,2026-03-01T01:00,2\n"
    "M2,2026-03-01T00:00,10\nM2,2026-03-01T01:00,20\nM2,2026-03-01T02:00,30\nM2,2026-03-01T03:00,40\n",
    "halves": "point,time,kW\nP2,2026-03-01T00:00,100\nP2,2026-03-01T00:30,300\nP2,2026-03-01T01:00,100\n",
    "whole": "customer,time,kW\n4400000008,2026-03-01T00:00,8\n",
    "profiles": "name,time,share\nH0,2026-03-01T00:00,.25\nH0,2026-03-01T01:00,.5\n",
}
JUDGED = datetime(2026, 3, 3, tzinfo=UTC)
DAY = ("2026-03-01", "2026-03-02")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("curves")
    chosen = settings(home=folder / "home")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    for name, text in FILES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    ingest(chosen, folder / "site.yaml")
    with open_site(chosen) as opened:
        judge(opened.ledger, Key("meter:M14"), Key("meter:M15"), "same", by="person", author="a", at=JUDGED)
        project(opened)
        yield opened


def power(site: Site, name: str, *asked: str) -> list[float | None]:
    return [one.power for one in load_curve(seen(site), name, *asked).points]


def test_a_meter_has_its_readings_and_a_gap_is_unknown(site: Site) -> None:
    found = load_curve(seen(site), "meter:M1", *DAY)
    assert [one.power for one in found.points] == [1.0, 2.0, None, 4.0]
    assert [one.at.isoformat() for one in found.points[:2]] == [
        "2026-02-28T16:00:00+00:00",
        "2026-02-28T17:00:00+00:00",
    ]
    assert (found.basis, found.minutes, found.known) == (CurveBasis.MEASURED, 60, 3 / 24)
    assert (found.energy, found.peak, found.lowest, found.mean) == (7.0, 4.0, 1.0, 7 / 3)
    assert found.load_factor == pytest.approx(7 / 12)
    assert found.peak_at == datetime.fromisoformat("2026-02-28T19:00:00+00:00")
    assert [(one.source, one.channel, one.origin) for one in found.sources] == [
        ("readings", "marketing", "real")
    ]


def test_a_point_adds_up_its_meters_and_a_customer_its_points_where_all_are_known(site: Site) -> None:
    assert power(site, "service-point:P1", *DAY) == [11.0, 22.0, None, 44.0]
    assert power(site, "service-point:P2", *DAY) == [100.0, 300.0, 100.0]
    assert power(site, "4400000001", *DAY) == [11.0 + 200.0]
    assert power(site, "service-point:P1", "2026-03-01T01:00+08:00", "2026-03-01T02:00") == [22.0]


def test_an_element_of_two_keys_has_the_readings_of_both(site: Site) -> None:
    for name in ("meter:M14", "meter:M15", "service-point:P12", "4400000010"):
        assert power(site, name, *DAY) == [1.0, 2.0], name


def test_a_sum_of_which_a_part_has_no_readings_is_unknown(site: Site) -> None:
    for name in ("service-point:P7", "4400000006", "4400000007"):
        found = load_curve(seen(site), name, *DAY)
        assert (found.basis, found.points, found.known, found.energy) == (None, (), 0.0, None), name
    # The last week that is known is that of all parts.
    assert power(site, "service-point:P7") == [5.0]
    assert power(site, "4400000008", *DAY) == [8.0]


def test_a_profile_stands_in_for_readings_and_is_called_one(site: Site) -> None:
    found = load_curve(seen(site), "4400000002")
    assert (found.basis, [one.power for one in found.points]) == (CurveBasis.PROFILE, [10.0, 20.0])
    assert [one.origin for one in found.sources] == ["benchmark"]
    nothing = load_curve(seen(site), "4400000003", *DAY)
    assert (nothing.basis, nothing.points, nothing.known, nothing.peak) == (None, (), 0.0, None)
    assert (nothing.begins, nothing.ends) == (
        datetime.fromisoformat("2026-02-28T16:00:00+00:00"),
        datetime.fromisoformat("2026-03-01T16:00:00+00:00"),
    )
    no_time = load_curve(seen(site), "4400000003")
    assert (no_time.basis, no_time.begins, no_time.ends) == (None, None, None)


def test_graphql_says_the_same(site: Site) -> None:
    query = """{ loadCurve(id: "4400000002", from: "2026-03-01", to: "2026-03-02") {
      id name basis minutes known energy peak loadFactor points { at power } sources { source load } } }"""
    with TestClient(create_app(site)) as client:
        answer: Any = client.post("/graphql", json={"query": query}).json()
    told = answer["data"]["loadCurve"]
    found = load_curve(seen(site), "4400000002", *DAY)
    assert (told["id"], told["basis"], told["minutes"]) == ("customer:4400000002", "PROFILE", 60)
    assert [one["power"] for one in told["points"]] == [10.0, 20.0]
    assert (told["energy"], told["loadFactor"]) == (found.energy, found.load_factor)
    assert told["sources"] == [{"source": "profiles", "load": found.sources[0].load}]


@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("meter:none", DAY, "UNKNOWN_ID"),
        ("meter:M1", ("yesterday", "2026-03-02"), "CURVE_TIME_INVALID"),
        ("meter:M1", DAY[::-1], "CURVE_TIME_INVALID"),
        ("meter:M1", ("0001-01-01",), "CURVE_TIME_INVALID"),
        ("meter:M12", (None, "0001-01-05"), "CURVE_TIME_INVALID"),
        ("meter:M12", ("9999-12-30", None), "CURVE_TIME_INVALID"),
        ("meter:M7", ("2019-12-31", "2026-03-02"), "CURVE_TOO_LONG"),
    ],
)
def test_what_cannot_be_asked_is_told(
    site: Site, name: str, asked: tuple[str | None, ...], code: str
) -> None:
    with pytest.raises(KehutuError) as refused:
        load_curve(seen(site), name, *asked)
    assert refused.value.code == code
    assert refused.value.message("zh")


def test_a_long_time_of_which_little_is_known_is_answered(site: Site) -> None:
    tracemalloc.start()
    found = load_curve(seen(site), "meter:M1", "0002-01-01", "9999-01-01")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [one.power for one in found.points] == [1.0, 2.0, None, 4.0]
    assert most < 50_000_000


def test_features_rest_on_readings_of_the_year_before(site: Site, tmp_path: Path) -> None:
    hours = np.arange(40 * 24)
    power = 5 + 3 * np.sin(hours / 24 * 2 * np.pi) + 0.01 * (hours % 7)
    lines = ["meter,time,kW"]
    for meter, factor in (("M4", 1.0), ("M1", 2.0), ("M2", 3.0), ("M10", 1.0)):
        for hour, value in zip(hours.tolist(), power.tolist(), strict=True):
            at = np.datetime64("2026-01-10T00:00") + np.timedelta64(hour, "h")
            lines.append(f"{meter},{at},{factor * value:.4f}")
    # Of another 28 days the first is that of the year; eight hours of the day after it are none of the year's.
    last = np.datetime64("2026-03-02T00:00")
    for some in (last - np.timedelta64(364, "D"), *(last - np.arange(27) * np.timedelta64(1, "D"))):
        lines += [f"M13,{some + np.timedelta64(hour, 'h')},{hour + 1}" for hour in range(24)]
    lines += [f"M13,{last + np.timedelta64(24 + hour, 'h')},50" for hour in range(8)]
    for day_ in range(28):
        some = np.datetime64("2026-01-10T00:00") + np.timedelta64(day_, "D")
        meter = "M14" if day_ < 14 else "M15"
        lines += [f"{meter},{some + np.timedelta64(hour, 'h')},{hour + 1}" for hour in range(24)]
    (tmp_path / "readings.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    readings = MANIFEST[MANIFEST.index("  - name: readings") : MANIFEST.index("  - name: halves")]
    (tmp_path / "more.yaml").write_text(
        "sources:\n" + readings.replace("readings", "more", 1), encoding="utf-8"
    )
    ingest(site.settings, tmp_path / "more.yaml")
    day = np.datetime64("2026-03-02")
    table = nodes(site.store, site.schema, "Customer", ())
    ids = [f"customer:44000000{number:02}" for number in (1, 2, 3, 4, 7, 8, 9, 10)]
    found = load_forms(site, table, ids, day)
    assert found is not None
    # The first has a point with a few readings of halves of an hour: never known as a whole. The third has nothing, the
    # fourth a profile alone, which others share, the fifth a meter without readings; the sixth has readings of its own.
    assert found.form.tolist()[2:5] == [-1, -1, -1]
    assert found.form[5] >= 0
    told = found.features()
    assert np.isnan(told["load_factor"][0])
    expected = in_words(np.round(power, 4).tolist(), 60, 0)
    assert [told[name][1] for name in NAMES] == pytest.approx(expected, abs=1e-3)
    assert told["load_factor"][6:].tolist() == pytest.approx([12.5 / 24, 12.5 / 24])
    assert load_forms(site, table, [], day) is None


CURVES = st.lists(
    st.tuples(
        st.sampled_from([15, 30, 60]), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4)), max_size=8)
    ),
    max_size=3,
)


@given(curves=CURVES, begins=st.integers(-3, 9), many=st.integers(0, 12))
def test_a_sum_is_that_of_every_minute(
    curves: list[tuple[int, list[tuple[int, int]]]], begins: int, many: int
) -> None:
    every, minutes = [], []
    for length, readings in curves:
        told = dict(readings)
        if told:
            at = np.array(sorted(told), dtype=np.int64) * length * 60
            values = np.array([told[one] for one in sorted(told)], dtype=np.float64)
            every.append(Curve(at, np.full(len(at), length), values))
            minutes.append({a * length + k: told[a] for a in told for k in range(length)})
    low, high = begins * 900, (begins + many) * 900
    grid = together(every, low, high)
    if not every:
        assert grid is None
        return
    assert grid is not None
    for at, value in zip(grid.at.tolist(), grid.power.tolist(), strict=True):
        inside = range(at // 60, at // 60 + grid.minutes)
        if all(minute in one for one in minutes for minute in inside):
            assert value == pytest.approx(sum(np.mean([one[m] for m in inside]) for one in minutes))
        else:
            assert np.isnan(value)
        assert low <= at <= high - 60 * grid.minutes


@given(curves=CURVES, begins=st.integers(-3, 9), many=st.integers(0, 12))
def test_all_that_is_known_lies_in_the_narrowed_time(
    curves: list[tuple[int, list[tuple[int, int]]]], begins: int, many: int
) -> None:
    every = []
    for length, readings in curves:
        if told := sorted(dict(readings)):
            at = np.array(told, dtype=np.int64) * length * 60
            every.append(Curve(at, np.full(len(at), length), np.ones(len(at))))
    low, high = begins * 900, (begins + many) * 900
    whole, part = together(every, low, high), together(every, *narrowed(every, low, high))
    assert (whole is None) == (part is None)
    if whole is not None and part is not None:
        assert whole.at[~np.isnan(whole.power)].tolist() == part.at[~np.isnan(part.power)].tolist()
