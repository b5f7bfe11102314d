"""Two contributions of one shareholder to one company: 30 % in cash and 25 % in kind are 55 % and 5.5 million yuan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.parameters import RiskParameters
from graph.project import nodes, relations
from services.arrears.ownership.owners import owners
from services.loading import Loaded, ingest
from services.risk.inputs import exposure
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen

COMPANY = "91440101MA59ABCD1X"
REGISTER = """\
no,holder,company,form,pct,amt
1,P1,91440101MA59ABCD1X,货币,30,300
2,P1,91440101MA59ABCD1X,实物,25,250
3,P2,91440101MA59ABCD1X,货币,45,450
"""
MANIFEST = """\
sources:
  - name: h
    path: h.csv
    channel: business-registry
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - relation: INVESTS_IN
        from: {Person: {local: holder}}
        to: {Enterprise: {creditCode: company}}
        set: {share: {column: pct, unit: percent}, amount: {column: amt, unit: wan-yuan}}
"""
NUMBERED = MANIFEST.replace("        set:", "        key: {partNo: form}\n        set:")
P1, P2 = "person:business-registry/P1", "person:business-registry/P2"


@dataclass
class Registered:
    """A register as it was loaded."""

    site: Site
    loaded: Loaded


def registered(folder: Path, manifest: str) -> Iterator[Registered]:
    (folder / "h.csv").write_text(REGISTER, encoding="utf-8")
    (folder / "site.yaml").write_text(manifest, encoding="utf-8")
    chosen = settings(folder / "home")
    loaded = ingest(chosen, folder / "site.yaml")
    with open_site(chosen) as site:
        yield Registered(site, loaded)


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    yield from registered(tmp_path_factory.mktemp("numbered"), NUMBERED)


@pytest.fixture(scope="module")
def unnumbered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registered]:
    yield from registered(tmp_path_factory.mktemp("unnumbered"), MANIFEST)


def test_numbered_parts_add_up_in_the_owners(numbered: Registered) -> None:
    (source,) = numbered.loaded.report.sources
    assert (source.accepted, {one.code for one in source.notices}) == (3, {"NOTICE_CHECK_DIGIT"})
    answer = owners(seen(numbered.site), COMPANY)
    shares = {owner.party.id: round(owner.share, 12) for owner in answer.persons}
    assert shares == {P1: 0.55, P2: 0.45}
    assert answer.unknown == pytest.approx(0, abs=1e-12)
    assert [(holding.share, holding.record_id) for holding in answer.direct if holding.holder.id == P1] == [
        (0.3, "h/1"),
        (0.25, "h/2"),
    ]


def test_numbered_parts_add_up_in_what_the_shareholder_may_lose(numbered: Registered) -> None:
    site = numbered.site
    persons, companies = (nodes(site.store, site.schema, kind) for kind in ("Person", "Enterprise"))
    held = relations(site.store, site.schema, "INVESTS_IN", persons, companies, properties=("amount",))
    paid = {P1: 0.0, P2: 0.0}
    for row, amount in zip(held.source.tolist(), held.columns["amount"].tolist(), strict=True):
        paid[persons.ids[row]] += amount
    assert paid == {P1: 5_500_000_00, P2: 4_500_000_00}
    inputs = exposure(site, np.datetime64("2026-01-31"), RiskParameters())
    links = inputs.money
    lost = dict.fromkeys((P1, P2), 0.0)
    for target, amount in zip(links.target.tolist(), links.amount.tolist(), strict=True):
        lost[inputs.parties.ids[target]] += amount
    assert lost == {P1: 5_500_000_00, P2: 4_500_000_00}


def test_without_numbers_the_second_row_is_noticed_with_both_places(unnumbered: Registered) -> None:
    (source,) = unnumbered.loaded.report.sources
    (notice,) = (one for one in source.notices if one.code == "NOTICE_HOLDING_AGAIN")
    assert [place.line for place in notice.places] == [2, 3]
    assert "partNo" in notice.remedy
    shares = {
        owner.party.id: round(owner.share, 12) for owner in owners(seen(unnumbered.site), COMPANY).persons
    }
    assert shares == {P1: 0.3, P2: 0.45}
