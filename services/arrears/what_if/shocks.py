"""From the assumptions of a what-if, as people state them, to what the next analysis would read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from typing import TypeVar

from algorithms.risk.parameters import Relation, RiskParameters
from graph import seen_queries
from graph.arrays import Ints
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.answer.position import position
from services.arrears.answer.relation_names import MONEY_NAMES, RELATION_NAMES
from services.arrears.why.settling import Settled, settled
from services.assumption import Assumption
from services.exposure.model import BUFFER_KINDS
from services.reading.computing import for_computing
from services.reading.runs import Run
from services.risk.model import RiskModel
from services.risk.next_links import NextLinks
from services.risk.situation import parameters_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.money import Money

T = TypeVar("T")


@dataclass(slots=True)
class Changes:
    """What the next analysis would read, for those whom shocks name.

    ``links``: with the shocks. ``own``: own distress by party. ``settled``: parties that pay. ``injected``: yuan by
    party. ``direct``: parties that a shock names. ``cautions``, ``assumptions``: what had to be assumed, in short and
    in full.
    """

    links: NextLinks
    own: dict[int, float] = field(default_factory=dict)
    settled: dict[int, Settled] = field(default_factory=dict)
    injected: dict[int, float] = field(default_factory=dict)
    direct: set[int] = field(default_factory=set)
    cautions: list[str] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)

    def assume(self, code: str, subject: str, amount: Money | None = None) -> None:
        """Say something that had to be assumed."""
        self.cautions.append(f"{code} {subject}")
        self.assumptions.append(Assumption(code, subject, amount=amount))


def translate(seen: Seen, run: Run, model: RiskModel, shocks: Sequence[Shock]) -> Changes:
    """Check every shock and say what the next analysis would read with all of them.

    Shocks are on parties that the asker sees; positions in the answer are those among everybody.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``, ``SHOCK_NEEDS``, ``SHOCK_VALUE``, ``SHOCK_ON_ONE``,
            ``SHOCK_RELATION``, ``LINK_UNKNOWN``; ``SHOCK_NEEDS`` also without any shock.
    """
    if not shocks:
        raise KehutuError("SHOCK_NEEDS", kind="what-if", field="shocks")
    shown, model = model, model.everything
    changes = Changes(NextLinks(model, parameters_of(run)))
    payments: dict[int, int | None] = {}
    for shock in shocks:
        party = shown.in_everything(position(seen, shown, shock.party))
        match shock.kind:
            case ShockKind.DEFAULT:
                _default(changes, party, shock)
            case ShockKind.EQUITY:
                changes.injected[party] = changes.injected.get(party, 0.0) + _amount(shock)
                changes.direct.add(party)
            case ShockKind.SETTLE:
                payments[party] = _payment(payments.get(party, 0), shock)
                changes.direct.add(party)
            case ShockKind.CUT:
                _cut(model, changes, party, _other(seen, shown, party, shock), shock)
            case ShockKind.ADD:
                _add(changes, party, _other(seen, shown, party, shock), shock)
    for party, amount in payments.items():
        if _owed(model, party):
            paid = settled(seen, run, model, party, amount)
            changes.settled[party] = paid
            changes.own.setdefault(party, paid.own)
        else:
            changes.assume("NOTHING_OVERDUE", model.ids[party])
    for party in changes.injected:
        _inject(seen, run, model, changes, party)
    return changes


def _default(changes: Changes, party: int, shock: Shock) -> None:
    """It counts as a judgement of a person does: whatever the party pays, it stands."""
    if not 0.0 <= shock.level <= 1.0:
        raise KehutuError("SHOCK_VALUE", kind="DEFAULT", field="level", found=shock.level, expected="0 … 1")
    changes.own[party] = shock.level
    changes.direct.add(party)


def _inject(seen: Seen, run: Run, model: RiskModel, changes: Changes, party: int) -> None:
    """The reported equity grows, even from below 0, and is reported then; the buffer is never below its floor."""
    name, least = model.ids[party], _floor(model, parameters_of(run), party)
    reported, buffer = _equity(seen, model, party)
    if reported < buffer:
        changes.assume("BUFFER_FLOOR", name, _shown(seen, buffer))
    after = reported + changes.injected[party]
    changes.links.report(party, max(least, after), uncertain=after < least, net_assets=after)
    kind = BUFFER_KINDS[int(model.inputs.buffer_kind[party])]
    if kind in ("proxy", "floor") and after >= least:
        changes.assume("BUFFER_REPORTED", name, _shown(seen, after))


def _shown(seen: Seen, yuan: float) -> Money | None:
    """What somebody's equity is, or is taken to be, for whom financial data are clear."""
    return None if "financial" in seen.masked else Money(round(yuan * 100))


