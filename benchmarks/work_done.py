"""What a piece of work costs: wall seconds, CPU seconds and peak memory of all processes that take part (Linux)."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
SAMPLE_SECONDS = 0.5


@dataclass(slots=True)
class Cost:
    """Of one piece of work. ``cpu``: of this process, of its children and of the named servers together."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0

    def figures(self) -> dict[str, float]:
        """Rounded for a report."""
        return {
            "seconds": round(self.seconds, 2),
            "cpu_seconds": round(self.cpu, 2),
            "peak_memory_mb": round(self.peak_mb),
        }


@dataclass(slots=True)
class _Seen:
    cpu: dict[int, float] = field(default_factory=dict)
    peak: float = 0.0


@contextmanager
def measured(*servers: int) -> Iterator[Cost]:
    """Measure what runs inside; ``servers`` are processes of other parents that work for it."""
    cost, seen = Cost(), _Seen()
    before = {pid: _cpu(pid) for pid in _family(servers)}
    reaped = sum(os.times()[2:4])
    done = threading.Event()
    sampler = threading.Thread(target=_sample, args=(servers, seen, done), daemon=True)
    sampler.start()
    start = time.perf_counter()
    try:
        yield cost
    finally:
        cost.seconds = time.perf_counter() - start
        done.set()
        sampler.join()
        for pid in _family(servers):
            seen.cpu[pid] = _cpu(pid)
        # What a child used is added to ours when it ends; what it had used before does not belong to this work.
        ended = {pid for pid in before if not _stat(pid)}
        reaped = sum(os.times()[2:4]) - reaped - sum(before[pid] for pid in ended)
        alive = {pid: used for pid, used in seen.cpu.items() if _stat(pid)}
        cost.cpu = reaped + sum(used - before.get(pid, 0.0) for pid, used in alive.items())
        cost.peak_mb = seen.peak


def _sample(servers: tuple[int, ...], seen: _Seen, done: threading.Event) -> None:
    while not done.wait(SAMPLE_SECONDS):
        family = _family(servers)
        seen.peak = max(seen.peak, sum(_memory(pid) for pid in family))
        for pid in family:
            seen.cpu[pid] = _cpu(pid)


def _family(servers: tuple[int, ...]) -> set[int]:
    """This process, all that it has started, and the servers."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found: set[int] = set()
    left = [os.getpid(), *servers]
    while left:
        pid = left.pop()
        if pid not in found:
            found.add(pid)
            left += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """Fields of ``/proc/PID/stat`` from the state on; empty when the process has gone."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        )
    except OSError:
        return []


def _cpu(pid: int) -> float:
    stat = _stat(pid)
    return (int(stat[11]) + int(stat[12])) / TICKS if stat else 0.0


def _memory(pid: int) -> float:
    """Resident and not shared with files: libraries that several processes map are counted once at most."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0.0
    return (int(fields[1]) - int(fields[2])) * PAGE_MB
