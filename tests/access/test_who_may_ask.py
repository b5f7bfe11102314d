"""Who may ask what over HTTP and on the command line: tokens, roles, purposes, root fields that are not open yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.schema import schema
from cli.main import main
from services.access.asker import Asker, asker, refuse_unless_open
from services.access.policy_file import ROLES, parsed, product_policy
from services.access.root_fields import (
    CHANGES,
    ELSEWHERE,
    FILTERED,
    OF_A_REGION,
    OF_ONES_OWN,
    OF_OPERATION,
    OF_REGIONS,
    QUESTIONS,
    REACHING,
)
from services.access.tokens.issuing import issue
from services.settings import Identity
from services.site import Site
from terms.errors import KehutuError
from tests.access.signing import ISSUER, fresh, published, token

ME = "{ me { subject role purpose tenant regions customers limits { name } } }"
CUSTOMER = '{ customer(id: "4400000001") { id phone party { name } } }'


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


@pytest.fixture(scope="module")
def production(small_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The site with an issuer of its own."""
    keys = tmp_path_factory.mktemp("issuer") / "jwks.json"
    keys.write_text(json.dumps(published()), encoding="utf-8")
    named = Identity(issuer=ISSUER, jwks=str(keys))
    settings = small_site.settings.model_copy(update={"identity": named})
    site = Site(settings, small_site.schema, small_site.ledger, small_site.store)
    with TestClient(create_app(site)) as opened:
        yield opened


def ask(client: TestClient, query: str, given: str | None = None, **headers: str) -> Any:
    if given is not None:
        headers["Authorization"] = f"Bearer {given}"
    return client.post("/graphql", json={"query": query}, headers=headers)


def of(site: Site, role: str, **own: Any) -> str:
    return issue(site.settings, site.ledger, asker(role, **own))


def code(answer: Any) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


def test_without_a_token_the_demonstration_answers_as_an_analyst_of_all_regions(client: TestClient) -> None:
    found = ask(client, ME).json()["data"]["me"]
    assert found == {
        "subject": "analyst",
        "role": "analyst",
        "purpose": "analysis",
        "tenant": None,
        "regions": ["*"],
        "customers": [],
        "limits": [],
    }


def test_a_site_with_an_issuer_asks_for_a_token(production: TestClient) -> None:
    answer = ask(production, ME)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert ask(production, ME, token(fresh())).json()["data"]["me"]["regions"] == ["CN/44/"]


def test_every_bad_token_has_one_answer(client: TestClient, production: TestClient, small_site: Site) -> None:
    bad = ["x", token(fresh()) + "=", token(fresh(exp=1)), of(small_site, "analyst"), "", "a b"]
    told = {ask(production, ME, one).content for one in bad}
    assert len(told) == 1
    assert ask(production, ME, Authorization="Basic eDp5").content in told
    twice = client.post("/graphql", json={"query": ME}, headers=[("Authorization", "Bearer x")] * 2)
    assert (twice.status_code, twice.content) == (401, told.pop())


def test_a_token_without_a_role_is_forbidden_to_ask(production: TestClient) -> None:
    answer = ask(production, ME, token(fresh(role="superuser")))
    assert (answer.status_code, code(answer)) == (403, "ROLE_MISSING")


def test_a_purpose_is_asked_for_by_header(client: TestClient, small_site: Site) -> None:
    planner = of(small_site, "planner")
    asked = ask(client, ME, planner, **{"Kehutu-Purpose": "planning"})
    assert asked.json()["data"]["me"]["purpose"] == "planning"
    refused = ask(client, ME, planner, **{"Kehutu-Purpose": "collection"})
    assert (refused.status_code, code(refused)) == (403, "PURPOSE_NOT_ALLOWED")
    assert ask(client, ME, **{"Kehutu-Purpose": "audit"}).status_code == 403


