"""Which entries of registers about the enterprise behind a customer belong to its own record."""

from __future__ import annotations

import math

REGISTERS = {
    "business_status": "status",
    "total_assets": "totalAssets",
    "total_liabilities": "totalLiabilities",
}
"""Feature by property of an enterprise."""

ALWAYS = -(2**40)
"""A day before all others: known at every cut-off."""


def is_nan(value: object) -> bool:
    """Whether a value is the number that stands for none."""
    return isinstance(value, float) and math.isnan(value)
