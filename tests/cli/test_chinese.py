"""With ``--lang zh`` every command speaks Chinese; ``tests.english`` says what is English and what is a name."""

from __future__ import annotations

import ast
import getpass
import re
import shutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from cli.phases import ZH
from services.arrears.what_if.published_views import SOURCES
from terms.cautions import cautions
from terms.errors import catalogue
from tests.english import english_left
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM
from tests.small_site import write as write_small_site

ROOT = Path(__file__).parents[2]
NAMES = ("Debtor Works", "Guarantor Mills", "Upstream Trading")
INPUT = ("registry", "customers", "bills", "bureau", "talks", "letters", "number", "guarantor", "borrower")
KEPT = (
    *("operation", "retry", "different", "withdraw", "remove", "policy", "everyone", "read", "list-watched"),
    *(f"os:{getpass.getuser()}", getpass.getuser()),
)
"""What the audit trail keeps, in one language for whoever reads it."""
LEVEL = "warning"
"""The level of logs, as settings name it."""
AUTHOR = "zhang"

FAULTY = """
sources:
  - name: letters
    path: letters.csv
    channel: survey
    mapping:
      - node: Customer
        key: {customerNo: number}
        set: {name: name}
"""

STORY = (
    "ingest {folder}/site.yaml",
    "ingest {folder}/site.yaml",
    "ingest {folder}/letters.yaml",
    "ingest {folder}/wrong.yaml",
    "ingest {folder}/none.yaml",
    "loads list",
    "loads show nothing",
    "clusters",
    "trace {debtor}",
    "analyse",
    "analyse",
    "show {guarantor}",
    "show nothing",
    "search 4400000001",
    "search nothing",
    "search 44 --first 1",
    "neighbours {guarantor}",
    "neighbours {guarantor} --first 1",
    "neighbours {guarantor} --relation IS --first 1",
    "neighbours {guarantor} --relation LOVES",
    "neighbours 4400000001 --relation GUARANTEES",
    "paths {debtor} {upstream}",
    "paths 4400000001 4400000003 --max-length 1",
    "grid-trace 4400000001",
    "history {guarantor}",
    "trace {guarantor}",
    "trace {upstream}",
    "clusters",
    "circles",
    "owners {guarantor}",
    "related {guarantor}",
    "losses --shock {debtor}=1.0",
    "losses --shock {debtor}=1.0 --view debtrank",
    "losses --shock {debtor}=1.0 --view cascade",
    "losses --shock {debtor}=1.0 --view clearing",
    "what-if --shock {debtor}=1.0",
    "what-if --settle {debtor}",
    "watch list",
    "watch add {guarantor} --author {author}",
    "watch list",
    "override {debtor} --own 0.2 --until 2027-01-01 --reason 已核实 --author {author} --key k",
    "override {debtor} --own 0.2 --until 2027-01-01 --reason 已核实 --author {author} --key k",
    "trace {guarantor}",
    "quarantine list",
    "quarantine retry",
    "resolve",
    "why {debtor} {guarantor}",
    "why customers/4400000001 bills/A1-04",
    "judge {debtor} {guarantor} different --author {author}",
    "split registry/{debtor} --author {author}",
    "resolve",
    "audit verify",
    "audit list",
    "audit list --subject nobody",
    "backup {folder}/backup",
    "backup {folder}/backup",
    "restore {folder}/backup --check",
    "rebuild",
    "schema",
    "schema Customer",
    "report {guarantor} nothing --out {folder}/reports",
    "fit risk",
    "fit risk --reset",
    "fit own-risk --show",
    "fit own-risk --reset",
    "doctor",
)


def test_every_command_speaks_chinese(kept_home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "数据"
    wrong = write_small_site(folder).read_text().replace("channel: marketing", "channel: markting", 1)
    (folder / "wrong.yaml").write_text(wrong)
    (folder / "letters.yaml").write_text(FAULTY)
    (folder / "letters.csv").write_text("number,name\n44-1,甲\n4400000009,乙\n")
    words = {
        "folder": folder,
        "debtor": DEBTOR,
        "guarantor": GUARANTOR,
        "upstream": UPSTREAM,
        "author": AUTHOR,
    }
    left: dict[str, list[str]] = {}
    printed: dict[str, str] = {}
    for line in STORY:
        command = line.format(**words).split()
        answer = CliRunner().invoke(main, [*command, "--lang", "zh", "--home", str(kept_home)])
        assert isinstance(answer.exception, SystemExit | None), (line, answer.exception)
        printed[line] = answer.output
        if found := english_left(
            answer.output,
            str(folder),
            str(kept_home),
            AUTHOR,
            LEVEL,
            *NAMES,
            *INPUT,
            *KEPT,
            *SOURCES.values(),
        ):
            left[line] = found
    restored = CliRunner().invoke(
        main, ["restore", str(folder / "backup"), "--home", str(tmp_path / "again"), "--lang", "zh"]
    )
    assert restored.exit_code == 0, restored.output
    assert english_left(restored.output, str(folder), str(tmp_path)) == []
    assert not left, "\n".join(f"{line}: {found}" for line, found in left.items())
    assert printed["show {guarantor}"].startswith("企业（Enterprise） Guarantor Mills")
    assert "担保（GUARANTEES）" in printed["show {guarantor}"]
    assert "用电客户（Customer）" in printed["search 4400000001"]
    shutil.rmtree(tmp_path / "again")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield re.sub(r"\{[^}]*\}", "…", value)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


@pytest.mark.parametrize("name", sorted(file.stem for file in (ROOT / "cli").glob("[a-z]*.py")))
def test_the_texts_of_a_command_are_whole_in_both_languages(name: str) -> None:
    module = import_module(f"cli.{name}")
    for value in vars(module).values():
        if isinstance(value, Mapping) and set(value) == {"en", "zh"}:
            english, chinese = value["en"], value["zh"]
            if isinstance(english, Mapping):
                assert set(english) <= set(chinese), name
            assert [english_left(text) for text in _texts(chinese) if english_left(text)] == []


def test_errors_and_cautions_are_told_in_chinese() -> None:
    told = {code: "\n".join((kind.message["zh"], kind.remedy["zh"])) for code, kind in catalogue().items()}
    told |= {code: text["zh"] for code, text in cautions().items()}
    left = {code: english_left(re.sub(r"\{[^}]*\}", "…", text)) for code, text in told.items()}
    assert {code: words for code, words in left.items() if words} == {}


def _phases(tree: ast.AST) -> Iterator[str]:
    """The texts that ``progress`` is told."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            told = [*node.args[:1]] if called == "progress" else []
            told += [word.value for word in node.keywords if word.arg == "phase"]
            yield from (word.value for word in told if isinstance(word, ast.Constant))  # type: ignore[misc]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):  # of a part of a run
            yield from [str(node.value.value)] if ast.unparse(node.targets[0]) == "phase" else []


def test_every_phase_of_long_work_is_told_in_chinese() -> None:
    told = {
        phase
        for room in ("cli", "services", "ingest", "graph")
        for file in (ROOT / room).rglob("*.py")
        for phase in _phases(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert "Solving" in told
    assert told - set(ZH) == set()
