"""The package of a workbook: a zip archive of XML parts, its list of sheets and its table of formats."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, BinaryIO, Final, NamedTuple, TypeAlias

from ingest.readers.workbook.formats import BUILT_IN, NumberFormat, number_format
from ingest.readers.workbook.xml import (
    DEPTH,
    UnreadableError,
    attributes,
    local,
    parser_within_limits,
    steps,
    too_deep,
)

SIZE_LIMIT: Final = 1 << 30
RATIO_LIMIT: Final = 200
"""Bytes that a workbook may unpack to, and so many times its own size (sheets of repeated text reach about 50)."""

_MOST_PARTS: Final = 20_000
_MOST_TAGS: Final = 2_000_000  # of the list of sheets, or of all styles
_MOST_KEPT: Final = 70_000  # Excel itself stops at 65,490 styles
_LONGEST_NAME: Final = 300
_TRUE: Final = ("1", "true")
_KINDS: Final = frozenset({"officeDocument", "worksheet", "sharedStrings", "styles"})
"""Relations that lead to what is read, by the last word of their type."""

_Entry: TypeAlias = tuple[str, str, dict[str, str]]


class TooLargeError(UnreadableError):
    """A workbook that unpacks to more than is read; the reason says to how much."""


class OtherKindError(UnreadableError):
    """A zip archive that is no workbook of XML parts; the reason says what it is."""


class Sheet(NamedTuple):
    """A sheet of cells. ``part``: the name of its XML in the package."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What has to be known before a sheet is read.

    Attributes:
        sheets: in their order; charts and macros are left out.
        from_1904: whether its days count from 1904.
        computed: false where its writer left working out the formulas to Excel.
        formats: style of a cell, as cells name it -> its format, where that changes the reading.
    """

    package: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    from_1904: bool
    computed: bool
    formats: Mapping[str, NumberFormat]
    texts: str | None
    names: Mapping[str, str] = field(repr=False)

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """A part of the package, unpacked while it is read."""
        with _part(self.package, self.names, name) as stream:
            yield stream


def open_workbook(file: BinaryIO) -> Workbook:
    """Read the parts that tell what the others are.

    Raises:
        UnreadableError, OtherKindError, TooLargeError, zipfile.BadZipFile.
    """
    package = zipfile.ZipFile(file)
    if len(package.filelist) > _MOST_PARTS:
        raise TooLargeError(f"it has {len(package.filelist):,} parts", f"有 {len(package.filelist):,} 个部件")
    packed = sum(entry.compress_size for entry in package.filelist)
    unpacked = sum(entry.file_size for entry in package.filelist)
    if unpacked > SIZE_LIMIT or unpacked > RATIO_LIMIT * max(packed, 10_000):
        raise TooLargeError(
            f"it unpacks to {unpacked:,} bytes from {packed:,}",
            f"解压后为 {unpacked:,} 字节，而压缩包内只有 {packed:,} 字节",
        )
    # Some writers mix large and small letters, or write the separators of Windows.
    names = {entry.filename.replace("\\", "/").lower(): entry.filename for entry in package.filelist}
    _known_kind(names)
    return _described(package, names)


def _known_kind(names: Mapping[str, str]) -> None:
    if "_rels/.rels" in names and "xl/workbook.bin" not in names:
        return
    if "xl/workbook.bin" in names:
        raise OtherKindError("a binary Excel workbook (.xlsb)", "二进制 Excel 工作簿（.xlsb）")
    if "content.xml" in names:
        raise OtherKindError("an OpenDocument sheet (.ods)", "OpenDocument 表格（.ods）")
    raise _zip_archive()


def _zip_archive() -> OtherKindError:
    return OtherKindError("a zip archive", "zip 压缩包")


def _described(package: zipfile.ZipFile, names: Mapping[str, str]) -> Workbook:
    main = next(
        (target for kind, target in _relations(package, names, "").values() if kind == "officeDocument"), None
    )
    if main is None or main.lower() not in names:
        raise _zip_archive()
    related = _relations(package, names, main)
    sheets: list[Sheet] = []
    from_1904 = False
    computed = True
    for _, name, found in _entries(package, names, main):
        if name == "sheet":
            kind, target = related.get(found.get("id", ""), ("", ""))
            if kind == "worksheet":
                visible = found.get("state", "visible") == "visible"
                sheets.append(Sheet(found.get("name", "")[:_LONGEST_NAME], target, visible))
                _within_limits(sheets, main)
        elif name == "workbookPr":
            from_1904 = found.get("date1904") in _TRUE
        elif name == "calcPr":
            computed = found.get("fullCalcOnLoad") not in _TRUE
    by_kind = {kind: target for kind, target in related.values() if target.lower() in names}
    formats = _formats(package, names, by_kind["styles"]) if "styles" in by_kind else {}
    return Workbook(package, tuple(sheets), from_1904, computed, formats, by_kind.get("sharedStrings"), names)


def _relations(package: zipfile.ZipFile, names: Mapping[str, str], owner: str) -> dict[str, tuple[str, str]]:
    """Id of a relation -> the last word of its type and the part that it leads to."""
    folder, base = posixpath.split(owner)
    part = posixpath.join(folder, "_rels", f"{base}.rels")
    found: dict[str, tuple[str, str]] = {}
    if part.lower() not in names:
        return found
    for _, name, given in _entries(package, names, part):
        if name == "Relationship":
            target = given.get("Target", "").replace("\\", "/")
            way = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            kind = given.get("Type", "").rpartition("/")[2]
            if kind in _KINDS:
                found[given.get("Id", "")[:_LONGEST_NAME]] = kind, posixpath.normpath(way)[:_LONGEST_NAME]
                _within_limits(found, part)
    return found


def _formats(package: zipfile.ZipFile, names: Mapping[str, str], part: str) -> dict[str, NumberFormat]:
    written: dict[str, str] = {str(number): code for number, code in BUILT_IN.items()}
    formats: dict[str, NumberFormat] = {}
    style = 0
    for parent, name, found in _entries(package, names, part):
        if (parent, name) == ("numFmts", "numFmt"):
            written[found.get("numFmtId", "")[:20]] = found.get("formatCode", "")[:_LONGEST_NAME]
            _within_limits(written, part)
        elif (parent, name) == ("cellXfs", "xf"):
            known = number_format(written.get(found.get("numFmtId", "0"), ""))
            if known is not None:
                formats[str(style)] = known
                _within_limits(formats, part)
            style += 1
    return formats


def _entries(package: zipfile.ZipFile, names: Mapping[str, str], part: str) -> Iterator[_Entry]:
    """The tags of a small part: the tag around it, its own name and its attributes."""
    found: list[_Entry] = []
    around: list[str] = []
    count = 0

    def start(name: str, given: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(around) > DEPTH:
            raise too_deep()
        found.append((around[-1] if around else "", local(name), attributes(given)))
        around.append(local(name))

    parser = parser_within_limits()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: around.pop()
    with _part(package, names, part) as stream:
        for _ in steps(stream, parser):
            if count > _MOST_TAGS:
                raise UnreadableError(
                    f"its part {part[:80]} has more than {_MOST_TAGS:,} tags",
                    f"其部件 {part[:80]} 的标签超过 {_MOST_TAGS:,} 个",
                )
            yield from found
            found.clear()


def _within_limits(kept: Sized, part: str) -> None:
    if len(kept) > _MOST_KEPT:
        raise UnreadableError(
            f"its part {part[:80]} has more than {_MOST_KEPT:,} entries",
            f"其部件 {part[:80]} 的条目超过 {_MOST_KEPT:,} 个",
        )


@contextmanager
def _part(package: zipfile.ZipFile, names: Mapping[str, str], name: str) -> Iterator[IO[bytes]]:
    actual = names.get(name.lower())
    if actual is None:
        raise UnreadableError(f"its part {name[:80]} is missing", f"缺少部件 {name[:80]}")
    with package.open(actual) as stream:
        yield stream
