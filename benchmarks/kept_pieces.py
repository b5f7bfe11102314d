"""Measurements in pieces, each kept when it is done: a run that was cut off goes on where it was."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Plain = dict[str, Any]


@dataclass(slots=True)
class Pieces:
    """``file``: one JSON document a line. ``wall``, ``cpu``: seconds that the pieces asked for took when they were
    measured."""

    file: Path
    wall: float = 0.0
    cpu: float = 0.0

    def of(self, name: str, code: str, measure: Callable[[], Plain]) -> Plain:
        """A piece as it was kept, or else measured now.

        Args:
            code: digest of the code that is measured; a piece that was kept of other code does not count.
        """
        found = self._kept(name, code)
        if found is None:
            began, worked = time.perf_counter(), time.process_time()
            found = {"piece": name, "code": code, "result": measure()}
            found |= {"wall": time.perf_counter() - began, "cpu": time.process_time() - worked}
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(found) + "\n")
            print(f"{name}: {found['result']}", file=sys.stderr, flush=True)
        self.wall += found["wall"]
        self.cpu += found["cpu"]
        result: Plain = found["result"]
        return result

    def _kept(self, name: str, code: str) -> Plain | None:
        if not self.file.exists():
            return None
        for line in self.file.read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):  # the last one may have been cut off
                one: Plain = json.loads(line)
                if (one["piece"], one["code"]) == (name, code):
                    return one
        return None


def digest(files: Iterable[Path]) -> str:
    """Of the bytes of some files."""
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
