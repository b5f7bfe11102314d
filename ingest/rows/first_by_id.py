"""Which record ids a load has met, so that a second row of one id that is no update does not overwrite the first."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_RECENT: Final = 1 << 18


class FirstById:
    """Which record ids a load has seen and with what content, as 64 bit hashes: 16 bytes a row.

    The latest lie in a dictionary, the others in sorted arrays of doubling size.
    """

    def __init__(self, recent: int = _RECENT) -> None:
        self._most = recent
        self._recent: dict[int, int] = {}
        self._runs: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]] = []

    def add(self, id_: int, content: int) -> int | None:
        """Note a row; the content of the first one with its id, if there was one."""
        earlier = self.get(id_)
        if earlier is None:
            self._recent[id_] = content
        return earlier

    def get(self, id_: int) -> int | None:
        """The content of the first row with an id, if there was one."""
        earlier = self._recent.get(id_)
        if earlier is None:
            for ids, contents in self._runs:
                position = int(ids.searchsorted(id_))
                if position < len(ids) and ids[position] == id_:
                    return int(contents[position])
        return earlier

    def settle(self) -> None:
        """Between batches: move many recent ones to arrays."""
        if len(self._recent) < self._most:
            return
        ids = np.fromiter(self._recent.keys(), np.int64, len(self._recent))
        contents = np.fromiter(self._recent.values(), np.int64, len(self._recent))
        self._recent = {}
        while self._runs and len(self._runs[-1][0]) <= len(ids):
            older_ids, older_contents = self._runs.pop()
            ids = np.concatenate([older_ids, ids])
            contents = np.concatenate([older_contents, contents])
        order = np.argsort(ids, kind="stable")
        self._runs.append((ids[order], contents[order]))
