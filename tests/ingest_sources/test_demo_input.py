"""The demo's manifests, in the order in which they are loaded."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq

from ingest.loads.load import load
from ingest.manifests.manifest import read as read_manifest
from ingest.world.demo import prepare, service_points
from ledger.database import Ledger


def test_grid_persons_and_world_come_in_order_with_their_origins(tmp_path: Path) -> None:
    manifests = prepare(tmp_path, size=300, seed=5)
    assert [path.name for path in manifests] == ["grid.yaml", "persons.yaml", "world.yaml"]
    origins = [{source.origin for source in read_manifest(path).sources} for path in manifests]
    assert origins == [{"benchmark"}, {"benchmark"}, {"synthetic"}]


def test_the_demo_customers_stand_at_low_voltage_points_of_the_benchmark_grid(tmp_path: Path) -> None:
    prepare(tmp_path, size=300, seed=5)
    numbers = {point.number for point in service_points()}
    assert len(numbers) == 5367
    for table in ("consumers", "organisations"):
        used = pq.read_table(tmp_path / "world" / f"{table}.parquet")["service_point_no"].to_pylist()
        assert set(used) <= numbers


def test_every_row_of_the_demo_is_accepted_and_a_second_load_finds_only_duplicates(tmp_path: Path) -> None:
    manifests = prepare(tmp_path / "demo", size=300, seed=5)
    with closing(Ledger.open(tmp_path / "home")) as ledger:
        for path in manifests:
            for source in load(ledger, path).sources:
                assert source.error is None
                assert source.accepted == source.read > 0, source
                # The profiles are told in local time of a summer time that the site does not have: an hour is missing.
                assert [one.code for one in source.notices] == (
                    ["NOTICE_CURVE_GAPS"] if source.name == "simbench-profiles" else []
                )
        for path in manifests:
            for source in load(ledger, path).sources:
                assert source.duplicate == source.read
