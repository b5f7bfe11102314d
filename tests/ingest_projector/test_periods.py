"""Since and until come as a pair from the preferred claim; what tells of another time is a further period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.validity import OPEN, running
from graph.write import RelationRow
from ingest.entities.claims import RelationClaim, RelationIdentity
from ingest.entities.relations import relation_row
from ingest.statements import RelationStatement
from ledger.records import Record
from terms.ids import EntityId, Key
from tests.ingest_projector.material import CODES, SCHEMA, START

A, B, _ = CODES
ITSELF = RelationIdentity("GUARANTEES", "Enterprise", EntityId(A), "Enterprise", EntityId(B), "c1")
CHANNELS = ("business-registry", "home-visit", "archive")
DAYS = [f"2020-01-{day:02}" for day in range(1, 12)]
BOUND = st.sampled_from(("", *DAYS[1:-1]))


def claim(name: str, channel: str, observed: int, **values: object) -> RelationClaim:
    """What a record of the channel tells, observed so many days after the start."""
    source, _, local = name.partition("/")
    told = {bound: value for bound, value in values.items() if value != ""}
    statement = RelationStatement("GUARANTEES", "Enterprise", Key(A), "Enterprise", Key(B), "c1", told)  # type: ignore[arg-type]
    at = START + timedelta(days=observed)
    record = Record(
        seq=1, source=source, record_id=local, channel=channel, origin="real", observed_at=at,
        observed_assumed=False, recorded_at=START, hash=b"", deleted=False, location="", payload=b"",
    )  # fmt: skip
    return RelationClaim(record, statement)


@st.composite
def rivals(draw: st.DrawFn) -> list[RelationClaim]:
    """Up to six records that tell one contract, in the order in which they arrive."""
    number = draw(st.integers(1, 6))
    return [
        claim(
            f"s{draw(st.integers(0, 1))}/{place}",
            draw(st.sampled_from(CHANNELS)),
            draw(st.integers(0, 2)),
            since=draw(BOUND),
            until=draw(BOUND),
        )
        for place in range(number)
    ]


def days_of(told: RelationClaim) -> frozenset[str]:
    """The days on which a claim says that the relation runs. The first and the last day of DAYS stand for all before
    and all after the others."""
    since, until = (str(told.statement.set.get(bound, "")) for bound in ("since", "until"))
    return frozenset(day for day in DAYS if (not since or since <= day) and (not until or day < until))


def before(one: RelationClaim, other: RelationClaim) -> bool:
    """Whether the one is preferred: a more trusted channel, the later observation, the smaller record id."""
    trust = [SCHEMA.channels.index(c.record.channel) for c in (one, other)]
    if trust[0] != trust[1]:
        return trust[0] < trust[1]
    if one.record.observed_at != other.record.observed_at:
        return one.record.observed_at > other.record.observed_at
    return (one.record.source, one.record.record_id) < (other.record.source, other.record.record_id)


def accepted(claims: Sequence[RelationClaim]) -> list[RelationClaim]:
    """The claims whose times count, slowly and by the text alone."""
    left = [c for c in claims if {"since", "until"} & set(c.statement.set)]
    taken: list[RelationClaim] = []
    while left:
        best = next(c for c in left if not any(before(other, c) for other in left if other is not c))
        left.remove(best)
        if days_of(best) and not any(days_of(best) & days_of(other) for other in taken):
            taken.append(best)
    return taken


def shown(claims: Sequence[RelationClaim]) -> RelationRow:
    return relation_row(ITSELF, claims, SCHEMA)


def runs(row: RelationRow, day: str) -> bool:
    since, until, periods = (row.properties.get(name) for name in ("since", "until", "periods"))
    return running(since, until, periods, day)  # type: ignore[arg-type]


@settings(max_examples=2_000)
@given(claims=rivals(), data=st.data())
def test_a_relation_runs_when_an_accepted_claim_says_so(
    claims: list[RelationClaim], data: st.DataObject
) -> None:
    row = shown(claims)
    taken = accepted(claims)
    timeless = not any({"since", "until"} & set(c.statement.set) for c in claims)
    for day in DAYS:
        assert runs(row, day) is (timeless or any(day in days_of(c) for c in taken)), day
    assert len(row.properties.get("periods", ())) == (len(taken) if len(taken) > 1 else 0)  # type: ignore[arg-type]
    if taken:
        latest = max(taken, key=lambda c: str(c.statement.set.get("since", "")))
        for bound in ("since", "until"):
            assert row.properties.get(bound) == latest.statement.set.get(bound)
    # The order in which they arrive never matters.
    assert shown(data.draw(st.permutations(claims))) == row


def test_a_contract_that_was_renewed_has_both_periods_and_shows_the_latest() -> None:
    first = claim("bank/1", "home-visit", 0, since="2018-01-01", until="2020-01-01", amount=7)
    again = claim("bank/2", "home-visit", 1, since="2024-01-01", amount=9)
    for claims in ([first, again], [again, first]):
        row = shown(claims)
        assert row.properties == {
            "amount": 9,
            "since": "2024-01-01",
            "periods": ["2018-01-01/2020-01-01", "2024-01-01/"],
        }
        assert [runs(row, day) for day in ("2019-06-30", "2022-06-30", "2026-06-30")] == [True, False, True]


def test_the_pair_comes_from_one_claim_even_where_another_tells_the_rest() -> None:
    registry = claim("r/1", "business-registry", 0, since="2018-01-01")
    visit = claim("v/1", "home-visit", 5, since="2017-01-01", until="2020-01-01")
    row = shown([registry, visit])
    assert (row.properties["since"], row.properties.get("until")) == ("2018-01-01", None)
    ended = claim("r/2", "business-registry", 1, until="2020-01-01")
    row = shown([registry, visit, ended])
    assert (row.properties.get("since"), row.properties["until"]) == (None, "2020-01-01")


def test_an_end_that_is_said_to_be_open_takes_the_place_of_an_earlier_one() -> None:
    ended = claim("v/1", "home-visit", 0, since="2018-01-01", until="2020-01-01")
    assert shown([ended, claim("v/2", "home-visit", 1, until=OPEN)]).properties == {}
    assert shown([ended, claim("v/2", "home-visit", 1, since="2019-01-01", until=OPEN)]).properties == {
        "since": "2019-01-01"
    }


def test_a_claim_that_tells_no_time_leaves_that_of_another() -> None:
    silent = claim("r/1", "business-registry", 9, amount=5)
    row = shown([silent, claim("v/1", "home-visit", 0, since="2018-01-01", until="2020-01-01")])
    assert row.properties == {"amount": 5, "since": "2018-01-01", "until": "2020-01-01"}


def test_an_end_before_its_beginning_counts_nowhere_and_hides_no_other() -> None:
    wrong = claim("r/1", "business-registry", 0, since="2024-01-01", until="2020-01-01")
    row = shown([wrong])
    assert row.properties == {"since": "2024-01-01", "until": "2020-01-01"}
    assert not any(runs(row, day) for day in ("2019-01-01", "2022-01-01", "2026-01-01"))
    row = shown([wrong, claim("v/1", "home-visit", 0, since="2018-01-01")])
    assert row.properties == {"since": "2018-01-01"}


@pytest.mark.parametrize(("marked", "expected"), [(0, None), (1, ["since"])])
def test_a_stand_in_is_marked_where_it_is_the_period_that_is_shown(marked: int, expected: object) -> None:
    spans = [{"since": "2018-01-01", "until": "2020-01-01"}, {"since": "2024-01-01"}]
    claims = []
    for place, span in enumerate(spans):
        told = claim(f"v/{place}", "home-visit", 0, **span)
        proxy = ("since",) if place == marked else ()
        claims.append(RelationClaim(told.record, replace(told.statement, proxy=proxy)))
    assert shown(claims).properties.get("proxies") == expected
