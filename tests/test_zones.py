"""The business zone: which day an instant belongs to, by an offset and by a name that had summer times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terms.zones import DEFAULT, DEFAULT_ZONE, business_day, canonical, zone_of

SHANGHAI = zone_of("Asia/Shanghai")
SUMMERS = [  # first and last day with summer time, from and until two in the morning
    (date(1986, 5, 4), date(1986, 9, 14)),
    (date(1987, 4, 12), date(1987, 9, 13)),
    (date(1988, 4, 17), date(1988, 9, 11)),
    (date(1989, 4, 16), date(1989, 9, 17)),
    (date(1990, 4, 15), date(1990, 9, 16)),
    (date(1991, 4, 14), date(1991, 9, 15)),
]


@given(st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)))
def test_by_an_offset_a_day_is_that_of_the_time_eight_hours_later(moment: datetime) -> None:
    assert business_day(moment.replace(tzinfo=UTC), zone_of(DEFAULT)) == (moment + timedelta(hours=8)).date()


@given(st.datetimes(datetime(1950, 1, 1), datetime(2037, 1, 1)))
def test_by_name_days_differ_in_the_last_hour_of_summer_days_and_nowhere_else(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    fixed, named = business_day(instant, DEFAULT_ZONE), business_day(instant, SHANGHAI)
    evening = moment + timedelta(hours=8)
    in_summer = any(first <= evening.date() < last for first, last in SUMMERS)
    moved = in_summer and evening.hour == 23
    assert (named - fixed).days == moved


@pytest.mark.parametrize(("first", "last"), SUMMERS)
def test_every_summer_of_those_years_moves_its_evenings(first: date, last: date) -> None:
    moved = [
        day
        for day in (date(first.year, 1, 1) + timedelta(days=n) for n in range(365))
        if business_day(datetime(day.year, day.month, day.day, 15, 30, tzinfo=UTC), SHANGHAI) != day
    ]
    assert (moved[0], moved[-1]) == (first, last - timedelta(days=1))
    assert len(moved) == (last - first).days


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("UTC+08:00", "UTC+08:00"),
        ("utc+8", "UTC+08:00"),
        ("+0800", "UTC+08:00"),
        ("GMT-3:30", "UTC-03:30"),
        ("UTC", "UTC"),
        ("Asia/Urumqi", "Asia/Urumqi"),
    ],
)
def test_each_zone_has_one_name(written: str, name: str) -> None:
    assert canonical(written) == name
    assert canonical(name) == name


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "UTC+15", "UTC+8:75", "", "../etc/passwd", "/etc/localtime"]
)
def test_what_names_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="UTC"):
        zone_of(name)
