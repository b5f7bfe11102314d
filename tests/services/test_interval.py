"""Limits of a score where buffers were not reported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.runs import Run
from services.arrears.why.score_limits import FACTOR, interval_of
from services.arrears.why.trace import trace
from services.exposure.model import BUFFER_KINDS, Exposure
from services.portrait import customer, risk
from services.risk.current import current
from services.risk.model import RiskModel
from services.site import Site
from tests.everyone import seen
from tests.services.test_live_continuing import full, inputs
from tests.small_site import UPSTREAM

PROXY = BUFFER_KINDS.index("proxy")


def with_kinds(found: Exposure, uncertain: list[bool], factor: float = 1.0) -> RiskModel:
    """The model with some buffers uncertain and so many times as large."""
    chosen = np.array(uncertain[: len(found.parties.ids)])
    parties = replace(
        found.parties,
        buffer_kind=np.where(chosen, PROXY, 0),
        buffer=np.where(chosen, found.parties.buffer * factor, found.parties.buffer),
    )
    return full(replace(found, parties=parties))


@given(inputs(), st.lists(st.booleans(), min_size=12, max_size=12))
def test_the_limits_are_what_an_analysis_would_say_at_either_end(
    small_site: Site, found: Exposure, uncertain: list[bool]
) -> None:
    run, model = current(small_site)[0], with_kinds(found, uncertain)
    scores = np.array(
        [model.score, *(with_kinds(found, uncertain, factor).score for factor in (FACTOR, 1 / FACTOR))]
    )
    for party, score in enumerate(model.score.tolist()):
        limits = interval_of(run, model, party)
        low, high = scores[:, party].min(), scores[:, party].max()
        if limits is None:
            assert high - low <= 1e-9
        else:
            assert (limits.low, limits.high) == pytest.approx((low, high), abs=1e-9)
            assert 0.0 <= limits.low <= score <= limits.high <= 1.0


@given(inputs(), st.lists(st.booleans(), min_size=12, max_size=12), st.floats(1 / FACTOR, FACTOR))
def test_every_score_within_the_range_lies_between_the_limits_while_close_groups_stay(
    small_site: Site, found: Exposure, uncertain: list[bool], factor: float
) -> None:
    run = current(small_site)[0]
    models = [with_kinds(found, uncertain, one) for one in (1.0, factor, FACTOR, 1 / FACTOR)]
    members = [[one.prepared.groups.group(party).tolist() for party in range(len(one.ids))] for one in models]
    if any(groups != members[0] for groups in members):
        return
    for party, score in enumerate(models[1].score.tolist()):
        limits = interval_of(run, models[0], party)
        if limits is None:
            assert score == pytest.approx(models[0].score[party], abs=1e-9)
        else:
            assert limits.low - 1e-9 <= score <= limits.high + 1e-9


@given(inputs())
def test_where_every_buffer_is_reported_there_are_no_limits(small_site: Site, found: Exposure) -> None:
    run, model = current(small_site)[0], with_kinds(found, [False] * 12)
    assert {limits(run, model, party) for party in range(len(model.ids))} == {None}


def limits(run: Run, model: RiskModel, party: int) -> object:
    return interval_of(run, model, party)


def test_reported_equity_shows_no_interval_in_the_answers(small_site: Site) -> None:
    assert trace(seen(small_site), UPSTREAM).interval is None
    found = risk(seen(small_site), customer(seen(small_site), "4400000003").id)
    assert found is not None
    assert found.interval is None
