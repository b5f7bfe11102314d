"""Types of a trace: why a party is at risk, how sure that is, and what was assumed."""

from __future__ import annotations

import strawberry

from api.context import Info
from api.types import Money, Named, Run
from services.arrears import assumptions, model


@strawberry.type(description="What one relation gives to a step of a path.")
class RelationPart:
    """See the description."""

    relation: str = strawberry.field(
        description="Type of the relation, or the kind of evidence that is shared."
    )
    part: float = strawberry.field(
        description="Its part of the step's weight; the parts of a step add up to 1."
    )
    amount: Money = strawberry.field(description="What is at stake through it; 0 where nothing is owed.")
    record_ids: list[str] = strawberry.field(description="Records that report it, as source/recordId.")


@strawberry.type(description="Distress passes from one party to the next.")
class Step:
    """See the description."""

    from_: Named = strawberry.field(name="from", description="Whose failure harms.")
    to: Named = strawberry.field(description="Who is harmed.")
    weight: float = strawberry.field(description="Probability that the failure alone breaks the next party.")
    relations: list[RelationPart] = strawberry.field(description="The relations behind it.")

    @strawberry.field(
        description="Type of the relation with the largest part, or the kind of evidence shared."
    )
    def relation(self) -> str:
        return max(self.relations, key=lambda found: found.part).relation


@strawberry.type(
    description="One reason of a score: an elementary path from a seed to the party, with all its loops."
)
class RiskPath:
    """See the description."""

    share: float = strawberry.field(
        description="Its share of the score; with the tail the shares add up to 1."
    )
    amount: Money = strawberry.field(
        description="Its share of the expected loss; with the tail exact to the fen."
    )
    loops: float = strawberry.field(description="Factor by which circles along the path raise it; 1 = none.")
    seed: Named = strawberry.field(description="The party whose own distress starts the path.")
    steps: list[Step] = strawberry.field(
        description="From the seed to the party; empty for the party's own record."
    )
    hidden: bool = strawberry.field(description="Whether the path stands for what the asker may not see.")


@strawberry.type(description="All paths that are not listed.")
class Tail:
    """See the description."""

    share: float = strawberry.field(description="Their share of the score.")
    amount: Money = strawberry.field(description="Their share of the expected loss.")


@strawberry.type(description="What one party's own distress is to blame for.")
class SeedShare:
    """See the description."""

    party: Named = strawberry.field(description="The party in distress.")
    share: float = strawberry.field(description="Its share.")
    amount: Money = strawberry.field(description="Its share in money.")


ChangeKind = strawberry.enum(model.ChangeKind, description="What can be done about a risk.")


@strawberry.type(description="What would lower the expected loss.")
class Change:
    """See the description."""

    what: str = strawberry.field(description="The change in words.")
    effect: Money = strawberry.field(description="By how much the expected loss would fall.")
    kind: ChangeKind = strawberry.field(description="What is done.")  # type: ignore[valid-type]  # an enum of a service
    party: Named = strawberry.field(description="The party that pays, or the source of the link that is cut.")
    other: Named | None = strawberry.field(description="The other end of the link that is cut.")


@strawberry.type(
    description="A person's judgement of a party's own distress, in place of what its payment record says."
)
class RiskOverride:
    """See the description."""

    party: Named = strawberry.field(description="The party that is judged.")
    own: float = strawberry.field(description="Its own distress as judged, 0 to 1.")
    recorded: float = strawberry.field(description="What its payment record says.")
    reason: str = strawberry.field(description="Why.")
    author: str = strawberry.field(description="Who judged.")
    until: str = strawberry.field(description="Last day of data on which it holds, an ISO date.")
    recorded_at: str = strawberry.field(description="When it was recorded, ISO instant in UTC.")


@strawberry.type(
    description="Limits of a score while every buffer that nobody reported (a proxy, or the floor) may be anything "
    "from 1/factor to factor times what was taken; amounts at stake are held. Exact: it is solved at both ends."
)
class ScoreInterval:
    """See the description."""

    low: float = strawberry.field(description="The score with all such buffers at their largest.")
    high: float = strawberry.field(description="The score with all such buffers at their smallest.")
    probability_low: float = strawberry.field(description="The probability of arrears at the low end.")
    probability_high: float = strawberry.field(description="The probability of arrears at the high end.")
    factor: float = strawberry.field(
        description="By how much such a buffer may differ; a declared parameter."
    )


