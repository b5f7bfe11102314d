"""The demo's input: a published grid, published persons, and a synthetic world at the grid's service points."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from ingest.readers import Request, Row, finbench
from ingest.readers.simbench import GRID, grid
from ingest.world.generate import generate
from ingest.world.joined import join_customers
from ingest.world.supply import ServicePoint
from terms.errors import KehutuError

SIZE = 2_000
"""Customers of the demo's world."""

SEED = 20_260_105


PUBLIC = {
    "finbench": "finbench-sample/snapshot",
    "sf311": "service-requests-sf311/requests.csv.gz",
    "bods": "ownership-bods",
    "taiwan": "credit-taiwan/clients.csv.gz",
}
"""Manifest -> what of a folder of public data it reads; `kehutu demo --data` takes those that are there."""


def prepare(folder: Path, size: int = SIZE, seed: int = SEED, *, data: Path | None = None) -> list[Path]:
    """Write the demo's manifests and its world into a folder.

    Args:
        size: customers of the world.
        data: a folder of public data sets; what it has of ``PUBLIC`` is loaded as well, and companies of the bank
            graph get synthetic customers.
    Returns:
        The manifests in the order in which they are to be loaded: grid, persons, world, public data.
    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``, ``FILE_MISSING`` when ``data`` is no folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifests = [_shipped(f"demo/{name}", folder) for name in ("grid.yaml", "persons.yaml")]
    report = generate(folder / "world", customers=size, seed=seed, points=service_points())
    return [*manifests, report.manifest, *(_public(folder, data, seed) if data is not None else ())]


def _public(folder: Path, data: Path, seed: int) -> Iterator[Path]:
    if not data.is_dir():
        raise KehutuError("FILE_MISSING", file=str(data))
    for name, what in PUBLIC.items():
        if (data / what).exists():
            yield _shipped(f"public/{name}.yaml", folder, data=data.resolve())
            if name == "finbench":
                request = Request(data / what, what, table="companies")
                companies = [
                    str(row.values["id"]) for row in finbench.read(request).rows if isinstance(row, Row)
                ]
                yield join_customers(folder / "joined", companies, seed=seed)


def _shipped(name: str, folder: Path, *, data: Path | None = None) -> Path:
    """Copy a manifest that ships; its paths are those below ``data``."""
    text = resources.files("ingest.manifests").joinpath(name).read_text(encoding="utf-8")
    if data is not None:
        text = re.sub(
            r"(?m)^( +path: )(.+)$", lambda found: found[1] + json.dumps(f"{data}/{found[2]}"), text
        )
    path = folder / Path(name).name
    path.write_text(text, encoding="utf-8")
    return path


def service_points() -> list[ServicePoint]:
    """Low-voltage service points of the demo's grid; the profile says whether a business or a home is meant."""
    benchmark = grid(GRID)
    transformer = {str(t["areaCode"]): str(t["transformerNo"]) for t in benchmark.transformers}
    return [
        ServicePoint(
            number=str(point["servicePointNo"]),
            region=str(point["region"]),
            # The tests of the reader show that a low-voltage point traces to the transformer of its own subnet.
            transformer=transformer[str(point["areaCode"])],
            business=not str(point["profile"]).startswith("H0"),
        )
        for point in benchmark.service_points
        if point["voltage"] == 0.4
    ]
