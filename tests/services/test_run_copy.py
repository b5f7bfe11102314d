"""A copy of the current run on the nodes is for other tools: whole or told by its run, kept, and read by no answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

import services.run_copy
from cli.main import main
from graph.schema.load import schema
from graph.store import Store
from graph.write import contents
from ingest.loads.load import load
from ingest.projection.projector import catch_up
from ledger import runs
from ledger.database import Ledger
from services.analysis import analyse
from services.entity import values
from services.graph_answers.filters import own
from services.risk.current import current
from services.run_copy import NAMES, copy_current
from services.settings import settings
from services.site import Site
from terms.errors import KehutuError
from tests.small_site import DEBTOR
from tests.small_site import write as write_small_site

PARTIES = ("Customer", "Person", "Enterprise")


@pytest.fixture
def site(store: Store, ledger: Ledger, tmp_path: Path) -> Site:
    """The small site with a run, on each store."""
    load(ledger, write_small_site(tmp_path))
    catch_up(ledger, store, schema())
    opened = Site(settings(ledger.home), schema(), ledger, store)
    analyse(opened)
    return opened


def copies(site: Site) -> dict[str, tuple[object, ...]]:
    """What the nodes of parties and customers carry."""
    return {
        row["id"]: (row["risk"], row["community"], row["run"])
        for name in PARTIES
        for row in site.store.read(
            f"MATCH (n:{name}) RETURN n.id AS id, n.risk AS risk, n.community AS community, n.runId AS run"
        )
    }


def expected(site: Site) -> dict[str, tuple[object, ...]]:
    run, model = current(site)
    party = {name: place for place, name in enumerate(model.ids)}
    party |= dict(zip(model.inputs.customers, model.inputs.customer_party.tolist(), strict=True))
    return {
        name: (float(model.score[place]), model.community_id(int(model.community[place])), run.id)
        for name, place in party.items()
    }


def test_parties_and_their_customers_carry_the_run(site: Site) -> None:
    assert set(copies(site).values()) == {(None, None, None)}
    done = copy_current(site)
    assert done is not None
    assert (done.nodes, done.whole) == (len(copies(site)), True)
    assert copies(site) == expected(site)
    assert any(risk > 0 for risk, _, _ in copies(site).values())  # type: ignore[operator]


def test_without_a_run_there_is_nothing_to_copy(store: Store, ledger: Ledger) -> None:
    assert copy_current(Site(settings(ledger.home), schema(), ledger, store)) is None


def test_a_fault_is_told_in_the_log_and_fails_nothing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    run = runs.current(site.ledger)
    for file in (site.home / "columns").rglob("parties.parquet"):
        file.unlink()
    assert copy_current(site) is None
    assert "not on the nodes" in caplog.text
    assert runs.current(site.ledger).id == run.id


def test_the_projector_keeps_copies_on_what_it_updates(site: Site, tmp_path: Path) -> None:
    before = contents(site.store)
    copy_current(site)
    assert contents(site.store) == before
    had = copies(site)
    manifest = write_renamed(tmp_path)
    load(site.ledger, manifest)
    assert catch_up(site.ledger, site.store, schema()).nodes == 1
    assert copies(site) == had
    (row,) = site.store.read("MATCH (n:Enterprise {creditCode: $code}) RETURN n.name AS name", code=DEBTOR)
    assert row["name"] == "新名"


def write_renamed(folder: Path) -> Path:
    """A later record that gives the debtor another name."""
    (folder / "later.csv").write_text(f"code,name\n{DEBTOR},新名\n")
    manifest = folder / "later.yaml"
    manifest.write_text(
        "sources: [{name: later, path: later.csv, channel: business-registry, recordId: code,"
        " observedAt: 2026-04-30, mapping: [{node: Enterprise, key: {creditCode: code}, set: {name: name}}]}]"
    )
    return manifest


def test_no_answer_shows_or_filters_by_a_copy(site: Site) -> None:
    copy_current(site)
    declared = schema().nodes["Enterprise"]
    assert {copy.name for copy in declared.copies} == set(NAMES)
    (row,) = site.store.read("MATCH (n:Enterprise {creditCode: $c}) RETURN properties(n) AS p", c=DEBTOR)
    assert set(NAMES) <= row["p"].keys()
    assert not set(NAMES) & {value.name for value in values(declared, row["p"])}
    with pytest.raises(KehutuError) as refused:
        own(declared, "risk")
    assert refused.value.code == "FILTER_UNKNOWN"


def test_cut_off_it_says_so_by_the_run_and_the_next_one_is_whole(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services.run_copy, "BATCH", 2)

    def stop(phase: str, done: int = 0, total: int | None = None) -> None:
        del phase, total
        if done == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_current(site, stop)
    assert sum(run is not None for _, _, run in copies(site).values()) == 3
    copy_current(site)
    assert copies(site) == expected(site)


def test_it_ends_when_another_run_is_current(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.run_copy, "BATCH", 2)
    first, _ = current(site)

    def turn(phase: str, done: int = 0, total: int | None = None) -> None:
        del phase, total
        if done == 2:
            analyse(site, as_of=date(2026, 6, 30))

    done = copy_current(site, turn)
    assert done is not None
    assert (done.run, done.nodes, done.whole) == (first.id, 2, False)
    copy_current(site)
    assert copies(site) == expected(site)


@pytest.mark.parametrize(
    ("flags", "setting", "copied"),
    [([], None, True), (["--no-copy"], None, False), ([], "false", False), (["--copy"], "false", True)],
)
def test_the_command_copies_unless_it_is_told_not_to(
    flags: list[str],
    setting: str | None,
    copied: bool,
    *,
    kept_home: Path,
    kept_store: Store,
    tmp_path: Path,
) -> None:
    manifest = write_small_site(tmp_path)
    environment = {} if setting is None else {"KEHUTU_COPY_RUNS": setting}

    def kehutu(*words: str) -> None:
        done = CliRunner().invoke(main, [*words, "--home", str(kept_home)], env=environment)
        assert done.exit_code == 0, done.output

    kehutu("ingest", str(manifest))
    kehutu("analyse", *flags)
    (row,) = kept_store.read("MATCH (n:Enterprise) RETURN count(n) AS all, count(n.runId) AS copied")
    assert row["copied"] == (row["all"] if copied else 0)
    assert row["all"]
    if copied and not flags:
        kehutu("rebuild", "--grace", "0")
        (row,) = kept_store.read("MATCH (n:Enterprise) RETURN count(n) AS all, count(n.runId) AS copied")
        assert row["copied"] == row["all"]
