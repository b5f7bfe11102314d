"""Communities of customers: what links them, ids that stay, and answers beside those of parties."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.communities.shared_things import Shares, links_of, numbered
from cli.main import main
from ledger import runs
from services.analysis import analyse
from services.communities.answer import CommunityEventKind, CommunityOf, MoveReason
from services.communities.changes import community_change
from services.communities.communities import communities, community, lineage, members
from services.live import following
from services.loading import ingest, project
from services.reading.runs import current
from services.risk.parts.customer_shares import WEIGHTS
from services.settings import settings as settings_of
from services.site import Site, open_site
from tests.everyone import seen

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {name: name, kind: {const: consumer}, phone: phone}
      - relation: SUPPLIED_AT
        from: {Customer: {customerNo: no}}
        to: {ServicePoint: {servicePointNo: point}}
      - relation: LIVES_AT
        from: {Customer: {customerNo: no}}
        to: {Address: {text: address}}
  - name: points
    path: points.csv
    channel: marketing
    recordId: point
    observedAt: 2026-03-31
    mapping:
      - relation: FED_BY
        from: {ServicePoint: {servicePointNo: point}}
        to: {Transformer: {transformerNo: box}}
"""


def write(folder: Path, rows: list[tuple[int, str, str, str, str]]) -> Path:
    """Number, phone, service point, address and transformer of each customer."""
    customers = [
        f"44000000{no:02},Customer {no},{phone},{point},{place}" for no, phone, point, place, _ in rows
    ]
    (folder / "customers.csv").write_text("\n".join(["no,name,phone,point,address", *customers]) + "\n")
    fed = sorted({f"{point},{box}" for _, _, point, _, box in rows if point and box})
    (folder / "points.csv").write_text("\n".join(["point,box", *fed]) + "\n")
    (folder / "site.yaml").write_text(MANIFEST)
    return folder / "site.yaml"


LEFT = [(no, "0571-88886666", "P1", "1 West Road", "T1") for no in range(1, 5)]
RIGHT = [(no, "", f"P{no}", "9 East Road", "T2") for no in range(5, 10)]
ALONE = [(10, "", "", "", "")]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chosen = settings_of(home=tmp_path / "home")
    ingest(chosen, write(tmp_path, [*LEFT, *RIGHT, *ALONE]))
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def add(site: Site, rows: list[tuple[int, str, str, str, str]]) -> None:
    ingest(site.settings, write(site.home.parent, rows))


def found(site: Site) -> dict[int, str]:
    """The community of each customer, by its number."""
    _, model = current(seen(site))
    known = model.customer_communities
    assert known is not None
    return {
        int(one[-2:]): known.lineage.ids[int(label)]
        for one, label in zip(model.inputs.customers, known.label, strict=True)
    }


def test_who_shares_more_is_one_community_and_its_id_stays(site: Site) -> None:
    before = found(site)
    left, right = {before[no] for no, *_ in LEFT}, {before[no] for no, *_ in RIGHT}
    assert (len(left), len(right), len({*before.values()})) == (1, 1, 3)
    assert analyse(site).unchanged
    listed = communities(seen(site), of=CommunityOf.CUSTOMERS).nodes
    assert [(one.id, one.size, one.of) for one in listed] == [
        (*right, 5, CommunityOf.CUSTOMERS),
        (*left, 4, CommunityOf.CUSTOMERS),
        (before[10], 1, CommunityOf.CUSTOMERS),
    ]
    assert not {*before.values()} & {one.id for one in communities(seen(site)).nodes}, "no id is used twice"

    add(site, [(11, "", "P1", "1 West Road", "T1")])
    project(site)
    analyse(site)
    now = found(site)
    assert now == before | {11: before[1]}
    [again, born] = lineage(seen(site), before[1]).nodes
    assert (again.event, born.event) == (CommunityEventKind.CONTINUED, CommunityEventKind.BORN)
    told = community(seen(site), before[1])
    assert told is not None
    assert (told.size, told.stability) == (5, pytest.approx(1.0, abs=0.2))
    assert {one.id[-2:] for one in members(seen(site), before[1]).nodes} == {"01", "02", "03", "04", "11"}


