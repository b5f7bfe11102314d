"""Sites that GraphQL is asked of, without a network between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.site import Site


@pytest.fixture(scope="session")
def supply(supply_site: Site) -> Iterator[TestClient]:
    """Of the site of ``tests.supply_site``; look only."""
    with TestClient(create_app(supply_site)) as opened:
        yield opened


@pytest.fixture(scope="session")
def risky(small_site: Site) -> Iterator[TestClient]:
    """Of the site of ``tests.small_site``, which has a run; look only."""
    with TestClient(create_app(small_site)) as opened:
        yield opened
