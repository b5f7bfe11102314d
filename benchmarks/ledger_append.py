"""How fast the ledger acknowledges records and finds them again.

    python -m benchmarks.ledger_append [--records 1000000] [--batch 5000] [--folder FOLDER]

A record is a customer with four keys that arrive in no order (address, phone, relation, enterprise) and one that
does (its own number), as a first load of a billing system brings them. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from ledger.database import Ledger
from ledger.records import Mention, NewRecord, append, by_seq, current, mentioned_until, mentioning, since

NOW = datetime(2026, 1, 31, 8, tzinfo=UTC)


def batches(count: int, size: int, seed: int = 7) -> Iterator[list[NewRecord]]:
    """Records 0 to ``count`` in batches; equal seeds give equal records."""
    chance = random.Random(seed)
    for start in range(0, count, size):
        batch = []
        for number in range(start, min(start + size, count)):
            customer = f"customer:{1_000_000_000 + number}"
            address = f"address:{chance.getrandbits(128):032x}"
            phone = f"phone:{13_000_000_000 + chance.randrange(2_000_000_000)}"
            relation = f"relation:{chance.getrandbits(128):032x}"
            enterprise = f"enterprise:{chance.randrange(10**17):018d}"
            payload = (
                f'{{"nodes":[{{"keys":["{customer}"],"set":{{"name":"客户{number}","phone":"{phone[6:]}"}},'
                f'"type":"Customer"}},{{"keys":["{address}"],"set":{{"text":"城东区和平路{number % 977}号"}},'
                f'"type":"Address"}}],"relations":[{{"source":"{customer}","source_type":"Customer",'
                f'"target":"{address}","target_type":"Address","type":"LIVES_AT"}}]}}'
            ).encode()
            mentions = (
                Mention(customer, "node"),
                Mention(address, "end"),
                Mention(enterprise, "end"),
                Mention(relation, "relation"),
                Mention(phone, "evidence"),
            )
            batch.append(
                NewRecord(
                    "billing", str(number), "marketing", "synthetic", NOW, False, payload, False, mentions
                )
            )
        yield batch


def measure(folder: Path, count: int, size: int) -> dict[str, object]:
    """Append, append again (all duplicates), read in order, look keys up."""
    ledger = Ledger.open(folder / "home")
    figures: dict[str, object] = {"records": count, "batch": size}
    for name in ("append", "append again"):
        making, inside = 0.0, 0.0
        slowest = 0.0
        mark = time.perf_counter()
        for batch in batches(count, size):
            made = time.perf_counter()
            append(ledger, batch, recorded_at=NOW)
            done = time.perf_counter()
            making += made - mark
            inside += done - made
            slowest = max(slowest, done - made)
            mark = done
        figures[name] = {
            "seconds": round(inside, 1),
            "records/s": round(count / inside),
            "slowest batch s": round(slowest, 2),
            "making the rows s": round(making, 1),
        }
    start = time.perf_counter()
    after = 0
    while found := since(ledger, after, 20_000):
        after = found[-1].seq
    figures["read in order records/s"] = round(count / (time.perf_counter() - start))
    chance = random.Random(1)
    keys = [f"customer:{1_000_000_000 + chance.randrange(count)}" for _ in range(5000)]
    start = time.perf_counter()
    seqs = mentioning(ledger, keys)
    mentioned_until(ledger, keys, count)
    by_seq(ledger, (seq for group in seqs.values() for seq in group))
    current(ledger, [("billing", str(chance.randrange(count))) for _ in range(5000)])
    figures["look-ups of 5,000 keys, 4 kinds, s"] = round(time.perf_counter() - start, 2)
    ledger.close()
    figures["file MB"] = round(sum(f.stat().st_size for f in ledger.folder.iterdir()) / 1e6)
    figures["peak memory MB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return figures


def main() -> None:
    """Measure in a fresh folder and remove it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=5000)
    parser.add_argument("--folder", type=Path, help="where the ledger is made; the disk matters")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="ledger-", dir=arguments.folder))
    try:
        print(json.dumps(measure(folder, arguments.records, arguments.batch), indent=1))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
