"""The examples of docs/commands: how they are read, run and compared, and how they are written anew.

An example stands in a fenced block of the language ``console``: a line that begins with ``$ kehutu`` is run as it is,
and what follows is what it prints. A line ``…`` stands for lines that were left out, ``…`` within a line for what
differs from one home to the next. ``(exit 1)`` is the exit status where it is not 0. Blocks of the language ``sh``
write the files that the examples use. A word such as ``load-…`` in a command is an id that was printed before: the
first one in the last output that has one.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from cli.main import main

FOLDER = Path(__file__).parents[1] / "docs" / "commands"
INDEX = FOLDER / "README.md"
LEFT_OUT = "…"
PROMPT = "$ kehutu "
VOLATILE = re.compile(
    r"(?<=person:)[0-9a-f]{32}|(?<=load-)[0-9a-f]{16}|(?<=watch-rule:)[0-9a-f]{24}|(?<=q-)[0-9a-z]{12}"  # ids
    r"|(?<=\b\d{8}-)[0-9a-f]{10}|(?<=community-)[0-9a-f]{12}|(?<=--after )\S{20,}|\b[0-9a-f]{64}\b"
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+]\d\d:\d\d)?( UTC)?|\d+\.\d+(?= s\b)"  # times
    r"|\d(\.\d)?e-\d\d|/\S+/(?=kehutu\b|visits.yaml)"  # the last digits of sums, places
)
"""What differs from home to home or from call to call; pages show ``…`` in its place."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a page and what it prints there. ``line``: where the command stands, from 1."""

    page: Path
    line: int
    words: str
    shown: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page.name}, line {self.line}: kehutu {self.words}"


@dataclass(frozen=True, slots=True)
class Files:
    """A block of a page that writes files."""

    page: Path
    line: int
    text: str


def pages() -> list[Path]:
    """The pages in the order of the index: later ones may change the home."""
    return [
        FOLDER / name for name in dict.fromkeys(re.findall(r"\]\((\w[\w-]*\.md)", INDEX.read_text("utf-8")))
    ]


def steps(page: Path) -> list[Example | Files]:
    """What a reader does, from the top of the page to its end."""
    found: list[Example | Files] = []
    text = page.read_text(encoding="utf-8")
    for block in re.finditer(r"^```(console|sh)\n(.*?)^```$", text, re.M | re.S):
        first = text[: block.start()].count("\n") + 2
        if block[1] == "sh":
            found.append(Files(page, first, block[2]))
            continue
        lines = block[2].splitlines()
        starts = [index for index, line in enumerate(lines) if line.startswith(PROMPT)]
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            words = lines[start].removeprefix(PROMPT)
            found.append(Example(page, first + start, words, tuple(lines[start + 1 : end])))
    return found


def write_files(block: Files, folder: Path) -> None:
    """Run a block that writes files."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.text],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{block.page.name}, line {block.line}: {done.stderr}"


def run(example: Example, earlier: list[list[str]]) -> list[str]:
    """What the command prints in the folder of the process, line by line, and its exit status where it is not 0."""
    words = [_id(word, earlier) if LEFT_OUT in word else word for word in shlex.split(example.words)]
    answer = CliRunner().invoke(main, words, prog_name="kehutu")
    assert answer.exception is None or isinstance(answer.exception, SystemExit), (
        f"{example}: {answer.exception!r}"
    )
    printed = [line.rstrip() for line in answer.stdout.splitlines()]
    if answer.exit_code:
        fault = re.search(r"^([A-Z_]+: .*\n(?:Remedy: |处理办法：).*)$", answer.stderr, re.M)
        printed += [*(fault[1].splitlines() if fault else ()), f"(exit {answer.exit_code})"]
    return printed


def _id(word: str, earlier: list[list[str]]) -> str:
    """The first id that begins so in the last output that has one."""
    beginning = word.partition(LEFT_OUT)[0]
    for printed in reversed(earlier):
        if found := re.search(rf"{re.escape(beginning)}[0-9a-z]{{8,}}", "\n".join(printed)):
            return found[0]
    raise AssertionError(f"nothing that begins with {beginning} was printed before")


def fits(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether a page shows what was printed, but for what it marks as left out. Runs of spaces count as one."""
    parts = [r"(?:.*\n)*?" if line.strip() == LEFT_OUT else _pattern(line) + r"\n" for line in shown]
    whole = "".join(f"{_even(line)}\n" for line in printed)
    return re.fullmatch("".join(parts), whole) is not None


def _even(line: str) -> str:
    return " ".join(line.split())


def _pattern(line: str) -> str:
    return r".*?".join(re.escape(part) for part in _even(line).split(LEFT_OUT))


def renewed(example: Example, printed: list[str]) -> list[str]:
    """The lines of an example anew: as many at its beginning and end as it showed, volatile parts marked."""
    marked = [_marked(line) for line in printed]
    left_out = [index for index, line in enumerate(example.shown) if line.strip() == LEFT_OUT]
    if not left_out:
        return marked
    head, tail = left_out[0], len(example.shown) - left_out[-1] - 1
    return [*marked[:head], LEFT_OUT, *(marked[-tail:] if tail else ())]


def _marked(line: str) -> str:
    return VOLATILE.sub(
        lambda found: LEFT_OUT.ljust(len(found[0]) if line.startswith("  ", found.end()) else 1), line
    )


def write_anew(page: Path, found: dict[Example, list[str]]) -> None:
    """Put what was printed into the page, in place of what it showed."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for example in sorted(found, key=lambda one: one.line, reverse=True):
        if not fits(example.shown, found[example]):
            lines[example.line : example.line + len(example.shown)] = renewed(example, found[example])
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")
