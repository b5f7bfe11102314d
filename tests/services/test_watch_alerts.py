"""Which rules of the watch list hold, on random pairs of runs, beside what their definitions say in plain words."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from algorithms.risk.close_groups.reasons import reasons
from services.arrears.watch.watching import RuleKind, WatchRule, alerts_of
from services.exposure.model import Exposure
from services.risk.model import RiskModel
from tests.services.test_live_continuing import full, inputs

LEVELS = st.sampled_from([1e-9, 0.01, 0.05, 0.1, 0.3, 0.5, 1.0])
RULES = st.lists(
    st.builds(WatchRule, st.uuids().map(str), st.sampled_from(RuleKind), LEVELS, st.just("wang")), max_size=6
)
MANY = 1_000


def scores(model: RiskModel) -> dict[str, float]:
    return dict(zip(model.ids, model.score.tolist(), strict=True))


def linked(model: RiskModel) -> set[tuple[str, str]]:
    """Who harms whom."""
    pairs = [(i, j) for i in range(len(model.ids)) for j in model.network.row(i)[0].tolist()]
    return {(model.ids[i], model.ids[j]) for i, j in pairs}


def plain_alerts(
    model: RiskModel, before: RiskModel | None, party: int, rules: list[WatchRule]
) -> list[tuple[str, float, tuple[str, ...]]]:
    """From the text: a threshold is reached, a score has risen so much, a path of so much was not there before."""
    name, now = model.ids[party], float(model.score[party])
    was = None if before is None else scores(before).get(name)
    found: list[tuple[str, float, tuple[str, ...]]] = []
    for rule in rules:
        if rule.kind is RuleKind.THRESHOLD and now >= rule.level:
            found.append((rule.id, now, ()))
        if rule.kind is RuleKind.RISE and was is not None and now - was >= rule.level:
            found.append((rule.id, now - was, ()))
        if rule.kind is RuleKind.NEW_PATH and before is not None:
            own = dict(zip(before.ids, before.own.tolist(), strict=True))
            links = linked(before)
            ways = [
                (line.share, tuple(model.ids[place] for place in line.parties))
                for line in reasons(model.prepared, model.own, model.chances, party, top=MANY).lines
            ]
            new = [
                (share, way)
                for share, way in ways
                if share >= rule.level
                and (
                    any(one not in own for one in way)
                    or own[way[0]] == 0
                    or any(step not in links for step in pairwise(way))
                )
            ]
            if new:
                found.append((rule.id, *max(new, key=lambda one: one[0])))
    return found


@given(first=inputs(), second=inputs(), rules=RULES, place=st.integers(0, 11), new_site=st.booleans())
def test_a_rule_holds_where_its_definition_says_so(
    first: Exposure, second: Exposure, rules: list[WatchRule], place: int, *, new_site: bool
) -> None:
    before, model = None if new_site else full(first), full(second)
    party = place % len(model.ids)
    told = [
        (rule.id, value, tuple(model.ids[one] for one in path))
        for rule, value, path in alerts_of(model, before, party, rules)
    ]
    expected = plain_alerts(model, before, party, rules)
    assert [(rule, value) for rule, value, _ in told] == [(rule, value) for rule, value, _ in expected]
    assert [bool(way) for _, _, way in told] == [bool(way) for _, _, way in expected]
