"""A process that appends numbered rows and notes each acknowledged batch in a file, until it is done or killed.

python appender.py HOME ACKNOWLEDGED SOURCE FIRST LAST BATCH [--writer]
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from ledger import mentions
from ledger.database import Ledger
from ledger.records import Mention, NewRecord, append, head

OBSERVED = datetime(2026, 1, 31, tzinfo=UTC)
SWEEP = 4_000


def numbered(source: str, number: int) -> NewRecord:
    """Row ``number`` of a source: it names itself, a shared hub, and one of 50 addresses."""
    return NewRecord(
        source=source,
        record_id=str(number),
        channel="home-visit",
        origin="real",
        observed_at=OBSERVED,
        observed_assumed=False,
        payload=f'{{"number":{number}}}'.encode() * 20,
        mentions=(
            Mention(f"customer:{source}/{number}", "node"),
            Mention(f"address:{number % 50}", "node"),
            Mention("transformer:hub", "end"),
        ),
    )


def main(home: str, acknowledged: str, source: str, *numbers: str) -> None:
    """Append rows in batches; ``numbers``: the first, the one after the last, the size of a batch, flags."""
    first, last, batch, *flags = numbers
    mentions.SWEEP = SWEEP  # so that kills fall into sweeps of mentions too
    ledger = Ledger.open(Path(home))
    notes = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for start in range(int(first), int(last), int(batch)):
        rows = [numbered(source, n) for n in range(start, min(start + int(batch), int(last)))]
        if "--writer" in flags:
            with ledger.writer():
                before = head(ledger)
                outcomes = append(ledger, rows, recorded_at=datetime.now(UTC))
                if head(ledger) != before + outcomes.count("accepted"):
                    sys.exit("somebody else wrote meanwhile")
        else:
            append(ledger, rows, recorded_at=datetime.now(UTC))
        os.write(notes, f"{start} {start + len(rows)}\n".encode())
        os.fsync(notes)


if __name__ == "__main__":
    main(*sys.argv[1:])
