"""What commands of the command line cost, beside a running server: CPU and wall seconds of the client, median.

    python -m benchmarks.command_times [--home FOLDER] [--before CHECKOUT [--home-before FOLDER]] [--runs 5]

Each home gets a server of its own checkout, and every command runs in a process of its own. With ``--before`` both
checkouts take turns, so that a busy machine is busy for both. A home is the small demonstration
(``kehutu demo --no-serve``), made anew in a temporary folder where none is given. Seconds on the clock mean something
on a quiet machine only; the load is told below the table. Prints one Markdown table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

CHECKOUT = Path(__file__).resolve().parents[1]
PROGRAM = "from cli.main import main; main(prog_name='kehutu')"

COMMANDS: dict[str, str] = {
    "search": "search 云泽",
    "show": "show {customer}",
    "neighbours": "neighbours {enterprise}",
    "why": "why {customer} {enterprise}",
    "owners": "owners {enterprise}",
    "trace": "trace {enterprise}",
    "what-if": "what-if --shock {enterprise}=1.0",
    "clusters": "clusters",
    "circles": "circles",
    "related": "related {enterprise}",
}
"""The ten commands, by name. Ids are those that the demonstration calls worth a look."""


class Took(NamedTuple):
    """Seconds of one call: of the CPU, user and system together, and on the clock."""

    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Side:
    """A checkout with a home that it can read."""

    checkout: Path
    home: Path

    def command(self, words: str) -> list[str]:
        """What runs a command of this checkout, whichever is installed."""
        return [sys.executable, "-c", PROGRAM, *shlex.split(words), "--home", str(self.home)]

    @property
    def environment(self) -> dict[str, str]:
        """The code of this checkout first."""
        return {**os.environ, "PYTHONPATH": str(self.checkout)}

    def call(self, words: str) -> Took:
        """Run a command and wait for it.

        Raises:
            RuntimeError: it neither answered (0) nor answered in the negative (1).
        """
        start = time.perf_counter()
        with tempfile.TemporaryFile() as printed:
            process = subprocess.Popen(
                self.command(words), cwd=self.checkout, env=self.environment, stdout=printed, stderr=printed
            )
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):
                printed.seek(0)
                raise RuntimeError(f"kehutu {words}: exit {process.returncode}\n{printed.read().decode()}")
        return Took(used.ru_utime + used.ru_stime, wall)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """A server of this checkout, for as long as the context lasts."""
        with subprocess.Popen(
            self.command("serve --port 0"),
            cwd=self.checkout,
            env=self.environment,
            stderr=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                assert server.stderr
                told = server.stderr.readline()
                if "http" not in told:
                    raise RuntimeError(f"the server of {self.checkout} does not serve: {told}")
                yield
            finally:
                server.terminate()
                server.communicate()


def made_home(checkout: Path, folder: Path) -> Path:
    """A small demonstration that this checkout has built in a folder."""
    side = Side(checkout, folder)
    subprocess.run(
        side.command("demo --no-serve"),
        cwd=checkout,
        env=side.environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


def measure(sides: Sequence[Side], words: str, runs: int) -> list[Took]:
    """Medians of a command on each side, which take turns; a first call of each is not counted."""
    for side in sides:
        side.call(words)
    taken: list[list[Took]] = [[] for _ in sides]
    for _ in range(runs):
        for side, found in zip(sides, taken, strict=True):
            found.append(side.call(words))
    return [Took(median(one.cpu for one in found), median(one.wall for one in found)) for found in taken]


def table(rows: dict[str, list[Took]]) -> str:
    """The medians by command as Markdown; the last side is the present one."""
    heads = ["now"] if len(next(iter(rows.values()))) == 1 else ["before", "now"]
    lines = [
        "| command | "
        + " | ".join([*(f"CPU s, {head}" for head in heads), *(f"wall s, {head}" for head in heads)])
        + " |",
        "| --- |" + " --- |" * (2 * len(heads)),
    ]
    for command, found in rows.items():
        cells = [*(f"{one.cpu:.2f}" for one in found), *(f"{one.wall:.2f}" for one in found)]
        lines.append(f"| `{command}` | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path)
    parser.add_argument("--before", type=Path, metavar="CHECKOUT")
    parser.add_argument("--home-before", type=Path, metavar="FOLDER")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as serving:
        now = Side(CHECKOUT, (given.home or made_home(CHECKOUT, Path(folder) / "now")).resolve())
        sides = [now]
        if given.before:
            before = given.before.resolve()
            home = given.home_before or made_home(before, Path(folder) / "before")
            sides.insert(0, Side(before, home.resolve()))
        ids = json.loads((now.home / "demo.json").read_text(encoding="utf-8"))
        for home in {side.home: side for side in sides}.values():
            serving.enter_context(home.serving())
        loads = [os.getloadavg()[0]]
        rows = {}
        for name in given.commands:
            rows[name] = measure(sides, COMMANDS[name].format(**ids), given.runs)
            loads.append(os.getloadavg()[0])
    print(table(rows))
    print(
        f"\nMedian of {given.runs}; load of the machine {min(loads):.1f} to {max(loads):.1f}, {os.cpu_count()} cores."
    )


if __name__ == "__main__":
    main()