def test_while_the_issuer_cannot_be_asked_nobody_is_let_in(small_site: Site, tmp_path: Path) -> None:
    named = Identity(issuer=ISSUER, jwks=str(tmp_path / "none.json"))
    settings = small_site.settings.model_copy(update={"identity": named})
    site = Site(settings, small_site.schema, small_site.ledger, small_site.store)
    with TestClient(create_app(site)) as client:
        answer = ask(client, ME, token(fresh()))
    assert (answer.status_code, code(answer)) == (503, "ISSUER_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "5"


# ------------------------------------------------------------------------------------------------------ root fields


def test_every_root_field_is_known_to_the_policy() -> None:
    shown = schema._schema
    assert shown.query_type
    assert shown.mutation_type
    assert set(shown.query_type.fields) == set(QUESTIONS)
    assert set(shown.mutation_type.fields) == set(CHANGES)


def test_the_list_of_what_is_open_is_this_one() -> None:
    """Who does not see everything is refused at all other root fields, until every rule acts there."""
    assert {"me", "weigh"} == FILTERED
    assert {"runs", "run", "loads", "quarantine"} == OF_OPERATION


def may_use(who: Asker, field: str) -> bool:
    try:
        refuse_unless_open(who, field)
    except KehutuError as fault:
        return fault.code != "FORBIDDEN"
    return True


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_use_what_the_policy_gives_it_where_every_rule_acts(role: str) -> None:
    given = product_policy().fields(role, role)
    own = OF_OPERATION if role == "administrator" else OF_A_REGION if role in OF_REGIONS else frozenset[str]()
    if role in REACHING:
        own = OF_ONES_OWN
    if role == "planner":
        own -= {
            "guaranteeCircles",
            "owners",
            "lossView",
            "watchList",
            "report",
            "segments",
        }  # of money that he does not see
    for regions in (["*"], ["CN/44/"], []):
        whole = role == "analyst" and regions == ["*"]
        expected = given if whole else given & (FILTERED | own)
        names = (*QUESTIONS, *CHANGES, *ELSEWHERE)
        assert {name for name in names if may_use(asker(role, regions=regions), name)} == expected & set(
            names
        )


@pytest.mark.parametrize("role", ROLES)
def test_a_root_field_that_is_not_open_is_forbidden_before_anything_is_read(
    client: TestClient, small_site: Site, role: str
) -> None:
    given = of(small_site, role, regions=["CN/44/"])
    assert ask(client, ME, given).json()["data"]["me"]["role"] == role
    for query in ("{ job { id } }", 'mutation { unwatchParty(rule: "x") }', "{ nothing }"):
        answer = ask(client, query, given)
        assert (answer.status_code, code(answer), "data" in answer.json()) == (403, "FORBIDDEN", False)


def test_fragments_and_aliases_hide_no_root_field(client: TestClient, small_site: Site) -> None:
    query = (
        "query { me { role } ...F } fragment F on Query { ... on Query { mine: customers { totalCount } } }"
    )
    answer = ask(client, query, of(small_site, "customer"))
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")


def test_reports_are_refused_as_root_fields_are(client: TestClient, small_site: Site) -> None:
    for role, status in (("planner", 403), ("auditor", 403), ("analyst", 200)):
        answer = client.get(
            "/reports/customer:4400000001.html", headers={"Authorization": f"Bearer {of(small_site, role)}"}
        )
        assert answer.status_code == status, answer.text
    assert client.get("/reports/x.pdf", headers={"Authorization": "Bearer x"}).status_code == 401


# ------------------------------------------------------------------------------------------------- masks, weigh, policy


def test_an_analyst_sees_the_form_of_a_phone_and_is_told_so(client: TestClient) -> None:
    answer = ask(client, CUSTOMER).json()
    assert answer["data"]["customer"]["phone"] == "057****6666"
    assert answer["extensions"]["masked"] == [
        {
            "field": "Customer.phone",
            "class": "CONTACT",
            "form": "MASKED",
            "seenBy": ["credit-officer", "technician", "customer"],
        }
    ]
    assert "extensions" not in ask(client, '{ customer(id: "4400000001") { id } }').json()


def test_weigh_says_what_a_document_costs_and_what_is_not_clear(client: TestClient, small_site: Site) -> None:
    query = "query ($d: String!) { weigh(document: $d) { cost largest needs { field form } } }"

    def weighed(role: str, document: str) -> Any:
        answer = client.post(
            "/graphql",
            json={"query": query, "variables": {"d": document}},
            headers={"Authorization": f"Bearer {of(small_site, role)}"},
        ).json()
        return (answer["data"] and answer["data"]["weigh"]) or answer

    assert weighed("analyst", CUSTOMER) == {
        "cost": 5,
        "largest": 100_000,
        "needs": [{"field": "Customer.phone", "form": "MASKED"}],
    }
    assert weighed("credit-officer", CUSTOMER)["needs"] == []
    bills = '{ customer(id: "1") { bills(first: 50) { edges { node { amount { fen } } } } } }'
    assert weighed("technician", bills)["needs"] == [{"field": "Bill.amount", "form": "NONE"}]
    assert weighed("technician", bills)["cost"] == 202
    assert weighed("analyst", "{ nothing")["errors"][0]["extensions"]["code"] == "REQUEST_FAULTY"


POLICY = (Path(__file__).parents[2] / "services" / "access" / "policy.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  planner:\n", "  plannr:\n", "no role 'plannr'.*nearest: 'planner'"),
        (
            "contact: masked, location: clear, financial: clear",
            "contacts: masked",
            "no class 'contacts'.*'contact'",
        ),
        ("[me, weigh, audit]", "[me, weigh, audits]", "no root field 'audits'.*'audit'"),
        ("all but: [audit]", "all but: [customerz]", r"no root field 'customerz'.*'customers?'"),
        ("      collection: *", "      colection: *", "no purpose 'colection'.*'collection'"),
        ("contact: masked", "contact: mask", "no form 'mask'.*'masked'"),
        ("applications: {}", "applications: {a: {fields: [x]}}", "no root field 'x'"),
        ("applications: {}", "aplications: {}", "no key 'aplications'.*'applications'"),
        ("roles:", "roles: [", "cannot be used"),
    ],
)
def test_a_word_that_the_policy_does_not_know_is_refused_with_the_nearest(
    old: str, new: str, said: str
) -> None:
    with pytest.raises(KehutuError, match=said) as fault:
        parsed(POLICY.replace(old, new, 1), "policy.yaml")
    assert fault.value.code == "POLICY_FAULT"


