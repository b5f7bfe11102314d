"""Who asks by a request: its token, or the demonstration's analyst where there is no issuer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from services.access.asker import Asker, asker, for_purpose
from services.access.tokens.verifying import Verifier
from services.settings import Settings
from terms.errors import KehutuError

PURPOSE: Final = "kehutu-purpose"
RETRY_SECONDS: Final = 5
STATUS: Final = {
    "UNAUTHENTICATED": 401,
    "ROLE_MISSING": 403,
    "FORBIDDEN": 403,
    "PURPOSE_NOT_ALLOWED": 403,
    "ISSUER_UNAVAILABLE": 503,
    "BUSY": 503,
}
"""How HTTP says that somebody may not ask."""


def asker_of(request: Request, settings: Settings, verifier: Verifier) -> Asker:
    """Who asks.

    Raises:
        KehutuError: one of :data:`STATUS`.
    """
    purpose = request.headers.get(PURPOSE)
    given = request.headers.getlist("authorization")
    if not given:
        if settings.identity is not None:
            raise KehutuError("UNAUTHENTICATED")
        return for_purpose(asker("analyst"), purpose)
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        raise KehutuError("UNAUTHENTICATED")
    return verifier.asker(token.strip(" "), purpose)


def headers_of(fault: KehutuError) -> Mapping[str, str]:
    """Headers beside the refusal of an asker."""
    if fault.code == "UNAUTHENTICATED":
        return {"WWW-Authenticate": "Bearer"}
    return {"Retry-After": str(RETRY_SECONDS)} if STATUS.get(fault.code, 503) == 503 else {}
