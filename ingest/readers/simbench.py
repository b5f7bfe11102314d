"""SimBench distribution grids, read from the CSV files inside the installed ``simbench`` package.

Only the data files are read; nothing of the package is imported (its own dependencies are large). Published
benchmark, Open Database License 1.0: SimBench, Uni Kassel, Fraunhofer IEE, RWTH Aachen, TU Dortmund.

A grid code such as ``1-MVLV-rural-all-0-sw`` says version, levels, type, which lower grids, scenario, switch.
The cut follows the package's own rule: every element names its subnet, ``A`` or ``A_B``.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ingest.readers import Opened, Request
from ingest.readers.feeding import Branch, Fed, feeding
from ingest.readers.published import open_table, options, package_folder
from terms.errors import KehutuError
from terms.texts import Texts

GRID = "1-MVLV-rural-all-0-sw"
"""The grid of the demo: 5,373 service points, 92 transformers, 5,391 lines."""

_NUMBER = {
    "MV": {"rural": 1, "semiurb": 2, "urban": 3, "comm": 4},
    "LV": {"rural1": 1, "rural2": 2, "rural3": 3, "semiurb4": 4, "semiurb5": 5, "urban6": 6},
}
_CODE = re.compile(r"1-(?P<level>MVLV|MV|LV)-(?P<type>[a-z]+[1-6]?)-(?P<which>all)?-(?P<scenario>[012])-sw")
# These tables keep what stands between two subnets, named `A_B`, by either part; others by the first only.
_BOUNDARY = frozenset({"Node", "Coordinates", "Switch", "Substation"})

POINTS = tuple(f"P{n}" for n in range(1, 97))
"""Columns of a day of a profile."""

Line = dict[str, str]


@dataclass(frozen=True, slots=True)
class Grid:
    """One grid in the model's words and units: m, kW, kVA, kV, degrees. Rows in the order of the files."""

    areas: tuple[dict[str, object], ...]
    substations: tuple[dict[str, object], ...]
    transformers: tuple[dict[str, object], ...]
    lines: tuple[dict[str, object], ...]
    service_points: tuple[dict[str, object], ...]
    fed_by: tuple[Fed, ...]

    def tables(self) -> dict[str, list[dict[str, object]]]:
        """Rows by table."""
        return {
            "areas": list(self.areas),
            "substations": list(self.substations),
            "transformers": list(self.transformers),
            "lines": list(self.lines),
            "service_points": list(self.service_points),
            "fed_by": [
                {
                    "id": f"{pair.fed} < {pair.by}",
                    "pair": f"{pair.fed_type} < {pair.by_type}",
                    "fed": pair.fed,
                    "by": pair.by,
                }
                for pair in self.fed_by
            ],
        }


def read(request: Request) -> Opened:
    """One table of a grid: ``areas``, ``substations``, ``transformers``, ``lines``, ``service_points`` or the
    feeding pairs ``fed_by`` (``pair``: the two types, as ``Line < Transformer``); or ``profiles``, a row a profile
    and day with power for each kW of contracted power in 96 columns. Option ``grid``: a SimBench code.

    Raises:
        KehutuError: ``READER_PACKAGE_MISSING``, ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``,
            ``READER_OPTION_INVALID``.
    """
    code = options("simbench", request, {"grid": GRID})["grid"]
    tables = grid(code).tables() | {"profiles": profiles(code) if request.table == "profiles" else []}
    return open_table("simbench", request, tables, COLUMNS)


@lru_cache(maxsize=2)
def grid(code: str) -> Grid:
    """The grid of a SimBench code. About 1.5 s and 60 MB; several tables of one grid share it.

    Raises:
        KehutuError: ``READER_OPTION_INVALID`` for a code outside MV, LV and MVLV grids with switches.
    """
    parts = _CODE.fullmatch(code)
    level = parts["level"] if parts else ""
    if (
        parts is None
        or parts["type"] not in _NUMBER[level[:2]]
        or (level == "MVLV") != (parts["which"] == "all")
    ):
        raise KehutuError(
            "READER_OPTION_INVALID",
            reader="simbench",
            option="grid",
            found=code,
            expected=Texts(
                f"a code such as {GRID}: an MV, LV or MVLV grid with switches",
                f"应为 {GRID} 这样的代码：带开关的 MV、LV 或 MVLV 电网",
            ),
        )
    folder = (
        package_folder("simbench", "simbench")
        / "networks"
        / f"1-complete_data-mixed-all-{parts['scenario']}-sw"
    )
    upper = f"{level[:2]}{_NUMBER[level[:2]][parts['type']]}.101"
    if upper in ("LV5.101", "LV6.101"):
        upper = upper.replace(".101", ".201")  # these two types occur in the second MV grid only
    lower = _lower_subnets(folder, upper, _NUMBER["MV"][parts["type"]]) if level == "MVLV" else frozenset()
    return _build(_Cut(folder, upper, lower))


