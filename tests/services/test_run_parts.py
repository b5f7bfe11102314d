"""A part of a run is one declaration: its tables, report, history and figures follow from it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from algorithms.risk.probability import Probability
from api.metrics import Tally
from cli.main import main
from ledger import runs
from services.analysis import AnalysisReport, analyse
from services.arrears.overrides.overriding import override
from services.graph_answers.history import runs as history
from services.loading import ingest, project
from services.risk.current import current, model_of
from services.risk.part import Basis, Columns, Found, Part, Table, Tables
from services.risk.parts.inputs import INPUTS
from services.risk.parts.solution import SOLUTION
from services.risk.registry import PARTS
from services.settings import settings
from services.site import Site, open_site
from tests import small_site
from tests.everyone import seen

Kinds = dict[str, int]


@dataclass(frozen=True)
class KindReport:
    """How many kinds of parties are at risk."""

    kinds: int


class LossByKind(Part[Kinds]):
    """The expected loss by type of party, in fen."""

    name = "loss by kind"
    tables = (Table("loss_by_kind", ("kind", "fen")),)

    def compute(self, basis: Basis, found: Found) -> Kinds:
        lost: Counter[str] = Counter()
        for kind, fen in zip(found.of(INPUTS).types, found.of(SOLUTION).expected_loss.tolist(), strict=True):
            lost[kind] += fen
        return dict(lost)

    def columns(self, value: Kinds) -> Columns:
        return {"loss_by_kind": {"kind": list(value), "fen": list(value.values())}}

    def read(self, tables: Tables, probability: Probability) -> Kinds:
        return dict(zip(*(tables["loss_by_kind"][name].to_pylist() for name in ("kind", "fen")), strict=True))

    def head(self, basis: Basis, found: Found) -> Mapping[str, Any]:
        return {"algorithm": "sum", "parameters": {"by": "type"}}

    def report(self, basis: Basis, found: Found) -> KindReport:
        return KindReport(len(found.of(self)))


LOSS_BY_KIND = LossByKind()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    chosen = settings(home=tmp_path / "home")
    ingest(chosen, small_site.write(tmp_path))
    with open_site(chosen) as opened:
        project(opened)
        yield opened


def lost(site: Site) -> object:
    return model_of(site, runs.current(site.ledger)).others.get(LOSS_BY_KIND.name)


def test_a_part_is_in_tables_report_history_and_figures_of_a_run(site: Site) -> None:
    with PARTS.extended(LOSS_BY_KIND):
        report: AnalysisReport = analyse(site)
        run, model = current(site)
        assert report.parts[LOSS_BY_KIND.name] == KindReport(1)
        assert run.files["loss_by_kind"].rows == 1
        assert lost(site) == {"Enterprise": int(model.expected_loss.sum())}
        [shown] = history(seen(site)).nodes
        assert {part.name: part.parameters for part in shown.parts}["loss by kind"] == {"by": "type"}
        assert 'kehutu_run_rows{part="loss by kind"} 1' in Tally().text(site).splitlines()
        printed = CliRunner().invoke(
            main, ["analyse", "--json", "--no-copy"], env={"KEHUTU_HOME": str(site.home)}
        )
        assert json.loads(printed.stdout)["lossByKind"] == {"kinds": 1}


def test_a_part_goes_on_with_a_load_and_with_a_judgement(site: Site) -> None:
    analyse(site)
    with PARTS.extended(LOSS_BY_KIND):
        judged = override(
            seen(site),
            small_site.DEBTOR,
            0.5,
            reason="pays again",
            author="wang",
            until=date(2026, 12, 31),
            idempotency_key="first",
        )
        run, model = current(site)
        assert (run.id, run.parent is None) == (judged.run.id, False)
        assert lost(site) == {"Enterprise": int(model.expected_loss.sum())}
        file = site.home.parent / "guarantees.csv"
        more = f"5,{small_site.UPSTREAM},{small_site.DEBTOR},G-5,900\n"
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")
        before = lost(site)
        ingest(site.settings, file.with_name("site.yaml"))
        _, model = current(site)
        assert lost(site) == {"Enterprise": int(model.expected_loss.sum())} != before


def test_a_new_part_outdates_no_run_and_leaves_others_their_identity(site: Site) -> None:
    plain = analyse(site)
    with PARTS.extended(LOSS_BY_KIND):
        run, model = current(site)
        assert run.id == plain.run
        assert LOSS_BY_KIND.name not in model.others
        assert analyse(site).run != plain.run
    assert analyse(site).run == plain.run


def test_a_part_that_lacks_what_every_part_has_cannot_be_made() -> None:
    class Halved(Part[Kinds]):
        """It computes, and nothing of it could be stored."""

        name = "halved"

        def compute(self, basis: Basis, found: Found) -> Kinds:
            return {}

    made: Callable[[], object] = Halved
    with pytest.raises(TypeError, match=r"columns.*read"):
        made()


def test_a_part_without_a_name_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="Nameless: a part of a run has a name"):
        type("Nameless", (LossByKind,), {"name": ""})
