"""Classes of customers as somebody of a region sees them: sizes, means and rules are those of whom he sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from services.access.asker import EVERYONE
from services.analysis import analyse
from services.loading import ingest
from services.reading.runs import current
from services.segments.classified import classified
from services.settings import settings
from services.site import Site, open_site
from tests.access.test_answers_of_a_region import HERE, THERE, ask
from tests.services.test_segments_site import MANY
from tests.services.test_segments_site import write as write_classes

PLACES = """
sources:
  - name: places
    path: places.csv
    channel: marketing
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {region: region}
"""
CLASSES = """{ segments { totalCount edges { node {
  id size scorecard { value } rules { coverage counterExamples }
  members(first: 100) { totalCount edges { node { id } } }
} } } }"""


def district(number: int) -> str:
    """A few homes, and a third of the shops."""
    return HERE if number < 5 or (number >= MANY // 2 and number % 3 == 0) else THERE


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("classes")
    chosen = settings(folder / "home")
    ingest(chosen, write_classes(folder))
    places = folder / "places"
    places.mkdir()
    rows = [f"440{at:07},{district(at)}" for at in range(MANY)]
    (places / "places.csv").write_text("\n".join(["no,region", *rows, ""]), encoding="utf-8")
    (places / "site.yaml").write_text(PLACES, encoding="utf-8")
    ingest(chosen, Path(places / "site.yaml"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def nodes(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in answer["data"]["segments"]["edges"]]


def test_a_class_has_the_size_the_means_and_the_rules_of_whom_the_asker_sees(site: Site) -> None:
    _, model = current(site.as_seen_by(EVERYONE))
    found = classified(model)
    assert found
    assert len(found.segments.ids) > 1
    known = {f"customer:440{at:07}" for at in range(MANY) if district(at) == HERE}
    with TestClient(create_app(site)) as client:
        told = nodes(ask(client, site, CLASSES, "credit-officer", HERE))
        whole = nodes(ask(client, site, CLASSES, "credit-officer", "*"))
    smaller = 0
    for one in told:
        label = found.segments.ids.index(one["id"])
        inside = [at for at in found.members(label).tolist() if found.segments.customers[at] in known]
        assert one["size"] == one["members"]["totalCount"] == len(inside)
        assert {edge["node"]["id"] for edge in one["members"]["edges"]} <= known
        for rule in one["rules"]:
            taken = rule["coverage"] * len(inside)
            assert abs(taken - round(taken)) < 1e-9
            assert taken + rule["counterExamples"] <= len(known)
        names = [name for features in found.naming.scorecard.values() for name in features]
        for name, figure in zip(names, one["scorecard"], strict=True):
            values = np.asarray(found.features.values[name][inside], dtype=np.float64)
            values = values[~np.isnan(values)]
            expected = float(values.mean()) if len(values) else None
            assert figure["value"] == pytest.approx(expected)
        smaller += one["size"] < next(other["size"] for other in whole if other["id"] == one["id"])
    assert sum(one["size"] for one in told) == len(known)
    assert smaller == len(told)
    # Who sees everybody counts each as the run does.
    assert [one["size"] for one in whole] == sorted((one["size"] for one in whole), reverse=True)
