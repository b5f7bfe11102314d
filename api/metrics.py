"""``/metrics``: what a monitor asks of this process, in the text format of Prometheus."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from importlib.metadata import version
from itertools import groupby
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.operation.figures import figures
from services.site import Site

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_PATHS: Final = frozenset({"/graphql", "/livez", "/readyz", "/metrics"})


class Tally:
    """Requests of this process, by path and status, with their seconds.

    Paths that are not listed are counted together: they are made by clients, and may name a party.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, int]] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def add(self, path: str, status: int, seconds: float) -> None:
        """One request was answered."""
        name = path if path in _PATHS else "other"
        with self._lock:
            self._requests[name, status] += 1
            self._seconds[name] += seconds

    def text(self, site: Site) -> str:
        """All metrics. Raises: LEDGER_DAMAGED and its like, where the ledger cannot be read."""
        with self._lock:
            requests, seconds = sorted(self._requests.items()), sorted(self._seconds.items())
        lines = [
            *_head("kehutu_info", "gauge", "The program that serves."),
            f'kehutu_info{{version="{version("kehutu")}"}} 1',
            *_head("kehutu_http_requests_total", "counter", "Requests answered by this process."),
            *(f'kehutu_http_requests_total{{path="{p}",status="{s}"}} {n}' for (p, s), n in requests),
            *_head("kehutu_http_request_seconds_total", "counter", "Seconds that answering them took."),
            *(f'kehutu_http_request_seconds_total{{path="{p}"}} {t:.6f}' for p, t in seconds),
        ]
        for name, group in groupby(figures(site), lambda figure: figure.name):
            told = list(group)
            lines += _head(f"kehutu_{name}", "gauge", told[0].what)
            for figure in told:
                label = "" if figure.part is None else f'{{part="{figure.part}"}}'
                lines.append(f"kehutu_{name}{label} {figure.value}")
        return "\n".join(lines) + "\n"


class Counting:
    """Counts every HTTP request in a :class:`Tally`."""

    def __init__(self, app: ASGIApp, tally: Tally) -> None:
        self.app = app
        self.tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; one that broke off before its answer counts as 500."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.monotonic(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            self.tally.add(scope["path"], status, time.monotonic() - started)


def _head(name: str, kind: str, what: str) -> tuple[str, str]:
    return f"# HELP {name} {what}", f"# TYPE {name} {kind}"
