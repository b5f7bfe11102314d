"""What customers decided about being approached, as the API shows it."""

from __future__ import annotations

import datetime

import strawberry

from api.arguments import Author
from api.context import ID, Info
from api.exposed import expose, expose_enum
from api.segments import Classed
from services.consents.consents import consents, record_consent
from services.consents.standing import (
    ConsentState,
    ContactChannel,
    CustomerConsents,
    Purpose,
)

expose_enum(Purpose, name="ConsentPurpose")
expose_enum(ContactChannel)
expose_enum(ConsentState)
expose(CustomerConsents)


@strawberry.type
class Consenting(Classed):
    """A customer that may be approached or not. Its field is inherited; it is no type of the schema itself."""

    @strawberry.field(description="Whether it may be approached, for what and how, at this moment.")
    def consent(self, info: Info) -> CustomerConsents:
        return consents(info.context.seen, self.seen.id)


@strawberry.type
class ConsentChanges:
    """Fields of the mutation root."""

    @strawberry.mutation(
        description="Record what a customer decided about being approached; it holds from the next answer on."
    )
    def record_consent(
        self,
        info: Info,
        customer: ID,
        *,
        purpose: Purpose,
        state: ConsentState,
        idempotency_key: str,
        channel: ContactChannel | None = None,
        decided_on: datetime.date | None = None,
        author: Author = None,
    ) -> CustomerConsents:
        return record_consent(
            info.context.seen,
            customer,
            purpose,
            state,
            channel=channel,
            decided_on=decided_on,
            author=info.context.author(author),
            idempotency_key=info.context.own_key(idempotency_key),
        )
