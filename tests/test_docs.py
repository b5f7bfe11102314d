"""The README's tour works as printed, against a small demo; the pages' links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from tests.ingest_front.bad_input import CASES

CHECKOUT = Path(__file__).parents[1]
README = CHECKOUT / "README.md"
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
END_OF_BLOCK = "end-of-block"
BLOCK_SECONDS = 300
"""A limit for a command that hangs, far above what any needs."""


class Block(NamedTuple):
    """A fenced block of a page: its language, its text and the line on which it starts."""

    language: str
    text: str
    line: int


def _blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(found[1], found[2], text[: found.start()].count("\n") + 1)
        for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    ]


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """The demo's site in ``folder`` served on a free port; gives the URL of GraphQL. What it said is in serve.log."""
    command = [str(Path(sys.executable).with_name("kehutu")), "serve", "--port", "0"]
    log = folder / "serve.log"
    with log.open("wb") as output, subprocess.Popen(command, cwd=folder, stderr=output) as server:
        try:
            while not (found := re.search(r"http://\S+/graphql", log.read_text())):
                assert server.poll() is None, log.read_text()
                time.sleep(0.1)
            yield found[0]
        finally:
            server.terminate()


def _ask(url: str, block: Block, names: dict[str, str], log: Path) -> dict[str, Any]:
    """The answer to a query of the page; its variables are called as the names in ``demo.json``."""
    variables = {name: names[name] for name in re.findall(r"\$(\w+): ID!", block.text)}
    answered = httpx.post(url, json={"query": block.text, "variables": variables}, timeout=BLOCK_SECONDS)
    assert answered.status_code == httpx.codes.OK, f"README.md, line {block.line}: {log.read_text()[-3000:]}"
    answer: dict[str, Any] = answered.json()
    assert not answer.get("errors"), f"README.md, line {block.line}: {answer['errors']}"
    return dict(answer["data"])


@contextmanager
def _shell(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """One shell for all blocks, as a reader has: what one block sets the next one uses."""
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(
        ["bash", "-euo", "pipefail"],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as shell:
        yield shell
        assert shell.stdin
        shell.stdin.close()


def _run(shell: subprocess.Popen[str], block: Block) -> str:
    assert shell.stdin
    assert shell.stdout
    shell.stdin.write(f"{block.text}\necho {END_OF_BLOCK}\n")
    shell.stdin.flush()
    said = ""
    for line in shell.stdout:
        if line.strip() == END_OF_BLOCK:
            return said
        said += line
    pytest.fail(f"README.md, the block of line {block.line} failed:\n{said}")


def test_the_two_commands_exist() -> None:
    first = next(block for block in _blocks(README) if block.language == "make")
    for line in first.text.splitlines():
        command = line.split("#")[0].split()
        planned = subprocess.run(
            [*command, "--dry-run"], cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        assert planned.returncode == 0, planned.stderr


def test_every_command_and_query_of_the_tour_works(demo_home: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_home, tmp_path / ".kehutu")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    names = json.loads((tmp_path / ".kehutu" / "demo.json").read_text())
    answers = []
    printed = ""

    with _serving(tmp_path) as url, _shell(tmp_path) as shell:
        for block in _blocks(README):
            if block.language == "sh":
                printed += _run(shell, block)
            elif block.language == "graphql":
                answers.append(_ask(url, block, names, tmp_path / "serve.log"))

    visit, portrait, trace = answers
    assert visit["customer"]["name"] == "王芳"
    assert {"visits"} == {row["source"] for row in visit["customer"]["provenance"]}
    assert "99-7 3" in printed
    assert "36.6 % → 宏远水泥有限公司  by guarantee of 1,000,000.00 yuan [guarantees/G-1]" in printed
    assert portrait["customer"]["bills"]["totalCount"] > 0
    assert portrait["customer"]["servicePoints"]["edges"][0]["node"]["fedBy"]
    paths = trace["riskTrace"]["paths"]
    parts = [*(path["amount"]["fen"] for path in paths), trace["riskTrace"]["tail"]["amount"]["fen"]]
    assert sum(parts) == trace["riskTrace"]["expectedLoss"]["fen"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_within_the_repository_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_files_that_pages_name_exist(page: Path) -> None:
    if page.name == "CHANGELOG.md":  # history may name what has gone
        return
    rooms = "terms|graph|ledger|ingest|algorithms|services|api|cli|cypher|tests|benchmarks|docs|requirements"
    named = re.findall(rf"`((?:{rooms})/[\w./-]+?)`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (CHECKOUT / name).exists() and "NAME" not in name] == []


def test_functions_that_the_page_on_architecture_names_are_in_their_files() -> None:
    page = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`(\w+)` in `([\w/]+\.py)`", page)
    assert named
    for name, file in named:
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        assert re.search(rf"^ *(?:def|class) {name}\b", text, re.M), f"{file} has no {name}"


def test_the_chinese_readme_has_the_same_commands_and_queries() -> None:
    chinese = _blocks(CHECKOUT / "README.zh-CN.md")
    assert [(b.language, b.text) for b in chinese] == [(b.language, b.text) for b in _blocks(README)]


def test_every_fault_of_the_page_is_shown_by_tests_that_exist() -> None:
    """The table of docs/faults.md: each number once, each with tests that are there."""
    page = (CHECKOUT / "docs" / "faults.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \|.*\| (.+?) \|$", page, re.M)
    assert [int(number) for number, _ in rows] == [*range(1, 9), 10, 11, *range(18, 38), *range(78, 89), 90]
    for number, shown in rows:
        tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", shown)
        assert tests, f"{number} names no test"
        for file, name in tests:
            assert f"\ndef {name}(" in (CHECKOUT / file).read_text(encoding="utf-8"), (
                f"{number}: {file}::{name}"
            )
    assert {case.item for case in CASES} == {*range(18, 35), *range(78, 89), 90}
