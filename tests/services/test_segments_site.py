"""Classes of a site's customers, as the command line and GraphQL tell them, and from run to run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from cli.main import main
from ledger import runs
from services.analysis import analyse
from services.live import following
from services.loading import ingest, project
from services.segments.answer import ChangeDirection
from services.segments.customer import customer_segment
from services.segments.segments import cautions, segments
from services.settings import settings
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
        set: {name: name, kind: kind, openedOn: opened}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: no}}
        to: {Account: {accountNo: no}}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: bill
    observedAt: 2026-03-31
    mapping:
      - node: Bill
        key: {billNo: bill}
        set: {period: period, energy: energy, amount: amount, dueOn: due, paidOn: paid}
      - relation: BILLED
        from: {Account: {accountNo: no}}
        to: {Bill: {billNo: bill}}
"""
MANY = 160
"""The first half are homes that pay on time, the others shops that use much and pay late."""
HOME, SHOP, LATER = "4400000003", "4400000083", "4400000999"


def write(folder: Path, more: tuple[tuple[str, bool], ...] = (), moved: str = "") -> Path:
    """The files. ``more``: customers beside the first ones, and whether each is a shop. ``moved``: a home whose bills
    are those of a shop."""
    customers, bills = ["no,name,kind,opened"], ["bill,no,period,energy,amount,due,paid"]
    everybody = [(f"440{at:07}", at >= MANY // 2) for at in range(MANY)]
    for no, shop in [*everybody, *more]:
        rng = np.random.default_rng(int(no))
        customers.append(f"{no},Customer {no},consumer,{2000 + int(rng.integers(20))}-03-01")
        use = rng.normal(9000, 900) if shop or no == moved else rng.normal(200, 20)
        for at in range(2025 * 12 + 2, 2026 * 12 + 2):
            period = f"{at // 12}-{at % 12 + 1:02}"
            energy = max(use * (1 + 0.1 * rng.normal()), 1.0)
            due = np.datetime64(f"{period}-20")
            paid = due + (int(rng.integers(5, 15)) if shop or no == moved else -int(rng.integers(1, 9)))
            price = 0.7 if shop or no == moved else 0.5
            bills.append(f"B{no}-{at},{no},{period},{energy:.1f},{price * energy:.2f},{due},{paid}")
    for name, lines in (("customers", customers), ("bills", bills)):
        (folder / f"{name}.csv").write_text("\n".join([*lines, ""]), encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder / "site.yaml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("classes")
    chosen = settings(home=folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def printed(site: Site, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["segments", *words, "--home", str(site.home)])
    assert done.exit_code == code, done.output
    return done.stdout


def asked(site: Site, query: str) -> Any:
    with TestClient(create_app(site)) as client:
        answer = client.post("/graphql", json={"query": query}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_two_kinds_of_customers_are_two_classes_with_reasons(site: Site) -> None:
    listed = segments(seen(site)).nodes
    assert [one.size for one in listed] == [MANY // 2, MANY // 2]
    assert all(one.stability >= 0.75 and one.event == "born" for one in listed)
    home, shop = (customer_segment(seen(site), no) for no in (HOME, SHOP))
    assert home is not None
    assert shop is not None
    assert (home.id != shop.id, home.strength, home.nearest) == (True, 1.0, shop.name)
    assert home.reasons[0].startswith("It follows the rule: ")
    assert any("middle of all" in reason for reason in shop.reasons)
    assert all("it would be" in change for change in home.would_change)
    assert home.would_change == tuple(one.text for one in home.changes)
    places = [[*ChangeDirection].index(one.direction) for one in (*home.changes, *shop.changes)]
    assert places[: len(home.changes)] == sorted(places[: len(home.changes)])
    for one in (*home.changes, *shop.changes):
        for word, direction in (
            ("For the better", "better"),
            ("For the worse", "worse"),
            ("Unknown now", "unknown"),
        ):
            assert one.text.startswith(word) == (one.direction.value == direction)
        if "days from the due day" in one.text:
            assert one.direction is not ChangeDirection.NEITHER
    assert shop.ask
    assert ("SEGMENT_MISSING_FOR_MOST", "capacity") in {(c.code, c.subject) for c in cautions(seen(site))}
    assert analyse(site).unchanged


def test_the_command_and_graphql_say_the_same(site: Site) -> None:
    told = json.loads(printed(site, "--json", "--first", "1"))
    assert told["totalCount"] == 2
    [edge] = told["edges"]
    found = asked(
        site,
        """{ segments(first: 1) { totalCount edges { node { id name size tier stability event
             scorecard { perspective figure value unit movement definition }
             rules { text coverage counterExamples } movers(first: 2) { totalCount }
             members(first: 20) { totalCount edges { node { id name } } } } } } }""",
    )["segments"]
    [node] = [one["node"] for one in found["edges"]]
    mine = edge["node"]
    for name in ("id", "name", "size", "tier", "stability", "event", "scorecard", "rules"):
        assert node[name] == mine[name], name
    assert node["members"]["totalCount"] == mine["members"]["totalCount"] == MANY // 2
    assert {figure["perspective"] for figure in node["scorecard"]} == {
        "FINANCE",
        "CUSTOMER",
        "PROCESS",
        "GROWTH",
    }
    one = asked(
        site,
        f"""{{ customer(id: "{HOME}") {{ segment {{ id name dimensions {{ name value }} reasons strength nearest
              wouldChange changes {{ text direction to }} tier contactPerson contribution ask }} }} }}""",
    )["customer"]["segment"]
    assert one == json.loads(printed(site, "--explain", HOME, "--json"))
    assert all(0 <= dimension["value"] <= 1 for dimension in one["dimensions"])


def test_lists_are_narrowed_by_class(site: Site) -> None:
    home = customer_segment(seen(site), HOME)
    assert home is not None
    found = asked(
        site,
        f'{{ customers(filter: {{segment: "{home.id}"}}, first: 100) {{ totalCount edges {{ node {{ id }} }} }} }}',
    )["customers"]
    assert found["totalCount"] == MANY // 2
    assert f"customer:{HOME}" in {edge["node"]["id"] for edge in found["edges"]}
    with TestClient(create_app(site)) as client:
        answer = client.post(
            "/graphql", json={"query": '{ customers(filter: {segment: "loyel"}) { totalCount } }'}
        ).json()
    assert answer["errors"][0]["extensions"]["code"] == "FILTER_VALUE"


def test_both_languages_tell_classes_and_reasons(site: Site) -> None:
    english, chinese = printed(site), printed(site, "--lang", "zh")
    assert "service" in english
    assert "服务层级" in chinese
    why = printed(site, "--explain", SHOP, "--lang", "zh")
    assert "符合规则" in why
    assert "最接近的其他类别" in why
    assert "It follows the rule" in printed(site, "--explain", SHOP)


def test_a_load_and_the_next_analysis_move_nobody_but_who_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "SHARE", 1.0)
    chosen = settings(home=tmp_path / "home")
    ingest(chosen, write(tmp_path))
    with open_site(chosen) as site:
        project(site)
        analyse(site)
        home, shop = (customer_segment(seen(site), no) for no in (HOME, SHOP))
        assert home is not None
        assert shop is not None
        ingest(chosen, write(tmp_path, more=((LATER, True),)))
        assert runs.current(site.ledger).parent is not None, "the load was followed, not analysed anew"
        new = customer_segment(seen(site), LATER)
        assert new is not None
        assert (new.id, new.strength) == (shop.id, 1.0)
        same = customer_segment(seen(site), HOME)
        assert same is not None
        assert (same.id, same.strength) == (home.id, home.strength)

        ingest(chosen, write(tmp_path, more=((LATER, True),), moved=HOME))
        project(site)
        analyse(site)
        moved = customer_segment(seen(site), HOME)
        assert moved is not None
        assert moved.id == shop.id
        [node] = [one["node"] for one in asked(
            site,
            """{ segments { edges { node { id scorecard { movement } movers(first: 5) { edges { node {
                 customer { id } from to reasons } } } } } } }""",
        )["segments"]["edges"] if one["node"]["id"] == shop.id]  # fmt: skip
        [move] = [edge["node"] for edge in node["movers"]["edges"]]
        assert move["customer"]["id"] == f"customer:{HOME}"
        assert move["reasons"][0].count(":") == 1
        assert any(figure["movement"] is not None for figure in node["scorecard"])


def test_the_report_is_one_file_in_both_languages_with_a_figure_a_claim(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "classes.html"
    printed(site, "--report", str(file))
    told = file.read_text(encoding="utf-8")
    english, chinese = told.split('<main id="zh"')
    for half in (english, chinese):
        assert half.count("<svg") == 4, "one cut, profiles, stability, the search"
        assert half.count("<h2>") == 8
        assert "NaN" not in half
        assert "{" not in half.split("<h1>")[1]
    assert "p = " in english
    assert "间隙" in chinese
    assert "src=" not in told
    assert 'href="http' not in told
