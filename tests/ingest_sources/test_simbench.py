"""The benchmark grid: counts as published, and a feeding chain that ends where the benchmark says it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.readers import Request, Row
from ingest.readers.feeding import Branch, feeding
from ingest.readers.simbench import GRID, Grid, grid, read
from terms.errors import KehutuError


@pytest.fixture(scope="module")
def rural() -> Grid:
    return grid(GRID)


def feeders_by_element(rural: Grid) -> dict[tuple[str, str], list[tuple[str, str]]]:
    feeders: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for pair in rural.fed_by:
        feeders.setdefault((pair.fed_type, pair.fed), []).append((pair.by_type, pair.by))
    return feeders


def test_the_grid_is_cut_as_the_package_cuts_it(rural: Grid) -> None:
    assert len(rural.service_points) == 5373
    assert len(rural.transformers) == 92
    assert len(rural.lines) == 5391
    assert len(rural.substations) == 1
    assert len(rural.areas) == 91


def test_every_low_voltage_load_traces_to_the_transformer_of_its_own_subnet(rural: Grid) -> None:
    feeders = feeders_by_element(rural)
    area_of = {t["transformerNo"]: t["areaCode"] for t in rural.transformers}
    right = 0
    for point in rural.service_points:
        if not str(point["areaCode"]).startswith("LV"):
            continue
        element = ("ServicePoint", str(point["servicePointNo"]))
        while element[0] != "Transformer":
            (element,) = feeders[element]  # low-voltage grids are radial: one feeder each
        right += area_of[element[1]] == point["areaCode"]
    assert right == 5367


def test_every_element_reaches_the_substation_and_nothing_feeds_itself(rural: Grid) -> None:
    feeders = feeders_by_element(rural)
    done: dict[tuple[str, str], bool] = {}

    def reaches(element: tuple[str, str], under: frozenset[tuple[str, str]]) -> bool:
        assert element not in under, f"{element} feeds itself"
        if element[0] == "Substation":
            return True
        if element not in done:
            done[element] = any(reaches(by, under | {element}) for by in feeders.get(element, ()))
        return done[element]

    elements = (
        [("Line", str(r["lineNo"])) for r in rural.lines]
        + [("Transformer", str(r["transformerNo"])) for r in rural.transformers]
        + [("ServicePoint", str(r["servicePointNo"])) for r in rural.service_points]
    )
    assert [e for e in elements if not reaches(e, frozenset())] == []


def test_lines_behind_the_parallel_main_transformers_name_both(rural: Grid) -> None:
    both = [by for by in feeders_by_element(rural).values() if len(by) == 2]
    assert len(both) == 9  # eight feeders and the load at the busbar
    assert {by for pair in both for by in pair} == {
        ("Transformer", "HV1-MV1.101-Trafo1"),
        ("Transformer", "HV1-MV1.101-Trafo2"),
    }


def test_quantities_are_in_the_models_units(rural: Grid) -> None:
    line = next(r for r in rural.lines if r["lineNo"] == "LV1.101 Line 1")
    assert line["length"] == 55.7667  # 0.0557667 km in the file
    main = next(r for r in rural.transformers if r["transformerNo"] == "HV1-MV1.101-Trafo1")
    assert (main["ratedPower"], main["highVoltage"], main["lowVoltage"]) == (25_000, 110, 20)
    point = next(r for r in rural.service_points if r["servicePointNo"] == "LV1.101 Load 1")
    assert point["contractedPower"] == 6  # 0.006 MW


def test_a_table_is_read_row_by_row_with_its_columns() -> None:
    opened = read(Request(path=None, name="simbench", table="fed_by"))
    rows = list(opened.rows)
    assert opened.columns == ("id", "pair", "fed", "by")
    assert all(isinstance(row, Row) and tuple(row.values) == opened.columns for row in rows)
    assert len(rows) == 10_865


def test_columns_are_the_same_in_every_row(rural: Grid) -> None:
    for name in rural.tables():
        opened = read(Request(path=None, name="simbench", table=name))
        assert opened.columns is not None
        for row in opened.rows:
            assert set(row.values if isinstance(row, Row) else ()) == set(opened.columns)


@pytest.mark.parametrize("code", ["1-LV-rural1--0-sw", "1-LV-semiurb4--0-sw", "1-MV-rural--0-sw"])
def test_other_grids_of_the_package_are_read_too(code: str) -> None:
    other = grid(code)
    fed = {(pair.fed_type, pair.fed) for pair in other.fed_by}
    assert all(("ServicePoint", str(p["servicePointNo"])) in fed for p in other.service_points)


@pytest.mark.parametrize(
    "code", ["", "rural", "1-MVLV-rural--0-sw", "1-LV-rural1-all-0-sw", "1-HV-mixed--0-sw"]
)
def test_an_unknown_code_is_refused(code: str) -> None:
    with pytest.raises(KehutuError) as refused:
        grid(code)
    assert refused.value.code == "READER_OPTION_INVALID"


def test_an_unknown_table_or_option_is_refused() -> None:
    with pytest.raises(KehutuError) as refused:
        read(Request(path=None, name="simbench", table="poles"))
    assert refused.value.code == "READER_TABLE_UNKNOWN"
    with pytest.raises(KehutuError) as refused:
        read(Request(path=None, name="simbench", table="lines", options={"gird": GRID}))
    assert refused.value.code == "READER_OPTION_UNKNOWN"


def test_an_open_switch_stops_the_walk() -> None:
    found = feeding(
        [Branch("Line", "near", "a", "b"), Branch("Line", "far", "c", "d")],
        [],  # b and c are joined by an open switch only
        ["a"],
        {"point": "d"},
        roots={"near": "S"},
    )
    assert [(f.fed, f.by) for f in found] == [("near", "S")]


buses = st.integers(0, 8).map(lambda i: f"bus{i}")


@given(
    ends=st.lists(st.tuples(buses, buses), max_size=14),
    switches=st.lists(st.tuples(buses, buses), max_size=4),
    sources=st.sets(buses, min_size=1, max_size=2),
    order=st.randoms(use_true_random=False),
)
def test_feeding_is_acyclic_and_blind_to_the_order_of_rows(
    ends: list[tuple[str, str]], switches: list[tuple[str, str]], sources: set[str], order: object
) -> None:
    branches = [Branch("Line", f"line{i}", a, b) for i, (a, b) in enumerate(ends)]
    found = feeding(branches, switches, sources, {"point": "bus0"}, roots={})
    shuffled, mixed = branches[:], switches[:]
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert feeding(shuffled, mixed, sources, {"point": "bus0"}, roots={}) == found

    feeders: dict[str, set[str]] = {}
    for pair in found:
        feeders.setdefault(pair.fed, set()).add(pair.by)
    left = dict(feeders)
    while left:  # take away what is fed by nothing that is left
        free = [fed for fed, by in left.items() if not by & left.keys()]
        assert free, f"a ring: {left}"
        for fed in free:
            del left[fed]
