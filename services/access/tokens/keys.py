"""Public keys by which tokens are verified: those of an issuer, or the one of the development issuer."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from terms.errors import KehutuError

KEPT_SECONDS: Final = 600.0
"""How long keys count after they were fetched."""
AGAIN_SECONDS: Final = 10.0
"""Between two fetches at least, so that tokens with invented names of keys do not hammer the issuer."""
FETCH_SECONDS: Final = 3.0
LARGEST: Final = 1 << 20
LEAST_BITS: Final = 2048
MACHINE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Keys(Protocol):
    """Where keys come from."""

    def find(self, kid: str | None) -> Key | None:
        """The key of this name; without a name the only one there is. None where there is no such key."""


class OneKey:
    """The key of the development issuer."""

    def __init__(self, key: Key) -> None:
        self._key = key

    def find(self, kid: str | None) -> Key | None:
        """See :class:`Keys`."""
        return self._key if kid in (None, self._key.kid) else None


class IssuerKeys:
    """The keys that an issuer publishes, fetched when they are needed and kept for ten minutes.

    Args:
        place: an https URL, http on this machine, or a file.
        clock: seconds; another one in tests.
    """

    def __init__(self, place: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._place, self._clock = place, clock
        self._keys: dict[str | None, Key] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._lock = threading.Lock()

    def find(self, kid: str | None) -> Key | None:
        """See :class:`Keys`. Fetches where keys are old, and once more for a name that is not known.

        Raises:
            KehutuError: ``ISSUER_UNAVAILABLE`` where the issuer is down for longer than keys are kept.
        """
        with self._lock:
            now = self._clock()
            fresh = self._fetched is not None and now - self._fetched < KEPT_SECONDS
            if fresh and kid in self._keys:
                return self._keys[kid]
            recently = self._tried is not None and now - self._tried < AGAIN_SECONDS
            if not (fresh and recently):
                self._fetch(now, fresh=fresh)
            return self._keys.get(kid)

    def _fetch(self, now: float, *, fresh: bool) -> None:
        self._tried = now
        try:
            found = key_set(_read(self._place))
        except (OSError, ValueError, http.client.HTTPException) as fault:
            if fresh:
                return  # the keys of before still count
            self._keys = {}
            raise KehutuError("ISSUER_UNAVAILABLE", place=self._place, reason=str(fault)) from fault
        self._keys, self._fetched = found, now


def key_set(document: object) -> dict[str | None, Key]:
    """Public keys for signatures by name; under None the only one.

    Keys of a kind, use or length that no token of ours is signed with are left out.

    Raises:
        ValueError: it is no set of keys, one name stands for two, or a secret key is in it.
    """
    listed = document.get("keys") if isinstance(document, Mapping) else None
    if not isinstance(listed, list):
        raise ValueError("it is no set of keys")
    found: dict[str | None, Key] = {}
    for told in listed:
        if not isinstance(told, Mapping):
            raise ValueError("it is no set of keys")
        if told.get("kty") == "oct" or "d" in told:
            raise ValueError("a secret key is published")
        key = _usable(dict(told))
        if key is None:
            continue
        if told.get("kid") in found:
            raise ValueError("one name stands for two keys")
        found[told.get("kid")] = key
    if len(found) == 1:
        found[None] = next(iter(found.values()))
    else:
        found.pop(None, None)
    return found


def _usable(told: dict[str, Any]) -> Key | None:
    operations = told.get("key_ops")
    if told.get("use", "sig") != "sig" or (operations is not None and "verify" not in operations):
        return None
    try:
        key = import_key(told)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    suits = {"RS256": RSAKey, "ES256": ECKey, "EdDSA": OKPKey}
    declared = told.get("alg")
    if declared is not None and not isinstance(key, suits.get(str(declared), ())):
        return None
    return key if algorithm_of(key) else None


def algorithm_of(key: Key) -> str | None:
    """The one algorithm that a key serves; None where it is of no kind, or of no strength, that is taken."""
    told = key.as_dict(private=False)
    if isinstance(key, RSAKey):
        modulus = key.public_key.public_numbers().n
        strong = modulus.bit_length() >= LEAST_BITS and not _guessable(modulus)
        return "RS256" if strong else None
    if isinstance(key, ECKey):
        return "ES256" if told.get("crv") == "P-256" else None
    if isinstance(key, OKPKey):
        return "EdDSA" if told.get("crv") == "Ed25519" else None
    return None


def _guessable(modulus: int) -> bool:
    """Whether a modulus has the form by which its factors can be found (ROCA; Nemec et al., CCS 2017).

    Chips of one maker made primes that are powers of 65537 by a product of small primes, so the modulus is one too by
    each of them. A modulus made at random is that with a chance below 1e-27.
    """
    return all(modulus % prime in _POWERS[prime] for prime in _POWERS)


def _powers(prime: int) -> frozenset[int]:
    return frozenset(pow(65_537, exponent, prime) for exponent in range(prime))


_PRIMES: Final = [n for n in range(11, 168) if all(n % d for d in range(2, n))]
_POWERS: Final = {prime: _powers(prime) for prime in _PRIMES}


def _read(place: str) -> object:
    parts = urlsplit(place)
    if parts.scheme in ("", "file"):
        return json.loads(Path(parts.path).read_text(encoding="utf-8"))
    return json.loads(_fetched(parts.scheme, parts.hostname or "", parts.port, parts.path, parts.query))


def _fetched(scheme: str, host: str, port: int | None, path: str, query: str) -> bytes:
    # By hand, as it shall follow no redirect and read no more than a set of keys can be.
    connection: http.client.HTTPConnection
    if scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(host, port, timeout=FETCH_SECONDS, context=context)
    elif scheme == "http" and host in MACHINE:
        connection = http.client.HTTPConnection(host, port, timeout=FETCH_SECONDS)
    else:
        raise ValueError("keys come over https only")
    try:
        connection.request("GET", (path or "/") + (f"?{query}" if query else ""))
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ValueError(f"status {answer.status}")
        body = answer.read(LARGEST + 1)
    finally:
        connection.close()
    if len(body) > LARGEST:
        raise ValueError("it is too long for a set of keys")
    return body
