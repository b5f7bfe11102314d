"""The official Neo4j driver, loaded without pandas and pyarrow.

Where pandas and pyarrow are installed the driver imports both at once, to take their values as parameters: half of the
time that a short command takes to start. Kehutu gives it plain values only; ``Result.to_df`` finds pandas all the same,
as it imports it when it is called.
"""

from __future__ import annotations

from terms.unseen import unseen

with unseen("pandas", "pyarrow"):
    import neo4j
    from neo4j import exceptions

__all__ = ["exceptions", "neo4j"]
