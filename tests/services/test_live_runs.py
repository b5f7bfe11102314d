"""After every load the current run is what a new analysis would make, on a site that changes step by step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.parameters import RiskParameters
from algorithms.risk.probability import IDENTITY
from ledger import runs
from services.analysis import analyse
from services.live.following import LONGEST, follow
from services.risk import fitted as fits
from services.risk.current import current, model_of
from services.settings import settings
from services.site import Site, open_site
from tests.services.live_world import (
    CHANGES,
    DAY,
    all_rows,
    assert_as_new,
    code,
    first_world,
    newest_load,
    take,
    take_back,
)


@pytest.fixture
def site(kept_home: Path) -> Iterator[Site]:
    with open_site(settings(kept_home)) as opened:
        yield opened


def test_after_any_sequence_of_loads_the_run_is_what_a_new_analysis_would_make(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    assert follow(site).outcome == "no-run"
    analyse(site)
    outcomes = []
    for _ in range(LONGEST + 6):
        before, _ = current(site)
        change = world.chance.choice(CHANGES)
        followed = follow(site, take(site, world, change(world)))
        assert followed.fault is None
        outcomes.append(followed.outcome)
        assert_as_new(site, followed)
        run, model = current(site)
        if followed.outcome == "continued":
            assert run.parent == before.id == followed.parent
            assert followed.loss.fen == int(
                model.expected_loss.sum() - model_of(site, before).expected_loss.sum()
            )
            assert followed.changed == runs.get(site.ledger, run.id).files["changes"].rows
            assert sum(file.rows for name, file in run.files.items() if name != "changes") < 400
            assert model.cut_off == before.cut_off
    assert outcomes.count("continued") >= LONGEST
    assert "full" in outcomes


def test_a_load_without_any_input_of_risk_is_passed_over(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    run, _ = current(site)
    followed = follow(site, take(site, world, [world.put("calls", "C1", "4400000001")]))
    assert (followed.outcome, followed.run) == ("unchanged", run.id)
    assert runs.known_until(site.ledger, current(site)[0]) > run.watermark
    # What is known to change nothing is not looked at again: the next load continues from there.
    assert follow(site, take(site, world, [world.guarantee(3)])).outcome == "continued"
    # The same said again later about evidence makes it younger, though the graph stays as it is.
    report = world.rows["enterprises"][code(1)]
    take(site, world, [("enterprises", report)], "2026-01-15")
    assert_as_new(site, follow(site))


def test_a_later_observation_moves_the_cut_off_and_makes_a_full_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    followed = follow(site, take(site, world, [world.guarantee(3)], "2026-04-30"))
    assert (followed.outcome, followed.reason) == ("full", "cut-off")
    run, _ = current(site)
    assert run.parent is None
    assert run.cut_off.isoformat() == "2026-04-30"
    assert follow(site).outcome == "unchanged"


def test_where_most_is_touched_a_full_run_finds_communities_anew(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    rows = [row for number in range(30) for row in world.enterprise(number)]
    followed = follow(site, take(site, world, rows))
    assert (followed.outcome, followed.reason) == ("full", "share")
    assert_as_new(site, followed)


def test_another_fit_in_force_makes_a_full_run(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    fits.keep(site.home, RiskParameters(rho_guarantee=0.5, fitted=True), IDENTITY, {})
    followed = follow(site, take(site, world, [world.guarantee(3)]))
    assert (followed.outcome, followed.reason) == ("full", "parameters")
    assert follow(site, take(site, world, [world.guarantee(4)])).outcome == "continued"
    assert current(site)[0].parts["risk"]["parameters"]["rho_guarantee"] == 0.5
    fits.reset(site.home)
    assert_as_new(site, follow(site, take(site, world, [world.guarantee(5)])))


def test_after_a_load_is_taken_back_the_run_is_what_a_new_analysis_would_make(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    _, before = current(site)
    follow(site, take(site, world, [world.bill(5, month, paid=False) for month in range(4, 12)]))
    assert np.abs(current(site)[1].score - before.score).max() > 0.1
    followed = follow(site, take_back(site, newest_load(site)))
    assert followed.outcome == "continued"
    after = assert_as_new(site, followed)
    assert np.abs(after.score - before.score).max() <= 1e-9


def test_where_what_reached_furthest_is_taken_back_the_cut_off_goes_back_too(site: Site) -> None:
    world = first_world()
    take(site, world, all_rows(world))
    analyse(site)
    # Of no type that any input of risk is read from: only its day counts.
    follow(site, take(site, world, [world.put("calls", "C1", "4400000001")], "2026-04-30"))
    assert current(site)[0].cut_off.isoformat() == "2026-04-30"
    followed = follow(site, take_back(site, newest_load(site)))
    assert (followed.outcome, followed.reason) == ("full", "cut-off")
    assert current(site)[0].cut_off.isoformat() == DAY
