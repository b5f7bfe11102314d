"""What has ended or not begun bears nothing, on a real store; moving the day over an end changes what hangs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from algorithms.risk.parameters import RiskParameters
from services.access.policy import Policy
from services.analysis import analyse
from services.arrears.groups.related import related_parties
from services.arrears.ownership.circles import guarantee_circles
from services.arrears.ownership.owners import owners
from services.arrears.why.trace import trace
from services.assumption import SHARERS_MAX
from services.entity import show
from services.graph_answers.neighbours import neighbours
from services.graph_answers.relation_provenance import relation_provenance
from services.loading import ingest
from services.risk.current import current
from services.settings import settings
from services.site import Site, open_site
from tests.ended_site import BORROWER, GUARANTOR, THIRD, Relation, write, write_relations
from tests.everyone import seen

G, B, T = (f"enterprise:{code}" for code in (GUARANTOR, BORROWER, THIRD))
RUNNING: list[Relation] = [
    ("guarantee", THIRD, BORROWER, "500000", "2024-01-01", "2026-02-15"),
    ("holding", THIRD, GUARANTOR, "60", "2020-01-01", ""),
]
ENDED: list[Relation] = [
    ("guarantee", GUARANTOR, BORROWER, "5000000", "2020-01-01", "2022-12-31"),
    ("guarantee", BORROWER, GUARANTOR, "5000000", "2026-03-01", ""),
    ("guarantee", GUARANTOR, THIRD, "5000000", "", "2026-01-31"),
    ("holding", BORROWER, GUARANTOR, "40", "2016-01-01", "2021-01-01"),
    ("seat", GUARANTOR, "Street 1", "", "", "2020-01-01"),
    ("seat", BORROWER, "Street 1", "", "", "2021-01-01"),
    ("party", "4401000002", GUARANTOR, "", "2010-01-01", "2019-01-01"),
]


@pytest.fixture
def site(kept_home: Path, tmp_path: Path) -> Iterator[Site]:
    chosen = settings(kept_home)
    ingest(chosen, write(tmp_path))
    ingest(chosen, write_relations(tmp_path, "running", RUNNING))
    with open_site(chosen) as opened:
        yield opened


def test_ended_relations_between_existing_parties_change_nothing(site: Site, tmp_path: Path) -> None:
    analyse(site)
    run, before = current(site)
    held = owners(seen(site), G)
    circles = guarantee_circles(seen(site)).ranked
    ingest(site.settings, write_relations(tmp_path, "ended", ENDED), analyse=False)
    analyse(site)
    again, after = current(site)
    assert again.cut_off == run.cut_off == date(2026, 1, 31)
    expected = before.tables()
    for name, table in after.tables().items():
        assert table.equals(expected[name]), name
    assert owners(seen(site), G) == held
    assert guarantee_circles(seen(site)).ranked == circles == ()
    assert trace(seen(site), G).score == 0.0

    shown = neighbours(seen(site), G, ["GUARANTEES"])
    assert (shown.total_count, shown.edges) == (0, ())
    assert sum(count.ended for count in shown.counts) == 3
    over = {edge.node.key: edge.node for edge in neighbours(seen(site), G, ["GUARANTEES"], ended=True).edges}
    assert (over["ended-0"].since, over["ended-0"].until, over["ended-0"].ended) == (
        "2020-01-01",
        "2022-12-31",
        True,
    )
    assert {
        (c.relation, c.count, c.ended) for c in show(seen(site), G).relations if c.relation == "LOCATED_AT"
    } == {("LOCATED_AT", 0, 1)}


def test_what_has_ended_stays_in_provenance_and_is_marked(site: Site, tmp_path: Path) -> None:
    ingest(site.settings, write_relations(tmp_path, "ended", ENDED), analyse=False)
    told = {one.key: one for one in relation_provenance(seen(site), G, ["GUARANTEES"]).nodes}
    assert told.keys() == {"ended-0", "ended-1", "ended-2"}
    (source,) = told["ended-0"].sources
    assert (source.record_id, source.since, source.until) == ("ended/ended-0", "2020-01-01", "2022-12-31")
    assert (source.current, source.ended, told["ended-0"].ended) == (True, True, True)
    assert [(value.name, value.value, value.unit, value.current) for value in source.values] == [
        ("amount", "500000000", "fen", True),
        ("contractNo", "ended-0", None, True),
    ]
    then = date(2022, 12, 30)
    early = {one.key: one for one in relation_provenance(seen(site), G, ["GUARANTEES"], as_of=then).nodes}
    assert {key: one.sources[0].ended for key, one in early.items()} == {
        "ended-0": False,
        "ended-1": True,  # not begun
        "ended-2": False,
    }
    (held,) = relation_provenance(seen(site), B, ["INVESTS_IN"]).nodes
    assert (held.other.id, held.sources[0].ended, held.sources[0].record_id) == (G, True, "ended/ended-3")


def test_who_may_not_see_an_end_or_an_amount_is_not_told_it_by_provenance(site: Site, tmp_path: Path) -> None:
    ingest(site.settings, write_relations(tmp_path, "ended", ENDED[:1]), analyse=False)
    masked = Policy(lambda _type, _node: "", lambda _properties, _value: "***", whole=True)
    (told,) = relation_provenance(replace(seen(site), policy=masked), G, ["GUARANTEES"]).nodes
    assert {value.value for value in told.sources[0].values} == {"***"}
    blind = Policy(lambda _type, node: f"{node}.id <> '{B}'", lambda _properties, value: value)
    assert relation_provenance(replace(seen(site), policy=blind), G, ["GUARANTEES"]).nodes == []


def test_moving_the_day_over_an_end_changes_what_hangs_on_it(site: Site, tmp_path: Path) -> None:
    ingest(site.settings, write_relations(tmp_path, "ended", ENDED), analyse=False)
    scores = {}
    for day in ("2022-12-30", "2022-12-31", "2026-01-30", "2026-02-14", "2026-02-15", "2026-03-01"):
        analyse(site, as_of=date.fromisoformat(day))
        _, model = current(site)
        scores[day] = {
            (model.ids[source], model.ids[target])
            for source, target in zip(
                model.weights.csr.rows().tolist(), model.weights.csr.indices, strict=True
            )
        }
    assert scores["2022-12-30"] - scores["2022-12-31"] == {(B, G)}
    assert scores["2026-02-14"] - scores["2026-02-15"] == {(B, T)}
    assert scores["2026-03-01"] - scores["2026-02-15"] == {(G, B)}
    assert (T, G) in scores["2026-01-30"]
    assert (T, G) not in scores["2026-02-14"]  # it ended on 2026-01-31, the first day without it
    close = related_parties(seen(site), G, as_of=date(2022, 12, 30)).related
    assert {(found.party.id, found.relations) for found in close} == {
        (B, ("GUARANTEES",)),
        (T, ("GUARANTEES", "INVESTS_IN")),
    }
    assert [h.holder.id for h in owners(seen(site), G, as_of=date(2020, 6, 1)).direct] == [
        T,
        B,
    ]
    assert [h.holder.id for h in owners(seen(site), G).direct] == [T]


def test_a_later_load_carries_the_current_run_over_an_end(site: Site, tmp_path: Path) -> None:
    """The run goes on with a later cut-off, and the guarantee that ended meanwhile bears no risk any more."""
    analyse(site)
    first, _ = current(site)
    before = trace(seen(site), T)
    assert before.score > 0.01
    assert [step.to.id for path in before.paths for step in path.steps] == [T] * len(before.paths)
    # One more running guarantee, observed on the day before the end: the cut-off is the day before it.
    eve: list[Relation] = [("guarantee", GUARANTOR, THIRD, "1", "2026-02-01", "")]
    loaded = ingest(site.settings, write_relations(tmp_path, "eve", eve, "2026-02-14"))
    assert (loaded.followed.outcome, loaded.followed.reason) == ("full", "cut-off")
    assert trace(seen(site), T).score == pytest.approx(before.score)
    last: list[Relation] = [("guarantee", GUARANTOR, THIRD, "2", "2026-02-01", "")]
    loaded = ingest(site.settings, write_relations(tmp_path, "last", last, "2026-02-15"))
    assert (loaded.followed.outcome, loaded.followed.reason) == ("full", "cut-off")
    run, _ = current(site)
    assert (first.cut_off, run.cut_off) == (date(2026, 1, 31), date(2026, 2, 15))
    after = trace(seen(site), T)
    assert (after.score, after.paths, after.expected_loss.fen) == (0.0, (), 0)
    over = [e.node for e in neighbours(seen(site), T, ["GUARANTEES"], ended=True).edges if e.node.id == B]
    assert [(one.key, one.until, one.ended) for one in over] == [("running-0", "2026-02-15", True)]
    assert [e.node.id for e in neighbours(seen(site), T, ["GUARANTEES"]).edges] == [G, G]


def test_before_all_data_answers_are_empty_and_say_so(site: Site) -> None:
    day = date(1990, 1, 1)
    told = [
        owners(seen(site), G, as_of=day).assumptions,
        guarantee_circles(seen(site), as_of=day).assumptions,
        related_parties(seen(site), G, as_of=day).assumptions,
        neighbours(seen(site), G, as_of=day).assumptions,
        show(seen(site), G, as_of=day).assumptions,
    ]
    assert [[one.code for one in found] for found in told] == [["BEFORE_ALL_DATA"]] * len(told)
    assert owners(seen(site), G, as_of=day).direct == ()
    assert neighbours(seen(site), G, as_of=day).total_count == 0
    report = analyse(site, as_of=day)
    assert (report.risk.parties, report.risk.cautions) == (0, {"BEFORE_ALL_DATA": 1})


def test_sentences_name_the_number_of_sharers_that_the_model_starts_with() -> None:
    assert RiskParameters().sharers_max == SHARERS_MAX
