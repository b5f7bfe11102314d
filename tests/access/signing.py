"""Tokens for tests, made by hand where a library would refuse to make them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

ISSUER: Final = "https://login.example.org/"
AUDIENCE: Final = "kehutu"
NOW: Final = 1_800_000_000.0
KEYS: Final[dict[str, Key]] = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}),
    "EdDSA": OKPKey.generate_key("Ed25519", {"kid": "ed", "use": "sig"}),
}


def claims(now: float = NOW, **own: object) -> dict[str, Any]:
    """What a token of an analyst claims; None takes a claim away."""
    told = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "wang",
        "iat": now - 60,
        "exp": now + 600,
        "jti": "n-1",
        "role": "analyst",
        "regions": ["CN/44/"],
    }
    return {name: value for name, value in (told | own).items() if value is not None}


def text(content: bytes) -> str:
    """Base64 as tokens have it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def part(content: Mapping[str, object]) -> str:
    """An object as a part of a token."""
    return text(json.dumps(content).encode())


def token(payload: Mapping[str, object] | bytes | None = None, alg: str = "EdDSA", **header: object) -> str:
    """A token with a good signature. ``header``: beside ``alg`` and ``kid``; None takes one away."""
    key = KEYS[alg]
    told = {"alg": alg, "kid": key.kid, "typ": "at+jwt", **header}
    content = (
        payload
        if isinstance(payload, bytes)
        else json.dumps(claims() if payload is None else payload).encode()
    )
    head = part({name: value for name, value in told.items() if value is not None})
    signing = f"{head}.{text(content)}".encode()
    model = jws.JWSRegistry.algorithms[alg]
    return f"{signing.decode()}.{text(model.sign(signing, key))}"


def published(*names: str) -> dict[str, list[dict[str, object]]]:
    """The public keys of some algorithms as an issuer publishes them; of all without any."""
    return {"keys": [dict(KEYS[name].as_dict(private=False)) for name in names or KEYS]}


def fresh(**own: object) -> dict[str, Any]:
    """Claims that count now."""
    return claims(time.time(), **own)
