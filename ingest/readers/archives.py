"""Packed files: gzip, Zstandard and zip archives of one table, unpacked within limits.

Nothing is ever written under a name that an archive gives: what comes out lies in memory or in a nameless temporary
file. A small file that grows beyond all proportion is stopped while it grows.
"""

from __future__ import annotations

import stat
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from gzip import BadGzipFile, GzipFile
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any, BinaryIO, Final, NoReturn, cast

import pyarrow as pa

from ingest.readers.company import comes_along
from terms.errors import KehutuError
from terms.texts import Texts

RATIO: Final = 100
"""How much larger than its packed bytes a file may become, beyond the first mebibyte."""

LARGEST: Final = 16 << 30
"""Bytes that a file may unpack to."""

_FREE: Final = 1 << 20
_IN_MEMORY: Final = 32 << 20
_BLOCK: Final = 1 << 20
_SHOWN: Final = 80
_BROKEN: Final = (
    BadGzipFile,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    pa.ArrowException,
    NotImplementedError,  # zipfile's word for a way of packing that it does not know
)
_MARKS: Final = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd", ".zip": b"PK"}
PACKED: Final = frozenset(_MARKS)
"""Endings of the names of packed files."""


def unpacked(file: BinaryIO, name: str) -> BinaryIO:
    """The bytes inside a packed file, else the file itself; by the ending of its name.

    Raises:
        KehutuError: ``ARCHIVE_REFUSED``: it is no archive of that kind, damaged, grows beyond the limits, or is a
            zip of anything but one plain file.
    """
    ending = PurePosixPath(name).suffix.lower()
    mark = _MARKS.get(ending)
    if mark is None:
        return file
    with file:
        head = file.read(4)
        file.seek(0)
        if not head.startswith(mark):
            _refuse(name, Texts("its content is not what its ending says", "其内容与扩展名不符"))
        try:
            if ending == ".zip":
                with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive, name)) as inner:
                    return _copied(inner, file, name)
            stream = GzipFile(fileobj=file) if ending == ".gz" else pa.CompressedInputStream(file, "zstd")
            with stream:
                return _copied(stream, file, name)
        except _BROKEN as fault:
            _refuse(name, _damaged(fault))
        except RuntimeError as fault:  # what zipfile says of a password
            _refuse(name, Texts(str(fault), "其内容已加密"))
        except OSError as fault:
            if fault.errno is None:  # of a decoder, not of the disk
                _refuse(name, _damaged(fault))
            raise


def member_of(file: BinaryIO, name: str) -> str:
    """The name of the one file in a zip archive."""
    if not file.read(4).startswith(_MARKS[".zip"]):
        _refuse(name, Texts("its content is not what its ending says", "其内容与扩展名不符"))
    try:
        with zipfile.ZipFile(file) as archive:
            return _only_member(archive, name).filename
    except zipfile.BadZipFile as fault:
        _refuse(name, _damaged(fault))


def passed_over(path: Path) -> list[str]:
    """What a zip archive holds beside its table: files that come along, and folders with nothing to read in them."""
    if path.suffix.lower() != ".zip":
        return []
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return []  # whoever opens it says what is wrong with it
    tables = [name for name in names if not name.endswith("/") and not comes_along(name)]
    return [name for name in names if not any(table.startswith(name) for table in tables)]


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [info for info in archive.infolist() if not info.is_dir() and not comes_along(info.filename)]
    if len(members) != 1:
        number = len(members)
        _refuse(
            name,
            Texts(
                f"it holds {number} files, and one table is expected", f"其中有 {number} 个文件，应只有一张表"
            ),
        )
    (info,) = members
    path = PurePosixPath(info.filename)
    if path.suffix.lower() in PACKED:
        inner = path.name[:_SHOWN]
        _refuse(name, Texts(f"it holds another archive, {inner}", f"其中是另一个压缩包 {inner}"))
    windows = PureWindowsPath(info.filename)
    if path.is_absolute() or windows.is_absolute() or windows.drive or ".." in (*path.parts, *windows.parts):
        _refuse(name, Texts("the name of its file leads outside the archive", "其中文件的名称指向压缩包之外"))
    if stat.S_ISLNK(info.external_attr >> 16):
        _refuse(name, Texts("its file is a link", "其中的文件是链接"))
    return info


def _copied(stream: IO[bytes] | Any, packed: BinaryIO, name: str) -> BinaryIO:
    size = 0
    with ExitStack() as opening:
        out = cast(BinaryIO, opening.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)))
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > LARGEST:
                most = LARGEST >> 30
                _refuse(name, Texts(f"it unpacks to more than {most} GiB", f"其解压后超过 {most} GiB"))
            if size > _FREE and size > RATIO * max(1, packed.tell()):
                times = Texts(
                    f"it unpacks to more than {RATIO} times its size", f"其解压后超过自身的 {RATIO} 倍"
                )
                _refuse(name, times)
            out.write(block)
        out.seek(0)
        opening.pop_all()  # the caller closes it
    return out


def _damaged(fault: Exception) -> Texts:
    """What the library says of the damage is English, and tells a Chinese reader no more than that there is some."""
    return Texts(f"it is damaged: {str(fault).rstrip('.') or type(fault).__name__}", "其已损坏")


def _refuse(name: str, reason: Texts) -> NoReturn:
    raise KehutuError("ARCHIVE_REFUSED", file=name, reason=reason)
