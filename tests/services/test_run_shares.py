"""Shared evidence as relations: each pair once with its number, latest day and record, kept true by each run."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.schema.load import schema
from graph.store import Store
from ingest.loads.load import load
from ingest.projection.projector import catch_up
from ledger import runs
from ledger.database import Ledger
from services.analysis import analyse
from services.graph_answers.neighbours import neighbours
from services.run_copy import copy_current
from services.run_shares import MOST
from services.settings import settings
from services.site import Site
from tests.everyone import seen

MANIFEST = """
sources:
  - name: registry
    path: companies.csv
    channel: business-registry
    recordId: no
    observedAt: seen
    mapping:
      - node: Enterprise
        key: {local: company}
        set: {name: company, phone: phone}
      - relation: LOCATED_AT
        from: {Enterprise: {local: company}}
        to: {Address: {text: address}}
      - relation: DIRECTOR_OF
        from: {Person: {local: director}}
        to: {Enterprise: {local: company}}
"""
HEAD = "no,company,phone,address,director,seen\n"
COMPANIES = (
    "1,甲,0571-11111111,城东路1号,赵,2026-01-10\n"
    "2,乙,0571-11111111,城东路1号,赵,2026-02-20\n"
    "3,丙,0571-33333333,城东路1号,钱,2026-03-30\n"
    "4,甲,,城西路2号,,2026-03-05\n"
    "5,乙,,城西路2号,,2026-03-01\n"
)


@pytest.fixture
def site(store: Store, ledger: Ledger, tmp_path: Path) -> Site:
    """Three companies at one address, two of them also at another, with one director and one phone; analysed."""
    opened = Site(settings(ledger.home), schema(), ledger, store)
    loaded(opened, tmp_path, COMPANIES)
    return opened


def loaded(site: Site, folder: Path, rows: str) -> None:
    """Load rows, analyse, and copy."""
    (folder / "companies.csv").write_text(HEAD + rows, encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    load(site.ledger, folder / "site.yaml")
    catch_up(site.ledger, site.store, schema())
    analyse(site)
    assert copy_current(site) is not None


def shares(site: Site) -> list[tuple[object, ...]]:
    """Every SHARES relation: names of both ends in order, kind, number, latest day, record."""
    rows = site.store.read(
        "MATCH (a)-[r:SHARES]->(b) RETURN a.name AS a, b.name AS b, r.kind AS kind, r.count AS count, "
        "r.latest AS latest, r.recordId AS record, r.runId AS run"
    )
    # Pairs that stay keep the run that wrote them.
    assert all(runs.get(site.ledger, row.pop("run")) for row in rows)
    return sorted((*sorted((row["a"], row["b"])), *list(row.values())[2:]) for row in rows)


def test_each_pair_stands_once_by_kind_with_its_number_and_its_latest_record(site: Site) -> None:
    assert shares(site) == sorted(
        [
            ("丙", "乙", "premises", 1, "2026-03-30", "registry/3"),
            ("丙", "甲", "premises", 1, "2026-03-30", "registry/3"),
            ("乙", "甲", "contact", 1, "2026-02-20", "registry/2"),
            ("乙", "甲", "person", 1, "2026-02-20", "registry/2"),
            ("乙", "甲", "premises", 2, "2026-03-30", "registry/3"),
        ]
    )


def test_neighbours_count_them_like_other_relations(site: Site) -> None:
    found = neighbours(
        seen(site),
        site.store.read("MATCH (e:Enterprise {name: '丙'}) RETURN e.id AS id")[0]["id"],
    )
    assert sum(count.count for count in found.counts if count.relation == "SHARES") == 2
    shared = [edge.node for edge in found.edges if edge.node.relation == "SHARES"]
    assert {(node.name, node.record_id) for node in shared} == {("甲", "registry/3"), ("乙", "registry/3")}


def test_the_next_run_leaves_no_pair_of_the_one_before(site: Site, tmp_path: Path) -> None:
    loaded(site, tmp_path, COMPANIES.replace("3,丙,0571-33333333,城东路1号", "3,丙,0571-33333333,城北路3号"))
    assert [row[:4] for row in shares(site)] == [
        ("乙", "甲", "contact", 1),
        ("乙", "甲", "person", 1),
        ("乙", "甲", "premises", 2),
    ]


def test_pairs_that_went_with_a_node_come_again_though_nothing_else_has_changed(site: Site) -> None:
    before = shares(site)
    site.store.write("MATCH (:Enterprise {name: '丙'})-[r:SHARES]-() DELETE r")
    assert len(shares(site)) == len(before) - 2
    assert copy_current(site) is not None
    assert shares(site) == before


def test_a_value_of_many_parties_joins_no_pairs(site: Site, tmp_path: Path) -> None:
    crowd = "".join(f"{9 + n},公司{n},,城南路9号,,2026-03-01\n" for n in range(MOST + 1))
    loaded(site, tmp_path, COMPANIES + crowd)
    assert not [row for row in shares(site) if "公司" in str(row[0]) + str(row[1])]
