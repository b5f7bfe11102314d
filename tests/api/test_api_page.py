"""What docs/api.md shows works as it is printed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from runpy import run_path

import uvicorn
from fastapi.testclient import TestClient

from api.app import create_app, listen
from services.site import Site
from tests.api.asking import ask, nodes

DOCS = Path(__file__).parents[2] / "docs"


@contextmanager
def served(site: Site) -> Iterator[str]:
    """The URL of GraphQL of a site, served in this process."""
    with listen(0) as bound:
        server = uvicorn.Server(uvicorn.Config(create_app(site), log_config=None))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.05)
            yield f"http://127.0.0.1:{bound.getsockname()[1]}/graphql"
        finally:
            server.should_exit = True
            thread.join()


def test_the_first_query_of_the_page_is_answered_as_it_stands(risky: TestClient) -> None:
    found = re.search(r"^```graphql\n(.*?)^```$", (DOCS / "api.md").read_text(encoding="utf-8"), re.M | re.S)
    assert found is not None
    (customer,) = nodes(ask(risky, found[1])["customers"])
    assert customer["party"]["__typename"] == "Enterprise"
    assert customer["risk"]["run"]["id"]


def test_the_client_in_python_reads_a_portrait(small_site: Site) -> None:
    client = run_path(str(DOCS / "examples" / "portrait.py"))
    with served(small_site) as url:
        found = client["portrait"](url, "4400000001")
        assert found["id"] == "customer:4400000001"
        assert found["bills"]["totalCount"] >= len(found["bills"]["edges"]) > 0
        assert client["portrait"](url, "nobody") is None
