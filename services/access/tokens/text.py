"""A signed token as text, read strictly: one way to write it, no part that stands twice, no key or address of its own.

A library would be lenient where leniency helps an attacker: it skips padding and characters that are none of the
alphabet, takes the last of two equal claims, and may follow an address in the header. What is read here is no more than
well formed; :mod:`services.access.tokens.verifying` verifies it.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Final

LONGEST: Final = 8_192
"""Characters of a token; the claims of a few hundred customers fit."""
HEADER: Final = frozenset({"alg", "kid", "typ"})
"""What a header may say. A key in it, or where to get one (jwk, jku, x5u, x5c), is an offer that nobody takes."""
TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_PART: Final = re.compile(r"[A-Za-z0-9_-]+")


class MalformedError(ValueError):
    """A token that cannot be right, whoever signed it."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A well-formed token. ``alg``, ``kid``: what its header says; ``payload``: what it carries, not verified."""

    alg: str
    kid: str | None
    payload: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """What the token claims: ask once it is verified.

        Raises:
            MalformedError: the payload is no object, or a name stands twice in it.
        """
        return _object(self.payload)


def parts(token: str) -> Parts:
    """Read a token.

    Raises:
        MalformedError: it is none, or says what a token of ours never does.
    """
    if len(token) > LONGEST:
        raise MalformedError("length")
    pieces = token.split(".")
    if len(pieces) != 3:
        raise MalformedError("parts")
    header, payload = _object(_bytes(pieces[0])), _bytes(pieces[1])
    _bytes(pieces[2])
    alg, kid, kind = header.get("alg"), header.get("kid"), header.get("typ")
    if not isinstance(alg, str) or not header.keys() <= HEADER:
        raise MalformedError("header")
    if not (kid is None or isinstance(kid, str)):
        raise MalformedError("kid")
    if kind is not None and not (isinstance(kind, str) and kind.lower() in TYPES):
        raise MalformedError("typ")
    return Parts(alg, kid, payload)


def _bytes(piece: str) -> bytes:
    if not _PART.fullmatch(piece):
        raise MalformedError("alphabet")
    try:
        found = base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
    except (binascii.Error, ValueError) as fault:
        raise MalformedError("base64") from fault
    # The last character may hold bits that nobody reads: another text of the same token.
    if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != piece:
        raise MalformedError("base64")
    return found


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError) as fault:
        raise MalformedError("JSON") from fault
    if not isinstance(found, dict):
        raise MalformedError("JSON")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError("a name stands twice")
    return found


def _refused(constant: str) -> object:
    raise MalformedError(constant)
