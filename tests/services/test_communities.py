"""Communities of a site keep their ids from analysis to analysis, and say what became of them and why a party moved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from ledger import runs
from ledger.columns import FOLDER
from services.analysis import analyse
from services.communities.answer import CommunityEventKind, MoveReason
from services.communities.changes import community_change
from services.communities.communities import communities, community, community_of, lineage, members
from services.live import following
from services.loading import ingest, project
from services.reading.runs import current
from services.risk.parts.lineage import LINEAGE
from services.risk.registry import PARTS
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
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
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
GROUPS = ("ABCDE", "JKLMN")
Load = Callable[[str, Iterable[str]], None]


def code(letter: str) -> str:
    return f"91330100MA2COMM0{ord(letter) % 10}{letter}"


def party(letter: str) -> str:
    return f"enterprise:{code(letter)}"


def all_pairs(letters: str) -> list[str]:
    return [a + b for k, a in enumerate(letters) for b in letters[k + 1 :]]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chosen = settings(home=tmp_path / "home")
    write(tmp_path, "".join(GROUPS), [pair for group in GROUPS for pair in all_pairs(group)])
    ingest(chosen, tmp_path / "site.yaml")
    with open_site(chosen) as opened:
        project(opened)
        analyse(opened)
        yield opened


def write(folder: Path, letters: str, links: Iterable[str], amount: str = "500") -> None:
    rows = [f"{code(one)},Works {one},1000" for one in letters]
    (folder / "enterprises.csv").write_text(
        "\n".join(["code,name,netAssets", *rows]) + "\n", encoding="utf-8"
    )
    rows = [f"L{pair},{code(pair[0])},{code(pair[1])},{amount}" for pair in links]
    (folder / "loans.csv").write_text(
        "\n".join(["line,lender,debtor,amount", *rows]) + "\n", encoding="utf-8"
    )
    (folder / "site.yaml").write_text(MANIFEST, encoding="utf-8")


def add(site: Site, letters: str, links: Iterable[str], amount: str = "500") -> None:
    """Load more, and analyse."""
    folder = site.home.parent
    write(folder, letters, links, amount)
    ingest(site.settings, folder / "site.yaml")
    project(site)
    analyse(site)


def ids(site: Site) -> dict[str, str]:
    """The community of each enterprise, by its letter."""
    _, model = current(seen(site))
    return {
        one[-1]: model.community_id(int(label)) for one, label in zip(model.ids, model.community, strict=True)
    }


def events(site: Site, name: str) -> list[tuple[CommunityEventKind, str | None]]:
    return [(one.event, one.other and one.other.id) for one in lineage(seen(site), name).nodes]


def test_the_same_data_give_the_same_run_with_the_same_ids(site: Site) -> None:
    first, before = runs.current(site.ledger), ids(site)
    assert analyse(site).unchanged
    assert (runs.current(site.ledger).id, ids(site)) == (first.id, before)
    assert len(set(before.values())) == len(GROUPS)
    for name in set(before.values()):
        assert events(site, name) == [(CommunityEventKind.BORN, None)]
        found = community(seen(site), name)
        assert found is not None
        assert (found.size, found.stability) == (5, pytest.approx(1.0, abs=0.2))


def test_a_community_keeps_its_id_while_others_come(site: Site) -> None:
    before = ids(site)
    add(site, "FGPQRS", [*all_pairs("PQRS"), "AF", "BF", "CF", "DG", "EG"])
    now = ids(site)
    assert {one: now[one] for one in before} == before
    assert now["F"] == now["G"] == before["A"]
    assert now["P"] not in before.values()
    assert events(site, before["A"]) == [
        (CommunityEventKind.CONTINUED, None),
        (CommunityEventKind.BORN, None),
    ]
    assert events(site, now["P"]) == [(CommunityEventKind.BORN, None)]
    assert {named.id[-1] for named in members(seen(site), before["A"]).nodes} == set("ABCDEFG")
    assert [found.size for found in communities(seen(site)).nodes] == [7, 5, 4]


def test_two_that_become_one_are_merged_and_say_from_whom(site: Site) -> None:
    before = ids(site)
    add(site, "", [a + b for a in GROUPS[0] for b in GROUPS[1]], amount="900")
    now = ids(site)
    assert len(set(now.values())) == 1
    [(kind, one), (_, other), (born, _)] = events(site, now["A"])
    assert kind is CommunityEventKind.MERGED
    assert born is CommunityEventKind.BORN
    assert {one, other} == set(before.values())
    assert now["A"] in before.values()


def test_who_moves_is_told_why(site: Site) -> None:
    before = ids(site)
    assert community_change(seen(site), party("E")) is None
    add(site, "", ["EJ", "EK", "EL", "EM", "EN"], amount="4000")
    change = community_change(seen(site), party("E"))
    assert change is not None
    assert (change.from_, change.to) == (before["A"], before["J"])
    assert change.parts[0].reason is MoveReason.OWN_LINKS
    assert sum(part.share for part in change.parts) == pytest.approx(1.0)
    assert community_change(seen(site), party("A")) is None


def test_a_live_run_keeps_ids_and_places_who_is_new(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids(site)
    folder = site.home.parent
    write(folder, "F", ["AF"])
    monkeypatch.setattr(following, "SHARE", 1.0)
    ingest(site.settings, folder / "site.yaml")
    assert runs.current(site.ledger).parent is not None
    now = ids(site)
    assert now == before | {"F": before["A"]}
    _, model = current(seen(site))
    at = model.party(party("F"))
    assert at is not None
    assert community_of(seen(site), model, at).size == 6


def test_a_live_run_that_brings_a_lone_party_adds_one_row_for_its_community(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ids(site)
    monkeypatch.setattr(following, "SHARE", 1.0)
    for one in "FG":  # the second continues what the first has kept as changes
        write(site.home.parent, one, [])
        ingest(site.settings, site.home.parent / "site.yaml")
        files = runs.current(site.ledger).files
        assert "communities" not in files
        assert files["communities.rows"].rows == 1
    now = ids(site)
    assert {one: now[one] for one in before} == before
    assert len({now["F"], now["G"], *before.values()}) == 4


def test_a_run_of_an_earlier_program_passes_no_ids_on_and_is_read_all_the_same(site: Site) -> None:
    before = runs.current(site.ledger)
    with PARTS.without(LINEAGE):
        write(site.home.parent, "F", ["AF"])
        ingest(site.settings, site.home.parent / "site.yaml")
        analyse(site)
        older = runs.current(site.ledger)
        assert "lineage" not in older.files
    assert older.id != before.id
    assert set(ids(site).values()) == {"community-0", "community-1"}
    add(site, "G", ["BG"])
    now = ids(site)
    assert not set(now.values()) & {"community-0", "community-1"}
    assert events(site, now["A"]) == [(CommunityEventKind.BORN, None)]


def test_where_the_run_before_is_gone_communities_begin_anew(site: Site) -> None:
    before = ids(site)
    for file in (site.home / FOLDER / runs.current(site.ledger).id).iterdir():
        file.unlink()
    add(site, "F", ["AF"])
    now = ids(site)
    assert not set(now.values()) & set(before.values())
    assert community_change(seen(site), party("A")) is None


def test_the_command_lists_and_explains_in_both_languages(site: Site) -> None:
    before = ids(site)
    add(site, "", ["EJ", "EK", "EL", "EM", "EN"], amount="4000")

    def kehutu(*words: str) -> str:
        done = CliRunner().invoke(main, ["communities", *words, "--home", str(site.home)])
        assert done.exit_code == 0, done.output
        return done.output

    listed = json.loads(kehutu("--json"))
    assert {edge["node"]["id"] for edge in listed["edges"]} == set(before.values())
    assert {"id", "name", "size", "risk", "expectedLoss", "stability", "members"} <= listed["edges"][0][
        "node"
    ].keys()
    assert before["J"] in kehutu()
    told = kehutu("--explain", party("E"))
    assert f"It came from {before['A']}" in told
    assert "its own links changed" in told
    assert "自身关联发生变化" in kehutu("--explain", party("E"), "--lang", "zh")
    assert "same community" in kehutu("--explain", party("A"))
    explained = json.loads(kehutu("--explain", party("E"), "--json"))
    assert explained["communityChange"]["from"] == before["A"]
    assert {"event", "run", "other", "share"} == explained["community"]["lineage"]["edges"][0]["node"].keys()
    done = CliRunner().invoke(main, ["communities", "--explain", "nobody", "--home", str(site.home)])
    assert (done.exit_code, "UNKNOWN_ID" in done.output) == (1, True)
