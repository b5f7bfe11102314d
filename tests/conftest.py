"""What tests share: a home, a ledger, and a store of either kind, empty at the start of each test.

Nothing here is a stand-in: the embedded store is the product's own child process, Neo4j a real server. Both start
when a test first asks for them, once a session, and end with it however it ends.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from graph.dialects.arcadedb import ArcadeDB
from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store, open_store
from graph.write import wipe
from ledger.database import Ledger
from ledger.files import KEY
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings as site_settings
from services.site import Site, open_site
from tests import store_archive
from tests.linked_site import write as write_linked_site
from tests.neo4j_server.start import neo4j_server
from tests.neo4j_server.unavailable import ServerUnavailableError
from tests.small_site import write as write_small_site
from tests.supply_site import write as write_supply_site

STORES = ("embedded", "neo4j")
DEMO_SIZE = "300"
DEMO_REPORT = "report.txt"
"""What the command that built the small demo printed, beside its home."""


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers, and keep the machine's own settings and speed out of the tests."""
    config.addinivalue_line("markers", "long: takes minutes to hours; run by `make test-long` only")
    for name in [name for name in os.environ if name.startswith("KEHUTU_") and "TEST" not in name]:
        del os.environ[name]
    os.environ["KEHUTU_STORE_LINGER"] = (
        "0"  # a store that outlives its test would take memory from the next ones
    )
    os.environ["ARCADEDB_JVM_ARGS"] = store_archive.options()
    # A busy machine must not fail a test: no example has a deadline.
    settings.register_profile(
        "kehutu", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
    )
    settings.load_profile("kehutu")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The folder of a site that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    """A new, empty ledger in ``home``."""
    with Ledger.open(home) as opened:
        yield opened


@pytest.fixture(scope="session")
def embedded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home whose embedded store all tests of a session share: a start takes seconds, a wipe does not."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="session")
def embedded_store(embedded_home: Path) -> Iterator[Store]:
    """The session's embedded store, with whatever the last test left; tests take ``store`` or wipe it."""
    with open_store("embedded", embedded_home) as opened:
        yield opened


@pytest.fixture(scope="session")
def kept_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The store of ``kept_home``, kept open so that commands need not start it."""
    with open_store("embedded", tmp_path_factory.mktemp("kept")) as opened:
        yield opened


@pytest.fixture
def kept_home(kept_store: Store) -> Path:
    """A home with its own embedded store, as good as new: for what a command does to ledger and store together."""
    return emptied(kept_store)


def emptied(kept_store: Store) -> Path:
    """The home of that store, as good as new: for tests that need several, one after the other."""
    assert isinstance(kept_store.dialect, ArcadeDB)
    folder = kept_store.dialect.folder.parent
    for left in folder.iterdir():
        if left.name != "graph":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    wipe(kept_store, definitions=True)
    return folder


@pytest.fixture(scope="session")
def neo4j_url() -> Iterator[str]:
    """The Bolt URL of a real Neo4j 5.26 with GDS; without one the test fails and says what to install."""
    try:
        with neo4j_server() as url:
            yield url
    except ServerUnavailableError as fault:
        pytest.fail(str(fault), pytrace=False)


@pytest.fixture(scope="session")
def neo4j_store(neo4j_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The session's Neo4j, with whatever the last test left; tests take ``store`` or wipe it."""
    with open_store(neo4j_url, tmp_path_factory.mktemp("neo4j")) as opened:
        yield opened
        wipe(opened, definitions=True)  # an existing server is given back as empty as it was


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small demo, built once by the command itself. Look only: a test that changes it takes a copy."""
    folder = tmp_path_factory.mktemp("demo")
    # Persons and addresses are known by hashes under the home's key. Which of equals comes first hangs on it, and so do
    # draws: with one key the examples of docs/commands print the same everywhere.
    key = folder / ".kehutu" / "ledger" / KEY
    key.parent.mkdir(parents=True)
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    command = [str(Path(sys.executable).with_name("kehutu")), "demo", "--no-serve", "--size", DEMO_SIZE]
    built = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (folder / DEMO_REPORT).write_text(built.stdout, encoding="utf-8")
    return folder / ".kehutu"


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, ledger: Ledger) -> Store:
    """An empty store of each kind in turn, prepared for ``ledger``."""
    opened: Store = request.getfixturevalue(f"{request.param}_store")
    wipe(opened)
    prepare(opened, schema(), ledger.id)
    return opened


@pytest.fixture
def stores(embedded_store: Store, neo4j_store: Store, ledger: Ledger) -> tuple[Store, Store]:
    """Both stores at once, empty and prepared for ``ledger``: for what must be equal on both."""
    for opened in (embedded_store, neo4j_store):
        wipe(opened)
        prepare(opened, schema(), ledger.id)
    return embedded_store, neo4j_store


@pytest.fixture(scope="session")
def small_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small site of ``tests.small_site``, open, loaded and analysed once, on an embedded store; look only."""
    folder = tmp_path_factory.mktemp("small")
    chosen = site_settings(folder / "home")
    ingest(chosen, write_small_site(folder))
    with open_site(chosen) as site:
        analyse(site)
        yield site


@pytest.fixture(scope="session")
def linked_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of ``tests.linked_site``, open, loaded once and not analysed, on an embedded store; look only."""
    folder = tmp_path_factory.mktemp("linked")
    chosen = site_settings(folder / "home")
    ingest(chosen, write_linked_site(folder))
    with open_site(chosen) as site:
        yield site


@pytest.fixture(scope="session")
def supply_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of ``tests.supply_site``, open and loaded once, without a run, on an embedded store; look only."""
    folder = tmp_path_factory.mktemp("supply")
    chosen = site_settings(folder / "home")
    ingest(chosen, write_supply_site(folder))
    with open_site(chosen) as site:
        yield site
