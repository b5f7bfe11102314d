"""A party without a balance sheet, or with a negative one, has a stated buffer, and every answer says so."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import pytest
from scipy.stats import norm

from services.analysis import analyse
from services.arrears.why.trace import trace
from services.exposure.model import BUFFER_KINDS
from services.loading import ingest
from services.risk.current import current
from services.risk.model import RiskModel
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen
from tests.small_site import GUARANTOR, UPSTREAM, write


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small site, but the guarantor reports nothing and the third party has lost more than it owns."""
    folder = tmp_path_factory.mktemp("buffers")
    manifest = write(folder)
    sheet = folder / "enterprises.csv"
    text = sheet.read_text(encoding="utf-8").replace("Guarantor Mills,1000", "Guarantor Mills,")
    sheet.write_text(text.replace("Upstream Trading,3000", "Upstream Trading,-40"), encoding="utf-8")
    chosen = settings(folder / "home")
    ingest(chosen, manifest)
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def buffer_of(model: RiskModel, code: str) -> tuple[float, str]:
    party = model.party(f"enterprise:{code}")
    assert party is not None
    return float(model.inputs.buffer[party]) / 100, BUFFER_KINDS[int(model.inputs.buffer_kind[party])]


def test_without_a_balance_sheet_the_buffer_is_twenty_four_mean_monthly_bills(site: Site) -> None:
    _, model = current(site)
    assert buffer_of(model, GUARANTOR) == (24 * 6200, "proxy")


def test_negative_net_assets_leave_the_least_buffer_and_never_none(site: Site) -> None:
    _, model = current(site)
    assert buffer_of(model, UPSTREAM) == (10_000, "floor")


def test_an_uncertain_buffer_is_weighed_with_the_wider_uncertainty_and_named(site: Site) -> None:
    answer = trace(seen(site), GUARANTOR)
    assert answer.score == pytest.approx(0.6 * norm.cdf(log(1_500_000 / (24 * 6200)) / 1.2), rel=1e-12)
    assert any("proxy" in caution for caution in answer.cautions)
    assert any("floor" in caution for caution in trace(seen(site), UPSTREAM).cautions)
