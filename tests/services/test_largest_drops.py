"""What would lower a loss most: the three largest drops, as what-ifs of every cause say them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from services.analysis import analyse
from services.arrears.answer.model import ChangeKind, RiskTrace, Shock, ShockKind
from services.arrears.what_if.what_if import what_if_of
from services.arrears.why.trace import trace_of
from services.risk.current import current
from services.settings import settings
from services.site import open_site
from tests.everyone import seen
from tests.services.test_what_if_is_the_next_analysis import SIZE, WAN, Sources, code

MANY = 1_000
"""Lines, so that the trace names every cause."""


def random_site(seed: int) -> Sources:
    """Firms that guarantee and lend to each other, some late and some in default."""
    said = Sources(random.Random(seed))
    for number in range(SIZE):
        said.enterprise(number)
        said.customer(number, f"A{number}", said.chance.choice([0, 0, 2, 4, 7]))
    for number in range(8):
        first, second = said.chance.sample(range(SIZE), 2)
        source = said.chance.choice(["guarantees", "loans"])
        said.put(source, f"C{number}", code(first), code(second), said.chance.choice([20, 80, 300]) * WAN)
    return said


def causes(answer: RiskTrace) -> list[tuple[str, Shock]]:
    """What is to blame, in the words of the answer, with the what-if that takes it away."""
    found = []
    for seed in answer.seeds:
        party = seed.party
        found.append((f"settle the arrears of {party.name}", Shock(ShockKind.SETTLE, party.id)))
        found.append((f"have {party.name} pay on time", Shock(ShockKind.DEFAULT, party.id, level=0.0)))
    for path in answer.paths:
        for step in path.steps:
            words = f"cut the link from {step.from_.name} to {step.to.name}"
            found.append((words, Shock(ShockKind.CUT, step.from_.id, step.to.id)))
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("seed", [1, 2])
def test_no_cause_would_lower_the_loss_more_than_those_that_are_told(tmp_path: Path, seed: int) -> None:
    said = random_site(seed)
    asked = settled = cut = 0
    with open_site(settings(tmp_path / "home")) as site:
        said.load(site)
        analyse(site)
        run, model = current(site)
        who = seen(site)
        owes = {
            model.ids[int(model.inputs.customer_party[at])]
            for at, balance in enumerate(model.inputs.customer_balance.tolist())
            if balance > 0
        }
        for party, name in enumerate(model.ids):
            answer = trace_of(who, run, model, party, MANY)
            possible = causes(answer)
            steps = sum(shock.kind is ShockKind.CUT for _, shock in possible)
            if len(answer.seeds) + steps > 12 or len(answer.seeds) > 5:
                continue  # not all of so many are tried
            drops = {}
            for words, shock in possible:
                # Who owes is asked to pay; who owes nothing, to pay on time.
                if shock.kind is not ShockKind.CUT and (shock.kind is ShockKind.SETTLE) != (
                    shock.party in owes
                ):
                    continue
                hits = {hit.party.id: hit.loss.fen for hit in what_if_of(who, run, model, [shock]).hits}
                if hits.get(name, 0) < 0:
                    drops[words] = -hits[name]
            expected = sorted(drops.items(), key=lambda drop: (-drop[1], drop[0]))[:3]
            assert [(change.what, change.effect.fen) for change in answer.would_change] == expected
            asked += 1
            settled += sum(change.kind is ChangeKind.SETTLE for change in answer.would_change)
            cut += sum(change.kind is ChangeKind.CUT for change in answer.would_change)
    assert asked >= SIZE // 2
    assert settled
    assert cut