@strawberry.type(description="Something that an answer had to assume or leave out.")
class Assumption:
    """See the description."""

    code: str = strawberry.field(description="A stable word.")
    subject: str = strawberry.field(
        description="Whom or what it is about; empty where the record says it all."
    )
    record: str = strawberry.field(
        description="Where it was read, as source/recordId; empty where nobody says it."
    )
    amount: Money | None = strawberry.field(description="What stands in for something unknown.")

    @strawberry.field(description="The same in words, in the language of the asker.")
    def message(self, info: Info) -> str:
        found: assumptions.Assumption = self  # type: ignore[assignment]  # the service's own
        return assumptions.Assumption.message(found, info.context.lang)


@strawberry.type(description="Why a party is at risk of arrears; amounts add up to the fen.")
class RiskTrace:
    """See the description."""

    party: Named = strawberry.field(description="The party that carries the risk.")
    score: float = strawberry.field(description="How much distress arrives at the party, 0 to 1.")
    probability: float = strawberry.field(
        description="Probability of arrears within twelve months: g of the score; the score itself until g is fitted."
    )
    parameters: str = strawberry.field(description="Whether the parameters were fitted: fitted or unfitted.")
    raw: float = strawberry.field(
        description="The score before the cap at 1; above 1 the party is over-determined."
    )
    bound: float = strawberry.field(description="Proven distance of the score from the exact solution.")
    expected_loss: Money = strawberry.field(
        description="Probability times loss given default times exposure."
    )
    paths: list[RiskPath] = strawberry.field(description="The reasons, largest amount first.")
    tail: Tail = strawberry.field(description="All other reasons together.")
    seeds: list[SeedShare] = strawberry.field(
        description="Whose own distress is to blame, largest share first."
    )
    would_change: list[Change] = strawberry.field(
        description="The three changes that would lower the loss most."
    )
    run: Run = strawberry.field(description="The run that the answer comes from.")
    data_time: str = strawberry.field(description="Cut-off of the data, an ISO date.")
    overrides: list[RiskOverride] = strawberry.field(
        description="Judgements of people about parties named here; they stand in for payment records."
    )
    interval: ScoreInterval | None = strawberry.field(
        description="Limits of the score where buffers are uncertain; absent where no such buffer bears on it."
    )
    cautions: list[str] = strawberry.field(description="What had to be assumed about the party, in short.")
    assumptions: list[Assumption] = strawberry.field(
        description="What had to be assumed about the party, with records and sentences."
    )


@strawberry.type(description="A feature of a customer's own record, and how it moves the forecast.")
class OwnReason:
    """See the description."""

    feature: str = strawberry.field(description="Its name in the model card.")
    text: str = strawberry.field(description="What it is, in the language of the asker.")
    value: str = strawberry.field(description="Its value at the cut-off; a dash where it has none.")
    unit: str = strawberry.field(description="Unit of the value.")
    odds: float = strawberry.field(
        description="By what factor it multiplies the odds of default, before calibration; above 1 it raises them."
    )


@strawberry.type(
    description="What a fitted model says of a customer by its own record alone, at the run's cut-off."
)
class OwnRisk:
    """See the description."""

    probability: float | None = strawberry.field(
        description="Probability of default within the months of the model's event; absent without bills."
    )
    next_bill_late: float | None = strawberry.field(
        description="Probability that the next bill to fall due is late; absent without bills."
    )
    model: str = strawberry.field(description="Version of the model.")
    reasons: list[OwnReason] = strawberry.field(
        description="The features that move it most, strongest first."
    )


@strawberry.type(description="A share of a score with the path behind it.")
class Contribution:
    """See the description."""

    share: float = strawberry.field(description="Share of the score.")
    amount: Money = strawberry.field(description="Share of the expected loss.")
    steps: list[Step] = strawberry.field(description="The path; empty for the party's own record.")
