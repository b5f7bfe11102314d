"""How jobs are done by processes of our own: a job a line, the answers in the order of the jobs.

A worker ends when its stdin does, so none outlives the process that it works for, however that ends. All workers of a
pool share one seed of Python's hash of texts: 64 bits that stand for a key, in a thirtieth of the time of any other.
"""

from __future__ import annotations

import gc
import json
import os
import queue
import secrets
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, TypeAlias

from graph import programs
from graph.programs import Program
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
        self._here = here() if workers == 0 else None
        # Every text has the hash that its fellows give it; a seed of its own, so that nobody can make two that meet.
        environment = os.environ | {"PYTHONHASHSEED": str(secrets.randbelow(2**32 - 1) + 1)}
        self.workers = [programs.module(module, *arguments, environment=environment) for _ in range(workers)]
        self._idle: queue.SimpleQueue[Program] = queue.SimpleQueue()
        for worker in self.workers:
            self._idle.put(worker)
        # One thread waits for each worker, so that a job that is begun always finds an idle one.
        self._waiting = ThreadPoolExecutor(max(workers, 1), "kehutu-bulk")

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
            waiting.append(self._waiting.submit(self._ask, job))
            while len(waiting) > _AHEAD * len(self.workers):
                yield from _answer(waiting.popleft(), patience)
        while waiting:
            yield from _answer(waiting.popleft(), patience)

    def close(self) -> None:
        """End the workers; what they have in hand is left."""
        for worker in self.workers:
            worker.process.kill()
        self._waiting.shutdown(cancel_futures=True)
        for worker in self.workers:
            worker.process.wait()
            for stream in (worker.stdin, worker.stdout):
                with suppress(OSError):  # what it has not read any more is of no use
                    stream.close()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, job: Job) -> Answer:
        worker = self._idle.get()
        try:
            return _ask(worker, job)
        finally:
            self._idle.put(worker)


def _answer(future: Future[Answer], patience: float | None) -> Iterator[Answer | None]:
    while True:
        try:
            answer = future.result(patience)
        except TimeoutError:
            yield None
        else:
            yield answer
            return


def _ask(worker: Program, job: Job) -> Answer:
    try:
        worker.stdin.write(json.dumps(job).encode() + b"\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
    except (OSError, ValueError):
        line = b""
    if not line:
        raise KehutuError("WORKER_LOST", pid=worker.process.pid, status=worker.process.poll())
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
