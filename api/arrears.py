"""Types of the answers about arrears risk beyond the trace: what-if, clusters."""

from __future__ import annotations

import enum

import strawberry

from api.context import ID
from api.paging import Connection, page
from api.scalars import FenAmount
from api.trace import Assumption, RiskOverride, SeedShare
from api.types import Money, Named, Run
from services.arrears import model
from services.arrears.clusters import Clusters
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

    @strawberry.field(
        description="Judgements of people about parties that are hit; shocks come on top of them."
    )
    def overrides(self) -> list[RiskOverride]:
        return list(self.answer.overrides)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="What had to be assumed, in short.")
    def cautions(self) -> list[str]:
        return list(self.answer.cautions)

    @strawberry.field(description="What had to be assumed, in words.")
    def assumptions(self) -> list[Assumption]:
        return list(self.answer.assumptions)  # type: ignore[arg-type]  # read by attribute


@strawberry.type(description="How expected loss arrives at the parties that carry it.")
class Channel:
    """See the description."""

    relation: str = strawberry.field(
        description="The last relation on its way, or OWN_RECORD: the party's own payment record."
    )
    share: float = strawberry.field(description="Its share; the channels of a cluster add up to 1.")
    amount: Money = strawberry.field(description="Its share in money; exact to the fen.")


ActionKind = strawberry.enum(
    model.ActionKind,
    description="What to do about a cluster first: agree on payment with a seed, or cut what a party passes on.",
)


@strawberry.type(description="The step that spares most of a cluster's expected loss.")
class Action:
    """See the description."""

    kind: ActionKind = strawberry.field(description="What to do.")  # type: ignore[valid-type]  # an enum of a service
    party: Named = strawberry.field(description="With whom.")
    spared: Money = strawberry.field(description="What it would spare, by solving without its cause.")
    share: float = strawberry.field(description="Its share of the cluster's expected loss.")


@strawberry.type(description="A community of linked parties at risk.")
class RiskCluster:
    """See the description."""

    found: strawberry.Private[model.RiskCluster]

    @strawberry.field(description="Id within the run.")
    def id(self) -> ID:
        return ID(self.found.id)

    @strawberry.field(description="Named after its member with the largest expected loss.")
    def name(self) -> str:
        return self.found.name

    @strawberry.field(description="Number of parties.")
    def size(self) -> int:
        return self.found.size

    @strawberry.field(description="Sum of the expected loss of its parties.")
    def expected_loss(self) -> Money:
        return self.found.expected_loss  # type: ignore[return-value]  # read by attribute

    @strawberry.field(description="Whose own distress is to blame, the largest share first.")
    def seeds(self) -> list[SeedShare]:
        return list(self.found.seeds)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="How the loss arrives, the largest share first.")
    def channels(self) -> list[Channel]:
        return list(self.found.channels)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="The parties, the largest expected loss first; at most a thousand.")
    def members(self, first: int = 20, after: str | None = None) -> Connection[Named]:
        shown = page(self.found.members, lambda member: member.id, first, after)
        shown.total_count = self.found.size
        return shown

    @strawberry.field(description="What to do first, in words.")
    def suggested_action(self) -> str:
        return self.found.suggested_action

    @strawberry.field(description="Judgements of people about parties named here.")
    def overrides(self) -> list[RiskOverride]:
        return list(self.found.overrides)  # type: ignore[arg-type]  # read by attribute

    @strawberry.field(description="The same for programs; absent where nothing can be spared.")
    def action(self) -> Action | None:
        return self.found.action  # type: ignore[return-value]  # read by attribute


def clusters_page(found: Clusters, first: int, after: str | None) -> Connection[RiskCluster]:
    """A page of clusters; only those shown are worked out."""
    shown = page(found.ranked, found.id, first, after)
    for edge in shown.edges:
        edge.node = RiskCluster(found=found.tell(edge.node))
    return shown


@strawberry.type(description="What a judgement changed.")
class Overridden:
    """See the description."""

    party: Named = strawberry.field(description="The party that was judged.")
    override: RiskOverride | None = strawberry.field(
        description="The judgement in force; absent where it was taken back."
    )
    before: float = strawberry.field(description="Arrears probability before.")
    after: float = strawberry.field(description="Arrears probability after.")
    loss: Money = strawberry.field(description="Change of the party's expected loss.")
    total_loss: Money = strawberry.field(description="Change of the expected loss of all parties.")
    run: Run = strawberry.field(description="The run that has it.")
    repeated: bool = strawberry.field(
        description="Whether the same judgement had been made before under this idempotency key."
    )
