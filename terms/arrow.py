"""pyarrow, which does not load pandas for its first array.

Before its first array pyarrow looks whether pandas is there and loads it: 1.1 s of CPU beside 0.1 for pyarrow itself,
wherever another package has brought pandas along. Kehutu gives it plain values only, so it is told that there is none.
Code that does work with pandas says so by :func:`look_for_pandas`.
"""

from __future__ import annotations

from terms.unseen import unseen

with unseen("pandas"):
    import pyarrow as pa

    pa.array([0])

__all__ = ["look_for_pandas", "pa"]


def look_for_pandas() -> None:
    """Let pyarrow see pandas from now on: it takes values of pandas and gives them.

    Raises:
        ImportError: it is not installed.
    """
    pa.table({}).to_pandas()
