"""Types of the watch list and of a party's history."""

from __future__ import annotations

import strawberry

from api.context import ID
from api.types import Money, Named, Run
from services.arrears import history, watching
from services.platform import instant

WatchRuleKind = strawberry.enum(
    watching.RuleKind,
    name="WatchRuleKind",
    description="What raises an alert: a score from a level on, a rise of the score, a new path of distress.",
)


@strawberry.type(description="A rule by which a party is watched.")
class WatchRule:
    """See the description."""

    id: ID = strawberry.field(description="Id of the rule.")
    kind: WatchRuleKind = strawberry.field(description="What raises an alert.")  # type: ignore[valid-type]  # an enum of a service
    level: float = strawberry.field(
        description="Level of the score, least rise, or least share of a new path."
    )
    author: str = strawberry.field(description="Who made the rule.")


@strawberry.type(description="A rule that holds in the current run.")
class Alert:
    """See the description."""

    rule: WatchRule = strawberry.field(description="The rule.")
    value: float = strawberry.field(description="The score, its rise, or the share of the new path.")
    path: list[Named] = strawberry.field(
        description="Parties of the new path, from the seed on; empty for other rules."
    )


@strawberry.type(description="A party on the watch list.")
class Watched:
    """See the description."""

    party: Named = strawberry.field(description="The party.")
    score: float = strawberry.field(description="Score in the current run.")
    before: float | None = strawberry.field(
        description="The same in the run before; absent where it knew none."
    )
    expected_loss: Money = strawberry.field(description="Expected loss in the current run.")
    rules: list[WatchRule] = strawberry.field(description="The rules by which it is watched.")
    alerts: list[Alert] = strawberry.field(description="Those that hold.")


@strawberry.type(description="A party in one run.")
class HistoryPoint:
    """See the description."""

    run: Run = strawberry.field(description="The run.")
    created_at: str = strawberry.field(description="When it was made, ISO instant in UTC.")
    data_time: str = strawberry.field(description="Cut-off of its data, an ISO date.")
    score: float = strawberry.field(description="Score.")
    own: float = strawberry.field(description="Own distress.")
    expected_loss: Money = strawberry.field(description="Expected loss.")
    current: bool = strawberry.field(description="Whether the run is the current one.")


def history_point(point: history.HistoryPoint) -> HistoryPoint:
    """The same as an API type."""
    return HistoryPoint(
        run=Run(id=ID(point.run.id)),
        created_at=instant(point.created_at),
        data_time=point.data_time.isoformat(),
        score=point.score,
        own=point.own,
        expected_loss=point.expected_loss,  # type: ignore[arg-type]  # read by attribute
        current=point.current,
    )
