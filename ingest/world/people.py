"""Attributes of persons by their number, the same wherever a person turns up: at home or in a company register."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ingest.world.draws import Ints, pick
from ingest.world.names import persons as person_names
from ingest.world.numbers import identity_numbers, phones

_OLDEST, _DAYS = -12_000, 21_900  # born 1937 to 1997


def names(seed: int, persons: Ints) -> pa.Array:
    """Full names."""
    return person_names(seed, persons)


def birth_days(seed: int, persons: Ints) -> Ints:
    """Days since 1970-01-01. Two persons whose identity numbers would have the same order differ in the day."""
    order, turn = persons % 100_000, persons // 100_000
    return _OLDEST + (pick(seed, "birth day", order, _DAYS) + turn * 1_709) % _DAYS


def identities(seed: int, persons: Ints) -> pa.Array:
    """Numbers of identity documents."""
    return identity_numbers(birth_days(seed, persons), persons)


def telephones(persons: Ints) -> pa.Array:
    """Telephone numbers of persons; those of enterprises follow after fifty million."""
    return phones(persons * 7 % 49_999_999)


def enterprise_telephones(enterprises: Ints) -> pa.Array:
    """Telephone numbers of enterprises."""
    return phones(50_000_000 + enterprises * 7 % 49_999_999)


def dates(days: Ints) -> pa.Array:
    """Days since 1970-01-01 as dates."""
    return pa.array(np.asarray(days).astype(np.int32), pa.int32()).cast(pa.date32())
