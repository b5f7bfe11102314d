"""Communities are named by what their members share, the same from run to run, and never beyond what the asker sees."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from services.access.asker import EVERYONE
from services.analysis import analyse
from services.arrears.groups.clusters import risk_clusters
from services.communities.communities import communities, community
from services.community_names import TraitKind
from services.loading import ingest, project
from services.seen import Seen
from services.settings import settings
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
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}, industry: industry, region: region}
      - relation: LEGAL_REPRESENTATIVE_OF
        from: {Person: {idNumber: officer}}
        to: {Enterprise: {creditCode: code}}
  - name: persons
    path: persons.csv
    channel: business-registry
    recordId: id
    observedAt: 2026-03-31
    mapping:
      - node: Person
        key: {idNumber: id}
        set: {name: name}
  - name: areas
    path: areas.csv
    channel: platform
    recordId: code
    observedAt: 2026-03-31
    mapping:
      - node: Area
        key: {areaCode: code}
        set: {name: name, path: path}
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
TEXTILE, FOOD, REST = "ABCDEF", "JKLMN", "RSTUVW"
REGIONS = {"A": "CN/33/01/", "J": "CN/33/02/", "R": "CN/33/03/"}


def code(letter: str) -> str:
    return f"91330100MA2NAME0{ord(letter) % 10}{letter}"


def write(folder: Path, industries: dict[str, str]) -> Path:
    rows = []
    for group in (TEXTILE, FOOD, REST):
        for one in group:
            officer = {FOOD: "33010619900101123", REST: "33010619900101124"}.get(group, "")
            rows.append(
                f"{code(one)},Works {one},{1000 + ord(one)},{industries.get(one, '')},{REGIONS[group[0]]},{officer}"
            )
    (folder / "enterprises.csv").write_text(
        "\n".join(["code,name,netAssets,industry,region,officer", *rows]) + "\n"
    )
    (folder / "persons.csv").write_text("id,name\n33010619900101123,Zhang Wei\n33010619900101124,Li Na\n")
    (folder / "areas.csv").write_text(
        "code,name,path\n3301,West District,CN/33/01/\n3302,East District,CN/33/02/\n"
    )
    pairs = [a + b for group in (TEXTILE, FOOD, REST) for k, a in enumerate(group) for b in group[k + 1 :]]
    rows = [f"L{pair},{code(pair[0])},{code(pair[1])},500" for pair in pairs]
    (folder / "loans.csv").write_text("\n".join(["line,lender,debtor,amount", *rows]) + "\n")
    (folder / "site.yaml").write_text(MANIFEST)
    return folder / "site.yaml"


FIRST = (
    dict.fromkeys(TEXTILE, "textile")
    | dict.fromkeys(FOOD[:3], "food")
    | dict.fromkeys(FOOD[3:] + REST, "other")
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chosen = settings(home=tmp_path / "home")
    ingest(chosen, write(tmp_path, FIRST))
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def names(who: Seen, lang: str = "en") -> dict[str, str]:
    """By the letter of a member that stands for it."""
    found = communities(who, lang="zh" if lang == "zh" else "en").nodes
    return {one.id: one.name for one in found if one.size > 1}


def test_a_name_says_what_members_share_and_who_stands_for_them(site: Site) -> None:
    told = sorted(names(seen(site)).values())
    assert [one.rpartition(", around ")[0] for one in told] == [
        "food, East District",
        "other, CN/33/03/",
        "textile, West District",
    ]
    assert any(one.startswith("textile、West District、以Works ") for one in names(seen(site), "zh").values())
    [food] = [one for one in communities(seen(site)).nodes if one.name.startswith("food")]
    assert [(trait.kind, trait.value) for trait in food.traits] == [
        (TraitKind.INDUSTRY, "food"),
        (TraitKind.AREA, "East District"),
        (TraitKind.OFFICER, "Zhang Wei"),
    ]
    assert food.description.startswith("In common: industry food (60%, ")
    assert "officer Zhang Wei (100%" in food.description
    told_zh = community(seen(site), food.id, lang="zh")
    assert told_zh is not None
    assert told_zh.description.startswith("共同点：行业 food（60%")


def test_a_name_stays_while_two_of_five_still_share_it(site: Site) -> None:
    before = names(seen(site))
    assert analyse(site).unchanged
    # What they have in common no longer makes place in the name for the next thing that they have.
    for left, words in ((2, "food, East District"), (1, "East District, officer Zhang Wei")):  # of five
        changed = FIRST | dict.fromkeys(FOOD[left:], "other")
        ingest(site.settings, write(site.home.parent, changed))
        project(site)
        analyse(site)
        after = names(seen(site))
        assert after == {one: name.replace("food, East District", words) for one, name in before.items()}


def test_nobody_is_named_whom_the_asker_does_not_see_in_clear(site: Site) -> None:
    analyst = site.as_seen_by(replace(EVERYONE, role="planner"))
    [food] = [one for one in communities(analyst).nodes if one.name.startswith("food")]
    assert "Zhang" not in food.description
    assert [trait.kind for trait in food.traits] == [TraitKind.INDUSTRY, TraitKind.AREA]
    assert ", around Works" in food.name, "names of enterprises are public"


def test_clusters_and_the_command_have_the_same_names(site: Site) -> None:
    done = CliRunner().invoke(main, ["communities", "--json", "--home", str(site.home)])
    assert done.exit_code == 0, done.output
    listed = [edge["node"] for edge in json.loads(done.stdout)["edges"]]
    assert {one["id"]: one["name"] for one in listed if one["size"] > 1} == names(seen(site))
    assert all(one["description"] for one in listed)
    told = CliRunner().invoke(
        main, ["communities", "--explain", code("A"), "--lang", "zh", "--home", str(site.home)]
    )
    assert "共同点：行业 textile（100%，为平均水平的 2.8 倍）" in told.output
    ranking = risk_clusters(seen(site))
    assert {ranking.id(one): ranking.tell(one).name for one in ranking.ranked}.items() <= names(
        seen(site)
    ).items()
