"""What is asked of a store that reads all nodes or relations of a type, and what it yields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from terms.delayed import Delayed

if TYPE_CHECKING:
    import pyarrow as pa

    from terms import arrow
else:
    arrow = Delayed("terms.arrow")

Kind = Literal["number", "text", "list"]
READ_SECONDS: Final = 600.0
"""For one type: far above what any takes."""
NODE: Final = "_node"
SOURCE: Final = "_source"
TARGET: Final = "_target"
Part: TypeAlias = Mapping[str, Any]
"""Some nodes or relations, by column: ``NODE``, or ``SOURCE`` and ``TARGET``, int64; numbers float64 (absent = nan);
texts arrow arrays (absent = ''); lists objects of tuple (absent = ())."""


@dataclass(frozen=True, slots=True)
class Scan:
    """All nodes or relations of a type.

    ``kinds``: what to read of each, by property. Beside that comes the engine's own number of the node, or of the
    relation's ends.
    """

    type: str
    kinds: Mapping[str, Kind]
    relations: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of the engine's own numbers."""
        return (SOURCE, TARGET) if self.relations else (NODE,)


def numbers(values: list[Any]) -> npt.NDArray[np.float64]:
    """Numbers and booleans; None is nan. Integers are exact up to 2**53."""
    return np.array(values, dtype=np.float64)


def texts(values: list[str]) -> pa.LargeStringArray:
    """Texts, of which there may be more than 2 GiB."""
    return arrow.pa.array(values, arrow.pa.large_string())


def lists(values: Iterable[list[str] | None]) -> npt.NDArray[np.object_]:
    """Tuples, one each."""
    made = [tuple(value or ()) for value in values]
    column = np.empty(len(made), dtype=object)
    column[:] = made
    return column
