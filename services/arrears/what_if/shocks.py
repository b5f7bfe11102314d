"""From the assumptions of a what-if, as people state them, to changes of the arrays of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from typing import TypeVar

from algorithms.risk import what_if as pure
from algorithms.risk.parameters import Relation, RiskParameters
from graph import seen_queries
from graph.arrays import Ints
from services.arrears.answer.model import Shock, ShockKind
from services.arrears.answer.position import position
from services.arrears.answer.relation_names import MONEY_NAMES, RELATION_NAMES
from services.assumption import Assumption
from services.exposure.model import BUFFER_KINDS
from services.risk.model import RiskModel
from services.seen import Seen
from terms.errors import KehutuError
from terms.money import Money

T = TypeVar("T")


@dataclass(slots=True)
class Changes:
    """Shocks as changes of arrays.

    ``paid``: fen by party that it settles. ``equity``: equity in yuan by party after what was injected so far, as
    reported: may be less than the floor of the buffer. ``direct``: parties that a shock names. ``cautions``,
    ``assumptions``: what had to be assumed, in short and in full.
    """

    pure: list[pure.Shock] = field(default_factory=list)
    paid: dict[int, int] = field(default_factory=dict)
    equity: dict[int, float] = field(default_factory=dict)
    direct: set[int] = field(default_factory=set)
    cautions: list[str] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)


def translate(seen: Seen, model: RiskModel, parameters: RiskParameters, shocks: Sequence[Shock]) -> Changes:
    """Check every shock and say it in the positions and units of the model.

    Raises:
        KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``, ``SHOCK_NEEDS``, ``SHOCK_VALUE``, ``SHOCK_ON_ONE``,
            ``SHOCK_RELATION``, ``LINK_UNKNOWN``; ``SHOCK_NEEDS`` also without any shock.
    """
    if not shocks:
        raise KehutuError("SHOCK_NEEDS", kind="what-if", field="shocks")
    changes = Changes()
    for shock in shocks:
        party = position(seen, model, shock.party)
        match shock.kind:
            case ShockKind.DEFAULT:
                _default(changes, party, shock)
            case ShockKind.EQUITY:
                _inject(changes, party, shock, _floor(model, parameters, party), _equity(seen, model, party))
            case ShockKind.SETTLE:
                _settle(model, changes, party, shock)
            case ShockKind.CUT:
                _cut(model, changes, party, _other(seen, model, party, shock), shock)
            case ShockKind.ADD:
                _add(changes, party, _other(seen, model, party, shock), shock)
    return changes


def _default(changes: Changes, party: int, shock: Shock) -> None:
    if not 0.0 <= shock.level <= 1.0:
        raise KehutuError("SHOCK_VALUE", kind="DEFAULT", field="level", found=shock.level, expected="0 … 1")
    changes.pure.append(pure.Distress(party, shock.level))
    changes.direct.add(party)


def _inject(changes: Changes, party: int, shock: Shock, least: float, equity: tuple[float, float]) -> None:
    """The reported equity grows, even from below 0; the buffer is never below its floor."""
    reported, buffer = equity
    if reported < buffer and party not in changes.equity:
        changes.cautions.append(f"BUFFER_FLOOR {shock.party}")
        changes.assumptions.append(Assumption("BUFFER_FLOOR", shock.party, amount=Money(round(buffer * 100))))
    changes.equity[party] = changes.equity.get(party, reported) + _amount(shock)
    # One change from the model's own buffer to the new one, whatever was injected before.
    changes.pure = [s for s in changes.pure if not (isinstance(s, pure.Equity) and s.party == party)]
    changes.pure.append(pure.Equity(party, max(least, changes.equity[party]) - buffer, least))
    changes.direct.add(party)


def _floor(model: RiskModel, parameters: RiskParameters, party: int) -> float:
    """The least buffer in yuan."""
    enterprise = model.types[party] == "Enterprise"
    return parameters.buffer_min_enterprise if enterprise else parameters.buffer_min_other


def _equity(seen: Seen, model: RiskModel, party: int) -> tuple[float, float]:
    """Equity as reported and the buffer of the model, yuan; they differ where the buffer is the floor."""
    buffer = float(model.inputs.buffer[party]) / 100
    floored = model.inputs.buffer_kind[party] == BUFFER_KINDS.index("floor")
    if floored and model.types[party] == "Enterprise":
        found = seen_queries.entity(seen, type="Enterprise", id=model.ids[party])
        properties = {} if found is None else found.properties
        fen = properties.get("netAssets", properties.get("paidInCapital"))
        if isinstance(fen, int | float):
            return float(fen) / 100, buffer
    return buffer, buffer


def _settle(model: RiskModel, changes: Changes, party: int, shock: Shock) -> None:
    """What is left of the arrears keeps its part of the own distress; without arrears all of it goes."""
    balance = int(model.inputs.customer_balance[model.inputs.customer_party == party].sum())
    paid = changes.paid.get(party, 0)
    if shock.amount is None:
        paid = balance
    else:
        if shock.amount.fen < 0:
            raise KehutuError(
                "SHOCK_VALUE", kind="SETTLE", field="amount", found=shock.amount, expected="≥ 0"
            )
        paid = min(balance, paid + shock.amount.fen)
    if balance == 0:
        changes.cautions.append(f"NOTHING_OVERDUE {model.ids[party]}")
        changes.assumptions.append(Assumption("NOTHING_OVERDUE", model.ids[party]))
    left = (balance - paid) / balance if balance else 0.0
    changes.paid[party] = paid
    changes.pure.append(pure.Distress(party, float(model.own[party]) * left))
    changes.direct.add(party)


def _cut(model: RiskModel, changes: Changes, party: int, other: int, shock: Shock) -> None:
    relation: Relation | None = None
    if shock.relation is not None:
        relation = _relation(shock.relation, RELATION_NAMES)
    found = False
    for source, target in ((party, other), (other, party)):
        entry = model.weights.entry(source, target)
        if entry < 0:
            continue
        if relation is None or any(part.relation == relation for part in model.weights.parts(entry)):
            changes.pure.append(pure.Cut(source, target, relation))
            found = True
    if not found:
        raise KehutuError(
            "LINK_UNKNOWN", party=model.ids[party], other=model.ids[other], relation=shock.relation or "*"
        )


def _add(changes: Changes, party: int, other: int, shock: Shock) -> None:
    """The one who guarantees, lends, sells or holds is harmed by the failure of the other."""
    if shock.relation is None:
        raise KehutuError("SHOCK_NEEDS", kind="ADD", field="relation")
    relation = _relation(shock.relation, MONEY_NAMES)
    changes.pure.append(pure.Add(other, party, relation, _amount(shock)))


def _other(seen: Seen, model: RiskModel, party: int, shock: Shock) -> int:
    if shock.other is None:
        raise KehutuError("SHOCK_NEEDS", kind=shock.kind.name, field="other")
    other = position(seen, model, shock.other)
    if other == party:
        raise KehutuError("SHOCK_ON_ONE", kind=shock.kind.name, party=model.ids[party])
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
