"""The demo's input: a published grid, published persons, and a synthetic world at the grid's service points."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from ingest.readers.simbench import GRID, grid
from ingest.world.generate import generate
from ingest.world.supply import ServicePoint

SIZE = 2_000
"""Customers of the demo's world."""

SEED = 20_260_105


def prepare(folder: Path, size: int = SIZE, seed: int = SEED) -> list[Path]:
    """Write the demo's manifests and its world into a folder.

    Returns:
        The manifests in the order in which they are to be loaded: grid, persons, world.
    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifests = []
    for name in ("grid.yaml", "persons.yaml"):
        text = resources.files("ingest.manifests").joinpath("demo", name).read_text(encoding="utf-8")
        (folder / name).write_text(text, encoding="utf-8")
        manifests.append(folder / name)
    report = generate(folder / "world", customers=size, seed=seed, points=service_points())
    return [*manifests, report.manifest]


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
