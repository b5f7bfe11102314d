"""On random small graphs in a real store: what has ended changes nothing, and what ends goes alone.

Each example is a site of its own: a few enterprises, some of which do not pay, persons, addresses, and relations drawn
at random between them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graph.store import Store
from services.analysis import analyse
from services.arrears.groups.related import related_parties
from services.arrears.ownership.circles import guarantee_circles
from services.arrears.ownership.owners import owners
from services.loading import ingest
from services.risk.current import current
from services.settings import settings as site_settings
from services.site import Site, open_site
from tests.conftest import emptied
from tests.everyone import seen

DAY = date(2026, 1, 31)
"""The latest day of the data."""

FIRMS, PERSONS, STREETS = 4, 2, 2
EXAMPLES = 5
"""A site takes seconds to load and to analyse."""

BASE = """
sources:
  - name: firms
    path: firms.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {kind: {const: organisation}}
      - node: Enterprise
        key: {local: firm}
        set: {name: firm, netAssets: {const: 1000000}}
      - relation: IS
        from: {Customer: {customerNo: no}}
        to: {Enterprise: {local: firm}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: no}}
        to: {Account: {accountNo: firm}}
  - name: persons
    path: persons.csv
    channel: marketing
    recordId: person
    observedAt: 2026-01-31
    mapping:
      - node: Person
        key: {local: person}
        set: {name: person}
  - name: streets
    path: streets.csv
    channel: marketing
    recordId: street
    observedAt: 2026-01-31
    mapping:
      - node: Address
        key: {text: street}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: bill
    observedAt: 2026-01-31
    mapping:
      - node: Bill
        key: {billNo: bill}
        set: {period: period, amount: amount, dueOn: due, paidOn: paid}
      - relation: BILLED
        from: {Account: {accountNo: firm}}
        to: {Bill: {billNo: bill}}
"""
CONTRACTS = {"guarantee": "GUARANTEES", "loan": "LENDS_TO", "credit": "SELLS_ON_CREDIT_TO"}
ENTRY = """\
      - relation: {type}
        from: {{{source}: {{{from_}: a}}}}
        to: {{{target}: {{{to}: b}}}}
        {more}
        when: {{column: kind, equals: {kind}}}
"""
SPAN = "since: since, until: until"
MAPPING = "".join(
    ENTRY.format(type=type_, kind=kind, source=source, from_="local", target=target, to=to, more=more)
    for kind, type_, source, target, to, more in (
        *(
            (kind, type_, "Enterprise", "Enterprise", "local",
             f"key: {{contractNo: line}}\n        set: {{amount: amount, {SPAN}}}")
            for kind, type_ in CONTRACTS.items()
        ),
        ("holding", "INVESTS_IN", "Enterprise", "Enterprise", "local",
         f"set: {{share: {{column: amount, unit: percent}}, {SPAN}}}"),
        ("stake", "INVESTS_IN", "Person", "Enterprise", "local",
         f"set: {{share: {{column: amount, unit: percent}}, {SPAN}}}"),
        ("director", "DIRECTOR_OF", "Person", "Enterprise", "local", f"set: {{{SPAN}}}"),
        ("represents", "LEGAL_REPRESENTATIVE_OF", "Person", "Enterprise", "local", f"set: {{{SPAN}}}"),
        ("seat", "LOCATED_AT", "Enterprise", "Address", "text", f"set: {{{SPAN}}}"),
        ("home", "LIVES_AT", "Person", "Address", "text", f"set: {{{SPAN}}}"),
    )
)  # fmt: skip


@dataclass(frozen=True)
class Relation:
    """A relation between existing parties. ``number``: of a contract, which tells it from others."""

    kind: str
    source: str
    target: str
    number: int = 0
    since: str = ""
    until: str = ""
    observed: str = DAY.isoformat()

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same relation as another one: its type and its ends, and the number of a contract."""
        type_ = "holding" if self.kind == "stake" else self.kind
        return type_, self.source, self.target, self.number if self.kind in CONTRACTS else 0


FIRM = st.integers(0, FIRMS - 1).map(lambda n: f"F{n}")
PERSON = st.integers(0, PERSONS - 1).map(lambda n: f"P{n}")
STREET = st.integers(0, STREETS - 1).map(lambda n: f"Street {n} No 8")
BETWEEN_FIRMS = st.tuples(st.sampled_from([*CONTRACTS, "holding"]), FIRM, FIRM).filter(lambda x: x[1] != x[2])
BY_PERSONS = st.tuples(st.sampled_from(["stake", "director", "represents"]), PERSON, FIRM)
PLACES = st.tuples(st.just("seat"), FIRM, STREET) | st.tuples(st.just("home"), PERSON, STREET)
ENDS = BETWEEN_FIRMS | BY_PERSONS | PLACES
DAYS = st.integers(0, 3_000).map(lambda back: DAY - timedelta(days=back))


@st.composite
def running(draw: st.DrawFn) -> list[Relation]:
    """Relations that run on the day, each with a number of its own."""
    drawn = draw(st.lists(ENDS, min_size=1, max_size=8))
    found = [
        Relation(*one, number=n, since=draw(st.sampled_from(["", "2019-01-01"])))
        for n, one in enumerate(drawn)
    ]
    return list({one.identity: one for one in found}.values())


