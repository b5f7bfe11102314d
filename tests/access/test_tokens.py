"""Tokens: who asks by one that is right, and that none that is wrong in any way is taken or says what was wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey, RSAKey

from ledger.database import Ledger
from services.access.asker import Asker
from services.access.tokens.keys import AGAIN_SECONDS, KEPT_SECONDS, IssuerKeys, key_set
from services.access.tokens.revoking import Revocations
from services.access.tokens.text import LONGEST, MalformedError
from services.access.tokens.verifying import LEEWAY, Verifier, signed
from terms.errors import KehutuError
from tests.access.signing import AUDIENCE, ISSUER, KEYS, NOW, claims, part, published, text, token

SHARED = Path(__file__).parents[3] / "shared" / "data" / "bad-input"
beside = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the published tokens are not there: {SHARED}")


class Published:
    """Keys as an issuer publishes them, without the network."""

    def __init__(self, document: object) -> None:
        self._keys = key_set(document)

    def find(self, kid: str | None) -> Any:
        return self._keys.get(kid)


@pytest.fixture
def known(ledger: Ledger) -> Verifier:
    return Verifier(ISSUER, AUDIENCE, Published(published()), Revocations(ledger), {}, lambda: NOW)


def refused(known: Verifier, given: str) -> str:
    with pytest.raises(KehutuError) as fault:
        known.asker(given)
    return str(fault.value.code)


@pytest.mark.parametrize("alg", KEYS)
def test_a_good_token_says_who_asks(known: Verifier, alg: str) -> None:
    found = known.asker(token(claims(tenant="gz", customers=["customer:1"], technician="technician:7"), alg))
    assert found == Asker(
        "analyst", ("CN/44/",), "gz", ("customer:1",), "technician:7", purpose="analysis", subject="wang"
    )


def test_claims_have_other_names_where_the_issuer_has_others(ledger: Ledger) -> None:
    names = {"role": "https://example.org/role", "regions": "areas"}
    known = Verifier(ISSUER, AUDIENCE, Published(published()), Revocations(ledger), names, lambda: NOW)
    told = claims(role="administrator", areas=["CN/37"], **{"https://example.org/role": "planner"})
    found = known.asker(token(told))
    assert (found.role, found.regions, found.purpose) == ("planner", ("CN/37/",), "service")


def test_without_regions_nothing_regional_is_seen(known: Verifier) -> None:
    assert (
        known.asker(token(claims(regions=None))).regions
        == known.asker(token(claims(regions=[]))).regions
        == ()
    )


def test_a_purpose_is_asked_for_or_carried_or_the_first_of_the_role(known: Verifier) -> None:
    assert known.asker(token(claims(role="credit-officer"))).purpose == "collection"
    carried = token(claims(role="planner", purpose="planning"))
    assert known.asker(carried).purpose == "planning"
    assert known.asker(carried, "service").purpose == "service"
    with pytest.raises(KehutuError) as fault:
        known.asker(carried, "collection")
    assert fault.value.code == "PURPOSE_NOT_ALLOWED"


@pytest.mark.parametrize("role", [None, "superuser", "everyone", "Analyst"])
def test_a_token_without_a_role_of_ours_is_not_taken_for_another(known: Verifier, role: str | None) -> None:
    assert refused(known, token(claims(role=role))) == "ROLE_MISSING"


def other_key(alg: str) -> str:
    """A token that another key has signed under the name of ours."""
    foreign = OKPKey.generate_key("Ed25519", {"kid": KEYS[alg].kid})
    mine, KEYS[alg] = KEYS[alg], foreign
    try:
        return token(None, alg)
    finally:
        KEYS[alg] = mine


def unsigned(alg: object) -> str:
    return f"{part({'alg': alg, 'kid': 'ed'})}.{part(claims())}."


def by_shared_secret() -> str:
    """The public key of the issuer, taken for a shared secret."""
    key = KEYS["RS256"]
    assert isinstance(key, RSAKey)
    public = key.as_pem(private=False)
    signing = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(claims())}"
    return f"{signing}.{text(hmac.new(public, signing.encode(), hashlib.sha256).digest())}"


def changed_signature() -> str:
    good = token()
    return good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB")


TWICE = b'{"alg": "none", "alg": "EdDSA", "kid": "ed"}'
BAD: dict[str, Callable[[], str]] = {
    "alg=none, empty signature": lambda: unsigned("none"),
    "alg=nOnE": lambda: unsigned("nOnE"),
    "alg is a list": lambda: unsigned(["EdDSA"]),
    "alg missing": lambda: f"{part({'kid': 'ed'})}.{part(claims())}.{text(b'x' * 64)}",
    "HS256 with the public key": by_shared_secret,
    "RS256 key, EdDSA said": lambda: token(None, "EdDSA", kid="rsa"),
    "kid=../../dev/null": lambda: token(kid="../../dev/null"),
    "kid is a query": lambda: token(kid="' OR 1=1 --"),
    "kid is a number": lambda: token(kid=1),
    "kid missing": lambda: token(kid=None),
    "jku to another host": lambda: token(jku="https://evil.example/keys"),
    "x5u": lambda: token(x5u="https://evil.example/cert"),
    "embedded jwk header": lambda: token(jwk=KEYS["EdDSA"].as_dict(private=False)),
    "crit": lambda: token(crit=["exp"]),
    "expired": lambda: token(claims(exp=NOW - LEEWAY)),
    "exp missing": lambda: token(claims(exp=None)),
    "exp as string": lambda: token(claims(exp=str(NOW + 600))),
    "exp is true": lambda: token(claims(exp=True)),
    "exp is no number": lambda: token(json.dumps(claims()).replace("1800000600.0", "NaN").encode()),
    "nbf in the future": lambda: token(claims(nbf=NOW + LEEWAY + 1)),
    "issued in the future": lambda: token(claims(iat=NOW + LEEWAY + 1)),
    "iss with trailing slash": lambda: token(claims(iss=ISSUER + "/")),
    "iss without its slash": lambda: token(claims(iss=ISSUER.rstrip("/"))),
    "iss missing": lambda: token(claims(iss=None)),
    "aud missing": lambda: token(claims(aud=None)),
    "aud as substring of ours": lambda: token(claims(aud=AUDIENCE[:-1])),
    "ours as substring of aud": lambda: token(claims(aud=AUDIENCE + "s")),
    "aud is a list without ours": lambda: token(claims(aud=["other"])),
    "sub missing": lambda: token(claims(sub=None)),
    "sub empty": lambda: token(claims(sub="")),
    "jti missing": lambda: token(claims(jti=None)),
    "role claim as list": lambda: token(claims(role=["analyst"])),
    "role claim as number": lambda: token(claims(role=1)),
    "regions is a text": lambda: token(claims(regions="CN/44/")),
    "regions holds a number": lambda: token(claims(regions=[44])),
    "regions holds no path": lambda: token(claims(regions=["CN//44"])),
    "customers is a text": lambda: token(claims(customers="customer:1")),
    "an id token": lambda: token(claims(nonce="n-0S6")),
    "typ of an id token": lambda: token(typ="id+jwt"),
    "duplicate claims": lambda: token(json.dumps(claims())[:-1].encode() + b', "role": "administrator"}'),
    "duplicate header": lambda: ".".join([text(TWICE), *token().split(".")[1:]]),
    "claims are a list": lambda: token(b"[]"),
    "claims are no text": lambda: token(b"\xff"),
    "another key": lambda: other_key("EdDSA"),
    "signature changed": changed_signature,
    "signature cut": lambda: token()[:-8],
    "signature base64 with padding": lambda: token() + "==",
    "signature with newline": lambda: token() + "\n",
    "two tokens comma-joined": lambda: f"{token()},{token()}",
    "unsigned base64url with trailing dots": lambda: token().rsplit(".", 1)[0] + "...",
    "five parts": lambda: "a.b.c.d.e",
    "token of 1 MB": lambda: token(claims(padding="x" * 1_000_000)),
    "empty": lambda: "",
}


@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_token_is_refused_and_nobody_learns_why(known: Verifier, wrong: str) -> None:
    assert refused(known, BAD[wrong]()) == "UNAUTHENTICATED"


@beside
def test_every_recipe_of_bad_tokens_has_its_case() -> None:
    recipes = {one["payload"] for one in json.loads((SHARED / "own" / "jwt-recipe.json").read_text("utf-8"))}
    apart = {
        "role claim as list/number": "role claim as list",
        "signature base64 with padding and newline": "signature with newline",
        "typ=at+jwt vs id token used as access token": "an id token",
        "key rotated out of the JWKS": "test_a_key_that_was_rotated_out_stops_to_count",
    }
    known = {*BAD, *globals()}
    assert {one for one in recipes if apart.get(one, one) not in known} == set()


LEFT = {
    "HS256": 12,
    "HS384": 1,
    "HS512": 1,
    "PS256": 6,
    "PS384": 6,
    "PS512": 4,
    "RS384": 4,
    "RS512": 4,
    "ES512": 2,
    "RS256": 1,
}
"""Valid published signatures that are refused because of their algorithm; the one of RS256 signs nothing at all."""


def vectors() -> Iterator[tuple[str, dict[str, Any], str, bool]]:
    for name in ("json_web_signature_test.json", "json_web_key_test.json"):
        for group in json.loads((SHARED / "wycheproof-jwt" / name).read_text("utf-8"))["testGroups"]:
            told = group.get("public") or group["private"]
            for case in group["tests"]:
                yield f"{name} {case['tcId']}", told, case["jws"], case["result"] == "valid"


def public(told: dict[str, Any]) -> dict[str, Any]:
    """A key as its issuer would publish it; a shared secret stays one."""
    if told["kty"] == "oct":
        return told
    return {name: value for name, value in told.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}


@beside
def test_published_vectors_let_no_wrong_signature_in_and_leave_out_other_algorithms() -> None:
    taken, left = 0, Counter[str]()
    for name, told, given, valid in vectors():
        try:
            signed(given, Published({"keys": [public(one) for one in told.get("keys", [told])]}))
        except (MalformedError, JoseError, ValueError):
            if valid:
                header = given.split(".")[0]
                left[json.loads(base64.urlsafe_b64decode(header + "=="))["alg"]] += 1
            continue
        assert valid, name
        taken += 1
    # What is right and refused all the same is signed in a way in which no token of ours is.
    assert (taken, dict(left)) == (10, LEFT)


def test_clocks_may_differ_a_little(known: Verifier) -> None:
    assert known.asker(token(claims(exp=NOW - LEEWAY + 1))).subject == "wang"
    assert known.asker(token(claims(nbf=NOW + LEEWAY))).subject == "wang"


def test_aud_may_name_others_beside_us(known: Verifier) -> None:
    assert known.asker(token(claims(aud=["other", AUDIENCE]))).subject == "wang"


# ---------------------------------------------------------------------------------------------- keys of the issuer


class Issuer:
    """An issuer as a file that it rewrites, and a clock."""

    def __init__(self, path: Path) -> None:
        self.path, self.now = path, 0.0
        self.keys = IssuerKeys(str(path), lambda: self.now)

    def publishes(self, *names: str) -> None:
        self.path.write_text(json.dumps(published(*names)), encoding="utf-8")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path / "jwks.json")


def test_keys_are_fetched_once_more_for_a_name_that_is_not_known(issuer: Issuer) -> None:
    issuer.publishes("RS256")
    assert issuer.keys.find("rsa")
    issuer.publishes("RS256", "ES256")
    assert issuer.keys.find("ec") is None  # asked a moment ago: an invented name must not hammer the issuer
    issuer.now += AGAIN_SECONDS
    assert issuer.keys.find("ec")


def test_a_key_that_was_rotated_out_stops_to_count(issuer: Issuer) -> None:
    issuer.publishes("RS256", "ES256")
    assert issuer.keys.find("rsa")
    issuer.publishes("ES256")
    issuer.now += KEPT_SECONDS - 1
    assert issuer.keys.find("rsa")
    issuer.now += 1
    assert issuer.keys.find("rsa") is None
    assert issuer.keys.find("ec")


def test_while_the_issuer_is_down_keys_count_until_their_age(issuer: Issuer) -> None:
    issuer.publishes("RS256")
    assert issuer.keys.find("rsa")
    issuer.path.unlink()
    issuer.now += KEPT_SECONDS - 1
    assert issuer.keys.find("rsa")
    assert issuer.keys.find("new") is None
    issuer.now += KEPT_SECONDS
    for _ in range(2):
        with pytest.raises(KehutuError) as fault:
            issuer.keys.find("rsa")
        assert fault.value.code == "ISSUER_UNAVAILABLE"


@pytest.mark.parametrize("place", ["http://login.example.org/keys", "ftp://login.example.org/keys"])
def test_keys_come_over_https_or_from_this_machine(place: str) -> None:
    with pytest.raises(KehutuError) as fault:
        IssuerKeys(place).find("rsa")
    assert fault.value.code == "ISSUER_UNAVAILABLE"


def test_keys_that_no_token_is_signed_with_are_left_out() -> None:
    weak = dict(RSAKey.generate_key(1024, {"kid": "weak"}).as_dict(private=False))
    sealing = {**published("ES256")["keys"][0], "use": "enc"}
    assert key_set({"keys": [weak, sealing]}) == {}
    with pytest.raises(ValueError, match="two keys"):
        key_set({"keys": published("ES256")["keys"] * 2})
    with pytest.raises(ValueError, match="secret"):
        key_set({"keys": [dict(KEYS["ES256"].as_dict(private=True))]})
    with pytest.raises(ValueError, match="no set of keys"):
        key_set({"keys": "x"})


def test_the_longest_token_is_bounded(known: Verifier) -> None:
    good = token(claims(customers=[f"customer:{4400000000 + n}" for n in range(250)]))
    assert len(good) < LONGEST
    assert len(known.asker(good).customers) == 250
