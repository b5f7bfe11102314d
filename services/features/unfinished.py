"""Notes of a search for classes in a file, so that one that was cut off goes on where it was."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from algorithms.segments.table import Table
from graph.arrays import Ints
from terms.errors import KehutuError

LAYOUT: Final = 1


class Unfinished:
    """Notes of one search; those of another table, seed or version of the program are not taken.

    Each note is a line that is on disk before the search goes on; one that was cut off is passed over.
    """

    def __init__(self, path: Path, subject: str) -> None:
        """``subject``: what the search is of, see :func:`subject_of`.

        Raises:
            KehutuError: ``FILE_UNREADABLE``.
        """
        self.path = path
        self._known: dict[str, bytes] = {}
        head = {"layout": LAYOUT, "subject": subject}
        try:
            lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
            # What follows a note that was cut off is of a later try, and would be glued to it.
            whole = [line for line in lines if line.endswith(b"}\n")]
            if lines and whole and json.loads(whole[0]) == head:
                notes = [json.loads(line) for line in whole[1:]]
                self._known = {one["name"]: base64.b85decode(one["value"]) for one in notes}
                if len(whole) < len(lines):
                    path.write_bytes(b"".join(whole))
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(head) + "\n", encoding="utf-8")
        except OSError as fault:
            raise KehutuError("FILE_UNREADABLE", file=path, reason=fault.strerror or fault) from fault
        except (ValueError, KeyError, TypeError):
            path.write_text(json.dumps(head) + "\n", encoding="utf-8")
            self._known = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, name: str) -> bytes | None:
        """What was noted under a name."""
        return self._known.get(name)

    def put(self, name: str, value: bytes) -> None:
        """Note something, on disk."""
        self._known[name] = value
        line = json.dumps({"name": name, "value": base64.b85encode(value).decode()}) + "\n"
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def done(self) -> None:
        """The search has come to its end: nothing has to be kept."""
        self.path.unlink(missing_ok=True)


def subject_of(table: Table, dimension: Ints, seed: int) -> str:
    """What a search is of: every cell, key and feature of a table in hashed order, the seed and the program."""
    digest = hashlib.sha256(f"{version('kehutu')} {np.__version__} {seed}".encode())
    for column in (table.keys, table.numbers, table.codes, dimension):
        digest.update(np.ascontiguousarray(column).tobytes())
    digest.update(repr((table.names, table.levels)).encode())
    return digest.hexdigest()