@st.composite
def over(draw: st.DrawFn) -> list[Relation]:
    """Relations of other identities that have ended on the day, or not begun, observed until then."""
    found = []
    for n, one in enumerate(draw(st.lists(ENDS, min_size=1, max_size=6))):
        day, observed = draw(DAYS), draw(DAYS)
        begins = draw(st.booleans())
        since, until = ("", day) if begins else (DAY + timedelta(days=draw(st.integers(1, 900))), "")
        found.append(
            Relation(*one, number=100 + n, since=str(since), until=str(until), observed=observed.isoformat())
        )
    return found


def write_base(folder: Path, late: set[int]) -> Path:
    """Enterprises with a year of bills, which some of them do not pay; persons and streets.

    A bill of 2017 makes each day that is asked for one of which something is known: before all data answers are empty,
    and a relation that began earlier than all else would move that day.
    """
    folder.mkdir(parents=True, exist_ok=True)
    firms = [f"{4_401_000_000 + n},F{n}" for n in range(FIRMS)]
    bills = [f"F{n}-first,F{n},2017-06,10000,2017-07-20,2017-07-10" for n in range(FIRMS)] + [
        f"F{n}-{month},F{n},2025-{month:02},10000,2025-{month + 1:02}-20,"
        + ("" if n in late else f"2025-{month + 1:02}-10")
        for n, month in itertools.product(range(FIRMS), range(1, 12))
    ]
    tables = {
        "firms": ["no,firm", *firms],
        "persons": ["person", *(f"P{n}" for n in range(PERSONS))],
        "streets": ["street", *(f"Street {n} No 8" for n in range(STREETS))],
        "bills": ["bill,firm,period,amount,due,paid", *bills],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    return folder / "base.yaml"


def write_relations(folder: Path, name: str, relations: list[Relation]) -> Path:
    """A source of relations; a relation keeps its line, so a later file of the same name updates it."""
    lines = [
        f"{name}-{n},{r.kind},{r.source},{r.target},30,{r.since},{r.until},{r.observed}"
        for n, r in enumerate(relations)
    ]
    (folder / f"{name}.csv").write_text(
        "\n".join(["line,kind,a,b,amount,since,until,observed", *lines]) + "\n", encoding="utf-8"
    )
    manifest = folder / f"{name}.yaml"
    manifest.write_text(
        f"sources:\n  - name: {name}\n    path: {name}.csv\n    channel: marketing\n    recordId: line\n"
        f"    observedAt: observed\n    mapping:\n{MAPPING}",
        encoding="utf-8",
    )
    return manifest


@contextmanager
def site_of(store: Store, folder: Path, late: set[int], relations: list[Relation]) -> Iterator[Site]:
    """A new site with these relations."""
    home = emptied(store)
    chosen = site_settings(home)
    ingest(chosen, write_base(folder, late))
    ingest(chosen, write_relations(folder, "running", relations), analyse=False)
    with open_site(chosen) as site:
        yield site


def answers(site: Site, day: date | None = None) -> dict[str, Any]:
    """All that a site answers about its enterprises on a day: results of a run by table, and answers from the graph."""
    analyse(site, as_of=day)
    _, model = current(site)
    firms = [f"enterprise:marketing/F{n}" for n in range(FIRMS)]
    held = [owners(seen(site), firm, as_of=day) for firm in firms]
    close = [related_parties(seen(site), firm, as_of=day) for firm in firms]
    return {
        **{name: table.to_pylist() for name, table in model.tables().items()},
        "circles": guarantee_circles(seen(site), as_of=day).ranked,
        "owners": [(one.direct, one.persons, one.unknown) for one in held],
        "related": [one.related for one in close],
    }


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ended")


ENDING = st.tuples(ENDS, st.integers(1, 700)).map(
    lambda drawn: Relation(
        *drawn[0], number=100, since="2018-01-01", until=str(DAY - timedelta(days=drawn[1]))
    )
)
"""A relation that has ended within the last two years."""
LATE = st.sets(st.integers(0, FIRMS - 1), min_size=1, max_size=2)
# A site that fails is small as it is: making it smaller would take minutes.
REAL = settings(
    max_examples=EXAMPLES,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@REAL
@given(LATE, running(), over())
def test_an_ended_relation_of_a_new_identity_changes_no_answer(
    kept_store: Store, folder: Path, late: set[int], relations: list[Relation], ended: list[Relation]
) -> None:
    known = {one.identity for one in relations}
    new = [one for one in ended if one.identity not in known]
    with site_of(kept_store, folder, late, relations) as site:
        before = answers(site)
        ingest(site.settings, write_relations(folder, "ended", new), analyse=False)
        assert answers(site) == before


@REAL
@given(LATE, running(), ENDING)
def test_moving_the_day_over_an_end_changes_exactly_what_hangs_on_it(
    kept_store: Store, folder: Path, late: set[int], relations: list[Relation], one: Relation
) -> None:
    """On the day before its end all is as if it had none; on the day itself as if it had never been."""
    end = date.fromisoformat(one.until)
    others = [other for other in relations if other.identity != one.identity]
    with site_of(kept_store, folder, late, others) as site:
        without = answers(site, end)
        ingest(site.settings, write_relations(folder, "one", [one]), analyse=False)
        assert answers(site, end) == without
        with_it = answers(site, end - timedelta(days=1))
        endless = replace(one, until="")
        ingest(site.settings, write_relations(folder, "one", [endless]), analyse=False)
        assert answers(site, end - timedelta(days=1)) == with_it
