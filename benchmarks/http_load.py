"""Requests over kept connections: a fixed number of them, each asking again as soon as it is answered.

    python -m benchmarks.http_load < job.json

runs apart from the server and from whoever reads the figures, so that it counts nobody's CPU but the server's.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import uvloop


@dataclass(frozen=True, slots=True)
class Took:
    """``rate``: requests a second; ``p50``, ``p95``: milliseconds; ``cpu``: milliseconds of the server a request;
    ``failed``: answers that were not 200."""

    rate: float
    p50: float
    p95: float
    cpu: float
    failed: int


@dataclass(frozen=True, slots=True)
class Job:
    """What to ask, where. ``pid``: of the server, whose CPU is counted; ``rate``: requests a second, at most."""

    url: str
    bodies: list[str]
    connections: int
    seconds: float
    pid: int
    headers: Mapping[str, str]
    rate: float | None = None


def load(job: Job) -> Took:
    """Ask for some seconds, in a process of its own.

    Raises:
        RuntimeError: an answer was not 200.
    """
    command = [sys.executable, "-m", "benchmarks.http_load"]
    done = subprocess.run(command, input=json.dumps(asdict(job)), capture_output=True, text=True, check=True)
    took = Took(**json.loads(done.stdout))
    if took.failed:
        raise RuntimeError(f"{took.failed} answers of {job.url} were not 200")
    return took


def cpu_of(pid: int) -> float:
    """Seconds of the CPU that a process and its threads have used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _ask(job: Job) -> Took:
    parts = urlsplit(job.url)
    head = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
    start = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n{head}"
    bodies = [body.encode() for body in job.bodies]
    requests = [f"{start}Content-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]
    turn, taken, failed = count(), list[float](), 0
    begun, used = time.perf_counter(), cpu_of(job.pid)
    end = begun + job.seconds

    async def one() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while (now := time.perf_counter()) < end:
            number = next(turn)
            if job.rate is not None and (early := begun + number / job.rate - now) > 0:
                await asyncio.sleep(early)
            asked = time.perf_counter() if job.rate is None else max(now, begun + number / job.rate)
            writer.write(requests[number % len(requests)])
            answer = await reader.readuntil(b"\r\n\r\n")
            fields = answer.lower().split(b"\r\n")
            length = next(int(f[15:]) for f in fields if f.startswith(b"content-length:"))
            await reader.readexactly(length)
            taken.append(time.perf_counter() - asked)
            failed += not answer.startswith(b"HTTP/1.1 200")
        writer.close()

    await asyncio.gather(*(one() for _ in range(job.connections)))
    passed, used = time.perf_counter() - begun, cpu_of(job.pid) - used
    taken.sort()
    return Took(
        rate=len(taken) / passed,
        p50=taken[len(taken) // 2] * 1_000,
        p95=taken[int(len(taken) * 0.95)] * 1_000,
        cpu=used / len(taken) * 1_000,
        failed=failed,
    )


def main() -> None:
    """Do the job on standard input; print what it took."""
    print(json.dumps(asdict(uvloop.run(_ask(Job(**json.load(sys.stdin)))))))


if __name__ == "__main__":
    main()
