"""GraphQL over HTTP, after the working draft of the GraphQL Foundation.

A document is executed in a worker thread as a whole: a resolver that waits for the store never keeps another client
waiting, nor ``/livez``. Strawberry's own router is not used: it executes on the event loop, shares the headers of one
answer between requests that run at once, and answers 500 to a body of ``null`` (0.341.2).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import anyio
import anyio.to_thread
import orjson
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from api.asking import STATUS, headers_of
from api.auditing import note_document
from api.context import Context
from api.ide import page
from api.masked import plain_schema
from api.plan.plans import Plans
from api.schema import Schema
from services.access.opaque import Opaque
from services.logs import logger
from services.operation.wholeness import whole
from terms.errors import KehutuError, Lang

log = logger("kehutu.graphql")

BODY_BYTES: Final = 256 * 1024
WORKERS: Final = 16
"""Documents that are executed at once: each waits for the store most of its time."""
WAITING: Final = 64
"""Documents that may wait for a worker; who comes later is told to come again."""
RETRY_SECONDS: Final = 5
STORE_EXIT: Final = 3
"""Exit status of errors that pass by themselves: the same question may be answered in a moment."""

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
HTML: Final = "text/html"


@dataclass(frozen=True, slots=True)
class _RefusedError(Exception):
    """How a request ends early."""

    status: int
    fault: KehutuError
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A well-formed request."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


class GraphQLOverHTTP:
    """The endpoint. ``context``: makes the surroundings of one request, or refuses who asks; ``lang``: of refusals."""

    def __init__(self, schema: Schema, context: Callable[[Request], Context], lang: Lang) -> None:
        self._schema = schema
        self._plans = Plans(schema)
        self._context = context
        self._lang = lang
        self._workers: anyio.CapacityLimiter | None = None
        self._taken = 0

    async def answer(self, request: Request) -> Response:
        """Answer a GET or POST request; what goes wrong is told in GraphQL's own form."""
        lang = self._lang
        media = accepted(request.headers.get("accept"))
        try:
            if media is None:
                raise _refusal(406, f"Accept has to allow {JSON} or {GRAPHQL}")
            context = await self._asked_by(request)
            lang = context.lang
            if request.method == "GET" and "query" not in request.query_params:
                if HTML in request.headers.get("accept", ""):
                    return HTMLResponse(page())
                raise _refusal(400, "the parameter query is missing")
            asked = _of_query(request) if request.method == "GET" else await _of_body(request)
            result = await self._execute(asked, context, request.method)
        except _RefusedError as refusal:
            return _refused(refusal, lang, media or JSON)
        return _answered(result, media, context.seen.opaque)

    async def _asked_by(self, request: Request) -> Context:
        try:
            if "authorization" not in request.headers:
                return self._context(request)
            # In a thread: a token is looked up in the ledger, and its issuer's keys may have to be fetched.
            return await anyio.to_thread.run_sync(self._context, request)
        except KehutuError as fault:
            raise _RefusedError(STATUS.get(fault.code, 503), fault, headers_of(fault)) from fault

    async def _execute(self, asked: Asked, context: Context, method: str) -> ExecutionResult:
        try:
            planned = await self._planned(asked, context)
        except KehutuError as fault:  # of the audit trail
            raise _RefusedError(503, fault, {"Retry-After": str(RETRY_SECONDS)}) from fault
        if planned is not None:
            return planned
        if self._workers is None:
            self._workers = anyio.CapacityLimiter(WORKERS)
        # Counted here, not asked of the limiter: between its answer and the start of waiting others may come.
        if self._taken >= WORKERS + WAITING:
            raise _RefusedError(503, KehutuError("REQUEST_BUSY"), {"Retry-After": str(RETRY_SECONDS)})
        execute = functools.partial(
            self._whole,
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            allowed_operation_types=OperationType.from_http("GET" if method == "GET" else "POST"),
        )
        self._taken += 1
        try:
            return await anyio.to_thread.run_sync(execute, limiter=self._workers, abandon_on_cancel=True)
        except CannotGetOperationTypeError as fault:
            raise _refusal(400, fault.as_http_error_reason().rstrip(".")) from fault
        except InvalidOperationTypeError as fault:
            told = fault.as_http_error_reason(method)
            raise _refusal(405, told, {"Allow": "POST"}) from fault
        except KehutuError as fault:
            raise _RefusedError(503, fault, {"Retry-After": str(RETRY_SECONDS)}) from fault
        finally:
            self._taken -= 1

    async def _planned(self, asked: Asked, context: Context) -> ExecutionResult | None:
        """The answer by the document's plan; None where it has none, or its plan cannot give it."""
        plan = self._plans.of(asked.query, asked.operation_name)
        if plan is None:
            return None
        try:
            given = await self._plans.answer(plan, asked.variables or {}, context)
        except KehutuError as fault:
            # graphql-core puts it where it belongs in the answer; the store is given no second chance to be late.
            log.debug("a plan gave no answer", code=fault.code)
            return None
        if given is None:
            return None
        # In a thread: the trail may have to wait for another process that writes it.
        noting = (context, asked.query, (), plain_schema(self._schema))
        await anyio.to_thread.run_sync(note_document, *noting)
        return ExecutionResult(data=given[0], errors=None, extensions=given[1])

    def _whole(self, query: str, *, context_value: Context, **parameters: Any) -> ExecutionResult:
        """Execute a document; raises STORE_REBUILDING in place of an answer from half a graph, AUDIT_UNWRITABLE in
        place of one that nobody could be told of.
        """
        with whole(context_value.site.ledger, context_value.site.store):
            result = self._schema.execute_sync(query, context_value=context_value, **parameters)
        note_document(context_value, query, result.errors or (), plain_schema(self._schema))
        if not result.errors:
            self._plans.learn(query, parameters["operation_name"])
        return result


