"""Odd data for communities, similar customers and exports: a stated rule and a caution each, never an id used twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import networkx
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from ledger import runs
from services.analysis import analyse
from services.communities.answer import Community, CommunityOf
from services.communities.communities import communities, own_community
from services.loading import ingest, project
from services.reading.runs import current
from services.settings import settings
from services.similar.blocks import SimilarityPart
from services.similar.similar import similar
from services.site import Site, open_site
from tests.everyone import seen

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: {const: organisation}}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
      - relation: LIVES_AT
        from: {Customer: {customerNo: customerNo}}
        to: {Address: {text: address}}
  - name: loans
    path: loans.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: lender}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""
LETTERS = "ABCDEF"


def code(letter: str) -> str:
    return f"91330100MA2BADC0{ord(letter) % 10}{letter}"


def number(letter: str) -> str:
    return f"44000000{ord(letter)}"


def write(
    folder: Path, loans: dict[str, int], *, addresses: str = "", names: dict[str, str] | None = None
) -> Path:
    """An enterprise and a customer for each letter. ``loans``: wan-yuan by pair. ``addresses``: who lives together."""
    called = names or {}
    enterprises = [f"{code(one)},{called.get(one, f'Works {one}')},1000" for one in LETTERS]
    places = dict.fromkeys(addresses, "1 West Road")
    customers = [f"{number(one)},Works {one},{code(one)},{places.get(one, '')}" for one in LETTERS]
    lent = [f"L{pair},{code(pair[0])},{code(pair[1])},{amount}" for pair, amount in loans.items()]
    for name, lines in {
        "enterprises": ["code,name,netAssets", *enterprises],
        "customers": ["customerNo,name,code,address", *customers],
        "loans": ["line,lender,debtor,amount", *lent],
    }.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")
    return folder / "site.yaml"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Nobody is linked with anybody."""
    chosen = settings(home=tmp_path / "home")
    ingest(chosen, write(tmp_path, {}))
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def load(site: Site, loans: dict[str, int], *, addresses: str = "") -> None:
    ingest(site.settings, write(site.home.parent, loans, addresses=addresses))
    project(site)
    analyse(site)


def kehutu(site: Site, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "--home", str(site.home)])


def ids_in_use(site: Site) -> list[str]:
    """Ids of all communities of the current run, of parties and of customers."""
    return [one.id for of in CommunityOf for one in communities(seen(site), 100, of=of).nodes]


def of_enterprises(site: Site) -> list[Community]:
    """The communities of A to D."""
    found = [own_community(seen(site), seen(site).entity(code(one))) for one in "ABCD"]
    return [one for one in found if one is not None]


def test_without_links_everybody_is_alone_and_nobody_is_alike(site: Site, tmp_path: Path) -> None:
    assert {one.size for one in communities(seen(site)).nodes} == {1}
    assert {one.name for one in communities(seen(site)).nodes} == {f"Works {one}" for one in LETTERS}
    assert {max(Counter(ids_in_use(site)).values())} == {1}
    page, why = similar(seen(site), number("A"))
    assert ([*page.nodes], [one.code for one in why]) == ([], ["NOT_COMPARABLE"])
    assert kehutu(site, "communities").exit_code == 0
    done = kehutu(site, "export", "--format", "graphml", "--out", str(tmp_path / "all.graphml"))
    assert done.exit_code == 0, done.output
    assert networkx.read_graphml(tmp_path / "all.graphml", force_multigraph=True).number_of_nodes() > 0


def test_all_in_one_community_and_links_of_weight_0(site: Site) -> None:
    """A loan of nothing links nobody; one community of all is told like any other, with nothing that sets it apart."""
    before = ids_in_use(site)
    load(site, {"AB": 0})
    assert {one.size for one in communities(seen(site)).nodes} == {1}
    alike = similar(seen(site), number("A"))[0].nodes
    assert SimilarityPart.NETWORK not in {part.name for one in alike for part in one.parts}
    load(site, {a + b: 900 for k, a in enumerate(LETTERS) for b in LETTERS[k + 1 :]}, addresses=LETTERS)
    [whole] = communities(seen(site)).nodes
    assert (whole.size, whole.traits) == (len(LETTERS), ())
    assert whole.description == "Its members have nothing in common that sets them apart."
    [customers] = communities(seen(site), of=CommunityOf.CUSTOMERS).nodes
    assert customers.size == len(LETTERS)
    assert not {whole.id, customers.id} & {*before}
    assert whole.id != customers.id
    page, _ = similar(seen(site), number("A"))
    assert page.nodes
    assert {one.customer.id for one in page.nodes} <= {f"customer:{number(one)}" for one in LETTERS[1:]}
    assert all(SimilarityPart.NETWORK in {part.name for part in one.parts} for one in page.nodes)


def test_who_was_merged_between_two_runs_is_one_member_under_both_names(site: Site, tmp_path: Path) -> None:
    group = {a + b: 900 for k, a in enumerate("ABCD") for b in "ABCD"[k + 1 :]}
    load(site, group)
    before = {one.id for one in of_enterprises(site)}
    assert len(before) == 1
    judged = kehutu(
        site, "judge", f"enterprise:{code('A')}", f"enterprise:{code('B')}", "same", "--reason", "one firm"
    )
    assert judged.exit_code == 0, judged.output
    project(site)
    analyse(site)
    _, model = current(seen(site))
    assert sum(one in model.ids for one in (f"enterprise:{code('A')}", f"enterprise:{code('B')}")) == 1
    assert {(one.id, one.size) for one in of_enterprises(site)} == {(*before, 3)}
    assert max(Counter(ids_in_use(site)).values()) == 1
    listed = tmp_path / "ids.txt"
    listed.write_text(f"{code('A')}\n{code('B')}\nnobody\n", encoding="utf-8")
    done = kehutu(
        site,
        "export",
        "--format",
        "node-link",
        "--of",
        "ids",
        str(listed),
        "--out",
        str(tmp_path / "two.json"),
    )
    assert done.exit_code == 0, done.output
    assert len(json.loads((tmp_path / "two.json").read_text(encoding="utf-8"))["nodes"]) == 1
    assert "1 of the ids name no entity" in done.stdout


def test_two_runs_asked_for_at_once_are_one(site: Site) -> None:
    ingest(site.settings, write(site.home.parent, {"AB": 900, "BC": 900, "DE": 900}))
    project(site)
    with ThreadPoolExecutor(2) as both:
        reports = [*both.map(lambda _: analyse(site), range(2))]
    assert len({report.run for report in reports}) == 1
    assert runs.current(site.ledger).id == reports[0].run
    assert max(Counter(ids_in_use(site)).values()) == 1


def test_the_community_of_customers_is_exported_with_their_parties(site: Site, tmp_path: Path) -> None:
    load(site, {"EF": 500}, addresses="ABC")
    [mine] = [one for one in communities(seen(site), of=CommunityOf.CUSTOMERS).nodes if one.size == 3]
    out = tmp_path / "c.json"
    done = kehutu(site, "export", "--format", "node-link", "--of", "community", mine.id, "--out", str(out))
    assert done.exit_code == 0, done.output
    nodes = {one["id"] for one in json.loads(out.read_text(encoding="utf-8"))["nodes"]}
    assert nodes == {f"customer:{number(one)}" for one in "ABC"} | {
        f"enterprise:{code(one)}" for one in "ABC"
    }
