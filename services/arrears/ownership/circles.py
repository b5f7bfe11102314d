"""Guarantee circles: enterprises that guarantee each other in a ring, so that no guarantee is worth more than the
ring itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from algorithms.circles import Circle, Kind, circles
from algorithms.cycles import Cycle, elementary_cycles
from graph.arrays import Csr, Ints
from services.arrears.answer.groups import RiskGroup
from services.arrears.groups.together import together
from services.assumption import Assumption, before_data
from services.names import Named, names_of
from services.reading.days import before_all, day_of
from services.reading.party_relations import Between, between
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.risk.situation import parameters_of
from services.seen import Seen
from terms.errors import KehutuError
from terms.ids import RecordId
from terms.money import Money

LONGEST = 8
"""Cycles of more members are not listed."""
MOST = 1000
"""Cycles that are looked at in one circle; there can be exponentially many."""


@dataclass(frozen=True, slots=True)
class Guarantee:
    """All contracts by which one party guarantees for another."""

    guarantor: Named
    """The party that would have to pay."""
    borrower: Named
    """The party that the guarantee is for."""
    amount: Money
    """The most that would have to be paid; contracts add up."""
    amount_unknown: bool
    """Whether a contract tells no amount; `amount` is then the least that would have to be paid."""
    record_ids: tuple[RecordId, ...]
    """Records that report it, as source/recordId."""


@dataclass(frozen=True, slots=True)
class GuaranteeCycle:
    """A ring: each guarantees for the next, the last for the first."""

    steps: tuple[Guarantee, ...]
    """One step for each member."""
    bottleneck: Money
    """The smallest guarantee on the way round."""


@dataclass(frozen=True, slots=True)
class GuaranteeCircle:
    """Enterprises that guarantee each other, directly or in a ring; or one that guarantees itself."""

    id: str
    """Id of the circle."""
    kind: Kind
    """self, mutual, ring, complete or complex."""
    size: int
    """Number of members."""
    members: tuple[Named, ...]
    """The members; people among them close the ring between enterprises."""
    internal: Money
    """Guarantees among the members."""
    inflow: Money
    """Guarantees of others for members."""
    outflow: Money
    """Guarantees of members for others."""
    expected_loss: Money | None
    """Expected loss of all members in the current run; absent without one, or with one of another day than asked."""
    cycles: tuple[GuaranteeCycle, ...]
    """Elementary cycles of up to eight members, the largest bottleneck first."""
    more_cycles: bool
    """Whether more or longer cycles exist than are listed."""
    risk: RiskGroup | None = None
    """What the members do together by the current run; absent without one, with one of another day than asked, where
    the run lacks a member, and where all members are in default."""


@dataclass(frozen=True, eq=False)
class Circles:
    """All circles of the graph, the largest internal amount first; each is spelled out when it is asked for."""

    seen: Seen
    found: Between
    amounts: Csr
    ranked: tuple[Circle, ...]
    run: tuple[Run, RiskModel] | None
    day: date
    assumptions: tuple[Assumption, ...]

    def id(self, circle: Circle) -> str:
        """The circle's id: that of its first member."""
        return f"circle-{self.found.ids[circle.members[0]]}"

    def tell(self, circle: Circle, longest: int = LONGEST) -> GuaranteeCircle:
        """A circle with its members by name and its cycles."""
        members = np.array(circle.members, dtype=np.int64)
        cycles = elementary_cycles(_among(self.amounts, members), longest=longest, most=MOST)
        cycles = tuple(sorted(cycles, key=lambda c: (-c.bottleneck, len(c.members), c.members)))
        ids = self.found.ids
        names = names_of(self.seen, [ids[index] for index in circle.members])
        inside = np.flatnonzero(np.isin(self.found.source, members) & np.isin(self.found.target, members))
        guarantees = self._guarantees(inside, names)
        return GuaranteeCircle(
            id=self.id(circle),
            kind=circle.kind,
            size=len(members),
            members=tuple(names[ids[index]] for index in circle.members),
            internal=Money(round(circle.internal)),
            inflow=Money(round(circle.inflow)),
            outflow=Money(round(circle.outflow)),
            expected_loss=self._expected_loss(circle),
            cycles=tuple(_cycle(cycle, members, guarantees) for cycle in cycles),
            more_cycles=len(cycles) >= MOST or (circle.kind == "complex" and len(members) > longest),
            risk=self.risk(circle),
        )

    def _guarantees(self, inside: Ints, names: dict[str, Named]) -> dict[tuple[int, int], Guarantee]:
        """Contracts between two members as one, by the positions of guarantor and borrower."""
        contracts: dict[tuple[int, int], list[int]] = {}
        for index in inside.tolist():
            pair = int(self.found.source[index]), int(self.found.target[index])
            contracts.setdefault(pair, []).append(index)
        amount = self.found.columns["amount"]
        record = self.found.columns["recordId"]
        ids = self.found.ids
        return {
            pair: Guarantee(
                guarantor=names[ids[pair[0]]],
                borrower=names[ids[pair[1]]],
                amount=Money(int(np.nansum(amount[rows]))),
                amount_unknown=bool(np.isnan(amount[rows]).any()),
                record_ids=tuple(sorted(RecordId(str(record[row])) for row in rows)),
            )
            for pair, rows in contracts.items()
        }

    def _places(self, circle: Circle) -> tuple[RiskModel, list[int]] | None:
        """The run, and where it has the members; none without a run."""
        if self.run is None:
            return None
        places = (self.run[1].party(self.found.ids[index]) for index in circle.members)
        return self.run[1], [at for at in places if at is not None]

    def _expected_loss(self, circle: Circle) -> Money | None:
        known = self._places(circle)
        return None if known is None else Money(int(known[0].expected_loss[known[1]].sum()))

    def risk(self, circle: Circle) -> RiskGroup | None:
        """What the members of a circle do together; none where the run cannot say."""
        known = self._places(circle)
        if self.run is None or known is None or len(known[1]) < len(circle.members):
            return None
        return together(self.seen, known[0], parameters_of(self.run[0]), known[1])


