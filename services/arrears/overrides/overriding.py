"""How a person sets a party's own distress until a day, in place of what its payment record says.

It is a record of channel ``platform``. The current run is continued at once, so that every later answer has it; later
runs read it from the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isnan

from graph.schema.keys import type_of
from ingest.statements import NodeStatement, RelationStatement, Statements, Value
from services.arrears.answer.model import RiskOverride, RunName
from services.arrears.answer.overrides import judged
from services.arrears.answer.position import position
from services.exposure.model import Override
from services.live.overriding import revise
from services.names import Named, names_of
from services.platform import Deed, decide
from services.reading.runs import current
from services.risk.model import RiskModel
from services.seen import Seen
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
    """Whether the same judgement was made before under this idempotency key."""


def override(
    seen: Seen,
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
        seen: what the asker sees of a site with a current run.
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
    run, model = current(seen)
    party = position(seen, model, entity)
    if own is not None and (isnan(own) or not 0.0 <= own <= 1.0):
        raise KehutuError("OVERRIDE_VALUE", found=own)
    for name, text in (("reason", reason), ("author", author)):
        if not text.strip():
            raise KehutuError("OVERRIDE_NEEDS", field=name)
    if until < run.cut_off:
        raise KehutuError("OVERRIDE_ENDED", until=until, cut_off=run.cut_off)
    target = Key(model.ids[party])

    def say(number: str, recorded_at: str) -> Statements:
        prefix = seen.schema.nodes["RiskOverride"].prefix
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
        kind = type_of(target, seen.schema).name
        return Statements(
            nodes=(NodeStatement("RiskOverride", (key,), values), NodeStatement(kind, (target,))),
            relations=(RelationStatement("OVERRIDES", "RiskOverride", key, kind, target),),
        )

    deed = Deed(author.strip(), "override withdraw" if own is None else "override", str(target))
    # Continued below, faster.
    record, repeated = decide(seen, SOURCE, idempotency_key, say, deed, follow=False)
    said = Statements.from_json(record.payload).nodes[0].set
    if repeated:
        after_run, after = current(seen)
    else:
        found = _override(
            said, f"{seen.schema.nodes['RiskOverride'].prefix}:{said['overrideNo']}", party, model
        )
        after_run, after = revise(seen, run, model, party, found, seq=record.seq)
    names = names_of(seen, [model.ids[party]])
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
