"""How a person's judgement changes the current run at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from algorithms.risk.close_groups.what_if import renew
from ledger import runs
from ledger.runs import Run
from services.exposure.model import Override
from services.live.continuing import Continued, changes_of
from services.live.keeping import keep
from services.risk.current import current
from services.risk.model import RiskModel
from services.risk.part import Basis, Before
from services.risk.parts.solution import Work
from services.risk.registry import PARTS
from services.risk.situation import parameters_of
from services.seen import Seen
from services.site import whole


def revise(
    seen: Seen, run: Run, model: RiskModel, party: int, found: Override | None, *, seq: int
) -> tuple[Run, RiskModel]:
    """A run that continues the current one with the party's new own distress; only what changed is written again.

    Exact: what the party reaches is solved again as a whole (docs/science.md, "Close groups").

    Args:
        seq: number of the record of the judgement; the run knows all before it that its parent knows.
    """
    site = whole(seen)
    earlier = [o for o in model.overrides if o.party == party]
    others = [o for o in model.overrides if o.party != party]
    own = model.own.copy()
    own[party] = found.own if found else (earlier[0].recorded if earlier else own[party])
    computed = renew(
        model.network,
        own,
        np.array([party]),
        drawn=model.scores.drawn,
        cut=model.scores.cut,
        keys=model.ids,
        priority=model.priority,
    )
    scores = model.scores.renewed(computed)
    everybody = np.arange(len(model.ids))
    revised = replace(
        model,
        inputs=replace(model.inputs, own=own),
        solved=replace(
            model.solved,
            scores=scores,
            expected_loss=model.loss_at(scores.score, everybody),
        ),
        overrides=sorted([*others, *([found] if found else [])], key=lambda o: o.party),
        others={},
    )
    work = Work(touched=1, computed=len(computed.parties))
    basis = PARTS.gathered(site, Basis(parameters_of(run), None, model.probability))
    found_after = PARTS.go_on(basis, Before(model.found, everybody), revised.found)
    after = RiskModel.from_found(model.cut_off, found_after)
    continued = Continued(after, found_after, basis, work, changes_of(model, after))
    known = runs.known_until(site.ledger, run)
    keep(site, run, continued, seq if known >= seq - 1 else known)
    return current(site)
