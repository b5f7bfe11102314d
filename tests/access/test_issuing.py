"""The development issuer, and tokens that are taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.database import Ledger
from services.access.asker import asker
from services.access.tokens.issuing import development_key, issue
from services.access.tokens.keys import Keys, OneKey
from services.access.tokens.revoking import SEEN_SECONDS, Revocations, revoke
from services.access.tokens.verifying import Verifier, verifier
from services.settings import Identity, Settings
from terms.errors import KehutuError
from tests.access.signing import ISSUER, KEYS, NOW, claims, published, token


def refused(known: Verifier, given: str) -> str:
    with pytest.raises(KehutuError) as fault:
        known.asker(given)
    return str(fault.value.code)


@pytest.fixture
def here(ledger: Ledger) -> tuple[Settings, Ledger, Verifier]:
    settings = Settings(home=ledger.home)
    return settings, ledger, verifier(settings, ledger)


def test_the_development_issuer_gives_what_it_was_asked_for(here: tuple[Settings, Ledger, Verifier]) -> None:
    settings, ledger, known = here
    wanted = asker("planner", subject="li", regions=["CN/37", "CN/44/01/"], purpose="planning")
    assert known.asker(issue(settings, ledger, wanted)) == wanted
    of_a_customer = asker("customer", customers=["4400000001"], tenant="gz", technician="technician:1")
    assert known.asker(issue(settings, ledger, of_a_customer)) == of_a_customer


def test_a_token_of_another_site_is_none(here: tuple[Settings, Ledger, Verifier], tmp_path: Path) -> None:
    settings, _, known = here
    with Ledger.open(tmp_path / "other") as other:
        assert refused(known, issue(settings, other, asker("analyst"))) == "UNAUTHENTICATED"


def test_where_an_issuer_is_named_the_development_issuer_ends(
    here: tuple[Settings, Ledger, Verifier], tmp_path: Path
) -> None:
    settings, ledger, _ = here
    old = issue(settings, ledger, asker("analyst"))
    (tmp_path / "jwks.json").write_text(json.dumps(published()), encoding="utf-8")
    named = Identity(issuer=ISSUER, jwks=str(tmp_path / "jwks.json"))
    production = settings.model_copy(update={"identity": named})
    assert refused(verifier(production, ledger), old) == "UNAUTHENTICATED"
    with pytest.raises(KehutuError) as fault:
        issue(production, ledger, asker("analyst"))
    assert fault.value.code == "ISSUER_ELSEWHERE"


def test_what_was_taken_back_is_refused_in_every_process_within_five_seconds(ledger: Ledger) -> None:
    clock = [0.0]
    keys: Keys = OneKey(development_key(ledger))
    settings = Settings(home=ledger.home)

    def process() -> Verifier:
        return Verifier(
            "urn:kehutu:development", "kehutu", keys, Revocations(ledger, lambda: clock[0]), {}, lambda: NOW
        )

    first, second = process(), process()
    told = claims(iss="urn:kehutu:development")
    mine, other = (signed_here(ledger, told | {"jti": jti}) for jti in ("n-1", "n-2"))
    assert {first.asker(mine), second.asker(mine), second.asker(other)}
    revoke(ledger, "n-1", NOW)
    assert SEEN_SECONDS < 5
    clock[0] += SEEN_SECONDS
    assert refused(first, mine) == refused(second, mine) == "UNAUTHENTICATED"
    assert second.asker(other)
    revoke(ledger, "wang", NOW)
    clock[0] += SEEN_SECONDS
    assert refused(second, other) == "UNAUTHENTICATED"
    # Who was given a right anew has it; a token that does not say when it was issued counts as an old one.
    later = signed_here(ledger, told | {"jti": "n-3", "iat": NOW + 1})
    undated = signed_here(ledger, {**told, "jti": "n-4"}, without="iat")
    assert second.asker(later)
    assert refused(second, undated) == "UNAUTHENTICATED"
    assert settings.identity is None


def signed_here(ledger: Ledger, told: dict[str, Any], without: str = "") -> str:
    """A token of the development issuer with given claims."""
    mine, KEYS["EdDSA"] = KEYS["EdDSA"], development_key(ledger)
    try:
        return token({name: value for name, value in told.items() if name != without})
    finally:
        KEYS["EdDSA"] = mine
