"""A graph that shows what its ledger has lost is refused, and never taken for up to date."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graph.store import Store
from graph.write import contents
from ingest.projection.projector import catch_up
from ledger.database import DATABASE, Ledger
from ledger.records import append
from services.operation.rebuild import rebuild
from services.settings import settings
from services.site import open_site
from terms.errors import KehutuError
from tests.ingest_projector.material import CODES, SCHEMA, node, row

FIRST, SECOND, THIRD = CODES
HOUR = timedelta(hours=1)


@pytest.fixture
def home(kept_home: Path) -> Path:
    """A home whose embedded store is up."""
    return kept_home


@pytest.fixture
def put_back(home: Path, kept_store: Store) -> Callable[[], None]:
    """Puts the ledger's file back to its first of two records; the graph shows both."""
    with Ledger.open(home) as ledger:
        load(ledger, 1, FIRST)
        catch_up(ledger, kept_store, SCHEMA)
    folder = home / "ledger"
    with Ledger.open(home) as ledger:
        shutil.copy(folder / DATABASE, home / "copy")
        load(ledger, 2, SECOND)
        catch_up(ledger, kept_store, SCHEMA)

    def put() -> None:
        for left in folder.glob(f"{DATABASE}*"):
            left.unlink()
        shutil.copy(home / "copy", folder / DATABASE)
        (folder / DATABASE).chmod(0o600)

    return put


def load(ledger: Ledger, number: int, key: str) -> None:
    named = node("Enterprise", key, name=f"企业{number}")
    append(ledger, [row(f"visits/{number}", named)], recorded_at=datetime.now(UTC) + number * HOUR)


def ids(store: Store) -> list[str]:
    return [found["properties"]["id"] for found in contents(store)["nodes"]]


@pytest.mark.parametrize("later", [0, 1, 2])
def test_a_ledger_put_back_is_noticed_however_many_records_came_since(
    home: Path, kept_store: Store, put_back: Callable[[], None], later: int
) -> None:
    put_back()
    with Ledger.open(home) as ledger:
        for number in range(later):
            load(ledger, 10 + number, THIRD)
        with pytest.raises(KehutuError) as refused:
            catch_up(ledger, kept_store, SCHEMA)
    assert refused.value.code == "STORE_AHEAD"
    with pytest.raises(KehutuError) as refused, open_site(settings(home)):
        pass
    assert refused.value.code == "STORE_AHEAD"
    assert "kehutu rebuild" in refused.value.remedy("zh")
    assert ids(kept_store) == [FIRST, SECOND]
    rebuild(settings(home), grace=0)
    assert ids(kept_store) == ([FIRST, THIRD] if later else [FIRST])
    with open_site(settings(home)):
        pass


def test_a_write_cut_short_beyond_the_ledger_is_noticed_too(
    home: Path, kept_store: Store, put_back: Callable[[], None]
) -> None:
    kept_store.write("MATCH (m:Meta {id: 'state'}) SET m.watermark = 1, m.inFlight = 2, m.recordedAt = null")
    put_back()
    with Ledger.open(home) as ledger, pytest.raises(KehutuError) as refused:
        catch_up(ledger, kept_store, SCHEMA)
    assert refused.value.code == "STORE_AHEAD"
