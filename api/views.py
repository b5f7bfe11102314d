"""Types of the other views of a shock, and of closeness."""

from __future__ import annotations

import strawberry

from api.context import ID
from api.paging import Connection, page
from api.trace import Assumption
from api.types import Money, Named, Run
from services.arrears import related as near
from services.arrears import views

LossViewKind = strawberry.enum(
    views.View,
    name="LossViewKind",
    description="By whose rules a shock spreads: EQUITY, linear loss of buffers; DEBTRANK, each party passes on once; "
    "CASCADE, a party fails when its losses reach its buffer; CLEARING, who is actually paid.",
)


@strawberry.input(description="A party that is shocked.")
class LossShockInput:
    """See the description."""

    party: ID = strawberry.field(
        description="Id, old id or business number; a customer stands for its party."
    )
    level: float = strawberry.field(
        default=1.0,
        description="Part of its buffer (for CLEARING of its outside assets) that it loses at first, 0 to 1; CASCADE "
        "knows 1 only.",
    )


@strawberry.type(description="What one party loses by the rules of a view.")
class Lost:
    """See the description."""

    party: Named = strawberry.field(description="The party.")
    share: float = strawberry.field(description="The part of its buffer that is lost, 0 to 1.")
    loss: Money = strawberry.field(description="That in money.")
    shocked: bool = strawberry.field(description="Whether a shock names the party itself.")
    failed: bool | None = strawberry.field(
        description="Whether it is broken (CASCADE) or pays less than it owes (CLEARING)."
    )
    round: int | None = strawberry.field(description="CASCADE: when it failed; 0 = by the shock itself.")
    unpaid: Money | None = strawberry.field(description="CLEARING: debt that it does not pay.")


@strawberry.type(description="Parties that are not listed one by one.")
class OtherLosses:
    """See the description."""

    count: int = strawberry.field(description="Number of parties.")
    loss: Money = strawberry.field(description="Their loss together.")


@strawberry.type(
    description="A shock seen by the rules of one view. Never mixed with another view, nor with the probability of "
    "arrears: figures of two views are not comparable."
)
class LossView:
    """See the description."""

    answer: strawberry.Private[views.LossView]

    @strawberry.field(description="The view.")
    def view(self) -> LossViewKind:  # type: ignore[valid-type]  # an enum of a service
        return self.answer.view

    @strawberry.field(description="Where its rules were published.")
    def source(self) -> str:
        return self.answer.source

    @strawberry.field(
        description="Parties that lose, the largest loss first; with `rest` their losses add up to `totalLoss`."
    )
    def lost(self, first: int = 20, after: str | None = None) -> Connection[Lost]:
        return page(self.answer.lost, lambda lost: lost.party.id, first, after)

    @strawberry.field(description="Parties beyond the largest thousand, together.")
    def rest(self) -> OtherLosses:
        return self.answer.rest  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="What all parties lose of their buffers.")
    def total_loss(self) -> Money:
        return self.answer.total_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The part of it at the shocked parties themselves.")
    def own_loss(self) -> Money:
        return self.answer.own_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(
        description="DEBTRANK: R, the part of all buffers that is lost beyond the shock itself."
    )
    def value(self) -> float | None:
        return self.answer.value

    @strawberry.field(
        description="CLEARING: part of its cash and of what it is paid that a party in default realises; 1 is "
        "Eisenberg-Noe, less is Rogers-Veraart."
    )
    def recovery(self) -> float | None:
        return self.answer.recovery

    @strawberry.field(description="The run whose relations and buffers it starts from.")
    def run(self) -> Run:
        return Run(id=ID(self.answer.run.id))

    @strawberry.field(description="Cut-off of the data, an ISO date.")
    def data_time(self) -> str:
        return self.answer.data_time.isoformat()

    @strawberry.field(description="What had to be assumed, in words.")
    def assumptions(self) -> list[Assumption]:
        return list(self.answer.assumptions)  # type: ignore[arg-type]  # read by attribute


@strawberry.type(description="A party that stands close to another one.")
class RelatedParty:
    """See the description."""

    party: Named = strawberry.field(description="The party.")
    closeness: float = strawberry.field(
        description="The part of its time that a random walk with restart spends there, at least."
    )
    bound: float = strawberry.field(description="How much more it may be; proven.")
    relations: list[str] = strawberry.field(
        description="What links the two directly; empty where only others stand between them."
    )


@strawberry.type(description="Who stands close to a party by all links of the run. Closeness, not money.")
class RelatedParties:
    """See the description."""

    answer: strawberry.Private[near.RelatedParties]

    @strawberry.field(description="The party.")
    def party(self) -> Named:
        return self.answer.party  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The parties close to it, the closest first; at most a thousand.")
    def related(self, first: int = 20, after: str | None = None) -> Connection[RelatedParty]:
        return page(self.answer.related, lambda found: found.party.id, first, after)

    @strawberry.field(description="The part of its time that the walk spends at the party itself, at least.")
    def own(self) -> float:
        return self.answer.own

    @strawberry.field(description="What was not spread: nobody's closeness is understated by more.")
    def left(self) -> float:
        return self.answer.left

    @strawberry.field(description="Where the method was published.")
    def source(self) -> str:
        return self.answer.source

    @strawberry.field(description="The run whose links it walks.")
    def run(self) -> Run:
        return Run(id=ID(self.answer.run.id))

    @strawberry.field(description="Cut-off of the data, an ISO date.")
    def data_time(self) -> str:
        return self.answer.data_time.isoformat()

    @strawberry.field(description="What had to be assumed, in words.")
    def assumptions(self) -> list[Assumption]:
        return list(self.answer.assumptions)  # type: ignore[arg-type]  # read by attribute
