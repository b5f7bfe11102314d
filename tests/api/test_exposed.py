"""Answers of the services as types of the API: what a dataclass says is what GraphQL shows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import Enum

import pytest
import strawberry
from strawberry import Parent

from api.exposed import expose, make_types
from api.schema import schema
from services.arrears.answer.model import RiskTrace
from terms.ids import PartyId


class Season(Enum):
    """When it is read."""

    WET = "wet"
    """It rains."""
    DRY = "dry"
    """It does not."""


@dataclass(frozen=True)
class Reading:
    """A figure of a meter."""

    party: PartyId
    """Whose meter."""
    on: date
    """Day of the reading."""
    at: datetime
    """When it came in."""
    season: Season
    """The season."""
    figures: tuple[int, ...] = ()
    """One for each tariff."""


@dataclass(frozen=True)
class Readings:
    """What a meter told."""

    last: Reading
    """The newest."""


@dataclass(frozen=True)
class Bare:
    """A type that leaves a field without words."""

    figure: int


def double(reading: Parent[Reading]) -> int:
    """All figures, twice."""
    return 2 * sum(reading.figures)


READING = Reading(
    PartyId("person:1"), date(2026, 1, 31), datetime(2026, 2, 1, 8, tzinfo=UTC), Season.DRY, (3, 4)
)


def test_a_dataclass_is_shown_as_it_is_with_what_it_contains() -> None:
    expose(Reading, name="MeterReading", double=double)
    expose(Readings)
    make_types()

    @strawberry.type
    class Query:
        @strawberry.field
        def readings(self) -> Readings:
            return Readings(READING)

    made = strawberry.Schema(Query)
    answer = made.execute_sync("{ readings { last { party on at season figures double } } }")
    assert answer.errors is None
    assert answer.data == {
        "readings": {
            "last": {
                "party": "person:1",
                "on": "2026-01-31",
                "at": "2026-02-01T08:00:00Z",
                "season": "DRY",
                "figures": [3, 4],
                "double": 14,
            }
        }
    }
    told = made.as_str()
    for words in (
        '"""A figure of a meter."""\ntype MeterReading {',
        '"""Whose meter."""\n  party: ID!',
        '"""All figures, twice."""\n  double: Int!',
        '"""It rains."""\n  WET',
    ):
        assert words in told


def test_a_field_without_words_is_refused() -> None:
    expose(Bare)
    with pytest.raises(TypeError, match=r"Bare\.figure has no description"):
        make_types()


def test_a_dataclass_is_exposed_once() -> None:
    with pytest.raises(TypeError, match="RiskTrace is exposed twice"):
        expose(RiskTrace)


def test_every_field_of_an_answer_is_in_the_schema() -> None:
    shown = schema.get_type_by_name("RiskTrace")
    assert shown is not None
    assert {field.python_name for field in shown.fields} == {field.name for field in fields(RiskTrace)}
