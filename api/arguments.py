"""Arguments that many fields take."""

from __future__ import annotations

import datetime
from typing import Annotated, TypeAlias

import strawberry

AsOf: TypeAlias = Annotated[
    datetime.date | None,
    strawberry.argument(
        description="Answer as of this day, by all that is known now; the latest of the data without."
    ),
]
Ended: TypeAlias = Annotated[
    bool, strawberry.argument(description="Also what has ended by the day of the answer, or not begun.")
]
