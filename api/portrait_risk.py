"""The risk of a customer, or of a party itself, as a part of its portrait."""

from __future__ import annotations

import strawberry

from api.at_hand import at_hand
from api.context import Info
from api.costs import costs
from api.exposed import expose
from api.paging import page
from api.reports import report_path
from services import portrait
from services.arrears.answer.interval import Interval
from services.arrears.answer.model import RiskOverride, RunName
from services.arrears.why.own_record import OwnRisk
from services.paging import Page
from services.portrait import Arrears, Contribution, CustomerRisk, PartyRisk
from terms.ids import RunId
from terms.money import Money

expose(Arrears)
expose(OwnRisk)
expose(Contribution)


@strawberry.type(description="The risk of a customer's party, or of a party itself, in the current run.")
class Risk:
    """What costs more than a look into the run's arrays is worked out when it is asked for."""

    found: strawberry.Private[CustomerRisk | PartyRisk]

    @strawberry.field(description="Probability of arrears within twelve months, 0 to 1.")
    @at_hand
    def score(self) -> float:
        return self.found.score

    @strawberry.field(
        description="Limits of the score where buffers are uncertain; absent where no such buffer bears on it."
    )
    def interval(self) -> Interval | None:
        return self.found.interval

    @strawberry.field(description="The expected loss; of a customer its part, by exposure, of its party's.")
    @at_hand
    def expected_loss(self) -> Money:
        return self.found.expected_loss

    @strawberry.field(description="The paths behind the score, the largest first.")
    @costs(1_000)
    def contributions(self, info: Info, first: int = 10, after: str | None = None) -> Page[Contribution]:
        found = portrait.contributions(info.context.seen, self.found)
        question = ("contributions", self.found.name, self.found.run.id)
        return page(info, question, found, lambda one: one.way, first=first, after=after)

    @strawberry.field(
        description="A person's judgement that stands in for the party's payment record; absent without one."
    )
    def override(self, info: Info) -> RiskOverride | None:
        return portrait.judgement(info.context.seen, self.found.model, self.found.party)

    @strawberry.field(
        description="Path of the party's one-page credit report on this server, as PDF; with .html instead of .pdf "
        "as a page. `?lang=en|zh`, else Accept-Language."
    )
    @at_hand
    def report_url(self) -> str:
        return report_path(self.found.name)

    @strawberry.field(description="The run that the figures come from.")
    @at_hand
    def run(self) -> RunName:
        return RunName(RunId(self.found.run.id))