def test_links_weigh_what_customers_share(site: Site) -> None:
    _, model = current(seen(site))
    known = model.customer_communities
    assert known is not None
    source, target, weight = links_of(known.shares, [*WEIGHTS.values()], 200)
    total = np.zeros((10, 10))
    np.add.at(total, (source, target), weight)
    expected = np.zeros((10, 10))
    for a, b in combinations(range(4), 2):
        expected[a, b] = (0.5 + 0.25 + 0.1 + 0.02) / 3
    for a, b in combinations(range(4, 9), 2):
        expected[a, b] = (0.25 + 0.02) / 4
    assert total == pytest.approx(expected)


def test_a_live_run_places_a_new_customer_alone_and_adds_its_row(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = found(site)
    monkeypatch.setattr(following, "SHARE", 1.0)
    add(site, [(0, "", "", "1 West Road", "")])
    run = runs.current(site.ledger)
    assert run.parent is not None
    now = found(site)
    assert now == before | {0: now[0]}
    assert now[0] not in before.values()
    assert "customer_shares" not in run.files, "positions that only moved are not written"
    assert run.files["customer_communities.rows"].rows == 1
    project(site)
    analyse(site)
    assert found(site) == before | {0: before[1]}


def test_the_command_lists_communities_of_customers(site: Site) -> None:
    done = CliRunner().invoke(
        main, ["communities", "--of", "customers", "--json", "--first", "2", "--home", str(site.home)]
    )
    assert done.exit_code == 0, done.output
    listed = [edge["node"] for edge in json.loads(done.stdout)["edges"]]
    assert [(one["size"], one["of"]) for one in listed] == [(5, "CUSTOMERS"), (4, "CUSTOMERS")]
    assert len(listed[0]["members"]["edges"]) == 5


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_links_of_shared_things_are_those_of_the_text(seed: int) -> None:
    generator = np.random.default_rng(seed)
    owners = [
        [tuple(generator.integers(0, 8, int(generator.integers(0, 6))).tolist()) for _ in range(4)]
        for _ in range(2)
    ]
    most = int(generator.integers(2, 6))
    expected = np.zeros((8, 8))
    for weight, things in zip((1.0, 0.25), owners, strict=True):
        for thing in map(set, things):
            if 2 <= len(thing) <= most:
                for a, b in combinations(sorted(thing), 2):
                    expected[a, b] += weight / (len(thing) - 1)
    shares = numbered(owners)
    total = np.zeros((8, 8))
    source, target, value = links_of(shares, (1.0, 0.25), most)
    np.add.at(total, (source, target), value)
    assert total == pytest.approx(expected)
    shuffled = [[tuple(reversed(one)) for one in reversed(things)] for things in owners]
    again = numbered(shuffled)
    assert [getattr(again, name).tolist() for name in ("member", "kind", "thing")] == [
        getattr(shares, name).tolist() for name in ("member", "kind", "thing")
    ]


def test_a_kind_without_a_weight_is_named() -> None:
    with pytest.raises(ValueError, match="kind 1 has no weight, 1 are given"):
        links_of(Shares(np.arange(2), np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64)), [1.0], 200)


def test_a_customer_is_told_why_it_moved(site: Site) -> None:
    before, asked = found(site), "4400000004"
    assert community_change(seen(site), asked, CommunityOf.CUSTOMERS) is None
    add(site, [(4, "", "P5", "9 East Road", "T2")])  # it moves house
    project(site)
    analyse(site)
    now = found(site)
    assert now == before | {4: before[5]}
    change = community_change(seen(site), asked, CommunityOf.CUSTOMERS)
    assert change is not None
    assert (change.from_, change.to) == (before[4], before[5])
    assert change.parts[0].reason is MoveReason.OWN_LINKS
    assert sum(part.share for part in change.parts) == pytest.approx(1.0)
    assert community_change(seen(site), "4400000001", CommunityOf.CUSTOMERS) is None
    of_party = community_change(seen(site), asked)
    assert of_party is not None, "its party is it itself, which moves among parties too"
    assert of_party.from_ not in before.values()

    def explained(*words: str) -> str:
        told = ["communities", "--of", "customers", "--explain", asked, "--home", str(site.home), *words]
        done = CliRunner().invoke(main, told)
        assert done.exit_code == 0, done.output
        return done.output

    assert "6 customers" in explained()
    assert f"It came from {before[4]}" in explained()
    assert "自身关联发生变化" in explained("--lang", "zh")
    assert json.loads(explained("--json"))["community"]["of"] == "CUSTOMERS"
