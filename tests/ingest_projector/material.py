"""Records and judgements to build histories of: few keys, so that they meet often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from hypothesis import strategies as st

from graph.schema.keys import rank, type_of
from graph.schema.load import schema
from ingest.identity.mention_keys import mentions
from ingest.statements import NodeStatement, RelationStatement, Statements
from ledger.database import Ledger
from ledger.judgements import NewJudgement, judge_all
from ledger.records import NewRecord, append
from terms.ids import Key

SCHEMA = schema()
START = datetime(2026, 1, 1, tzinfo=UTC)

CODES = tuple(Key(f"enterprise:91370000MA3C00000{i}") for i in range(3))
NUMBERS = (Key("enterprise:registrationNo=370001"),)
LOCALS = tuple(Key(f"enterprise:archive/{name}") for name in "ab")
ENTERPRISES = (*CODES, *NUMBERS, *LOCALS)
CUSTOMERS = tuple(Key(f"customer:000000000{i}") for i in range(2))
CHANNELS = {"registry": "business-registry", "visits": "home-visit", "old": "archive"}
SPANS: tuple[dict[str, str], ...] = (
    {},
    {"since": "2018-01-01", "until": "2020-01-01"},
    {"since": "2019-01-01"},
    {"until": "2019-01-01"},
    {"since": "2024-01-01"},
    {"since": "2024-01-01", "until": "2023-01-01"},
)
"""What a record tells of the time of a guarantee: nothing, apart, overlapping, ending before it begins."""
ORIGINS = {"registry": "real", "visits": "synthetic", "old": "real"}


def node(type_: str, *keys: str, **values: object) -> NodeStatement:
    """A node statement; its keys in declared order."""
    return NodeStatement(type_, tuple(Key(key) for key in keys), dict(values))  # type: ignore[arg-type]


def relation(type_: str, source: str, target: str, key: str = "", **values: object) -> RelationStatement:
    """A relation between two keys; the types of its ends from the keys."""
    ends = (type_of(source, SCHEMA).name, Key(source), type_of(target, SCHEMA).name, Key(target))
    return RelationStatement(type_, *ends, key, dict(values))  # type: ignore[arg-type]


def row(
    name: str,
    *statements: NodeStatement | RelationStatement,
    day: int | None = 0,
    channel: str | None = None,
    origin: str | None = None,
    deleted: bool = False,
) -> NewRecord:
    """A record ``source/id``; observed ``day`` days after the start, or at no stated time."""
    source, _, local = name.partition("/")
    told = Statements(
        nodes=tuple(s for s in statements if isinstance(s, NodeStatement)),
        relations=tuple(s for s in statements if isinstance(s, RelationStatement)),
    )
    return NewRecord(
        source=source,
        record_id=local,
        channel=channel or CHANNELS.get(source, "survey"),
        origin=origin or ORIGINS.get(source, "real"),  # type: ignore[arg-type]
        observed_at=START + timedelta(days=day or 0),
        observed_assumed=day is None,
        payload=told.to_json(),
        deleted=deleted,
        mentions=mentions(told, SCHEMA),
    )


def withdrawn(name: str, day: int | None = 0) -> NewRecord:
    """A row that withdraws the record."""
    return row(name, day=day, deleted=True)


@dataclass(frozen=True)
class Load:
    """Rows that arrive together."""

    rows: tuple[NewRecord, ...]


@dataclass(frozen=True)
class Judge:
    """Judgements that are made together."""

    judgements: tuple[NewJudgement, ...]


Event: TypeAlias = Load | Judge


def happen(ledger: Ledger, event: Event, minute: int) -> None:
    """Let an event come into the ledger, a minute after the last."""
    at = START + timedelta(days=400, minutes=minute)
    if isinstance(event, Load):
        append(ledger, event.rows, recorded_at=at)
    else:
        judge_all(ledger, event.judgements, at=at)


def names() -> st.SearchStrategy[str]:
    """Records of three sources."""
    return st.builds("{}/{}".format, st.sampled_from(tuple(CHANNELS)), st.sampled_from("123"))


@st.composite
def rows(draw: st.DrawFn) -> NewRecord:
    """A row: up to two enterprises, a customer, relations between what it names and what it refers to."""
    name = draw(names())
    day = draw(st.one_of(st.none(), st.integers(0, 3)))
    if draw(st.integers(0, 7)) == 0:
        return withdrawn(name, day)
    left = list(ENTERPRISES)
    statements: list[NodeStatement | RelationStatement] = []
    ends: list[Key] = []
    for _ in range(draw(st.integers(0, 2))):
        keys = draw(st.lists(st.sampled_from(left), min_size=1, max_size=2, unique=True))
        keys.sort(key=lambda key: (rank(key, SCHEMA.nodes["Enterprise"]), key))
        left = [key for key in left if key not in keys]
        values: dict[str, object] = {}
        if draw(st.booleans()):
            values["name"] = draw(st.sampled_from(("甲", "乙")))
        if draw(st.booleans()):
            values["netAssets"] = draw(st.integers(0, 2))
        statements.append(node("Enterprise", *keys, **values))
        ends.append(keys[0])
    referred = draw(st.lists(st.sampled_from(left), max_size=1 if ends else 2, unique=True))
    if len(ends) + len(referred) >= 2:
        source, target = [*ends, *referred][:2]
        for key in draw(st.lists(st.sampled_from(("c1", "c2")), max_size=2, unique=True)):
            amount = {"amount": draw(st.integers(1, 2))} if draw(st.booleans()) else {}
            span = draw(st.sampled_from(SPANS))
            statements.append(relation("GUARANTEES", source, target, key, contractNo=key, **amount, **span))
        for part in draw(st.sampled_from(((), ("",), ("1",), ("1", "2"), ("", "1")))):
            number = {"partNo": part} if part else {}
            share = draw(st.sampled_from((0.25, 0.5)))
            statements.append(relation("INVESTS_IN", source, target, part, share=share, **number))
        statements.extend(node("Enterprise", key) for key in referred)
        ends += referred
    if draw(st.booleans()):
        customer = draw(st.sampled_from(CUSTOMERS))
        shown = {"name": draw(st.sampled_from(("张", "李")))} if draw(st.booleans()) else {}
        statements.append(node("Customer", customer, **shown))
        if ends and draw(st.booleans()):
            statements.append(relation("IS", customer, ends[0]))
    return row(name, *statements, day=day)


def ends_of_judgements() -> st.SearchStrategy[Key]:
    """Keys of enterprises, and sightings by name."""
    sightings = st.builds(lambda n, i: Key(f"enterprise@{n}#{i}"), names(), st.integers(1, 2))
    return st.one_of(st.sampled_from(ENTERPRISES), sightings)


@st.composite
def judgements(draw: st.DrawFn) -> NewJudgement:
    """A judgement between two of them, by any kind of judge."""
    pair = draw(st.lists(ends_of_judgements(), min_size=2, max_size=2, unique=True))
    return NewJudgement(
        *pair,
        verdict=draw(st.sampled_from(("same", "same", "different", "different", "unsure"))),
        by=draw(st.sampled_from(("person", "rule", "model"))),
        author=draw(st.sampled_from(("ann", "bo"))),
        score=draw(st.sampled_from((None, 0.5, 0.9))),
    )


def events() -> st.SearchStrategy[Event]:
    """Loads and judgements."""
    return st.one_of(
        st.builds(Load, st.lists(rows(), min_size=1, max_size=4).map(tuple)),
        st.builds(Judge, st.lists(judgements(), min_size=1, max_size=2).map(tuple)),
    )


def histories(most: int = 8) -> st.SearchStrategy[list[Event]]:
    """What happens to a ledger, in order."""
    return st.lists(events(), min_size=1, max_size=most)
