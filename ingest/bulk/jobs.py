"""Jobs done by processes of our own, a job a line; the answers come in the order of the jobs.

A worker ends when its stdin does, so none outlives the process that it works for, however that ends. All workers of a
pool share one seed of Python's hash of texts: 64 bits that stand for a key, in a thirtieth of the time of any other.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import secrets
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeAlias

from terms.errors import KehutuError

Job: TypeAlias = dict[str, Any]
"""Plain JSON: ``do`` names the function, the rest are its arguments."""
Answer: TypeAlias = dict[str, Any]
Doing: TypeAlias = Mapping[str, Callable[..., Answer]]

_AHEAD: Final = 2
"""Jobs that wait for each worker: it never idles, and few answers wait for their turn."""


class Pool:
    """So many workers that run a module; with none the jobs are done here and now, which tests use."""

    def __init__(self, module: str, arguments: list[str], workers: int, here: Callable[[], Doing]) -> None:
        self._jobs: queue.SimpleQueue[tuple[Job, Future[Answer]] | None] = queue.SimpleQueue()
        self._here = here() if workers == 0 else None
        # Every text has the hash that its fellows give it; a seed of its own, so that nobody can make two that meet.
        environment = os.environ | {"PYTHONHASHSEED": str(secrets.randbelow(2**32 - 1) + 1)}
        self.processes = [
            subprocess.Popen(  # noqa: S603 - our own program, no shell
                [sys.executable, "-P", "-m", module, *arguments],
                cwd=Path(__file__).parents[2],
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(workers)
        ]
        self._threads = [
            threading.Thread(target=self._serve, args=(process,), name="kehutu-bulk", daemon=True)
            for process in self.processes
        ]
        for thread in self._threads:
            thread.start()

    def each(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """The answer to every job, in order.

        Raises:
            KehutuError: what a worker raised; WORKER_LOST when one has died.
        """
        return (answer for answer in self.watched(jobs) if answer is not None)

    def watched(self, jobs: Iterable[Job], patience: float | None = None) -> Iterator[Answer | None]:
        """As :meth:`each`, with None whenever so many seconds have gone by without an answer."""
        if self._here is not None:
            for job in jobs:
                yield do(self._here, job)
            return
        waiting: deque[Future[Answer]] = deque()
        for job in jobs:
            future: Future[Answer] = Future()
            self._jobs.put((job, future))
            waiting.append(future)
            while len(waiting) > _AHEAD * len(self.processes):
                yield from _answer(waiting.popleft(), patience)
        while waiting:
            yield from _answer(waiting.popleft(), patience)

    def close(self) -> None:
        """End the workers; what they have in hand is left."""
        for process in self.processes:
            process.kill()
        for _ in self._threads:
            self._jobs.put(None)
        for process, thread in zip(self.processes, self._threads, strict=True):
            thread.join()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # what it has not read any more is of no use
                        stream.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, process: subprocess.Popen[str]) -> None:
        while (given := self._jobs.get()) is not None:
            job, future = given
            try:
                future.set_result(_ask(process, job))
            except Exception as fault:  # noqa: BLE001 - it belongs to whoever waits for the answer
                future.set_exception(fault)


def _answer(future: Future[Answer], patience: float | None) -> Iterator[Answer | None]:
    while True:
        try:
            answer = future.result(patience)
        except TimeoutError:
            yield None
        else:
            yield answer
            return


def _ask(process: subprocess.Popen[str], job: Job) -> Answer:
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(json.dumps(job) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
    except (OSError, ValueError):
        line = ""
    if not line:
        raise KehutuError("WORKER_LOST", pid=process.pid, status=process.poll())
    answer = json.loads(line)
    if "fault" in answer:
        raise KehutuError(answer["fault"], **answer["details"])
    return dict(answer)


def do(doing: Doing, job: Job) -> Answer:
    """Do a job here."""
    arguments = dict(job)
    return doing[arguments.pop("do")](**arguments)


def work(doing: Doing) -> None:
    """Be a worker: jobs from stdin, answers to stdout, until stdin ends."""
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()

    def read() -> None:
        for line in sys.stdin:
            jobs.put(json.loads(line))
        os._exit(0)  # whoever wanted the answer is gone

    threading.Thread(target=read, daemon=True).start()
    gc.disable()  # a job makes a million objects without a cycle, which the collector would walk over and over
    while True:
        gc.collect()
        try:
            answer = do(doing, jobs.get())
        except KehutuError as fault:
            details = {name: _plain(value) for name, value in fault.details.items()}
            answer = {"fault": fault.code, "details": details}
        print(json.dumps(answer), flush=True)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | None) else str(value)
