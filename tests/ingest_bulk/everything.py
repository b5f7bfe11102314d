"""A history with everything in it that a graph may hold, and the values of every type of property."""

from __future__ import annotations

from ingest.judgements.judging import split
from ledger.database import Ledger
from ledger.judgements import NewJudgement
from tests.ingest_projector.material import (
    CODES,
    LOCALS,
    NUMBERS,
    SCHEMA,
    START,
    Judge,
    Load,
    happen,
    node,
    relation,
    row,
    withdrawn,
)

A, B, C = CODES
ZHANG = "customer:0000000001"
CROWDED = "customer:0000000003"
VALUES: dict[str, object] = {
    "text": '国网電力 "引号" \\ \t 全角Ａ',
    "integer": 7,
    "decimal": 2,  # a whole number, which is stored as a float
    "money": 123_456,
    "share": 0.25,
    "boolean": True,
    "date": "2026-01-31",
    "instant": "2026-01-31T08:00:00Z",
    "month": "2026-01",
}
"""A value of each type of property."""


def everything(ledger: Ledger) -> None:
    """Let it all come into a ledger: merges, splits, updates, deletions, rivals, proxies, every type."""
    happen(ledger, _all_types(), 0)
    happen(ledger, Load((
        row("registry/1", node("Enterprise", A, NUMBERS[0], name="甲公司", netAssets=5)),
        row("archive/1", node("Enterprise", A, LOCALS[0], name="甲", phone="138 0013 8000")),
        row("visits/1", node("Enterprise", LOCALS[0], name="甲厂"), node("Enterprise", B, name="乙"),
            relation("GUARANTEES", LOCALS[0], B, "c1", contractNo="c1", amount=7),
            relation("GUARANTEES", LOCALS[0], B, "c2", contractNo="c2"),
            relation("INVESTS_IN", B, B, share=0.5)),
        # A rival claim by other keys, and the same pair under no declared key.
        row("visits/2", node("Enterprise", A), node("Enterprise", B),
            relation("GUARANTEES", A, B, "c1", contractNo="c1", amount=9),
            relation("INVESTS_IN", A, B, share=0.1), day=1),
        # Renewed after a time without it; parts of a holding, and the same holding whole by another channel.
        row("visits/3", node("Enterprise", A), node("Enterprise", B),
            relation("GUARANTEES", A, B, "c3", contractNo="c3", since="2018-01-01", until="2020-01-01")),
        row("visits/4", node("Enterprise", A), node("Enterprise", B),
            relation("GUARANTEES", A, B, "c3", contractNo="c3", since="2024-01-01"), day=1),
        row("registry/2", node("Enterprise", C), node("Enterprise", B),
            relation("INVESTS_IN", C, B, "1", partNo="1", share=0.3),
            relation("INVESTS_IN", C, B, "2", partNo="2", share=0.25)),
        row("visits/5", node("Enterprise", C), node("Enterprise", B),
            relation("INVESTS_IN", C, B, share=0.5), relation("INVESTS_IN", C, B, "3", partNo="3")),
        row("old/1", node("Enterprise", A), node("Enterprise", B), relation("INVESTS_IN", A, B, share=0.3)),
        row("old/2", node("Enterprise", C, name="丙")),
        row("old/3", node("Enterprise", C, name="丙丙"), node("Enterprise", LOCALS[1], name="丁")),
        row("old/4", node("Customer", ZHANG, name="张"), node("Enterprise", C), relation("IS", ZHANG, C)),
        row("old/5", node("Customer", ZHANG, phone="139"), node("Enterprise", LOCALS[1]),
            relation("IS", ZHANG, LOCALS[1])),
        row("old/6", node("Enterprise", "enterprise:archive/only-named"), node("Enterprise", B),
            relation("INVESTS_IN", "enterprise:archive/only-named", B), origin="benchmark"),
        row("old/7", node("Enterprise", "enterprise:archive/gone", name="走")),
        row("old/8", node("Customer", "customer:0000000002", name="old")),
        # Two parties behind one customer.
        *(row(f"old/{n}", node("Customer", CROWDED, name="王"), node("Enterprise", party),
              relation("IS", CROWDED, party)) for n, party in ((9, A), (10, B))),
    )), 1)  # fmt: skip
    happen(ledger, Load((
        withdrawn("old/7", day=1),
        row("old/8", node("Customer", "customer:0000000002", name="new"), day=1),
        row("old/8", node("Customer", "customer:0000000002", name="late news of old"), day=0),
    )), 2)  # fmt: skip
    happen(ledger, Judge((
        NewJudgement(C, LOCALS[1], "same", "person", "ann"),
        NewJudgement(B, NUMBERS[0], "same", "model", "m1", 0.4),
        NewJudgement(B, NUMBERS[0], "different", "person", "bo"),
        NewJudgement("enterprise:never-seen", B, "same", "rule", "r1"),  # type: ignore[arg-type]
    )), 3)  # fmt: skip


def split_one(ledger: Ledger) -> None:
    """Part a record from its entity; the graph has to show them by now."""
    split(ledger, SCHEMA, "old/3", author="ann", at=START, of_type="Enterprise")


def _all_types() -> Load:
    """Every node type and every relation type between all its ends, with a value for every property."""
    rows = []
    for number, kind in enumerate(SCHEMA.nodes.values()):
        if not kind.derived:
            values = {p.name: p.values[0] if p.values else VALUES[p.type] for p in kind.properties.values()}
            told = node(kind.name, f"{kind.prefix}:all/1", **values)
            proxy = tuple(p.name for p in kind.properties.values() if p.type == "money")
            rows.append(row(f"all/{number}", type(told)(told.type, told.keys, told.set, proxy)))
    for tie in SCHEMA.relations.values():
        for source, target in () if tie.derived else tie.ends:
            a, b = (f"{SCHEMA.nodes[name].prefix}:all/1" for name in (source, target))
            values = {p.name: p.values[0] if p.values else VALUES[p.type] for p in tie.properties.values()}
            stated = relation(tie.name, a, b, "k1" if tie.key else "", **values)
            nodes = {a: node(source, a), b: node(target, b)}
            rows.append(row(f"all/{tie.name}-{source}-{target}", *nodes.values(), stated))
    return Load(tuple(rows))
