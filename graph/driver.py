"""The official driver, loaded without what it does not need here.

Where pandas and pyarrow are installed the driver imports both at once, to take their values as parameters: half of the
time that a short command takes to start. Kehutu gives it plain values only; ``Result.to_df`` finds pandas all the same,
as it imports it when it is called.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def _unseen(*packages: str) -> Iterator[None]:
    """Packages that are not loaded yet cannot be imported meanwhile."""
    hidden = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: the import says that it is not there
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


with _unseen("pandas", "pyarrow"):
    import neo4j
    from neo4j import exceptions

__all__ = ["exceptions", "neo4j"]
