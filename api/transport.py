"""How GraphQL travels over HTTP here: worked out in threads, and with 503 while the store is away."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final

import strawberry
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.responses import Response
from strawberry.fastapi import GraphQLRouter
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from api.context import Context

AWAY: Final = frozenset({"STORE_UNAVAILABLE", "STORE_REBUILDING"})
RETRY_SECONDS: Final = 5
AT_ONCE: Final = 40
"""Requests that are worked out at the same time; the others wait."""


class ThreadedSchema(strawberry.Schema):
    """A schema whose resolvers wait for the store: each request has a thread, so that the others go on."""

    async def execute(self, *arguments: Any, **named: Any) -> ExecutionResult:
        """As the base class; the resolvers are plain functions."""
        work = partial(self.execute_sync, *arguments, **named)
        return await run_sync(work, limiter=_limiter())


@cache
def _limiter() -> CapacityLimiter:
    """Threads of their own: with all of them waiting for a store that is paused, /readyz still finds one."""
    return CapacityLimiter(AT_ONCE)


class Router(GraphQLRouter[Context, None]):
    """Answers 503 with Retry-After where the store is away and nothing of the answer could be given."""

    def create_response(
        self, response_data: GraphQLHTTPResponse | list[GraphQLHTTPResponse], sub_response: Response
    ) -> Response:
        """Look at the answer before it is sent."""
        answers = response_data if isinstance(response_data, list) else [response_data]
        if any(_away(answer) for answer in answers):
            sub_response.status_code = 503
            sub_response.headers["Retry-After"] = str(RETRY_SECONDS)
        return super().create_response(response_data, sub_response)


def _away(answer: GraphQLHTTPResponse) -> bool:
    errors: list[Any] = answer.get("errors") or []
    codes = {(error.get("extensions") or {}).get("code") for error in errors}
    given = answer.get("data") or {}
    return not codes.isdisjoint(AWAY) and all(value is None for value in given.values())
