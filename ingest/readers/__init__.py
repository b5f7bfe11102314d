"""Readers turn one file, or one published data set, into rows; a mapping starts where they end.

To bring another format or source, write ``ingest/readers/NAME.py`` with ``read(request: Request) -> Opened``
and add one line to :data:`READERS`. A reader raises ``KehutuError`` when the file cannot be read as a whole,
before its first row where that can be known; a single faulty row is a :class:`BadRow` and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TypeAlias, cast

from ingest.notices import Notices
from terms.errors import KehutuError

FIELD_LIMIT = 131_072
"""Characters that one cell may have; a longer one quarantines its row."""

COLUMN_LIMIT = 4_096
"""Columns that one table may have; a wider one is refused."""


class Row(NamedTuple):
    """One row. ``values``: by column; text from text files, Python values (``int``, ``float``, ``bool``,
    ``Decimal``, ``date``, ``datetime``, ``None``) where the format has types, and ``Shown`` from workbooks.
    ``None`` and ``''`` are absent cells."""

    file: str
    line: int
    values: Mapping[str, object]


class BadRow(NamedTuple):
    """A row that is not a row of its table. ``code``: an entry of the catalogue of errors, ``details`` fill
    its text (file and line are added), ``raw``: what was found, by column or under ``''``."""

    file: str
    line: int
    code: str
    details: dict[str, object]
    raw: dict[str, object]


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader is asked for.

    Attributes:
        path: the file; ``None`` where the reader brings its own input (the data of an installed package).
        name: the file as errors and record locations name it, relative to the manifest.
        wanted: columns that the mapping uses; a reader may leave out the others.
        table: which table, for readers that yield several (a sheet of a workbook).
        encoding, delimiter: given by the manifest; ``None``: to be detected and reported.
        options: further settings of this reader; one that it does not know raises ``READER_OPTION_UNKNOWN``.
    """

    path: Path | None
    name: str
    wanted: frozenset[str] = frozenset()
    table: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Opened:
    """An open table.

    Attributes:
        rows: to be read once, in the order of the file; line is the line on which the row starts (1 = first;
            in formats without lines the row's number).
        columns: names of all columns; ``None`` where a row may have any (JSON).
        detected: what was found out (``encoding``, ``delimiter``), for the report.
        sheet, letters: of a workbook, the name of its sheet and, by the name of a column, the letters of its cells.
        notices, left_out: grow while the rows are read; to be read after the last row. ``left_out`` counts what the
            reader passes over on purpose, each with a ``LEFT_OUT_`` code of the catalogue as its reason.
    """

    rows: Iterator[Row | BadRow]
    columns: tuple[str, ...] | None
    detected: dict[str, str] = field(default_factory=dict)
    notices: Notices = field(default_factory=Notices)
    left_out: Notices = field(default_factory=Notices)
    sheet: str | None = None
    letters: Mapping[str, str] = field(default_factory=dict)


Reader: TypeAlias = Callable[[Request], Opened]

READERS: dict[str, str] = {
    "csv": "ingest.readers.delimited:read",
    "parquet": "ingest.readers.parquet:read",
    "json": "ingest.readers.json:read",
    "jsonl": "ingest.readers.json:read_lines",
    "xlsx": "ingest.readers.excel:read",
    "zip": "ingest.readers.zipped:read",
    "simbench": "ingest.readers.simbench:read",
    "febrl": "ingest.readers.febrl:read",
    "finbench": "ingest.readers.finbench:read",
    "sf311": "ingest.readers.sf311:read",
    "bods": "ingest.readers.bods:read",
    "psc": "ingest.readers.psc:read",
    "gleif": "ingest.readers.gleif:read",
    "ftm": "ingest.readers.ftm:read",
    "green-button": "ingest.readers.green_button:read",
    "taiwan": "ingest.readers.taiwan:read",
    "py2neo": "ingest.readers.py2neo_graph:read",
}
"""Format or reader name -> ``module:function``; imported at first use."""

ENDINGS: dict[str, str] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".zip": "zip",
}
"""Format by file name, where the manifest gives none."""

ENDS: dict[str, str] = {"bods": "until"}
"""Readers that know when what a row relates has ended -> the column that says it; a mapping need not name it."""

WITHOUT_PATH: frozenset[str] = frozenset({"simbench", "febrl", "py2neo"})
"""Readers that bring their own input, so that a manifest need not give a path."""


def reader(name: str) -> Reader:
    """The reader of that name.

    Raises:
        KehutuError: ``READER_UNKNOWN``, with the known ones.
    """
    entry = READERS.get(name)
    if entry is None:
        raise KehutuError("READER_UNKNOWN", name=name, known=", ".join(sorted(READERS)))
    module, _, function = entry.partition(":")
    return cast(Reader, getattr(import_module(module), function))