def _floor(model: RiskModel, parameters: RiskParameters, party: int) -> float:
    """The least buffer in yuan."""
    enterprise = model.types[party] == "Enterprise"
    return parameters.buffer_min_enterprise if enterprise else parameters.buffer_min_other


def _equity(seen: Seen, model: RiskModel, party: int) -> tuple[float, float]:
    """Equity as reported and the buffer of the model, yuan; they differ where the buffer is the floor."""
    buffer = float(model.inputs.buffer[party]) / 100
    floored = model.inputs.buffer_kind[party] == BUFFER_KINDS.index("floor")
    if floored and model.types[party] == "Enterprise":
        found = seen_queries.entity(for_computing(seen), type="Enterprise", id=model.ids[party])
        properties = {} if found is None else found.properties
        fen = properties.get("netAssets", properties.get("paidInCapital"))
        if isinstance(fen, int | float):
            return float(fen) / 100, buffer
    return buffer, buffer


def _payment(before: int | None, shock: Shock) -> int | None:
    """Fen that a party pays by all shocks together; None: all it owes."""
    if shock.amount is None or before is None:
        return None
    if shock.amount.fen < 0:
        raise KehutuError("SHOCK_VALUE", kind="SETTLE", field="amount", found=shock.amount, expected="≥ 0")
    return before + shock.amount.fen


def _owed(model: RiskModel, party: int) -> int:
    """The arrears of a party, fen."""
    return int(model.inputs.customer_balance[model.inputs.customer_party == party].sum())


def _cut(model: RiskModel, changes: Changes, party: int, other: int, shock: Shock) -> None:
    relation: Relation | None = None
    if shock.relation is not None:
        relation = _relation(shock.relation, RELATION_NAMES)
    both = [
        (source, target)
        for source, target in ((party, other), (other, party))
        if changes.links.has(source, target, relation)
    ]
    if not both:
        raise KehutuError(
            "LINK_UNKNOWN", party=model.ids[party], other=model.ids[other], relation=shock.relation or "*"
        )
    for source, target in both:
        changes.links.cut(source, target, relation)


def _add(changes: Changes, party: int, other: int, shock: Shock) -> None:
    """The one who guarantees, lends, sells or holds is harmed by the failure of the other."""
    if shock.relation is None:
        raise KehutuError("SHOCK_NEEDS", kind="ADD", field="relation")
    relation = _relation(shock.relation, MONEY_NAMES)
    changes.links.add(other, party, relation, _amount(shock))


def _other(seen: Seen, model: RiskModel, party: int, shock: Shock) -> int:
    if shock.other is None:
        raise KehutuError("SHOCK_NEEDS", kind=shock.kind.name, field="other")
    at = position(seen, model, shock.other)
    other = model.in_everything(at)
    if other == party:
        raise KehutuError("SHOCK_ON_ONE", kind=shock.kind.name, party=model.ids[at])
    return other


def _amount(shock: Shock) -> float:
    """The amount in yuan."""
    if shock.amount is None:
        raise KehutuError("SHOCK_NEEDS", kind=shock.kind.name, field="amount")
    yuan = shock.amount.fen / 100
    if not isfinite(yuan):
        raise KehutuError(
            "SHOCK_VALUE", kind=shock.kind.name, field="amount", found=shock.amount.fen, expected="fen"
        )
    return yuan


def _relation(name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        near = get_close_matches(name, known, 1)
        raise KehutuError("SHOCK_RELATION", found=name, known=", ".join(near or known))
    return known[name]


def unlinked(model: RiskModel, parties: Ints) -> list[int]:
    """Those of the parties that neither harm anyone nor are harmed."""
    network = model.network
    return [int(p) for p in parties if not len(network.row(p)[0]) and not len(network.column(p)[0])]