def profiles(code: str) -> list[dict[str, object]]:
    """A year of each profile that a grid's service points name, by profile and day; about 2 s and 60 MB."""
    wanted = sorted({str(point["profile"]) for point in grid(code).service_points})
    scenario = code.split("-")[-2]
    folder = package_folder("simbench", "simbench") / "networks" / f"1-complete_data-mixed-all-{scenario}-sw"
    days: dict[tuple[str, str], dict[str, object]] = {}
    with (folder / "LoadProfile.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter=";")
        place = {name: at for at, name in enumerate(next(rows))}
        chosen = [(name, place[f"{name}_pload"]) for name in wanted if f"{name}_pload" in place]
        for row in rows:
            day, _, clock = row[0].partition(" ")
            quarter = int(clock[:2]) * 4 + int(clock[3:5]) // 15
            for name, at in chosen:
                found = days.setdefault((name, day), {})
                found[POINTS[quarter]] = float(row[at])
    return [
        {"profile": name, "day": f"{day[6:10]}-{day[3:5]}-{day[:2]}", **values}
        for (name, day), values in sorted(days.items(), key=lambda one: (one[0][0], one[0][1][6:], one[0][1]))
    ]


def _lower_subnets(folder: Path, upper: str, upper_number: int) -> frozenset[str]:
    """Low-voltage grids that hang on a medium-voltage grid: it carries one equivalent load for each."""
    kinds = Counter(
        row["profile"][3:]
        for row in _rows(folder / "Load.csv")
        if row["subnet"].startswith(f"{upper}_LV") and row["profile"].startswith("lv_")
    )
    return frozenset(
        f"LV{_NUMBER['LV'][kind]}.{i + upper_number * 100}"
        for kind, count in kinds.items()
        for i in range(1, count + 1)
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """The files cut to the wanted subnets."""

    folder: Path
    upper: str
    lower: frozenset[str]

    def rows(self, table: str) -> Iterator[Line]:
        for row in _rows(self.folder / f"{table}.csv"):
            first, second, *_ = *row["subnet"].split("_"), ""
            if table in _BOUNDARY:
                keep = first == self.upper or first in self.lower or second == self.upper
            else:
                # `upper_lower` and `lower_upper` stand in for the other side; here that side is present.
                keep = (first == self.upper and second not in self.lower) or (
                    first in self.lower and second != self.upper
                )
            if keep:
                yield row


def _rows(path: Path) -> Iterator[Line]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=";")


def _build(cut: _Cut) -> Grid:
    nodes = {row["id"]: row for row in cut.rows("Node")}
    places = {row["id"]: (float(row["x"]), float(row["y"])) for row in cut.rows("Coordinates")}
    rated = {row["id"]: row for row in _rows(cut.folder / "TransformerType.csv")}
    cable = {row["id"]: row for row in _rows(cut.folder / "LineType.csv")}
    substations = list(cut.rows("Substation"))
    transformers = list(cut.rows("Transformer"))
    lines = list(cut.rows("Line"))
    loads = list(cut.rows("Load"))
    place = _Places(nodes, places)

    fed_by = feeding(
        [Branch("Line", r["id"], r["nodeA"], r["nodeB"]) for r in lines]
        + [Branch("Transformer", r["id"], r["nodeHV"], r["nodeLV"]) for r in transformers],
        [(r["nodeA"], r["nodeB"]) for r in cut.rows("Switch") if r["cond"] == "1"],
        [r["node"] for r in cut.rows("ExternalNet")],
        {r["id"]: r["node"] for r in loads},
        roots={r["id"]: r["substation"] for r in transformers if r["substation"] != "NULL"},
    )
    return Grid(
        areas=tuple(_areas(cut)),
        substations=tuple(
            {
                "substationNo": r["id"],
                "name": r["id"].replace("_", " "),
                "areaCode": cut.upper,
                "region": _region(cut, cut.upper),
                **place.of_first(t["nodeLV"] for t in transformers if t["substation"] == r["id"]),
            }
            for r in substations
        ),
        transformers=tuple(
            {
                "transformerNo": r["id"],
                "ratedPower": _scaled(rated[r["type"]]["sR"], 1000),  # MVA -> kVA
                "highVoltage": float(rated[r["type"]]["vmHV"]),  # kV
                "lowVoltage": float(rated[r["type"]]["vmLV"]),  # kV
                "model": r["type"],
                "substationNo": "" if r["substation"] == "NULL" else r["substation"],
                "areaCode": _area(r["subnet"]),
                "region": _region(cut, r["subnet"]),
                **place.of(r["nodeLV"]),
            }
            for r in transformers
        ),
        lines=tuple(
            {
                "lineNo": r["id"],
                "length": _scaled(r["length"], 1000),  # km -> m
                "ratedCurrent": float(cable[r["type"]]["iMax"]),  # A
                "voltage": float(nodes[r["nodeA"]]["vmR"]),  # kV
                "conductor": r["type"],
                "substationNo": substations[0]["id"]
                if substations and _area(r["subnet"]) == cut.upper
                else "",
                "areaCode": _area(r["subnet"]),
                "region": _region(cut, r["subnet"]),
            }
            for r in lines
        ),
        service_points=tuple(
            {
                "servicePointNo": r["id"],
                "contractedPower": _scaled(r["pLoad"], 1000),  # MW -> kW
                "profile": r["profile"],
                "voltage": float(nodes[r["node"]]["vmR"]),  # kV
                "areaCode": _area(r["subnet"]),
                "region": _region(cut, r["subnet"]),
                **place.of(r["node"]),
            }
            for r in loads
        ),
        fed_by=tuple(fed_by),
    )


@dataclass(frozen=True, slots=True)
class _Places:
    """Coordinates (WGS 84) of a node, absent where the benchmark gives none."""

    nodes: dict[str, Line]
    places: dict[str, tuple[float, float]]

    def of(self, node: str) -> dict[str, object]:
        found = self.places.get(self.nodes[node]["coordID"]) if node else None
        return (
            {"longitude": None, "latitude": None}
            if found is None
            else {
                "longitude": found[0],
                "latitude": found[1],
            }
        )

    def of_first(self, nodes: Iterator[str]) -> dict[str, object]:
        return self.of(next(nodes, ""))


def _areas(cut: _Cut) -> Iterator[dict[str, object]]:
    yield {"areaCode": cut.upper, "name": cut.upper, "path": _region(cut, cut.upper), "partOf": ""}
    for code in sorted(cut.lower):
        yield {"areaCode": code, "name": code, "path": _region(cut, code), "partOf": cut.upper}


def _area(subnet: str) -> str:
    return subnet.partition("_")[0]


def _region(cut: _Cut, subnet: str) -> str:
    """Path of an area; it ends with a slash, so that a prefix never matches half a code."""
    code = _area(subnet)
    return f"simbench/{cut.upper}/" + (f"{code}/" if code != cut.upper else "")


def _scaled(text: str, factor: int) -> float:
    """A decimal text in a smaller unit, without the noise of a float product (0.0557667 km = 55.7667 m)."""
    return round(float(text) * factor, 6)


COLUMNS: dict[str, tuple[str, ...]] = {
    "areas": ("areaCode", "name", "path", "partOf"),
    "substations": ("substationNo", "name", "areaCode", "region", "longitude", "latitude"),
    "transformers": (
        "transformerNo",
        "ratedPower",
        "highVoltage",
        "lowVoltage",
        "model",
        "substationNo",
        "areaCode",
        "region",
        "longitude",
        "latitude",
    ),
    "lines": (
        "lineNo",
        "length",
        "ratedCurrent",
        "voltage",
        "conductor",
        "substationNo",
        "areaCode",
        "region",
    ),
    "service_points": (
        "servicePointNo",
        "contractedPower",
        "profile",
        "voltage",
        "areaCode",
        "region",
        "longitude",
        "latitude",
    ),
    "fed_by": ("id", "pair", "fed", "by"),
    "profiles": ("profile", "day", *POINTS),
}
"""Columns of every table."""
