"""Loads that want something done: half taken back, or read by an earlier version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ingest.loads.batches import READING
from ledger.database import Ledger
from ledger.loads import listing
from ledger.readings import ReadBefore, read_before
from services.operation.doctor.finding import Finding
from terms.errors import KehutuError
from terms.texts import Texts, filled

_ALL: Final = 1_000_000
_NAMED: Final = 5
"""Loads that are named; `kehutu loads list` has all."""


def loads(opened: Ledger) -> Iterator[Finding]:
    """Withdrawals that were cut off, and sources whose rows would perhaps be read otherwise now."""
    for load in listing(opened, _ALL):
        if load.withdrawal_began_at is not None and load.withdrawn_at is None:
            fault = KehutuError("LOAD_HALF_WITHDRAWN", id=load.id)
            yield Finding("ledger", load.id, Texts("half taken back", "撤回未完成"), fault)
    for found in read_before(opened, READING):
        yield Finding(
            "ledger",
            found.source,
            Texts(
                filled("{n:,} {n:record|records} read by an earlier version", n=found.records),
                f"{found.records:,} 条记录由较早版本读取",
            ),
            _fault(found),
            warning=True,
        )


def _fault(found: ReadBefore) -> KehutuError:
    named = ", ".join(found.loads[:_NAMED]) + (", …" if len(found.loads) > _NAMED else "")
    code = "SOURCE_READ_BEFORE_BY_CONTENT" if found.unnamed else "SOURCE_READ_BEFORE"
    return KehutuError(
        code,
        source=found.source,
        count=found.records,
        unnamed=found.unnamed,
        loads=named,
        manifest=found.manifest,
    )