def test_an_application_has_what_it_was_granted_and_no_more() -> None:
    granted = "applications: {outages: {fields: [line], classes: {location: clear}}}"
    policy = parsed(POLICY.replace("applications: {}", granted), "policy.yaml")
    assert policy.fields("application", "outages") == {"me", "weigh", "line"}
    assert policy.fields("application", "other") == {"me", "weigh"}
    assert policy.forms("application", "service", "outages")["location"] == "clear"
    assert policy.forms("application", "service", "other")["location"] == "none"
    assert policy.fields("planner", "outages") == product_policy().fields("planner", "x")


# ---------------------------------------------------------------------------------------------------- command line


def run(site: Site, *words: str) -> tuple[int, str, str]:
    answer = CliRunner().invoke(main, [*words, "--home", str(site.settings.home)])
    return answer.exit_code, answer.stdout, answer.stderr


def test_a_command_prints_a_token_and_nothing_else(client: TestClient, small_site: Site) -> None:
    status, printed, aside = run(small_site, "token", "planner", "--region", "CN/37", "--subject", "li")
    assert (status, printed.count("\n"), aside) == (0, 1, "")
    found = ask(client, ME, printed.strip()).json()["data"]["me"]
    assert (found["subject"], found["role"], found["regions"]) == ("li", "planner", ["CN/37/"])
    status, _, told = run(small_site, "token", "planer")
    assert status == 2
    assert "ROLE_UNKNOWN: There is no role 'planer' (nearest: 'planner')" in told
    assert "REGION_FAULT" in run(small_site, "token", "planner", "--region", "CN//37")[2]
    assert "PURPOSE_NOT_ALLOWED" in run(small_site, "token", "planner", "--purpose", "audit")[2]


def test_a_token_that_a_command_takes_back_is_refused(small_site: Site) -> None:
    given = run(small_site, "token", "analyst", "--subject", "gone")[1].strip()
    assert run(small_site, "access", "revoke", "gone")[0] == 0
    with TestClient(create_app(small_site)) as fresh_process:
        assert ask(fresh_process, ME, given).status_code == 401
    noted = run(small_site, "audit", "list", "--subject", "gone")[1]
    assert "revoke" in noted


def test_a_command_asks_in_a_role(small_site: Site) -> None:
    clear = run(small_site, "show", "4400000001")[1]
    assert "0571-88886666" in clear
    masked = run(small_site, "show", "4400000001", "--as", "analyst")[1]
    assert "057****6666" in masked
    assert "0571-88886666" not in masked
    status, printed, told = run(small_site, "show", "4400000001", "--as", "planner", "--region", "CN/44/")
    assert (status, printed) == (2, "")
    assert "FORBIDDEN: The role planner may not use entity." in told
    assert "ROLE_NOT_NAMED" in run(small_site, "show", "4400000001", "--region", "CN/44/")[2]
    assert "FORBIDDEN" in run(small_site, "quarantine", "list", "--as", "planner")[2]
    assert run(small_site, "loads", "list", "--as", "administrator")[0] == 0


def test_answers_elsewhere_are_named() -> None:
    assert set(ELSEWHERE) == {"report", "why"}
