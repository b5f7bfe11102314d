"""The parsers of Gephi Lite, run by the Node that comes as a wheel; npm fetches them once, by the lock beside it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from tests.user_cache import fetched

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", "read.mjs")
REMEDY = (
    "`make install-test` installs Node; npm needs its registry once. Behind a proxy configure npm as usual."
)

Read: TypeAlias = Callable[[str, str], dict[str, Any]]
"""The graph of a text in a format, gexf or graphml: attributes by node, ends and attributes by edge."""


class ParsersUnavailableError(Exception):
    """npm could not get the parsers; says what it said, and what to do."""


@contextmanager
def gephi_lite() -> Iterator[Read]:
    """A process that reads one text after the other while the context lasts.

    Raises:
        ParsersUnavailableError: npm is missing or cannot get the packages.
    """
    command = [_program("node"), str(_installed() / "read.mjs")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        to, answers = process.stdin, process.stdout

        def read(written_format: str, text: str) -> dict[str, Any]:
            to.write(json.dumps({"format": written_format, "text": text}) + "\n")
            to.flush()
            # As floats: JavaScript writes 6.8e16 as a whole number, rounded to digits that it needs.
            answer: dict[str, Any] = json.loads(answers.readline(), parse_int=float)
            assert "error" not in answer, answer["error"]
            return answer

        yield read
        to.close()


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _installed() -> Path:
    """The folder of the program with the packages that it imports."""
    return fetched("gephi-lite", b"".join((HERE / name).read_bytes() for name in FILES), _fetch)


def _fetch(folder: Path) -> None:
    for name in FILES:
        shutil.copy(HERE / name, folder)
    command = [_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise ParsersUnavailableError(f"{error}. {REMEDY}") from error
    if done.returncode != 0:
        raise ParsersUnavailableError(f"npm could not get the parsers:\n{done.stderr[-2000:]}\n{REMEDY}")
