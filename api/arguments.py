"""Arguments that many fields take."""

from __future__ import annotations

import datetime
import enum
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import strawberry

from services.schema import schema

AsOf: TypeAlias = Annotated[
    datetime.date | None,
    strawberry.argument(
        description="Answer as of this day, by all that is known now; the latest of the data without."
    ),
]
Ended: TypeAlias = Annotated[
    bool, strawberry.argument(description="Also what has ended by the day of the answer, or not begun.")
]

Author: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="Who decides. It is the subject of the token; anybody else is refused.",
        deprecation_reason="Leave it out.",
    ),
]

if TYPE_CHECKING:

    class RelationType(enum.Enum):
        """Types of relations, as the schema of the graph declares them."""
else:
    RelationType = strawberry.enum(
        enum.Enum(
            "RelationType",
            {
                name: strawberry.enum_value(name, description=one.en)
                for name, one in schema().relations.items()
            },
        ),
        description="Types of relations, as the schema of the graph declares them.",
    )

RelationTypes: TypeAlias = Annotated[
    list[RelationType] | None, strawberry.argument(description="Only relations of these types.")
]
RelationNames: TypeAlias = Annotated[
    list[str] | None,
    strawberry.argument(
        description="Only relations of these types, by name.",
        deprecation_reason="Use `relationTypes`, which a client can check.",
    ),
]


def relation_names(types: Sequence[RelationType] | None, names: Sequence[str] | None) -> tuple[str, ...]:
    """Types of relations from either argument, each once; none: all of them."""
    asked = (*(str(one.value) for one in types or ()), *(names or ()))
    return tuple(dict.fromkeys(asked))
