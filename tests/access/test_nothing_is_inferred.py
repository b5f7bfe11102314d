"""Two sites that differ only in what an asker does not see in clear give him equal answers, by equally many calls."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from api.app import create_app
from graph.store import Store
from ledger.database import Ledger
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import Site, open_site
from tests import small_site, supply_site
from tests.access.test_answers_of_a_region import HERE, ask, documents
from tests.supply_site import HOME_CUSTOMER, WORKS_CUSTOMER

CHANGED = {
    "supply": {
        # Masked for an analyst, with the same form; a credit officer is shown it.
        "customers.csv": [("13800138000", "13877778000")],
        # Of the other district: names, numbers, days, the length of its line, what its owner is called and worth.
        "customers.csv ": [
            (
                "云泽机械厂,organisation,0571-88886666,2019-02-01",
                "河口纺织厂,organisation,0571-66668888,2018-07-09",
            )
        ],
        "network.csv": [("S2,,,section", "S2,二号线,93.5,section")],
        "works.csv": [("云泽机械有限公司,300", "河口纺织有限公司,420")],
    },
    # Enterprises and customers of no district.
    "small": {"enterprises.csv": [("Works", "Mill")], "customers.csv": [("Debtor Works", "Spinning Mill")]},
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|\+00:00)")
SCORED = re.compile(r"'(probability|score|low|high|risk|value)': [-\d.e]+|'(expectedLoss|amount)': \{[^}]*\}")
"""Columns of the run, which are those of the whole graph by definition: how alike customers are, too."""
NAMED = re.compile(r"community-[0-9a-f]{12}")
"""Names of communities are columns too."""
PLACED = re.compile(r"'(cursor|startCursor|endCursor)': '[^']*'")
"""Cursors of lists of a run fit that run only."""
RUN = re.compile(r"\b20260331-[0-9a-f]{10}\b")


def made(folder: Path, key: Path | None, changed: Mapping[str, Mapping[str, list[tuple[str, str]]]]) -> Path:
    """The home of a site with a run, under the key of another one, with some values changed."""
    home = folder / "home"
    if key is not None:
        (home / "ledger").mkdir(mode=0o700, parents=True)
        shutil.copy2(key, home / "ledger" / "key")
    for name, write in (("supply", supply_site.write), ("small", small_site.write)):
        manifest = write(folder / name)
        for file, pairs in changed.get(name, {}).items():
            path = folder / name / file.strip()
            text = path.read_text(encoding="utf-8")
            for old, new in pairs:
                assert old in text, (file, old)
                text = text.replace(old, new)
            path.write_text(text, encoding="utf-8")
        ingest(settings(home), manifest)
    with open_site(settings(home)) as opened:
        analyse(opened)
    return home


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Site]]:
    first = made(tmp_path_factory.mktemp("one"), None, {})
    second = made(tmp_path_factory.mktemp("other"), first / "ledger" / "key", CHANGED)
    with open_site(settings(first)) as one, open_site(settings(second)) as other:
        yield one, other


@contextmanager
def counted(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The calls of the store and the statements of the ledger in this block."""
    calls: list[str] = []
    read = Store.read

    def reading(self: Store, query: str, /, **parameters: object) -> list[dict[str, Any]]:
        calls.append("store")
        return read(self, query, **parameters)

    def stating(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        # What was taken back of tokens is looked up by the clock, and each look begins a transaction of its own.
        if "BEGIN" not in statement and "revoked" not in f"{statement} {parameters}":
            calls.append(statement)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "read", reading)
        event.listen(ledger.engine, "before_cursor_execute", stating)
        try:
            yield calls
        finally:
            event.remove(ledger.engine, "before_cursor_execute", stating)


def told(answer: dict[str, Any]) -> str:
    """An answer as text, without when its records came, the run's name and its columns: they are of the whole site."""
    text = SCORED.sub("SCORED", RUN.sub("RUN", INSTANT.sub("INSTANT", repr(answer))))
    return NAMED.sub("NAMED", PLACED.sub("PLACED", text))


def differing(one: str, other: str) -> tuple[str, str] | None:
    """What stands around the first place at which two texts differ."""
    at = next((n for n, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if at is None:
        return None if len(one) == len(other) else (one[-200:], other[-200:])
    return one[max(0, at - 200) : at + 60], other[max(0, at - 200) : at + 60]


def test_what_is_not_seen_changes_no_answer_and_no_number_of_calls(
    sites: tuple[Site, Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = sites
    shown = 0
    with TestClient(create_app(one)) as first, TestClient(create_app(other)) as second:
        for query in documents("analyst", HERE):
            if "{field: RISK" in query or "{field: EXPECTED_LOSS" in query:
                continue  # their cursors hold the score by which they are ordered
            for client, site in ((first, one), (second, other)):
                ask(client, site, query, "analyst", HERE)  # what is read once a process has been read
            with counted(one.ledger, monkeypatch) as calls:
                found = ask(first, one, query, "analyst", HERE)
            with counted(other.ledger, monkeypatch) as others:
                expected = ask(second, other, query, "analyst", HERE)
            assert differing(told(found), told(expected)) is None, query
            assert calls == others, query
            shown += "errors" not in found
        assert shown >= 20
        # The test can fail: who sees the other district, or telephone numbers, is told of the difference.
        for role, region, entity, field in (
            ("analyst", "*", WORKS_CUSTOMER, "name"),
            ("credit-officer", HERE, HOME_CUSTOMER, "phone"),
        ):
            query = f'{{ customer(id: "{entity}") {{ {field} }} }}'
            assert ask(first, one, query, role, region) != ask(second, other, query, role, region)