def accepted(header: str | None) -> str | None:
    """The media type of the answer: the client's first choice of the two; None where it takes neither.

    >>> accepted("text/html, application/graphql-response+json;q=0.9, */*;q=0.1")
    'application/graphql-response+json'
    >>> accepted(None), accepted("*/*"), accepted("image/png")
    ('application/json', 'application/json', None)
    """
    if not header or not header.strip():
        return JSON
    best: tuple[float, str] | None = None
    for entry in header.split(","):
        name, *parameters = [part.strip().lower() for part in entry.split(";")]
        media = {JSON: JSON, GRAPHQL: GRAPHQL, "*/*": JSON, "application/*": JSON, HTML: JSON}.get(name)
        charset = next((p.partition("=")[2] for p in parameters if p.startswith("charset=")), "utf-8")
        if media is None or charset.strip('"') not in {"utf-8", "utf8"}:
            continue
        # A browser's text/html and a wildcard say nothing of the two: whoever names one of them wins.
        weight = _quality(parameters) + (1.0 if name in {JSON, GRAPHQL} else 0.0)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, media)
    return None if best is None else best[1]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _of_query(request: Request) -> Asked:
    given: dict[str, Any] = {
        name: request.query_params.get(name) for name in ("query", "variables", "operationName", "extensions")
    }
    for name in ("variables", "extensions"):
        if given[name]:
            given[name] = _json(given[name].encode("utf-8", "surrogateescape"), f"the parameter {name}")
        else:
            given[name] = None
    return _asked(given)


async def _of_body(request: Request) -> Asked:
    media, _, parameters = request.headers.get("content-type", "").partition(";")
    if media.strip().lower() != JSON:
        raise _refusal(415, f"Content-Type has to be {JSON}")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if charset not in {"", "utf-8", "utf8"}:
        raise _refusal(415, "the charset has to be utf-8")
    given = _json(await _body(request), "the body")
    if not isinstance(given, dict):
        what = "a list: one document a request" if isinstance(given, list) else "no JSON object"
        raise _refusal(400, f"the body is {what}")
    return _asked(given)


