"""Whoever sees something of others in clear is in the audit trail before he sees it, and nothing personal is in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.document_shape import shape_of
from api.masked import CLASSES, plain_schema
from api.schema import schema
from ledger import audit
from ledger.audit_verify import verify
from services.access.asker import asker
from services.access.policy_file import policy_digest, product_policy
from services.access.reads import PEOPLE
from services.access.tokens.issuing import issue
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.access.documents import Documents
from tests.small_site import DEBTOR
from tests.small_site import write as write_small_site
from tests.supply_site import HOME_CUSTOMER, WORKS_CUSTOMER
from tests.supply_site import write as write_supply_site

TYPES = plain_schema(schema)
ROOTS = {
    "customer": (HOME_CUSTOMER, WORKS_CUSTOMER, "4400000001"),
    "enterprise": (DEBTOR,),
    "workOrder": ("W1",),
    "device": ("D1",),
    "entity": (HOME_CUSTOMER, "P1", "I1"),
    "neighbours": (HOME_CUSTOMER, "4400000002"),
}
SECRETS = ("13800138000", "Debtor", "Works", "Zhang", "1380013")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Customers with a network and enterprises with bills; with a run."""
    folder = tmp_path_factory.mktemp("audit")
    chosen = settings(folder / "home")
    ingest(chosen, write_supply_site(folder / "supply"))
    ingest(chosen, write_small_site(folder / "small"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def ask(client: TestClient, site: Site, query: str, role: str = "credit-officer", **claims: Any) -> Any:
    given = issue(site.settings, site.ledger, asker(role, **claims))
    return client.post("/graphql", json={"query": query}, headers={"Authorization": f"Bearer {given}"})


def after(site: Site, number: int) -> list[audit.Entry]:
    return audit.listing(site.ledger, after=number, first=10_000)


def shown(found: Any, kind: str = "Query") -> Iterator[tuple[str, str, Any]]:
    """The type, the name and the value of each field of an answer, and ids as ``("", "id", …)``."""
    if isinstance(found, list):
        for one in found:
            yield from shown(one, kind)
    elif isinstance(found, dict):
        own = found.get("__typename", kind)
        for name, value in found.items():
            yield own, name, value
            yield from shown(value, own)


def test_the_trail_names_whoever_an_answer_shows_and_what_of_them(site: Site) -> None:
    """Against the answer alone: each id in it that is somebody's, and the class of each value that is there."""
    prefixes = {site.schema.nodes[name].prefix for name in PEOPLE}
    asked, seed = asker("credit-officer"), 0
    forms = product_policy().forms("analyst", "analysis", "analyst")
    with TestClient(create_app(site)) as client:
        for field, ids in ROOTS.items():
            for one in ids:
                for role in ("credit-officer", "analyst"):
                    seed += 1
                    inner = str(TYPES.query_type.fields[field].type).strip("![]")  # type: ignore[union-attr]
                    query = f'{{ {field}(id: "{one}") {Documents(TYPES, asked, seed).of(inner)} }}'
                    number = audit.head(site.ledger).number
                    answer = ask(client, site, query, role, subject=f"who-{seed}").json()
                    found = list(shown(answer["data"]))
                    whom = {
                        v
                        for _, n, v in found
                        if n == "id" and isinstance(v, str) and v.split(":")[0] in prefixes
                    }
                    kinds = {
                        CLASSES.get(f"{kind}.{n}", "public")
                        for kind, n, v in found
                        if v not in (None, [], {})
                    }
                    if role == "analyst":
                        kinds -= {kind for kind, form in forms.items() if form != "clear"}
                    entries = [e for e in after(site, number) if e.action == "read"]
                    assert len(entries) == 1, query
                    (entry,) = entries
                    assert whom <= {*entry.subjects}, query
                    assert kinds - {"public"} <= {*entry.classes}, query
                    assert (entry.actor, entry.role, entry.document) == (
                        f"who-{seed}",
                        role,
                        shape_of(query, TYPES),
                    )
                    assert entry.purpose == ("analysis" if role == "analyst" else "collection")
    assert verify(site.ledger) is None
    assert [e.subject for e in audit.about(site.ledger, ["policy"])] == [f"policy {policy_digest()}"]


def test_what_is_masked_or_nobodys_leaves_no_entry(site: Site) -> None:
    with TestClient(create_app(site)) as client:
        number = audit.head(site.ledger).number
        for query in ("{ me { role } }", "{ lines { edges { node { lineNo length } } } }"):
            assert "errors" not in ask(client, site, query).json()
        assert after(site, number) == []


def test_a_refusal_is_noted_with_who_was_refused_what(site: Site) -> None:
    with TestClient(create_app(site)) as client:
        number = audit.head(site.ledger).number
        ask(client, site, '{ riskTrace(id: "x") { score } }', "technician", subject="li")
        ask(
            client,
            site,
            '{ customers(filter: {phone: "13800138000"}) { totalCount } }',
            "analyst",
            subject="wu",
        )
        found = [(e.actor, e.role, e.action, e.document) for e in after(site, number)]
    assert found == [
        ("li", "technician", "refused FORBIDDEN", '{riskTrace(id:"…"){score}}'),
        ("wu", "analyst", "refused FIELD_MASKED", '{customers(filter:{phone:"…"}){totalCount}}'),
    ]


def test_nothing_that_somebody_put_into_a_question_is_kept(site: Site) -> None:
    query = (
        "# Zhang\n"
        "query Zhang13800138000($Works: ID!) { n13800138000: customer(id: $Works) { ...Debtor } "
        'x: customers(filter: {name: "Debtor", phone: """1380013"""}) { totalCount } } '
        "fragment Debtor on Customer { name phone }"
    )
    with TestClient(create_app(site)) as client:
        given = issue(site.settings, site.ledger, asker("credit-officer"))
        body = {"query": query, "variables": {"Works": HOME_CUSTOMER}}
        client.post("/graphql", json=body, headers={"Authorization": f"Bearer {given}"})
        for text in ("{ Zhang13800138000 }", '{ search(text: "13800138000") { totalCount } }', "{ Debtor"):
            ask(client, site, text, "technician")
    with audit.opened(site.ledger).reading() as connection:
        kept = "\n".join(connection.iterdump())
    for secret in SECRETS:
        assert secret not in kept, secret
    assert shape_of(query, TYPES) == (
        'query($n1:ID!){customer(id:$n1){...n2}customers(filter:{name:"…" phone:"…"}){totalCount}}'
        "fragment n2 on Customer{name phone}"
    )


def test_where_the_trail_cannot_be_written_nothing_is_read_in_clear(site: Site) -> None:
    clear = f'{{ customer(id: "{HOME_CUSTOMER}") {{ id phone bills {{ totalCount }} }} }}'
    file = audit.opened(site.ledger)
    with TestClient(create_app(site)) as client:
        assert ask(client, site, clear).status_code == 200
        with file.reading() as connection:
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
        file._connection.execute(f"PRAGMA max_page_count = {pages}")
        try:
            answers = [ask(client, site, clear, subject="x" * 5000) for _ in range(3)]
            assert ask(client, site, "{ me { role } }").json()["data"]["me"]["role"] == "credit-officer"
        finally:
            file._connection.execute("PRAGMA max_page_count = 1000000000")
        refused = answers[-1]
        assert refused.status_code == 503
        assert refused.headers["Retry-After"]
        assert refused.json()["errors"][0]["extensions"]["code"] == "AUDIT_UNWRITABLE"
        assert "data" not in refused.json()
        assert ask(client, site, clear).status_code == 200
    assert verify(site.ledger) is None


def kehutu(site: Site, *words: str) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-c", "from cli.main import main; main()", *words]
    return subprocess.run(
        [*call, "--home", str(site.home)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_line_leaves_entries_too_and_says_who_saw_whom(site: Site, tmp_path: Any) -> None:
    number = audit.head(site.ledger).number
    assert kehutu(site, "show", HOME_CUSTOMER).returncode == 0
    assert kehutu(site, "show", HOME_CUSTOMER, "--as", "credit-officer", "--subject", "wang").returncode == 0
    assert kehutu(site, "export", "--format", "csv", "--out", str(tmp_path / "all.csv")).returncode == 0
    assert kehutu(site, "trace", DEBTOR, "--as", "technician").returncode == 2
    entries = after(site, number)
    assert [(e.role, e.action, e.document) for e in entries] == [
        ("everyone", "read", "kehutu show"),
        ("credit-officer", "read", "kehutu show"),
        ("everyone", "export", "kehutu export"),
        ("technician", "refused FORBIDDEN", "kehutu trace"),
    ]
    assert re.fullmatch(r"os:\S+ as wang", entries[1].actor)
    who = kehutu(
        site, "audit", "who", HOME_CUSTOMER, "--from", "2020-01-01", "--json", "--after", str(number)
    )
    assert [e["number"] for e in json.loads(who.stdout)] == [number + 1, number + 2, number + 3]
    assert kehutu(site, "audit", "who", HOME_CUSTOMER, "--to", "2020-01-01").returncode == 1


def test_a_command_prints_nothing_that_cannot_be_noted(site: Site, tmp_path: Any) -> None:
    out = tmp_path / "all.csv"
    place = audit.opened(site.ledger).path
    moved = place.with_name("elsewhere")
    place.rename(moved)
    try:
        shown_, exported = (
            kehutu(site, "show", HOME_CUSTOMER),
            kehutu(site, "export", "--format", "csv", "--out", str(out)),
        )
    finally:
        moved.rename(place)
    assert (shown_.returncode, shown_.stdout) == (2, "")
    assert "AUDIT_MISSING" in shown_.stderr
    assert (exported.returncode, exported.stdout, list(tmp_path.iterdir())) == (2, "", [])
