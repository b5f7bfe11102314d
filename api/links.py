"""Types of the answers about how parties hang together: guarantee circles, owners."""

from __future__ import annotations

import strawberry

from api.context import ID
from api.paging import Connection, page
from api.trace import Assumption
from api.types import Money, Named
from services.arrears import circles as circle
from services.arrears import owners as owner


@strawberry.type(description="All contracts by which one party guarantees for another.")
class Guarantee:
    """See the description."""

    guarantor: Named = strawberry.field(description="Who would have to pay.")
    borrower: Named = strawberry.field(description="For whom.")
    amount: Money = strawberry.field(description="The most that would have to be paid; contracts add up.")
    amount_unknown: bool = strawberry.field(
        description="Whether a contract tells no amount, so that `amount` is the least there is."
    )
    record_ids: list[str] = strawberry.field(description="Records that report it, as source/recordId.")


@strawberry.type(description="A ring: each guarantees for the next, the last for the first.")
class GuaranteeCycle:
    """See the description."""

    steps: list[Guarantee] = strawberry.field(description="One step for each member.")
    bottleneck: Money = strawberry.field(description="The least amount on the way round.")


@strawberry.type(
    description="Enterprises that guarantee each other, directly or in a ring; or one that guarantees itself."
)
class GuaranteeCircle:
    """See the description."""

    found: strawberry.Private[circle.GuaranteeCircle]

    @strawberry.field(description="Id of the circle.")
    def id(self) -> ID:
        return ID(self.found.id)

    @strawberry.field(description="self, mutual, ring, complete or complex.")
    def kind(self) -> str:
        return self.found.kind

    @strawberry.field(description="Number of members.")
    def size(self) -> int:
        return self.found.size

    @strawberry.field(description="The members; people among them close the ring between enterprises.")
    def members(self, first: int = 20, after: str | None = None) -> Connection[Named]:
        return page(self.found.members, lambda member: member.id, first, after)

    @strawberry.field(description="Guarantees among the members.")
    def internal(self) -> Money:
        return self.found.internal  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Guarantees of others for members.")
    def inflow(self) -> Money:
        return self.found.inflow  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Guarantees of members for others.")
    def outflow(self) -> Money:
        return self.found.outflow  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Expected loss of all members in the current run; absent without one.")
    def expected_loss(self) -> Money | None:
        return self.found.expected_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Elementary cycles of up to eight members, the largest bottleneck first.")
    def cycles(self, first: int = 10, after: str | None = None) -> Connection[GuaranteeCycle]:
        return page(
            self.found.cycles,
            lambda cycle: ">".join(step.guarantor.id for step in cycle.steps),
            first,
            after,
        )

    @strawberry.field(description="Whether more or longer cycles exist than are listed.")
    def more_cycles(self) -> bool:
        return self.found.more_cycles


def circles_page(found: circle.Circles, first: int, after: str | None) -> Connection[GuaranteeCircle]:
    """A page of circles; only those shown are spelled out."""
    shown = page(found.ranked, found.id, first, after)
    for edge in shown.edges:
        edge.node = GuaranteeCircle(found=found.tell(edge.node))
    return shown


@strawberry.type(description="A share that is held directly.")
class Holding:
    """See the description."""

    holder: Named = strawberry.field(description="Who holds it.")
    share: float = strawberry.field(description="Fraction of the capital.")
    proxy: bool = strawberry.field(description="Whether it stands in for what is not known exactly.")
    record_id: str = strawberry.field(description="The record that reports it, as source/recordId.")


@strawberry.type(description="A share that comes to a party in the end, over all chains and loops.")
class Owner:
    """See the description."""

    party: Named = strawberry.field(description="The person or enterprise.")
    share: float = strawberry.field(description="Fraction of the capital, in the end.")
    direct: float = strawberry.field(description="The part that it holds itself.")


@strawberry.type(description="Who owns an enterprise in the end.")
class Owners:
    """See the description."""

    found: strawberry.Private[owner.Owners]

    @strawberry.field(description="The enterprise.")
    def party(self) -> Named:
        return self.found.party  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="From this share on, inclusive, a person is a beneficial owner.")
    def threshold(self) -> float:
        return self.found.threshold

    @strawberry.field(description="Holders by the register, the largest share first.")
    def direct(self, first: int = 20, after: str | None = None) -> Connection[Holding]:
        return page(self.found.direct, lambda holding: holding.holder.id, first, after)

    @strawberry.field(
        description="People by what comes to them in the end; with `unknown` their shares add up to 1."
    )
    def persons(self, first: int = 20, after: str | None = None) -> Connection[Owner]:
        return page(self.found.persons, lambda found: found.party.id, first, after)

    @strawberry.field(description="People with at least the threshold, the largest share first.")
    def beneficial(self) -> list[Owner]:
        return list(self.found.beneficial)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(
        description="Enterprises on the way by integrated share; it is part of the people's shares, not beside them."
    )
    def enterprises(self) -> list[Owner]:
        return list(self.found.enterprises)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="The share that no register tells the holder of.")
    def unknown(self) -> float:
        return self.found.unknown

    @strawberry.field(description="In which enterprises it gets lost.")
    def unknown_at(self) -> list[Owner]:
        return list(self.found.unknown_at)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="What had to be assumed or left out, in short.")
    def cautions(self) -> list[str]:
        return list(self.found.cautions)

    @strawberry.field(description="What had to be assumed or left out, in words.")
    def assumptions(self) -> list[Assumption]:
        return list(self.found.assumptions)  # type: ignore[arg-type]  # read by attribute
