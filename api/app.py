"""The HTTP application: GraphQL, credit reports, liveness, readiness and metrics."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse

from api.asking import asker_of
from api.context import Context
from api.endpoint import GraphQLOverHTTP
from api.metrics import CONTENT_TYPE, Counting, Tally
from api.reports import PATH as REPORTS
from api.reports import ReportsOverHTTP
from api.request_log import RequestLog
from api.schema import schema
from services.access.policy_file import product_policy
from services.access.tokens.verifying import verifier
from services.operation.wholeness import refuse_unready
from services.serving import warm
from services.site import Site
from terms.errors import KehutuError, Lang

LOOPBACK = "127.0.0.1"
"""Until every rule of the policy acts the server is for this machine alone."""
EVERYWHERE = "0.0.0.0"  # noqa: S104  # inside a container that publishes on loopback
QUERY_SECONDS = 10.0
"""Seconds that one query of an answer may take."""


def create_app(site: Site) -> FastAPI:
    """The application over an open site."""

    @asynccontextmanager
    async def lifetime(_: FastAPI) -> AsyncIterator[None]:
        yield
        await site.store.leave()

    app = FastAPI(title="Kehutu", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifetime)
    app.add_middleware(RequestLog)
    tally = Tally()
    app.add_middleware(Counting, tally=tally)

    lang = site.settings.lang
    patient = replace(site, store=site.store.within(QUERY_SECONDS))

    product_policy()  # a fault of it is told now, and not with the first question
    verifying = verifier(site.settings, site.ledger)

    def context(request: Request) -> Context:
        asked = asker_of(request, site.settings, verifying)
        return Context(patient, language(request.headers.get("accept-language", ""), lang), asked)

    app.add_route(REPORTS, ReportsOverHTTP(context, lang).answer, methods=["GET"])
    app.add_route("/graphql", GraphQLOverHTTP(schema, context, lang).answer, methods=["GET", "POST"])

    @app.get("/livez")
    async def livez() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        """The store answers and its graph is whole, so questions can be asked."""
        try:
            refuse_unready(site.store)
        except KehutuError as fault:
            return JSONResponse(
                {
                    "status": "unavailable",
                    "code": "REBUILDING" if fault.code == "STORE_REBUILDING" else fault.code,
                    "message": fault.message(),
                },
                status_code=503,
                headers={"Retry-After": "5"},
            )
        return JSONResponse({"status": "ok"})

    @app.get("/metrics")
    def metrics() -> PlainTextResponse:
        """What a monitor asks of this process and its ledger."""
        return PlainTextResponse(tally.text(site), media_type=CONTENT_TYPE)

    return app


def language(accepted: str, default: Lang) -> Lang:
    """The first of our languages that a client accepts.

    >>> language("fr, zh-CN;q=0.9, en;q=0.8", "en")
    'zh'
    """
    ranked = []
    for entry in accepted.split(","):
        tag, _, parameters = entry.strip().partition(";")
        quality = parameters.strip().removeprefix("q=")
        try:
            ranked.append((-float(quality or 1), tag.lower()[:2]))
        except ValueError:
            continue
    for _, tag in sorted(ranked, key=lambda pair: pair[0]):
        if tag == "en":
            return "en"
        if tag == "zh":
            return "zh"
    return default


def listen(port: int, *, container: bool = False) -> socket.socket:
    """A socket bound on loopback, so that a port in use is known before anything is started.

    Args:
        container: bind all interfaces of a container instead; what publishes it decides who reaches it.
    Raises:
        KehutuError: ``PORT_IN_USE``.
    """
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((EVERYWHERE if container else LOOPBACK, port))
    except OSError as error:
        bound.close()
        raise KehutuError("PORT_IN_USE", port=port, reason=error.strerror) from error
    return bound


def serve(site: Site, bound: socket.socket) -> None:
    """Serve until the process is told to stop."""
    # The first trace shall not wait for the kernels to be compiled or read from their cache.
    threading.Thread(target=warm, name="warming", daemon=True).start()
    config = uvicorn.Config(create_app(site), log_config=None, access_log=False)
    uvicorn.Server(config).run(sockets=[bound])
