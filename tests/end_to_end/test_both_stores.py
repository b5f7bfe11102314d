"""The same records give the same graph and the same answers on the embedded store and on Neo4j."""

from __future__ import annotations

from pathlib import Path

from graph.store import Store
from graph.write import contents, wipe
from services.analysis import analyse
from services.arrears.why.trace import trace
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen
from tests.small_site import UPSTREAM, write


def test_both_stores_give_equal_graphs_runs_and_traces(
    small_site: Site, neo4j_store: Store, neo4j_url: str, tmp_path: Path
) -> None:
    wipe(neo4j_store)
    chosen = settings(tmp_path / "home", store=neo4j_url)
    ingest(chosen, write(tmp_path))
    with open_site(chosen) as site:
        report = analyse(site)
        assert contents(site.store) == contents(small_site.store)
        assert trace(seen(site), UPSTREAM) == trace(seen(small_site), UPSTREAM)
        assert report.risk.expected_loss.fen > 0
    wipe(neo4j_store)