def guarantee_circles(seen: Seen, *, as_of: date | None = None) -> Circles:
    """Find all circles of guarantees that hold on a day; needs no run.

    Args:
        as_of: the day; the latest of the data when absent. Before all that data tell of there is none.

    Parallel contracts add up, a contract of unknown amount is a link of amount 0. People belong to a circle where
    they close the ring between enterprises.

    Raises:
        KehutuError: ``STORE_UNAVAILABLE``, ``STORE_CHANGED``.
    """
    whole = between(seen, "GUARANTEES", ("amount",))
    day, nothing = day_of(seen, as_of), as_of is not None and before_all(seen, as_of)
    found = whole.none() if nothing else whole.on(day)
    amount = np.nan_to_num(np.asarray(found.columns["amount"], dtype=np.float64))
    amounts = Csr.from_edges(len(found.ids), found.source, found.target, np.maximum(amount, 0.0))
    kept = [
        circle
        for circle in circles(amounts)
        if circle.kind == "self" or int(found.enterprise[list(circle.members)].sum()) >= 2
    ]
    ranked = tuple(sorted(kept, key=lambda c: (-c.internal, -len(c.members), c.members)))
    run = _run(seen, as_of)
    return Circles(seen, found, amounts, ranked, run, day, (before_data(day),) if nothing else ())


def _run(seen: Seen, as_of: date | None) -> tuple[Run, RiskModel] | None:
    """The current run, if there is one that can be read and that is not about another day than was asked for."""
    try:
        run, model = current(seen)
    except KehutuError as fault:
        if fault.code not in ("NO_RUN", "RUN_OUTDATED"):
            raise
        return None
    return (run, model) if as_of in (None, run.cut_off) else None


def _cycle(cycle: Cycle, members: Ints, guarantees: dict[tuple[int, int], Guarantee]) -> GuaranteeCycle:
    way = [int(members[index]) for index in cycle.members]
    steps = tuple(
        guarantees[guarantor, borrower] for guarantor, borrower in zip(way, [*way[1:], way[0]], strict=True)
    )
    return GuaranteeCycle(steps, Money(round(cycle.bottleneck)))


def _among(matrix: Csr, members: Ints) -> Csr:
    """The matrix of the members alone, in their order."""
    place = np.full(matrix.size, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    source, target = place[matrix.rows()], place[matrix.indices]
    kept = (source >= 0) & (target >= 0)
    return Csr.from_edges(len(members), source[kept], target[kept], matrix.data[kept])
