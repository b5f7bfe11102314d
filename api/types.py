"""The types of the API. Descriptions of stored properties come from the schema of the graph."""

from __future__ import annotations

import strawberry
from strawberry.scalars import JSON

from api.context import Info
from api.paging import Connection, largest, page
from api.scalars import FenAmount
from services.graph_answers import history
from services.live.changes import changes_in
from services.schema import described, stored


@strawberry.type(description="An amount of money.")
class Money:
    """See the description."""

    fen: FenAmount = strawberry.field(description="The amount in fen, a hundredth of a yuan.")
    currency: str = strawberry.field(description="ISO 4217 code: CNY.")


@strawberry.type(description="A party, an element of the network or another entity, by name.")
class Named:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Canonical id.")
    name: str = strawberry.field(description="What people call it; its id where it has no name.")
    type: str = strawberry.field(description="Type of the entity.")
    origins: list[str] = strawberry.field(
        description="real, benchmark or synthetic: where its records come from."
    )


@strawberry.type(description="One part of an analysis run.")
class RunPart:
    """See the description."""

    name: str = strawberry.field(description="risk, communities, ...")
    algorithm: str = strawberry.field(description="How it was computed.")
    parameters: JSON = strawberry.field(description="Its parameters by name.")


@strawberry.type(description="A party in a run and in the one that it continues.")
class RunChange:
    """See the description."""

    party: Named = strawberry.field(description="The party.")
    before: float | None = strawberry.field(description="Its score before; absent where it was not known.")
    after: float | None = strawberry.field(description="Its score now; absent where it is no more.")
    loss: Money = strawberry.field(description="Change of its expected loss.")


@strawberry.type(description="An analysis run: the results of one reading of the graph.")
class Run:
    """Only the id is at hand everywhere; the rest is read from the ledger when it is asked for."""

    id: strawberry.ID = strawberry.field(description="Id of the run.")

    @strawberry.field(description="Whether answers come from it at present.")
    def current(self, info: Info) -> bool:
        return _head(self, info).current

    @strawberry.field(description="The run that it continues; absent for a full one.")
    def parent(self, info: Info) -> strawberry.ID | None:
        parent = _head(self, info).parent
        return None if parent is None else strawberry.ID(parent)

    @strawberry.field(description="When it was made, ISO instant in UTC.")
    def created_at(self, info: Info) -> str:
        return _head(self, info).created_at

    @strawberry.field(
        description="Parties that a continued run changed, the largest change of money first, at most a thousand; "
        "empty for a full run."
    )
    def changes(self, info: Info, first: int = 20, after: str | None = None) -> Connection[RunChange]:
        return page(changes_in(info.context.site, self.id), lambda change: change.party.id, first, after)

    @strawberry.field(description="Day up to which data counts, an ISO date.")
    def cut_off(self, info: Info) -> str:
        return _head(self, info).cut_off

    @strawberry.field(description="Number of the last record that it knows.")
    def watermark(self, info: Info) -> int:
        return _head(self, info).watermark

    @strawberry.field(description="Version of the program that made it.")
    def code_version(self, info: Info) -> str:
        return _head(self, info).code_version

    @strawberry.field(description="What was computed, and how.")
    def parts(self, info: Info) -> list[RunPart]:
        return list(_head(self, info).parts)  # type: ignore[arg-type]  # read by attribute


def _head(run: object, info: Info) -> history.RunHead:
    """The head of a run. A resolver is given whatever stands for the run: its head, or an answer that names it."""
    if isinstance(run, history.RunHead):
        return run
    return history.run(info.context.site, run.id)  # type: ignore[attr-defined]  # all of them have an id


@strawberry.type(description="A community of linked parties.")
class Community:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Id within the run.")
    name: str = strawberry.field(description="Named after its member with the largest expected loss.")
    size: int = strawberry.field(description="Number of parties.")
    risk: float = strawberry.field(description="Mean score of its parties.")
    expected_loss: Money = strawberry.field(description="Sum of its parties' expected losses.")

    @strawberry.field(description="Its parties, by id.")
    def members(self, info: Info, first: int = 20, after: str | None = None) -> Connection[Named]:
        return history.members(info.context.site, self.id, largest(first), after)  # type: ignore[return-value]  # by attribute


@strawberry.type(description="One value of a field with its source: the current one and its rivals.")
class Provenance:
    """See the description."""

    field: str = strawberry.field(description="Name of the field.")
    value: str = strawberry.field(description="The value that the record reports.")
    current: bool = strawberry.field(description="Whether it is the value shown.")
    source: str = strawberry.field(description="Source of the record.")
    record_id: str = strawberry.field(description="The record, as source/recordId.")
    channel: str = strawberry.field(description="Channel through which it came.")
    origin: str = strawberry.field(description="real, benchmark or synthetic.")
    observed_at: str = strawberry.field(description="When the source observed it, ISO instant in UTC.")
    recorded_at: str = strawberry.field(description="When Kehutu acknowledged it, ISO instant in UTC.")


@strawberry.type(description="Arrears that have been open for so many days.")
class AgeingBucket:
    """See the description."""

    from_days: int = strawberry.field(description="Least days overdue.")
    to_days: int | None = strawberry.field(description="Most days overdue; absent for the last bucket.")
    amount: Money = strawberry.field(description="Overdue and unpaid.")


@strawberry.type(description="A customer's arrears.")
class Arrears:
    """See the description."""

    balance: Money = strawberry.field(description="Overdue and unpaid at the cut-off of the current run.")
    probability: float = strawberry.field(description="Probability of arrears within twelve months.")
    ageing: list[AgeingBucket] = strawberry.field(
        description="The balance by days overdue: 0-30, 31-60, 61-90, 91-180, over 180; adds up to it exactly."
    )


@strawberry.type(description=described("Address"))
class Address:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Canonical id.")
    text: str = strawberry.field(description=stored("Address", "text"))


@strawberry.type(description="An element of the network that feeds a service point.")
class SupplyElement:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Canonical id.")
    type: str = strawberry.field(description="Line, Transformer or Substation.")
    name: str = strawberry.field(description="What people call it.")
    distance: int = strawberry.field(description="Steps from the service point towards the source.")


@strawberry.type(description=described("Account"))
class Account:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Canonical id.")
    account_no: str | None = strawberry.field(description=stored("Account", "accountNo"))
    prepayment: Money | None = strawberry.field(description=stored("Account", "prepayment"))
    deposit: Money | None = strawberry.field(description=stored("Account", "deposit"))


@strawberry.type(description=described("Bill"))
class Bill:
    """See the description."""

    id: strawberry.ID = strawberry.field(description="Canonical id.")
    bill_no: str | None = strawberry.field(description=stored("Bill", "billNo"))
    period: str | None = strawberry.field(description=stored("Bill", "period"))
    energy: float | None = strawberry.field(description=stored("Bill", "energy"))
    amount: Money | None = strawberry.field(description=stored("Bill", "amount"))
    due_on: str | None = strawberry.field(description=stored("Bill", "dueOn"))
    paid_on: str | None = strawberry.field(description=stored("Bill", "paidOn"))
