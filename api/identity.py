"""The mutation by which people decide about identity."""

from __future__ import annotations

import enum
from typing import Final, Literal

import strawberry

from api.arguments import Author
from api.context import ID, Info
from services.operation.identity import decide


@strawberry.enum(description="What a person judges about two entities.")
class Verdict(enum.Enum):
    """The values are those of the service."""

    SAME = strawberry.enum_value("same", description="They are one.")
    DIFFERENT = strawberry.enum_value("different", description="They are two.")
    UNSURE = strawberry.enum_value(
        "unsure", description="Nobody knows: an earlier judgement of the same author is taken back."
    )


KEPT: Final[dict[Verdict, Literal["same", "different", "unsure"]]] = {
    Verdict.SAME: "same",
    Verdict.DIFFERENT: "different",
    Verdict.UNSURE: "unsure",
}


@strawberry.type(description="A judgement that is kept; the graph follows it already.")
class IdentityJudgement:
    """A judgement of identity, as the API shows it."""

    left: ID = strawberry.field(
        description="The one: a key, or what a record says of it, whatever becomes one later."
    )
    right: ID = strawberry.field(description="The other one; the two are in the order of their text.")
    verdict: Verdict = strawberry.field(description="What was judged.")
    seq: int = strawberry.field(description="Number of the record that holds the judgement.")
    repeated: bool = strawberry.field(
        description="Whether the same judgement had been made before under this idempotency key."
    )


@strawberry.type
class IdentityChanges:
    """Fields of the mutation root."""

    @strawberry.mutation(
        description="Say that two entities are the same, are different ones, or that nobody knows. A person's "
        "judgement stands above those of rules and models; it is a record, and nothing is lost by a wrong one."
    )
    def judge_identity(
        self,
        info: Info,
        first: ID,
        second: ID,
        *,
        verdict: Verdict,
        idempotency_key: str,
        reason: str | None = None,
        author: Author = None,
    ) -> IdentityJudgement:
        done = decide(
            info.context.site,
            first,
            second,
            KEPT[verdict],
            author=info.context.author(author),
            reason=reason,
            idempotency_key=info.context.own_key(idempotency_key),
        )
        found = done.judged
        return IdentityJudgement(
            left=ID(found.left), right=ID(found.right), verdict=verdict, seq=found.seq, repeated=done.repeated
        )
