"""Types of the answers about arrears risk beyond the trace: what-if, clusters."""

from __future__ import annotations

import enum

import strawberry

from api.context import ID
from api.paging import Connection, page
from api.scalars import FenAmount
from api.types import Money, Named, Run
from services.arrears import model
from terms.money import Money as Amount


@strawberry.enum(description="What a what-if may assume.")
class ShockKind(enum.Enum):
    """The values are those of the service."""

    DEFAULT = strawberry.enum_value(
        "default", description="The own distress of `party` becomes `level`: 1 = it defaults."
    )
    EQUITY = strawberry.enum_value("equity", description="`amount` is paid into the equity of `party`.")
    SETTLE = strawberry.enum_value(
        "settle", description="`party` pays `amount` of its arrears, all of them when absent."
    )
    CUT = strawberry.enum_value(
        "cut",
        description="Links between `party` and `other` go, whichever way they run; those of `relation`, or all.",
    )
    ADD = strawberry.enum_value(
        "add",
        description="`party` `relation` `other` for `amount` more: `party` guarantees, lends, sells, holds.",
    )


@strawberry.input(description="One assumption of a what-if.")
class ShockInput:
    """See the description."""

    kind: ShockKind = strawberry.field(description="What is assumed.")
    party: ID = strawberry.field(
        description="Id, old id or business number; a customer stands for its party."
    )
    other: ID | None = strawberry.field(default=None, description="The other party, for CUT and ADD.")
    relation: str | None = strawberry.field(
        default=None,
        description="GUARANTEES, LENDS_TO, SELLS_ON_CREDIT_TO or INVESTS_IN; for CUT also what a trace names.",
    )
    amount: FenAmount | None = strawberry.field(default=None, description="Amount in fen.")
    level: float = strawberry.field(default=1.0, description="Own distress for DEFAULT, 0 to 1.")

    def to_shock(self) -> model.Shock:
        """The same for the service."""
        return model.Shock(
            kind=model.ShockKind(self.kind.value),
            party=self.party,
            other=self.other,
            relation=self.relation,
            amount=None if self.amount is None else Amount(self.amount),
            level=self.level,
        )


@strawberry.type(description="What a what-if does to one party.")
class Hit:
    """See the description."""

    party: Named = strawberry.field(description="The party that is hit.")
    before: float = strawberry.field(description="Arrears probability before.")
    after: float = strawberry.field(description="Arrears probability after.")
    loss: Money = strawberry.field(description="Rise of the utility's expected loss; below 0 where it falls.")
    equity_loss: Money = strawberry.field(
        description="Rise of what an enterprise loses of its equity; 0 for persons and customers."
    )
    shocked: bool = strawberry.field(description="Whether a shock names the party itself.")


@strawberry.type(description="Hits that are not listed one by one.")
class Rest:
    """See the description."""

    count: int = strawberry.field(description="Number of parties.")
    loss: Money = strawberry.field(description="Their loss together.")
    equity_loss: Money = strawberry.field(description="Their equity loss together.")


@strawberry.type(description="What would happen; nothing that is stored has changed.")
class WhatIf:
    """See the description."""

    answer: strawberry.Private[model.WhatIf]

    @strawberry.field(
        description="Parties that are hit, the largest change of the utility's loss first; with `rest` their losses "
        "add up to the totals, to the fen."
    )
    def hits(self, first: int = 20, after: str | None = None) -> Connection[Hit]:
        return page(self.answer.hits, lambda hit: hit.party.id, first, after)

    @strawberry.field(description="Hits beyond the largest thousand, together.")
    def rest(self) -> Rest:
        return self.answer.rest  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Rise of the utility's expected loss over all parties.")
    def total_loss(self) -> Money:
        return self.answer.total_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The part of `totalLoss` at the shocked parties themselves.")
    def own_loss(self) -> Money:
        return self.answer.own_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Rise of what all enterprises lose of their equity.")
    def total_equity_loss(self) -> Money:
        return self.answer.total_equity_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="The run that the what-if started from.")
    def run(self) -> Run:
        return Run(id=ID(self.answer.run.id))

    @strawberry.field(description="Cut-off of the data, an ISO date.")
    def data_time(self) -> str:
        return self.answer.data_time.isoformat()

    @strawberry.field(description="What had to be assumed.")
    def cautions(self) -> list[str]:
        return list(self.answer.cautions)
