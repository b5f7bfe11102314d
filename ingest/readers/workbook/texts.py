"""The texts that the cells of a workbook share; those beyond what memory should hold lie in a temporary file."""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from typing import IO, Final

from ingest.readers import FIELD_LIMIT
from ingest.readers.workbook.xml import DEPTH, UnreadableError, local, parser_within_limits, steps, too_deep
from terms.cleanup import on_failure

_IN_MEMORY: Final = 48 << 20
_OVERHEAD: Final = 80  # bytes of a text beside its characters
_MOST: Final = 20_000_000
_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")


class SharedTexts:
    """A list of texts that keeps the first of them in memory, as ``near``, and the others in a nameless file."""

    def __init__(self) -> None:
        self.near: list[str] = []
        self._room = _IN_MEMORY
        self._ends = array("Q")
        self._far: IO[bytes] | None = None

    def add(self, text: str) -> None:
        """Append a text."""
        if self._far is None:
            self._room -= _OVERHEAD + 4 * len(text)
            if self._room > 0:
                self.near.append(text)
                return
            self._far = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the workbook
            self._ends.append(0)
        written = text.encode("utf-8", "surrogatepass")
        self._far.write(written)
        self._ends.append(self._ends[-1] + len(written))
        if len(self._ends) > _MOST:
            raise UnreadableError(f"it has more than {_MOST:,} shared texts", f"其共享文本超过 {_MOST:,} 条")

    @property
    def spilled(self) -> bool:
        """Whether some of them lie on the disk."""
        return self._far is not None

    def __len__(self) -> int:
        return len(self.near) + max(0, len(self._ends) - 1)

    def __getitem__(self, number: int) -> str:
        """Raises ``IndexError`` for a number that no text has."""
        if 0 <= number < len(self.near):
            return self.near[number]
        number -= len(self.near)
        if self._far is None or not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._far.fileno(), end - start, start).decode("utf-8", "surrogatepass")

    def settle(self) -> None:
        """Write out what waits; to be called after the last text."""
        if self._far is not None:
            self._far.flush()

    def close(self) -> None:
        """Give the temporary file back."""
        if self._far is not None:
            self._far.close()


def read_texts(part: IO[bytes]) -> SharedTexts:
    """The shared texts of a workbook, without their fonts and without notes on pronunciation.

    Raises:
        UnreadableError: the part is no such list.
    """
    texts = SharedTexts()
    depth = 0
    taking = spoken = False
    pieces: list[str] = []
    size = 0

    def start(name: str, _given: dict[str, str]) -> None:
        nonlocal depth, taking, spoken, size
        depth += 1
        tag = local(name)
        if tag == "t":
            taking = not spoken
        elif tag == "si":
            pieces.clear()
            size = 0
        elif tag == "rPh":
            spoken = True
        if depth > DEPTH:
            raise too_deep()

    def characters(text: str) -> None:
        nonlocal size
        if taking and size <= FIELD_LIMIT:
            pieces.append(text)
            size += len(text)

    def end(name: str) -> None:
        nonlocal depth, taking, spoken
        depth -= 1
        tag = local(name)
        if tag == "t":
            taking = False
        elif tag == "si":
            texts.add(plain("".join(pieces)))
        elif tag == "rPh":
            spoken = False

    parser = parser_within_limits()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    with on_failure(texts.close):
        for _ in steps(part, parser):
            pass
        texts.settle()
    return texts


def plain(text: str) -> str:
    """A text with its characters themselves where the workbook writes their number (``_x000D_``)."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
