"""A person's judgement of a party's own distress, in place of what its payment record says, until a day.

It is a record of channel ``platform``. The current run is continued at once, so that every later answer has it; later
runs read it from the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import isnan

import numpy as np

from algorithms.risk.update import update
from graph.schema.keys import type_of
from ingest.statements import NodeStatement, RelationStatement, Statements, Value
from ledger import runs
from ledger.runs import Run
from services.arrears.answer.model import RiskOverride, RunName
from services.arrears.answer.overrides import judged
from services.arrears.answer.position import position
from services.exposure.model import Override
from services.live.continuing import Continued, changes_of
from services.live.keeping import keep
from services.names import Named, names_of
from services.platform import decide
from services.risk.model import RiskModel, current
from services.risk.part import Basis, Before
from services.risk.parts.solution import Work
from services.risk.registry import PARTS
from services.risk.situation import parameters_of
from services.site import Site
from terms.errors import KehutuError
from terms.ids import Key
from terms.money import Money

SOURCE = "risk-overrides"


@dataclass(frozen=True, slots=True)
class Overridden:
    """What a judgement changed."""

    party: Named
    """The party that was judged."""
    override: RiskOverride | None
    """The judgement in force; absent where it was taken back."""
    before: float
    """Arrears probability before."""
    after: float
    """Arrears probability after."""
    loss: Money
    """Change of the party's expected loss."""
    total_loss: Money
    """Change of the expected loss of all parties."""
    run: RunName
    """The run that has it."""
    repeated: bool
    """Whether the same judgement had been made before under this idempotency key."""


def override(
    site: Site,
    entity: str,
    own: float | None,
    *,
    reason: str,
    author: str,
    until: date,
    idempotency_key: str,
) -> Overridden:
    """Set a party's own distress, or take an earlier judgement back.

    Args:
        site: an open site with a current run.
        entity: an id, old id or business number; a customer stands for its party.
        own: 0 to 1; None takes back what was judged before.
        reason: why, in words; not empty.
        author: who judges; not empty.
        until: the last day of data on which it holds; not before the cut-off of the current run.
        idempotency_key: the caller's name for this judgement; saying it again under the same key changes nothing.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``, ``NO_RUN``, ``OVERRIDE_VALUE``, ``OVERRIDE_NEEDS``,
            ``OVERRIDE_ENDED``, ``IDEMPOTENCY_KEY``, ``IDEMPOTENCY_CONFLICT``.
    """
    run, model = current(site)
    party = position(site, model, entity)
    if own is not None and (isnan(own) or not 0.0 <= own <= 1.0):
        raise KehutuError("OVERRIDE_VALUE", found=own)
    for name, text in (("reason", reason), ("author", author)):
        if not text.strip():
            raise KehutuError("OVERRIDE_NEEDS", field=name)
    if until < run.cut_off:
        raise KehutuError("OVERRIDE_ENDED", until=until, cut_off=run.cut_off)
    target = Key(model.ids[party])

    def say(number: str, recorded_at: str) -> Statements:
        prefix = site.schema.nodes["RiskOverride"].prefix
        key = Key(f"{prefix}:{number}")
        values: dict[str, Value] = {
            "overrideNo": number,
            "reason": reason.strip(),
            "author": author.strip(),
            "until": until.isoformat(),
            "recordedAt": recorded_at,
        }
        if own is not None:
            values["own"] = own
        kind = type_of(target, site.schema).name
        return Statements(
            nodes=(NodeStatement("RiskOverride", (key,), values), NodeStatement(kind, (target,))),
            relations=(RelationStatement("OVERRIDES", "RiskOverride", key, kind, target),),
        )

    record, repeated = decide(site, SOURCE, idempotency_key, say, follow=False)  # continued below, faster
    said = Statements.from_json(record.payload).nodes[0].set
    if repeated:
        after_run, after = current(site)
    else:
        found = _override(
            said, f"{site.schema.nodes['RiskOverride'].prefix}:{said['overrideNo']}", party, model
        )
        after_run, after = _revise(site, run, model, party, found, seq=record.seq)
    names = names_of(site.store, site.schema, [model.ids[party]])
    in_force = [o for o in after.overrides if o.party == party]
    return Overridden(
        party=names[model.ids[party]],
        override=judged(in_force[0], names[model.ids[party]]) if in_force else None,
        before=model.chance(party),
        after=after.chance(party),
        loss=Money(int(after.expected_loss[party] - model.expected_loss[party])),
        total_loss=Money(int(after.expected_loss.sum() - model.expected_loss.sum())),
        run=RunName(after_run.id),
        repeated=repeated,
    )


def _override(said: Mapping[str, Value], name: str, party: int, model: RiskModel) -> Override | None:
    """The judgement that a record holds, None where it takes an earlier one back."""
    if "own" not in said:
        return None
    earlier = [o.recorded for o in model.overrides if o.party == party]
    return Override(
        id=name,
        party=party,
        own=float(said["own"]),
        recorded=earlier[0] if earlier else float(model.own[party]),
        reason=str(said["reason"]),
        author=str(said["author"]),
        until=date.fromisoformat(str(said["until"])),
        recorded_at=str(said["recordedAt"]),
    )


def _revise(
    site: Site, run: Run, model: RiskModel, party: int, found: Override | None, *, seq: int
) -> tuple[Run, RiskModel]:
    """A run that continues the current one with the party's new own distress; only what changed is written again.

    Exact: the solution is unique, whatever it is continued from (docs/science.md, "Solving").

    Args:
        seq: number of the record of the judgement; the run knows all before it that its parent knows.
    """
    earlier = [o for o in model.overrides if o.party == party]
    others = [o for o in model.overrides if o.party != party]
    own = model.own.copy()
    own[party] = found.own if found else (earlier[0].recorded if earlier else own[party])
    computed = update(model.solution, model.network, own, np.array([party]))
    solution = computed.apply(model.solution)
    everybody = np.arange(len(model.ids))
    revised = replace(
        model,
        inputs=replace(model.inputs, own=own),
        solved=replace(
            model.solved,
            score=solution.h,
            raw=solution.raw,
            bound=solution.bound,
            expected_loss=model.loss_at(solution.h, everybody),
        ),
        overrides=sorted([*others, *([found] if found else [])], key=lambda o: o.party),
        others={},
    )
    work = Work(touched=1, computed=len(computed.parties))
    basis = PARTS.gathered(site, Basis(parameters_of(run), None, model.probability))
    whole = PARTS.go_on(basis, Before(model.found, everybody), revised.found)
    after = RiskModel.from_found(model.cut_off, whole)
    continued = Continued(after, whole, basis, work, changes_of(model, after))
    known = runs.known_until(site.ledger, run)
    keep(site, run, continued, seq if known >= seq - 1 else known)
    return current(site)
