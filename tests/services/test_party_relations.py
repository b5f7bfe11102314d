"""Relations that were read once hold on a day as they would one by one."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.validity import Span
from services.reading.party_relations import Between

FIRST = date(2024, 1, 1)
DAYS = st.integers(0, 12).map(lambda days: (FIRST + timedelta(days=days)).isoformat())
SPANS = st.lists(
    st.builds(Span, DAYS | st.just(""), DAYS | st.just("")).filter(lambda span: not span.empty),
    min_size=1,
    max_size=3,
)


def objects(values: list[object]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), SPANS), max_size=8), DAYS)
def test_those_that_hold_on_a_day_are_kept_with_all_that_is_known_of_them(
    made: list[tuple[int, int, list[Span]]], day: str
) -> None:
    # A relation with several spans carries the latest of them beside all; with one it carries that one alone.
    rows = [(source, target, sorted(spans), f"bureau/{n}") for n, (source, target, spans) in enumerate(made)]
    between = Between(
        ids=[f"enterprise:{number}" for number in range(5)],
        enterprise=np.ones(5, dtype=np.bool_),
        nodes={},
        source=np.array([row[0] for row in rows], dtype=np.int64),
        target=np.array([row[1] for row in rows], dtype=np.int64),
        columns={
            "since": objects([spans[-1].since for _, _, spans, _ in rows]),
            "until": objects([spans[-1].until for _, _, spans, _ in rows]),
            "periods": objects(
                [
                    [f"{span.since}/{span.until}" for span in spans] if len(spans) > 1 else []
                    for _, _, spans, _ in rows
                ]
            ),
            "recordId": objects([record for *_, record in rows]),
        },
    )
    found = between.on(date.fromisoformat(day))
    expected = [row for row in rows if any(span.holds(day) for span in row[2])]
    assert found.source.tolist() == [source for source, *_ in expected]
    assert found.target.tolist() == [target for _, target, *_ in expected]
    assert found.columns["recordId"].tolist() == [record for *_, record in expected]
    assert found.ids == between.ids
    assert between.none().source.tolist() == []
    assert all(between.ids[place] == name for name, place in between.position.items())
