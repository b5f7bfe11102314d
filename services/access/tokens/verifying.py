"""From a token to who asks: every check of it, in one place, and one answer for all that can be wrong."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from ledger.database import Ledger
from services.access.asker import Asker, area, asker, for_purpose
from services.access.policy_file import ROLES
from services.access.tokens.algorithms import Signing
from services.access.tokens.issuing import AUDIENCE, DEVELOPMENT, development_key
from services.access.tokens.keys import IssuerKeys, Keys, OneKey, algorithm_of
from services.access.tokens.revoking import Revocations
from services.access.tokens.text import MalformedError, Parts, parts
from services.settings import Settings
from terms.errors import KehutuError

LEEWAY: Final = 30
"""Seconds by which the clocks of issuer and site may differ."""
OF_LOGIN: Final = frozenset({"nonce", "at_hash", "c_hash"})
"""Claims of an id token: it says who has logged in, and is no right to ask."""
_CLAIMS: Final = ("role", "regions", "tenant", "customers", "technician")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Tells who asks by a token. ``names``: how its issuer calls our claims; ``clock``: seconds since 1970."""

    issuer: str
    audience: str
    keys: Keys
    revocations: Revocations
    names: Mapping[str, str]
    clock: Callable[[], float] = time.time

    def asker(self, token: str, purpose: str | None = None) -> Asker:
        """Who asks by a token, for a purpose, else for the one that it carries, else for the first of its role.

        Raises:
            KehutuError: ``UNAUTHENTICATED``, with one text whatever is wrong; ``ROLE_MISSING``;
                ``PURPOSE_NOT_ALLOWED``; ``ISSUER_UNAVAILABLE``.
        """
        try:
            claims = self._verified(token)
            found = self._told(claims)
        except (MalformedError, JoseError) as fault:
            # What was wrong with it would help who tries: nobody is told.
            raise KehutuError("UNAUTHENTICATED") from fault
        role = claims.get(self.names.get("role", "role"))
        if role is None or role not in ROLES:
            raise KehutuError("ROLE_MISSING")
        return for_purpose(asker(role, **found), purpose or claims.get("purpose"))

    def _verified(self, token: str) -> dict[str, Any]:
        claims, now = signed(token, self.keys).claims, self.clock()
        if claims.get("iss") != self.issuer or not self._meant_for_us(claims.get("aud")):
            raise MalformedError("iss or aud")
        if claims.keys() & OF_LOGIN:
            raise MalformedError("a token of a login")
        expires, begins, issued = (_seconds(claims.get(name)) for name in ("exp", "nbf", "iat"))
        if expires is None or expires + LEEWAY <= now:
            raise MalformedError("exp")
        if any(at is not None and at - LEEWAY > now for at in (begins, issued)):
            raise MalformedError("nbf or iat")
        subject, number = claims.get("sub"), claims.get("jti")
        if not (isinstance(subject, str) and subject and isinstance(number, str) and number):
            raise MalformedError("sub or jti")
        if self.revocations.revoked(subject, number, issued):
            raise MalformedError("revoked")
        return claims

    def _meant_for_us(self, audience: object) -> bool:
        return audience == self.audience or (isinstance(audience, list) and self.audience in audience)

    def _told(self, claims: Mapping[str, Any]) -> dict[str, Any]:
        """What a token says of who asks, as :func:`asker` takes it; no ``regions``, nothing regional is seen."""
        role, regions, tenant, customers, technician = (
            claims.get(self.names.get(name, name)) for name in _CLAIMS
        )
        for one in (role, tenant, technician, claims.get("purpose")):
            if not (one is None or (isinstance(one, str) and one)):
                raise MalformedError("a claim of another kind")
        for several in (regions, customers):
            if not (several is None or (isinstance(several, list) and all(map(_is_text, several)))):
                raise MalformedError("a claim of another kind")
        try:
            paths = [area(path) for path in regions or ()]
        except KehutuError as fault:
            raise MalformedError("regions") from fault
        return {
            "subject": claims["sub"],
            "regions": paths,
            "tenant": tenant,
            "customers": customers or (),
            "technician": technician,
        }


def signed(token: str, keys: Keys) -> Parts:
    """A token whose signature is that of one of the keys, by the one algorithm that the key serves.

    Raises:
        MalformedError, JoseError: it is not.
        KehutuError: ``ISSUER_UNAVAILABLE``.
    """
    read = parts(token)
    key = keys.find(read.kid)
    if key is None or read.alg != algorithm_of(key):
        raise MalformedError("key")
    jws.deserialize_compact(token, key, registry=Signing(algorithms=[read.alg]))
    return read


def verifier(settings: Settings, ledger: Ledger) -> Verifier:
    """What verifies the tokens of a site: of its issuer, else of the development issuer."""
    revocations, told = Revocations(ledger), settings.identity
    if told is None:
        return Verifier(DEVELOPMENT, AUDIENCE, OneKey(development_key(ledger)), revocations, {})
    names: Mapping[str, str] = {str(ours): theirs for ours, theirs in told.claims.items()}
    return Verifier(told.issuer, told.audience, IssuerKeys(told.jwks), revocations, names)


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    # A truth value is a number to Python, and a text that holds one is none.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise MalformedError("an instant of another kind")
    return float(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
