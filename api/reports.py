"""Credit reports over HTTP: ``/reports/{id}.pdf`` and ``/reports/{id}.html``."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from importlib.metadata import version
from typing import Final, cast, get_args
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api.asking import STATUS, headers_of
from api.auditing import note_report
from api.context import Context
from services.access.asker import refuse_unless_open
from services.arrears.report import Format, Reports
from services.operation.wholeness import whole
from terms.errors import KehutuError, Lang

PATH: Final = "/reports/{party:path}"
MEDIA: Final[dict[Format, str]] = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
UNKNOWN: Final = frozenset({"UNKNOWN_ID", "NOT_A_PARTY", "NO_RUN", "RUN_OUTDATED"})
"""Codes that mean that there is no such report."""
STORE_FAULT: Final = 3
HEADERS: Final = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language, Authorization, Kehutu-Purpose",
    "X-Content-Type-Options": "nosniff",
    # A report needs nothing beside it, and nothing in it may run.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def report_path(party: str, kind: Format = "pdf") -> str:
    """Where the report on a party is, relative to the server."""
    return f"/reports/{quote(party, safe=':')}.{kind}"


class ReportsOverHTTP:
    """Answers requests for reports; one is set at a time, the others wait."""

    def __init__(self, context: Callable[[Request], Context], lang: Lang) -> None:
        self._context = context
        self._lang = lang
        self._turn = threading.Lock()

    async def answer(self, request: Request) -> Response:
        """The report, ``304`` where the asker has it, or an error with its code."""
        return await run_in_threadpool(self._answer, request)

    def _answer(self, request: Request) -> Response:
        try:
            asked = self._context(request)
        except KehutuError as fault:
            return _refused(fault, self._lang)
        try:
            refuse_unless_open(asked.asker, "report")
        except KehutuError as fault:
            note_report(asked, fault)
            return _refused(fault, self._lang)
        party, _, kind = str(request.path_params["party"]).rpartition(".")
        wanted = request.query_params.get("lang", asked.lang)
        lang: Lang = cast("Lang", wanted) if wanted in get_args(Lang) else asked.lang
        try:
            if not party or kind not in MEDIA:
                raise KehutuError("UNKNOWN_ID", id=request.path_params["party"])
            with whole(asked.site.ledger, asked.site.store):
                answer = self._report(request, asked, party, kind, lang)
            note_report(asked)
            return answer
        except KehutuError as fault:
            return _refused(fault, lang)

    def _report(self, request: Request, asked: Context, party: str, kind: Format, lang: Lang) -> Response:
        reports = Reports(asked.seen, lang)
        found = reports.find(party)
        tag = _tag(reports.state, found, kind, lang, version("kehutu"))
        headers = {**HEADERS, "ETag": tag, "Content-Language": "zh-CN" if lang == "zh" else "en"}
        if tag in {
            known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")
        }:
            return Response(status_code=304, headers=headers)
        with self._turn:
            content = reports.content(found, kind)
        name = quote(f"{found}.{kind}", safe="")
        headers["Content-Disposition"] = f"inline; filename*=UTF-8''{name}"
        return Response(content, media_type=MEDIA[kind], headers=headers)


def _tag(*parts: str) -> str:
    """A strong entity tag: equal parts give equal bytes."""
    return f'"{hashlib.blake2b(chr(0).join(parts).encode(), digest_size=12).hexdigest()}"'


def _refused(fault: KehutuError, lang: Lang) -> JSONResponse:
    status = STATUS.get(fault.code) or (
        404 if fault.code in UNKNOWN else 503 if fault.exit == STORE_FAULT else 500
    )
    return JSONResponse(
        {"code": fault.code, "message": fault.message(lang), "remedy": fault.remedy(lang)},
        status_code=status,
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        | ({"Retry-After": "5"} if status == 503 else {})
        | dict(headers_of(fault)),
    )
