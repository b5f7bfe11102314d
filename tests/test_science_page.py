"""The example that opens docs/science.md is what the product computes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from algorithms.risk.close_groups.circles import circle_figures
from algorithms.risk.close_groups.probability import Chances, Model, chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from graph.arrays import Csr, Floats
from services.analysis import analyse
from services.arrears.answer.model import RiskTrace, Shock, ShockKind, WhatIf
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.loading import ingest
from services.risk.current import current
from services.risk.model import RiskModel
from services.settings import settings
from services.site import open_site
from tests.everyone import seen
from tests.worked_site import CEMENT, KILN, TILE, write

PAGE = Path(__file__).parents[1] / "docs" / "science.md"
PARTIES = (KILN, TILE, CEMENT)


class Worked(NamedTuple):
    """What the product says of the three parties: with the contracts alone, and with a shared director."""

    first: RiskModel
    of_cement: RiskTrace
    default: WhatIf
    with_director: RiskModel


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    folder = tmp_path_factory.mktemp("worked")
    chosen = settings(folder / "home")
    contracts, director = write(folder)
    ingest(chosen, contracts)
    with open_site(chosen) as site:
        analyse(site)
        _, first = current(site)
        of_cement = trace(seen(site), CEMENT)
        default = what_if(seen(site), [Shock(ShockKind.DEFAULT, KILN)])
        ingest(chosen, director, analyse=False)
        analyse(site)
        yield Worked(first, of_cement, default, current(site)[1])


def by_close_groups(links: dict[tuple[int, int], float], own: list[float]) -> tuple[Model, Floats, Chances]:
    """Scores of a small network."""
    ends = np.array(list(links), dtype=np.int64)
    weights = Csr.from_edges(len(own), ends[:, 0], ends[:, 1], np.array(list(links.values())))
    model, records = prepare(weights), np.array(own)
    return model, records, chances(model, records)


def test_the_pair_of_the_page_counts_each_failure_once() -> None:
    page = PAGE.read_text(encoding="utf-8")
    model, own, result = by_close_groups({(0, 1): 0.9, (1, 0): 0.9}, [0.05, 0.02])
    assert f"0.05 + 0.95 * 0.02 * 0.9 = {result.p[0]:.4f}\n" in page
    assert f"= {result.p[1]:.4f}\n    at least one" in page
    figures = circle_figures(model, own, result, [0, 1])
    assert figures is not None
    assert f"= {figures.any_fails:.4f}\n    both" in page
    assert f"0.05 * 0.02                                   = {figures.all_fail:.4f}\n" in page
    assert f"= {figures.failures_if_any:.1f} of 2 fail on average" in page
    shares = [f"{line.share:.1%}".replace("%", " %") for line in reasons(model, own, result, 0).lines]
    assert f"{shares[0]} of A's chance are its own record, {shares[1]} that B fails" in page


def test_the_ring_and_the_joint_group_of_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    ring = by_close_groups({(0, 1): 0.8, (1, 2): 0.8, (2, 0): 0.8}, [0.1] * 3)[2]
    assert f"0.0200 + 0.0304 + 0.1734  =  {ring.p[0]:.4f}\n" in page
    joint = by_close_groups({(i, k): 0.5 for i in range(4) for k in range(4) if i != k}, [0.1] * 4)[2]
    assert f"19/32 * (1 - 0.9^4)  =  {joint.p[0]:.4f}\n" in page


def row(title: str, *cells: str) -> str:
    """A row of a table of the page."""
    return f"| {title} | {' | '.join(cells)} |\n"


def at(model: RiskModel, party: str) -> int:
    found = model.party(f"enterprise:{party}")
    assert found is not None
    return found


def weight(model: RiskModel, source: str, target: str) -> float:
    entry = model.weights.entry(at(model, source), at(model, target))
    return float(model.weights.csr.data[entry])


def yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def test_own_distress_buffers_and_exposures_are_those_of_the_page(worked: Worked) -> None:
    page, model = PAGE.read_text(encoding="utf-8"), worked.first
    places = [at(model, party) for party in PARTIES]
    assert row("own distress s", *(f"{model.own[place]:.4f}" for place in places)) in page
    assert row("buffer E, yuan", *(f"{model.inputs.buffer[place] / 100:,.0f}" for place in places)) in page
    assert row("exposure EAD, yuan", *(f"{model.exposure[place] / 100:,.0f}" for place in places)) in page


def test_weights_scores_and_losses_are_those_of_the_page(worked: Worked) -> None:
    page, model = PAGE.read_text(encoding="utf-8"), worked.first
    places = [at(model, party) for party in PARTIES]
    assert f"W(Kiln, Tile) = {weight(model, KILN, TILE):.4f}" in page
    assert f"W(Tile, Cement) = {weight(model, TILE, CEMENT):.4f}" in page
    assert row("score", *(f"{model.score[place]:.4f}" for place in places)) in page
    losses = [int(model.expected_loss[place]) for place in places]
    assert row("expected loss, yuan", *map(yuan, losses)) in page


def test_the_trace_of_the_page_adds_up(worked: Worked) -> None:
    page, answer = PAGE.read_text(encoding="utf-8"), worked.of_cement
    for path in answer.paths:
        way = " → ".join([path.seed.name, *(step.to.name for step in path.steps)])
        assert row(way, f"{path.share:.1%}", yuan(path.amount.fen)) in page
    assert answer.tail.amount.fen == 0
    assert row("together", "100.0%", yuan(answer.expected_loss.fen)) in page


def test_the_default_of_the_page_costs_what_it_says(worked: Worked) -> None:
    page, answer = PAGE.read_text(encoding="utf-8"), worked.default
    hits = {hit.party.id.removeprefix("enterprise:"): hit for hit in answer.hits}
    assert row("score after the default", *(f"{hits[party].after:.4f}" for party in PARTIES)) in page
    assert row("rise of the expected loss", *(yuan(hits[party].loss.fen) for party in PARTIES)) in page
    assert f"together {yuan(answer.total_loss.fen)} yuan" in page


def test_a_shared_director_closes_a_loop(worked: Worked) -> None:
    page, model = PAGE.read_text(encoding="utf-8"), worked.with_director
    assert f"W(Tile, Cement) = {weight(model, TILE, CEMENT):.4f}" in page
    assert f"W(Cement, Tile) = {weight(model, CEMENT, TILE):.4f}" in page
    scores = [f"{model.score[at(model, party)]:.4f}" for party in PARTIES]
    assert row("score with the shared director", *scores) in page