async def _body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "")
    size = int(declared) if declared.isdecimal() and len(declared) < 19 else 0
    body = bytearray()
    try:
        async for part in request.stream():
            size = max(size, len(body) + len(part))
            if size > BODY_BYTES:
                raise _RefusedError(
                    413, KehutuError("REQUEST_TOO_LARGE", largest=BODY_BYTES), {"Connection": "close"}
                )
            body += part
    except ClientDisconnect as fault:
        raise _refusal(400, "the client left") from fault
    return bytes(body)


def _json(text: bytes, what: str) -> Any:
    try:
        # It refuses what is nested more than 1,024 deep; Python's own reader fails at its limit of recursion.
        return orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise _refusal(400, f"{what} is no JSON") from fault


def _asked(given: dict[str, Any]) -> Asked:
    query, variables = given.get("query"), given.get("variables")
    name, extensions = given.get("operationName"), given.get("extensions")
    if not isinstance(query, str) or not query.strip():
        raise _refusal(400, "query has to be the text of a document")
    if variables is not None and not isinstance(variables, dict):
        raise _refusal(400, "variables have to be an object")
    if name is not None and not isinstance(name, str):
        raise _refusal(400, "operationName has to be a text")
    if extensions is not None and not isinstance(extensions, dict):
        raise _refusal(400, "extensions have to be an object")
    return Asked(query, variables, name or None)


def _refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> _RefusedError:
    return _RefusedError(status, KehutuError("REQUEST_FAULTY", reason=reason), headers)


def _refused(refusal: _RefusedError, lang: Lang, media: str) -> Response:
    fault = refusal.fault
    document = {
        "errors": [
            {
                "message": fault.message(lang),
                "extensions": {"code": fault.code, "remedy": fault.remedy(lang)},
            }
        ]
    }
    return _response(document, refusal.status, media, refusal.headers)


def _answered(result: ExecutionResult, media: str, opaque: Opaque | None) -> Response:
    """The status says whether there was an answer; of ``application/json`` clients expect 200 with most errors.

    Args:
        opaque: makes words of all ids in it, where there is one; errors lose theirs.
    """
    errors = result.errors or []
    document: dict[str, Any] = {}
    if errors:
        document["errors"] = [error.formatted for error in errors]
    # An error without a path is one of the request: nothing has been executed.
    executed = result.data is not None or any(error.path for error in errors)
    if executed:
        document["data"] = result.data
    if result.extensions:
        document["extensions"] = result.extensions
    status, headers = 200, None
    if not any(value is not None for value in (result.data or {}).values()) and any(
        _passes(error.original_error) for error in errors
    ):
        status, headers = 503, {"Retry-After": str(RETRY_SECONDS)}
    elif not executed and any(_code(error) == "FORBIDDEN" for error in errors):
        status = STATUS["FORBIDDEN"]
    elif not executed and (media == GRAPHQL or any(_too_large(error) for error in errors)):
        status = 400
    if opaque:
        document = {
            part: opaque.struck(told) if part == "errors" else opaque.veiled(told)
            for part, told in document.items()
        }
    return _response(document, status, media, headers)


def _passes(fault: BaseException | None) -> bool:
    return isinstance(fault, KehutuError) and fault.exit == STORE_EXIT


def _too_large(error: GraphQLError) -> bool:
    return _code(error) in {"DOCUMENT_TOO_LARGE", "PAGE_SIZE"}


def _code(error: GraphQLError) -> object:
    return (error.extensions or {}).get("code")


def _response(
    document: dict[str, Any], status: int, media: str, headers: Mapping[str, str] | None
) -> Response:
    return Response(
        orjson.dumps(document, default=str),
        status_code=status,
        headers=dict(headers or {}),
        media_type=f"{media}; charset=utf-8",
    )
