"""Every command has a place in docs/commands: it says what the help says, and its examples print what they show.

Where a change of the program is meant to change what examples print, ``make examples`` writes them anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

import click
import pytest

from cli.main import COMMANDS, main
from graph.store import open_store
from tests.command_pages import (
    INDEX,
    PROMPT,
    Example,
    Files,
    fits,
    pages,
    run,
    steps,
    write_anew,
    write_files,
)
from tests.conftest import DEMO_REPORT

RENEW = "KEHUTU_TEST_RENEW_EXAMPLES"
SHARED = {"--home", "--store", "--json", "--lang", "--log-level", "--help"}


def _leaves() -> dict[str, click.Command]:
    """Every command that does something, by its words."""
    context = click.Context(main)
    found: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found |= {f"{name} {inner}": one for inner, one in command.commands.items()}
        else:
            found[name] = command
    return found


LEAVES = _leaves()
TEXTS = {page: page.read_text(encoding="utf-8") for page in pages()}


def section(name: str) -> tuple[Path, str]:
    """The page of a command, and what stands there under its name."""
    heading = f"## kehutu {name.split(maxsplit=1)[0]}\n"
    [(page, text)] = [(page, text) for page, text in TEXTS.items() if heading in text]
    return page, text.split(heading)[1].split("\n## ")[0]


@pytest.fixture(scope="module")
def printed(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Example, list[str]]:
    """What all examples print, run in one folder in the order of the pages, on a copy of the small demonstration."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(demo_home, folder / ".kehutu")
    found: dict[Example, list[str]] = {}
    before = Path.cwd()
    os.chdir(folder)
    try:
        with open_store("embedded", folder / ".kehutu"):  # one store for all of them: a start takes seconds
            for page in TEXTS:
                earlier: list[list[str]] = []
                for step in steps(page):
                    if isinstance(step, Files):
                        write_files(step, folder)
                    else:
                        found[step] = _printed(step, earlier, demo_home)
                        earlier.append(found[step])
    finally:
        os.chdir(before)
    return found


def _printed(example: Example, earlier: list[list[str]], demo_home: Path) -> list[str]:
    """What an example prints; the demonstration was built for all tests, and a server is stopped once it serves."""
    if example.words.startswith("demo"):
        report = (demo_home.parent / DEMO_REPORT).read_text(encoding="utf-8")
        return [line.rstrip() for line in report.splitlines()]
    if example.words == "serve":
        return [_first_line_of_serving()]
    return run(example, earlier)


def _first_line_of_serving() -> str:
    """What the server says when it serves, on any free port, shown as the port that it takes without a flag."""
    command = [str(Path(sys.executable).with_name("kehutu")), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        line = server.stderr.readline()
        server.terminate()
        server.stderr.read()
    return re.sub(r":\d+/", ":8000/", line.rstrip())


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.name)
def test_examples_print_what_the_page_shows(page: Path, printed: dict[Example, list[str]]) -> None:
    of_page = {example: lines for example, lines in printed.items() if example.page == page}
    if os.environ.get(RENEW):
        write_anew(page, of_page)
        return
    for example, lines in of_page.items():
        assert fits(example.shown, lines), f"{example}\n" + "\n".join(
            unified_diff(list(example.shown), lines, "the page shows", "the command prints", lineterm="")
        )


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_command_has_an_example(name: str) -> None:
    page, _ = section(name)
    words = [step.words for step in steps(page) if isinstance(step, Example)]
    assert any(f"{one} ".startswith(f"{name} ") for one in words), f"{page.name} has no `{PROMPT}{name}`"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_page_says_what_the_help_says(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help is not None
    said = " ".join(command.help.replace("\b", "").split("\n\n")[0].split())
    _, text = section(name)
    assert " ".join(text.split()).startswith(said)
    assert "**When:**" in text


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_flags_that_the_page_names_exist(name: str) -> None:
    flags = {
        flag
        for leaf, command in LEAVES.items()
        if leaf.split()[0] == name
        for option in command.params
        for flag in (*option.opts, *option.secondary_opts)
    }
    _, text = section(name)
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)
    named = set(re.findall(r"`(--[a-z][a-z-]*)", prose))
    assert named - SHARED <= flags


def test_the_index_names_every_command_as_the_help_does() -> None:
    rows = dict(re.findall(r"^\| \[`(\S+)`\]\(\S+\) \| (.*) \|$", INDEX.read_text(encoding="utf-8"), re.M))
    assert rows == COMMANDS
