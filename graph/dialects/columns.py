"""The embedded store's columns, read from its own port (``graph/embedded_server.py``).

A batch is what the engine's own Python package makes of some rows: the length of a header, the header in JSON (rows,
and for each column name, type and lengths), then for each column a bitmap of its nulls and its values, all little
endian. One scan reads records in the order in which they lie, and nothing is said in text but what is text: why this
and no other way is in decision 0016.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import orjson

from graph.columns import Kind, Part, Scan, lists, numbers, texts
from terms.delayed import Delayed

if TYPE_CHECKING:
    import pyarrow as pa

    from terms import arrow
else:
    arrow = Delayed("terms.arrow")

ROWS = 20_000
"""In one batch: a megabyte or a few."""

Array = npt.NDArray[Any]
_LENGTH: Final = 4
_NUMBERS: Final = {"i8": "<i8", "f8": "<f8", "b1": "u1"}


def read(port: int, password: str, database: str, wanted: Scan, *, end: float) -> Iterator[Part]:
    """All that is wanted, in parts of some ten thousand, none of them held by the server.

    Args:
        end: when to give up, on the monotonic clock.
    Raises:
        TimeoutError: it has not all come by then.
        OSError: the server went away, or cannot read.
    """
    with (
        socket.create_connection(("127.0.0.1", port), _left(end)) as connection,
        connection.makefile("rb") as answer,
    ):
        request = {"password": password, "database": database, "rows": ROWS, **_query(wanted)}
        connection.sendall(orjson.dumps(request, option=orjson.OPT_APPEND_NEWLINE))
        while part := _part(_batch(connection, answer, end), wanted):
            yield part


def _query(wanted: Scan) -> dict[str, object]:
    """Numbers of records in the form of Cypher's ``id``: an integer, where the record's own id is text."""
    records = ("@out", "@in") if wanted.relations else ("@rid",)
    chosen = [
        f"{record}.asCypherRID() AS `{name}`" for record, name in zip(records, wanted.numbers, strict=True)
    ]
    chosen += [f"`{name}`" for name in wanted.kinds]
    return {
        "query": f"SELECT {', '.join(chosen)} FROM `{wanted.type}`",  # noqa: S608 - names of the schema
        "columns": [*wanted.numbers, *wanted.kinds],
    }


def _batch(connection: socket.socket, answer: BinaryIO, end: float) -> memoryview:
    length = int.from_bytes(_bytes(connection, answer, _LENGTH, end), "little")
    return memoryview(_bytes(connection, answer, length, end))


def _bytes(connection: socket.socket, answer: BinaryIO, count: int, end: float) -> bytes:
    connection.settimeout(_left(end))
    found = answer.read(count)
    if len(found) < count:
        raise ConnectionResetError("the embedded store broke off")
    return found


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _part(batch: memoryview, wanted: Scan) -> Part:
    """The rows of a batch; nothing after the last one."""
    at = _LENGTH + int.from_bytes(batch[:_LENGTH], "little")
    header = orjson.loads(batch[_LENGTH:at])
    if "fault" in header:
        raise ConnectionAbortedError(header["fault"])
    if not header["count"]:
        return {}
    part: dict[str, Any] = {}
    for column in header["cols"]:
        name, values = column["name"], at + column["nulls"]
        nulls = np.frombuffer(batch[at:values], dtype=np.uint8)
        at = values + column["bytes"]
        absent = np.unpackbits(nulls, count=header["count"], bitorder="little").view(bool)
        part[name] = _column(column["type"], batch[values:at], absent, wanted.kinds.get(name))
    return part


def _column(form: str, data: memoryview, absent: Array, kind: Kind | None) -> Any:
    """Values of one property, in whatever form the engine chose for those of this batch.

    Args:
        kind: None for the engine's own numbers.
    """
    if kind is None:
        return np.frombuffer(data, dtype="<i8")
    if kind == "number" and form in _NUMBERS:
        column = np.frombuffer(data, dtype=_NUMBERS[form]).astype(np.float64)
        column[absent] = np.nan
        return column
    if kind == "text" and form == "str":
        return _texts(data, len(absent))
    # Lists; columns of a batch in which all values are absent, or not of one type.
    found = orjson.loads(data) if form == "json" else _texts(data, len(absent)).to_pylist()
    values = [None if gone else value for value, gone in zip(found, absent.tolist(), strict=True)]
    if kind == "list":
        return lists(values)
    return numbers(values) if kind == "number" else texts(["" if v is None else str(v) for v in values])


def _texts(data: memoryview, count: int) -> pa.LargeStringArray:
    """From 32 bit offsets and the bytes that they point into; an absent text has none."""
    offsets = np.frombuffer(data[: 4 * (count + 1)], dtype="<i4")
    bytes_ = arrow.pa.py_buffer(data[offsets.nbytes :])
    return arrow.pa.LargeStringArray.from_buffers(count, arrow.pa.py_buffer(offsets.astype(np.int64)), bytes_)
