"""Starting workers, reading their notes, and waiting for something to happen."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 180.0


def start(work: str, notes: Path, *arguments: object) -> subprocess.Popen[bytes]:
    """A worker in a process of its own, see ``tests.faults.worker``."""
    command = [sys.executable, "-m", "tests.faults.worker", work, str(notes), *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})


def noted(notes: Path) -> list[int]:
    """What a worker has noted; a last line cut short was not acknowledged."""
    if not notes.exists():
        return []
    return [int(line) for line in notes.read_text().splitlines(keepends=True) if line.endswith("\n")]


def wait_for(happened: Callable[[], bool]) -> None:
    """Until something that is bound to happen has; how fast is not judged here."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.002)
