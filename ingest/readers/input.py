"""Opening files: missing, unreadable and wrongly named ones are refused here, in one way for all formats."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final, cast

from ingest.readers import Request
from ingest.readers.archives import unpacked
from terms.errors import KehutuError
from terms.texts import Texts

_MARKS: Final = (
    (b"PK\x03\x04", Texts("a zip archive or an Excel workbook", "zip 压缩包或 Excel 工作簿")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Texts("an old Excel workbook (.xls)", "旧版 Excel 工作簿（.xls）")),
    (b"\x1f\x8b", Texts("gzip", "gzip 压缩文件")),
    (b"\x28\xb5\x2f\xfd", Texts("Zstandard", "Zstandard 压缩文件")),
    (b"BZh", Texts("bzip2", "bzip2 压缩文件")),
    (b"\xfd7zXZ\x00", Texts("xz", "xz 压缩文件")),
    (b"PAR1", Texts("Parquet", "Parquet 文件")),
    (b"%PDF", Texts("PDF", "PDF 文件")),
    (b"SQLite format 3\x00", Texts("a SQLite database", "SQLite 数据库")),
    (b"\x89PNG", Texts("an image", "图片")),
    (b"\xff\xd8\xff", Texts("an image", "图片")),
    (b"\x7fELF", Texts("a program", "程序")),
)
_HTML: Final = Texts("HTML", "HTML 网页")
_TAGS: Final = ((b"<!doctype", _HTML), (b"<html", _HTML), (b"<?xml", Texts("XML", "XML 文件")))
EMPTY: Final = Texts("an empty file", "空文件")
OTHER: Final = Texts("something else", "其他内容")
OTHER_JSON: Final = Texts("other JSON", "其他种类的 JSON")
"""What is found in place of what a reader expects."""


def open_file(request: Request) -> BinaryIO:
    """The bytes of a file, unpacked where its name says that it is packed (``.gz``, ``.zst``, ``.zip``).

    Raises:
        KehutuError: ``FILE_MISSING``, ``FILE_IS_FOLDER``, ``FILE_UNREADABLE``, ``ARCHIVE_REFUSED``.
    """
    if request.path is None:
        raise KehutuError("FILE_MISSING", file=request.name)
    try:
        file = cast(BinaryIO, request.path.open("rb"))
        return unpacked(file, request.name)
    except FileNotFoundError:
        raise KehutuError("FILE_MISSING", file=request.name) from None
    except IsADirectoryError:
        raise KehutuError("FILE_IS_FOLDER", file=request.name) from None
    except OSError as fault:
        raise KehutuError("FILE_UNREADABLE", file=request.name, reason=fault.strerror or fault) from fault


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn a fault of the disk in the middle of a file into ``FILE_UNREADABLE``."""
    try:
        yield
    except OSError as fault:
        raise KehutuError("FILE_UNREADABLE", file=name, reason=fault.strerror or fault) from fault


def content_of(head: bytes) -> Texts | None:
    """What a file is by its first bytes, where that is certain and is no plain text."""
    for mark, what in _MARKS:
        if head.startswith(mark):
            return what
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:16].lower()
    return next((what for tag, what in _TAGS if start.startswith(tag)), None)


def json_of(head: bytes) -> str | None:
    """Whether a file that is to be a text table begins like JSON."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64]
    objects = start.removeprefix(b"[").lstrip()
    return "JSON" if objects.startswith(b"{") and objects[1:].lstrip()[:1] in (b'"', b"}") else None


def whole_number(request: Request, reader: str, option: str) -> int:
    """An option that is a number of lines or the like; 0 where it is not given.

    Raises:
        KehutuError: ``READER_OPTION_INVALID``.
    """
    found = request.options.get(option, 0)
    if isinstance(found, int) and not isinstance(found, bool) and 0 <= found <= 1_000:
        return found
    expected = Texts("a whole number from 0 to 1000 is expected", "应为 0 到 1000 的整数")
    raise KehutuError("READER_OPTION_INVALID", reader=reader, option=option, found=found, expected=expected)


def check_options(
    request: Request, reader: str, known: frozenset[str], *, takes: frozenset[str] = frozenset()
) -> None:
    """See that a source asks for nothing that its reader would pass over.

    Args:
        known: options of the reader.
        takes: which of ``table``, ``encoding`` and ``delimiter`` mean something to it.
    Raises:
        KehutuError: ``READER_OPTION_UNKNOWN``.
    """
    given = {"table": request.table, "encoding": request.encoding, "delimiter": request.delimiter}
    settings = [name for name, value in given.items() if value is not None and name not in takes]
    for option in (*settings, *(name for name in request.options if name not in known)):
        listed = ", ".join(sorted(known | takes)) or Texts("none", "无")
        raise KehutuError("READER_OPTION_UNKNOWN", reader=reader, option=option, known=listed)
