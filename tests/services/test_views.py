"""Other views of a shock, and closeness, against figures computed by hand on a chain of three."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from algorithms.pagerank import personalised_pagerank
from api.app import create_app
from cli.main import main
from graph.arrays import Csr
from services.analysis import analyse
from services.arrears.groups.related import related_parties
from services.arrears.what_if.published_views import SOURCES, LossView, View, loss_view
from services.loading import ingest
from services.risk.current import current
from services.settings import settings
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.everyone import seen
from tests.small_site import GUARANTOR, UPSTREAM

WAN = 10_000 * 100

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {column: net, unit: wan-yuan}}
  - name: loans
    path: loans.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: lender}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""


def code(name: str) -> str:
    return f"91330100MA2CHAIN{name}9"


FIRST, MIDDLE, LAST, ALONE = map(code, "ABCD")
"""FIRST has lent 100 to MIDDLE, MIDDLE 80 to LAST (wan yuan); their equity is 200, 100 and 50."""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("chain")
    rows = ((FIRST, "First", 200), (MIDDLE, "Middle", 100), (LAST, "Last", 50), (ALONE, "Alone", 70))
    (folder / "enterprises.csv").write_text(
        "code,name,net\n" + "".join(f"{party},{name},{net}\n" for party, name, net in rows)
    )
    (folder / "loans.csv").write_text(
        f"line,lender,debtor,amount\n1,{FIRST},{MIDDLE},100\n2,{MIDDLE},{LAST},80\n"
    )
    manifest = folder / "site.yaml"
    manifest.write_text(MANIFEST)
    chosen = settings(folder / "home")
    ingest(chosen, manifest)
    with open_site(chosen) as site:
        analyse(site)
        yield site


def losses(answer: LossView) -> dict[str, float]:
    """Wan yuan lost by name."""
    return {lost.party.name: lost.loss.fen / WAN for lost in answer.lost}


def adds_up(answer: LossView) -> bool:
    return sum(lost.loss.fen for lost in answer.lost) + answer.rest.loss.fen == answer.total_loss.fen


def test_the_linear_view_passes_on_the_share_that_is_lost(chain: Site) -> None:
    answer = loss_view(seen(chain), View.EQUITY, [(LAST, 1.0)])
    # 45 % of 80 are 36 of MIDDLE's 100; 36 % of 45 of 100 are 16.2 of FIRST's 200.
    assert losses(answer) == pytest.approx({"Last": 50, "Middle": 36, "First": 16.2})
    assert [lost.failed for lost in answer.lost] == [None] * 3
    assert answer.own_loss.fen == 50 * WAN
    assert answer.value is None
    assert adds_up(answer)
    half = loss_view(seen(chain), View.EQUITY, [(LAST, 0.5)])
    assert losses(half) == pytest.approx({"Last": 25, "Middle": 18, "First": 8.1})


def test_debtrank_weighs_what_is_lost_beyond_the_shock(chain: Site) -> None:
    answer = loss_view(seen(chain), View.DEBTRANK, [(LAST, 1.0)])
    assert losses(answer) == pytest.approx({"Last": 50, "Middle": 36, "First": 16.2})
    assert answer.value == pytest.approx((36 + 16.2) / (200 + 100 + 50 + 70))


def test_a_cascade_stops_where_losses_stay_below_the_buffer(chain: Site) -> None:
    answer = loss_view(seen(chain), View.CASCADE, [(LAST, 1.0)])
    assert losses(answer) == pytest.approx({"Last": 50, "Middle": 36})
    assert {lost.party.name: (lost.failed, lost.round) for lost in answer.lost} == {
        "Last": (True, 0),
        "Middle": (False, None),
    }


def test_clearing_pays_what_is_there(chain: Site) -> None:
    # LAST owes 80 and has 130 outside: losing half of them it pays 65 of 80; MIDDLE bears the rest.
    answer = loss_view(seen(chain), View.CLEARING, [(LAST, 0.5)])
    assert losses(answer) == pytest.approx({"Last": 50, "Middle": 15})
    paid = {lost.party.name: (lost.failed, lost.unpaid.fen / WAN) for lost in answer.lost if lost.unpaid}
    assert paid == {"Last": (True, pytest.approx(15)), "Middle": (False, 0.0)}
    assert answer.recovery == 1.0
    # If only half of what it has can be realised, it pays 32.5.
    worse = loss_view(seen(chain), View.CLEARING, [(LAST, 0.5)], recovery=0.5)
    assert losses(worse) == pytest.approx({"Last": 50, "Middle": 47.5})
    # Without anything left MIDDLE bears all 80 of its 100, and still pays FIRST.
    assert losses(loss_view(seen(chain), View.CLEARING, [(LAST, 1.0)])) == pytest.approx(
        {"Last": 50, "Middle": 80}
    )


@pytest.mark.parametrize("level", [0.1, 0.4, 0.6, 1.0])
def test_clearing_loses_less_when_more_can_be_realised(chain: Site, level: float) -> None:
    whole = loss_view(seen(chain), View.CLEARING, [(LAST, level)])
    assert adds_up(whole)
    for recovery in (0.9, 0.3, 0.0):
        assert (
            loss_view(seen(chain), View.CLEARING, [(LAST, level)], recovery=recovery).total_loss
            >= whole.total_loss
        )


@pytest.mark.parametrize("view", View)
def test_a_shock_on_a_party_without_links_stays_there_and_says_so(chain: Site, view: View) -> None:
    answer = loss_view(seen(chain), view, [(ALONE, 1.0)])
    assert losses(answer) == {"Alone": 70.0}
    assert [assumed.code for assumed in answer.assumptions] == ["NO_LINKS"]
    assert (answer.view, answer.source) == (view, SOURCES[view])


@pytest.mark.parametrize(
    ("view", "shocks", "recovery", "expected"),
    [
        (View.EQUITY, [], 1.0, "SHOCK_NEEDS"),
        (View.EQUITY, [("nobody", 1.0)], 1.0, "UNKNOWN_ID"),
        (View.EQUITY, [(LAST, 1.5)], 1.0, "SHOCK_VALUE"),
        (View.DEBTRANK, [(LAST, float("nan"))], 1.0, "SHOCK_VALUE"),
        (View.CASCADE, [(LAST, 0.5)], 1.0, "SHOCK_VALUE"),
        (View.CLEARING, [(LAST, 1.0)], -0.1, "SHOCK_VALUE"),
    ],
)
def test_a_shock_that_means_nothing_says_why(
    chain: Site, view: View, shocks: list[tuple[str, float]], recovery: float, expected: str
) -> None:
    with pytest.raises(KehutuError) as caught:
        loss_view(seen(chain), view, shocks, recovery=recovery)
    assert caught.value.code == expected


def test_closeness_has_a_bound_that_holds(chain: Site) -> None:
    answer = related_parties(seen(chain), FIRST)
    _, model = current(chain)
    csr = model.weights.csr
    both = Csr.from_edges(
        csr.size, np.r_[csr.rows(), csr.indices], np.r_[csr.indices, csr.rows()], np.r_[csr.data, csr.data]
    )
    seeds = np.zeros(csr.size)
    seeds[model.party(f"enterprise:{FIRST}") or 0] = 1.0
    exact = personalised_pagerank(both, seeds)
    assert [found.party.name for found in answer.related] == ["Middle", "Last"]
    assert [found.relations for found in answer.related] == [("LENDS_TO",), ()]
    for found in answer.related:
        true = exact[model.party(found.party.id) or 0]
        assert found.closeness <= true <= found.closeness + found.bound + 1e-12
        assert found.bound < 1e-4
    assert answer.own + answer.left + sum(found.closeness for found in answer.related) == pytest.approx(1.0)


def test_nobody_is_close_to_a_party_without_links(chain: Site) -> None:
    answer = related_parties(seen(chain), ALONE)
    assert answer.related == ()
    assert [assumed.code for assumed in answer.assumptions] == ["NO_LINKS"]
    with pytest.raises(KehutuError) as caught:
        related_parties(seen(chain), "nobody")
    assert caught.value.code == "UNKNOWN_ID"


def run(*words: object, code: int = 0) -> str:
    answer = CliRunner().invoke(main, [str(word) for word in words])
    assert answer.exit_code == code, answer.output
    return answer.stdout


LOSSES = """
query ($party: ID!) {
  lossView(view: CLEARING, shocks: [{party: $party, level: 0.5}], recovery: 0.5) {
    view source value recovery run { id } dataTime
    lost(first: 20) {
      edges { cursor node {
        party { id name type origins } share loss { fen currency } shocked failed round unpaid { fen currency }
      } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    }
    rest { count loss { fen currency } } totalLoss { fen currency } ownLoss { fen currency }
    assumptions { code subject record amount { fen currency } message }
  }
}
"""

RELATED = """
query ($party: ID!) {
  relatedParties(id: $party) {
    party { id name type origins } own left source run { id } dataTime
    related(first: 20) {
      edges { cursor node { party { id name type origins } closeness bound relations } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
    }
    assumptions { code subject record amount { fen currency } message }
  }
}
"""


def test_the_command_prints_what_graphql_answers(chain: Site) -> None:
    with TestClient(create_app(chain)) as client:

        def ask(query: str, party: str) -> dict[str, object]:
            answer = client.post("/graphql", json={"query": query, "variables": {"party": party}}).json()
            assert "errors" not in answer, answer
            found: dict[str, object] = answer["data"]
            return found

        home = ("--home", chain.home, "--json")
        shocked = ("--shock", f"{LAST}=0.5", "--view", "clearing", "--recovery", "0.5")
        assert json.loads(run("losses", *shocked, *home)) == ask(LOSSES, LAST)["lossView"]
        assert json.loads(run("related", FIRST, *home)) == ask(RELATED, FIRST)["relatedParties"]
        alone = run(
            "losses", "--shock", f"{ALONE}=0.5", "--view", "clearing", "--recovery", "0.5", *home, code=1
        )
        assert json.loads(alone) == ask(LOSSES, ALONE)["lossView"]
        assert json.loads(run("related", ALONE, *home, code=1)) == ask(RELATED, ALONE)["relatedParties"]


def test_people_read_which_view_they_see(small_site: Site) -> None:
    home = ("--home", small_site.home)
    shown = {
        view: run(
            "losses", "--shock", f"{GUARANTOR}=1", "--view", view.value, *home, code=view is View.CLEARING
        )
        for view in View
    }
    assert all(SOURCES[view] in text for view, text in shown.items())
    assert "View: hard cascade" in shown[View.CASCADE]
    assert "Do not add these figures to" in shown[View.EQUITY]
    assert "视角：清算" in run(
        "losses", "--shock", f"{GUARANTOR}=1", "--view", "clearing", *home, "--lang", "zh", code=1
    )
    assert "closeness, not money" in run("related", UPSTREAM, *home)
    assert "表示接近程度，不是金额" in run("related", UPSTREAM, *home, "--lang", "zh")


def test_a_site_without_any_party_answers_clearly(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").write_text("call\nC1\n")
    (tmp_path / "site.yaml").write_text(
        "sources:\n  - name: calls\n    path: calls.csv\n    channel: hotline\n    recordId: call\n"
        "    observedAt: 2026-03-31\n    mapping:\n      - node: Interaction\n        key: {interactionNo: call}\n"
    )
    chosen = settings(tmp_path / "home")
    ingest(chosen, tmp_path / "site.yaml")
    with open_site(chosen) as site:
        report = analyse(site)
        assert (report.risk.parties, report.risk.links, report.risk.expected_loss.fen) == (0, 0, 0)
        for view in View:
            with pytest.raises(KehutuError) as caught:
                loss_view(seen(site), view, [("interaction:C1", 1.0)])
            assert caught.value.code == "NOT_A_PARTY"
