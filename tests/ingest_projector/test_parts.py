"""Parts of a holding add up within one channel; the preferred channel's set wins whole."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.projection.difference import difference
from ledger.records import NewRecord, append, head, since
from tests.ingest_projector.material import (
    CHANNELS,
    CODES,
    SCHEMA,
    START,
    Load,
    happen,
    node,
    relation,
    row,
    withdrawn,
)
from tests.ingest_projector.test_difference import Graph, new_ledger

A, B, _ = CODES
HOLDER, COMPANY = A, B


def holds(name: str, *parts: tuple[str, float], day: int = 0) -> NewRecord:
    """A record that tells parts of the holding, by number and share; '' is the holding as a whole."""
    told = [
        relation("INVESTS_IN", HOLDER, COMPANY, part, share=share, **({"partNo": part} if part else {}))
        for part, share in parts
    ]
    return row(name, node("Enterprise", HOLDER), node("Enterprise", COMPANY), *told, day=day)


def shown(*records: NewRecord) -> dict[str, float]:
    """Part number -> share, as the graph shows it once all have arrived."""
    with new_ledger() as ledger:
        append(ledger, records, recorded_at=START)
        made = difference(ledger, SCHEMA, since(ledger, 0, head(ledger))).change.create_relations
        return {one.key: one.properties["share"] for one in made}  # type: ignore[misc]


def test_parts_of_one_register_stand_side_by_side() -> None:
    assert shown(holds("registry/1", ("1", 0.3)), holds("registry/2", ("2", 0.25))) == {"1": 0.3, "2": 0.25}


def test_without_a_number_there_is_one_holding_whatever_the_record() -> None:
    assert shown(holds("registry/1", ("", 0.3)), holds("registry/2", ("", 0.25))) == {"": 0.3}


def test_the_set_of_the_preferred_channel_wins_whole() -> None:
    registry = (holds("registry/1", ("1", 0.3)), holds("registry/2", ("2", 0.25)))
    assert shown(*registry, holds("visits/1", ("", 0.5), day=9)) == {"1": 0.3, "2": 0.25}
    assert shown(*registry, holds("visits/1", ("3", 0.1), ("1", 0.9), day=9)) == {"1": 0.3, "2": 0.25}
    assert shown(holds("registry/1", ("", 0.55)), holds("visits/1", ("1", 0.3), ("2", 0.25))) == {"": 0.55}


def test_of_one_channel_the_later_telling_says_whether_there_are_parts() -> None:
    whole, parts = holds("registry/1", ("", 0.5)), holds("registry/2", ("1", 0.3), ("2", 0.25), day=1)
    assert shown(whole, parts) == {"1": 0.3, "2": 0.25}
    assert shown(holds("registry/1", ("", 0.5), day=2), parts) == {"": 0.5}


def test_when_the_preferred_set_is_withdrawn_the_other_comes_forward() -> None:
    visits = holds("visits/1", ("1", 0.5), ("2", 0.1))
    assert shown(holds("registry/1", ("1", 0.3)), visits, withdrawn("registry/1", day=1)) == {
        "1": 0.5,
        "2": 0.1,
    }


@dataclass(frozen=True)
class Row:
    """A row of a register: who tells it when, and the parts that it names with their shares."""

    source: str
    local: int
    day: int
    parts: tuple[tuple[str, float], ...]

    @property
    def trust(self) -> tuple[int, int, str, int]:
        """The smaller the more it is preferred."""
        return (SCHEMA.channels.index(CHANNELS[self.source]), -self.day, self.source, self.local)


def plainly(rows: list[Row]) -> dict[str, float]:
    """What of the holding is shown, by the text alone."""
    first = min(rows, key=lambda one: one.trust)
    if first.parts[0][0] == "":
        return {"": first.parts[0][1]}
    of_channel = [one for one in rows if CHANNELS[one.source] == CHANNELS[first.source]]
    found: dict[str, float] = {}
    for one in sorted(of_channel, key=lambda one: one.trust):
        for part, share in one.parts:
            if part:
                found.setdefault(part, share)
    return found


@st.composite
def registers(draw: st.DrawFn) -> list[Row]:
    """Rows that tell one holding, each with a name of its own."""
    numbers = st.sampled_from((("",), ("1",), ("2",), ("1", "2"), ("2", "3")))
    return [
        Row(
            draw(st.sampled_from(tuple(CHANNELS))),
            local,
            draw(st.integers(0, 2)),
            tuple((part, draw(st.sampled_from((0.1, 0.2, 0.3)))) for part in draw(numbers)),
        )
        for local in range(draw(st.integers(1, 6)))
    ]


@settings(max_examples=150)
@given(rows=registers(), cut=st.integers(0, 6), data=st.data())
def test_any_rows_in_any_order_and_in_any_steps_show_the_preferred_set(
    rows: list[Row], cut: int, data: st.DataObject
) -> None:
    arriving = [
        holds(f"{one.source}/{one.local}", *one.parts, day=one.day)
        for one in data.draw(st.permutations(rows))
    ]
    assert shown(*arriving) == plainly(rows)
    with new_ledger() as ledger:
        graph = Graph()
        for minute, part in enumerate((arriving[:cut], arriving[cut:])):
            if part:
                done = head(ledger)
                happen(ledger, Load(tuple(part)), minute)
                graph.take(difference(ledger, SCHEMA, since(ledger, done, len(arriving))))
        assert {key: row.properties["share"] for (*_, key), row in graph.relations.items()} == plainly(rows)
