"""How a process of ours starts another: one place, so that none is ever started through a shell.

It stands below every room that starts one: the server of the embedded store, and the workers of a load.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

CHECKOUT = Path(__file__).parents[1]
"""Where ``-m`` finds the rooms, wherever the caller stands."""


class Program(NamedTuple):
    """A module of ours that runs, with the pipes to it; it ends when its stdin does, or when told to."""

    process: subprocess.Popen[bytes]
    stdin: IO[bytes]
    stdout: IO[bytes]


def python(
    arguments: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = None,
    own_session: bool = False,
    pipe_bytes: int = -1,
) -> subprocess.Popen[bytes]:
    """Start the interpreter that runs us with arguments of our own making, and nothing of its folder to import.

    Args:
        own_session: Ctrl-C at the terminal does not reach it.
        pipe_bytes: how much a pipe holds; -1: what the system gives.
    Raises:
        OSError: the system starts none.
    """
    command = [sys.executable, "-P", *arguments]
    return subprocess.Popen(  # noqa: S603 - the interpreter that runs us, on our own files
        command,
        cwd=folder,
        env=environment,
        stdin=stdin,
        stdout=output,
        stderr=errors,
        start_new_session=own_session,
        pipesize=pipe_bytes,
    )


def module(
    name: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    pipe_bytes: int = -1,
) -> Program:
    """Start a module of ours that talks over its stdin and stdout.

    Raises:
        OSError: the system starts none.
    """
    process = python(
        ["-m", name, *arguments],
        folder=CHECKOUT,
        environment=environment,
        stdin=subprocess.PIPE,
        output=subprocess.PIPE,
        pipe_bytes=pipe_bytes,
    )
    if process.stdin is None or process.stdout is None:
        raise OSError("a pipe was asked for and none was made")
    return Program(process, process.stdin, process.stdout)
