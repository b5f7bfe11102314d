"""The development issuer: tokens for trying a site on its own machine, signed by a key made from the ledger's."""

from __future__ import annotations

import base64
import secrets
import time
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jwt
from joserfc.jwk import OKPKey

from ledger.database import Ledger
from services.access.asker import Asker
from services.access.tokens.algorithms import Signing
from services.settings import Settings
from terms.errors import KehutuError

DEVELOPMENT: Final = "urn:kehutu:development"
AUDIENCE: Final = "kehutu"
TTL: Final = 3_600
LONGEST_TTL: Final = 30 * 86_400


def issue(settings: Settings, ledger: Ledger, asked: Asker, ttl: int = TTL) -> str:
    """A token of the development issuer for an asker. ``ttl``: seconds until it expires.

    It carries the asker's purpose, which counts where a request names none.

    Raises:
        KehutuError: ``ISSUER_ELSEWHERE`` where the site has an issuer of its own.
    """
    if settings.identity is not None:
        raise KehutuError("ISSUER_ELSEWHERE", issuer=settings.identity.issuer)
    now = time.time()
    claims: dict[str, object] = {
        "iss": DEVELOPMENT,
        "aud": AUDIENCE,
        "sub": asked.subject,
        "iat": now,
        "exp": int(now) + ttl,
        "jti": secrets.token_hex(16),
        "role": asked.role,
        "regions": list(asked.regions),
        "purpose": asked.purpose,
    }
    if asked.tenant:
        claims["tenant"] = asked.tenant
    if asked.customers:
        claims["customers"] = list(asked.customers)
    if asked.technician:
        claims["technician"] = asked.technician
    key = development_key(ledger)
    header = {"alg": "EdDSA", "kid": key.kid, "typ": "at+jwt"}
    return jwt.encode(header, claims, key, registry=Signing(algorithms=["EdDSA"]))


def development_key(ledger: Ledger) -> OKPKey:
    """The key pair of the development issuer, made from the ledger's own key: nothing more to keep or to lose."""
    seed = ledger.sign(b"kehutu development issuer")
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    pair = {"kty": "OKP", "crv": "Ed25519", "x": _text(public), "d": _text(seed)}
    return OKPKey.import_key({**pair, "use": "sig", "kid": f"development-{ledger.id[:8]}"})


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
