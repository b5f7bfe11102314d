"""When a relation runs: the definition in one sentence, asked day by day, and the same asked of whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.columns import lists
from graph.validity import Span, alive, alive_rows, ended, running, running_rows, spans_of, stored_spans

FIRST = date(2019, 12, 28)
DAYS = [(FIRST + timedelta(days=n)).isoformat() for n in range(12)]
BOUND = st.sampled_from(["", *DAYS])
SPAN = st.builds(Span, BOUND, BOUND)


@st.composite
def disjoint(draw: st.DrawFn) -> list[Span]:
    """Spans of which no two hold on one day, in any order."""
    found: list[Span] = []
    for span in draw(st.lists(SPAN, min_size=1, max_size=5)):
        if not any(_days(span) & _days(other) for other in found) and span not in found:
            found.append(span)
    return found


def _days(span: Span) -> set[str]:
    """The days on which it runs, by the definition: since <= T < until, absent does not bound."""
    since, until = span
    return {day for day in DAYS if (since == "" or since <= day) and (until == "" or until > day)}


def _held(spans: Sequence[Span]) -> dict[str, object]:
    return {"since": "", "until": "", "periods": []} | stored_spans(spans)


@given(disjoint())
def test_a_relation_runs_on_the_days_of_its_spans_and_on_no_other(spans: list[Span]) -> None:
    stored = stored_spans(spans)
    since, until, periods = (stored.get(name) for name in ("since", "until", "periods"))
    assert set(spans_of(since, until, periods)) == set(spans)  # type: ignore[arg-type]
    for day in DAYS:
        expected = any(day in _days(span) for span in spans)
        assert running(since, until, periods, day) is expected  # type: ignore[arg-type]


@given(st.lists(disjoint(), max_size=6), st.sampled_from(DAYS))
def test_columns_say_what_each_relation_says(relations: list[list[Span]], day: str) -> None:
    held = [_held(spans) for spans in relations]
    columns = {name: np.array([one[name] for one in held], dtype=object) for name in ("since", "until")}
    columns["periods"] = lists([one["periods"] for one in held])  # type: ignore[misc]
    expected = [any(day in _days(span) for span in spans) for spans in relations]
    assert running_rows(columns, day).tolist() == expected


@given(SPAN, SPAN)
def test_two_spans_overlap_where_a_day_has_both(one: Span, other: Span) -> None:
    if "" not in (*one, *other):
        assert one.overlaps(other) is bool(_days(one) & _days(other))
    assert one.overlaps(other) is other.overlaps(one)


def test_the_latest_span_stands_in_since_and_until() -> None:
    first, second = Span("2018-01-01", "2020-01-01"), Span("2024-01-01", "")
    assert stored_spans([second, first]) == {
        "since": "2024-01-01",
        "periods": ["2018-01-01/2020-01-01", "2024-01-01/"],
    }
    assert stored_spans([first]) == {"since": "2018-01-01", "until": "2020-01-01"}
    assert stored_spans([]) == {}


def test_an_end_before_its_beginning_holds_on_no_day() -> None:
    assert not any(running("2020-01-03", "2020-01-02", None, day) for day in DAYS)
    assert Span("2020-01-03", "2020-01-03").empty


def test_what_is_yet_to_come_has_not_ended() -> None:
    assert not ended("2020-01-03", None, None, "2020-01-01")
    assert ended(None, "2020-01-01", None, "2020-01-01")
    assert not ended(None, "2020-01-02", None, "2020-01-01")
    assert ended("2020-01-03", "2020-01-02", None, "2020-01-01")


def test_an_entity_lives_on_its_last_day() -> None:
    assert alive("2020-01-02", "2020-01-02")
    assert not alive("2020-01-02", "2020-01-03")
    last_days = np.array(["", "2020-01-01", "2020-01-02"], dtype=object)
    assert alive_rows(last_days, "2020-01-02").tolist() == [True, False, True]
