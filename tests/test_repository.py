"""What holds for the repository as a whole: nothing of one machine in it, and nothing in it out of date."""

from __future__ import annotations

import ast
import re
import shutil
import string
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from terms import document
from terms.errors import catalogue
from tests import marks

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("terms", "graph", "ledger", "ingest", "algorithms", "services", "api", "cli")
LARGEST_MODULE = 400

# Put together here, so that this file does not contain what it looks for.
PLACES = re.compile(
    r"(?<![\w.~-])/(?:" + "|".join(("root", "home", "work", "Users", "mnt", "build")) + r")/\w"
)
HOSTS = re.compile(
    "|".join(
        re.escape(host)
        for host in (
            *("pypi" + ".org", "python" + "hosted.org", "registry." + "npmjs", "crates" + ".io"),
            *(
                "repo." + "maven",
                "repo1." + "maven",
                "maven" + "central",
                "proxy." + "golang",
                "debian" + ".org",
            ),
            *("extra-index" + "-url", "--index" + "-url"),
        )
    )
)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    return [path for name in listed.stdout.split("\0") if name and (path := CHECKOUT / name).is_file()]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a binary file; tests keep some, in other encodings on purpose
            continue


def _modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (CHECKOUT / room).rglob("*.py"))


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:120]}"
        for path, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_place_of_one_machine() -> None:
    assert _found(PLACES) == []


def test_no_file_names_a_package_registry() -> None:
    assert _found(HOSTS) == []


@pytest.mark.parametrize("name", ["runtime", "dev", "data", "uv"])
def test_locks_pin_every_package_by_hash_and_name_no_place(name: str) -> None:
    text = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert entries
    assert [
        entry for entry in entries if not re.match(r"[a-z0-9.\[\]-]+==\S+ .*--hash=sha256:", entry, re.S)
    ] == []


def test_locks_answer_what_the_project_asks_for() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    inputs = {
        "runtime": [*project["dependencies"], *_lines("build.in")],
        "dev": _lines("dev.in"),
        "data": _lines("data.in"),
        "uv": _lines("uv.in"),
    }
    faults = []
    for name, wanted in inputs.items():
        locked = dict(
            re.findall(
                r"^([a-z0-9.-]+)==([^\s;]+)", (CHECKOUT / "requirements" / f"{name}.txt").read_text(), re.M
            )
        )
        for requirement in map(Requirement, wanted):
            version = locked.get(canonicalize_name(requirement.name))
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                faults.append(f"{name}.txt has {version} for '{requirement}': run `make lock`")
    assert faults == []


def _lines(name: str) -> list[str]:
    text = (CHECKOUT / "requirements" / name).read_text()
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_modules_say_what_they_answer_and_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if (
        not text or "Made by" in text[:300]
    ):  # a room's bare mark; a generated file is as long as its source makes it
        return
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it is for"
    assert len(text.splitlines()) <= LARGEST_MODULE, "find the second thing in it"
    assert path.stem not in {"utils", "helpers", "common", "misc"}, "name a file after what it answers"


def test_imports_point_one_way() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    checked = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_every_error_speaks_both_languages_and_names_a_remedy(code: str) -> None:
    kind = catalogue()[code]
    assert re.fullmatch(r"[A-Z][A-Z0-9_]+", code)
    assert kind.exit in document.EXITS
    for texts in (kind.message, kind.remedy):
        assert re.search(r"[a-zA-Z]{2}", texts["en"])
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
        assert re.search(r"[\u4e00-\u9fff]", texts["zh"])
    assert _placeholders(kind.message["en"]) == _placeholders(kind.message["zh"])


def test_the_catalogue_lists_each_code_once() -> None:
    # A repeated code would silently replace the first one in a lenient reader.
    with (CHECKOUT / "terms" / "errors.yaml").open(encoding="utf-8") as file:
        assert set(YAML(typ="safe", pure=True).load(file)) == set(catalogue())


def _calls(function: str) -> Iterator[tuple[str, ast.Call]]:
    for path in _modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                yield f"{path.relative_to(CHECKOUT)}:{node.lineno}", node


def test_code_raises_only_what_the_catalogue_lists_with_every_detail_it_needs() -> None:
    faults = []
    for place, call in _calls("KehutuError"):
        code = call.args[0] if call.args else None
        if not isinstance(code, ast.Constant) or not isinstance(code.value, str):
            continue  # a code handed on; the literal that it comes from is looked for by the next test
        if code.value not in catalogue():
            faults.append(f"{place}: {code.value} is not in the catalogue")
            continue
        kind = catalogue()[code.value]
        needed = set().union(
            *(_placeholders(text) for text in (*kind.message.values(), *kind.remedy.values()))
        )
        given = {keyword.arg for keyword in call.keywords}
        if None not in given and needed - given:  # None stands for ** of a mapping
            faults.append(f"{place}: {code.value} lacks {sorted(needed - given)}")
    assert faults == []


def test_every_error_of_the_catalogue_is_raised_somewhere() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in _modules())
    assert [code for code in sorted(catalogue()) if f'"{code}"' not in text] == []


def test_the_page_of_errors_is_current() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.page(), "run `make generate`"


def test_a_python_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path)
    shutil.copytree(CHECKOUT / "requirements", tmp_path / "requirements")
    # `false` fails the question for its version as an old Python does.
    command = ["make", "install", "PYTHON=false"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode == 2
    assert "needs Python 3.11 or later as 'false'" in refused.stderr
    assert "make install PYTHON=" in refused.stderr
    assert not (tmp_path / ".venv").exists()


CYPHER = re.compile(
    r"\b(?:MATCH|MERGE|CREATE|DELETE)\s*\([\w:)]|\bUNWIND\s+\S+.*\bAS\b|\bCALL\s+(?:gds|db|dbms)\.|\bRETURN\s+\w+.*\bAS\b"
)
WITH_CYPHER = {
    "graph/connection.py": "asks whether a store answers",
    "graph/create.py": "one text for each type of the schema",
    "graph/dialects/arcadedb.py": "what only this store understands",
    "graph/dialects/neo4j.py": "what only this store understands",
    "graph/migrate.py": "the state of the store, before its definitions are as they should be",
    "graph/narrowing.py": "puts columns of named queries together",
    "graph/queries.py": "made from cypher/",
    "graph/seen_in.py": "where nodes are seen, which is no property of the schema",
    "graph/seen_queries.py": "made from cypher/",
    "graph/rebuild.py": "the mark of a store that is made again, beside its definitions",
    "graph/state.py": "the state of the store, beside its definitions",
    "graph/store.py": "asks whether a store answers",
    "graph/write.py": "one text for each type of the schema",
    "ingest/readers/py2neo_origin.py": "reads another program's graph, of no schema of ours",
}
"""Modules that may hold Cypher, each with its reason; all other queries stand in ``cypher/``."""


def _texts_of_code(module: Path) -> Iterator[str]:
    """Strings of a module that are no docstrings; of an f-string what is fixed."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken:
            yield node.value


def test_queries_stand_in_cypher_files_but_for_listed_modules() -> None:
    holding = {
        module.relative_to(CHECKOUT).as_posix()
        for module in _modules()
        if any(CYPHER.search(text) for text in _texts_of_code(module))
    }
    assert holding == set(WITH_CYPHER)


CITED = re.compile(r"\b(docs/[\w/-]+\.md),[\s#>]+(?:\"([^\"]+)\"|(\w+))")


def test_every_section_that_is_cited_exists() -> None:
    cited = [
        (path.relative_to(CHECKOUT).as_posix(), page, section or f"not in quotes: {word}")
        for path, text in _texts()
        if path.suffix in {".py", ".md", ".yaml", ".cypher"} and path != Path(__file__)
        for page, section, word in CITED.findall(text)
    ]
    assert cited
    headings = {
        page: set(re.findall(r"^#+ (.+)$", (CHECKOUT / page).read_text(encoding="utf-8"), re.M))
        for page in {page for _, page, _ in cited}
    }
    assert [found for found in cited if found[2] not in headings[found[1]]] == []


def test_a_docstring_that_repeats_a_name_counts_for_nothing() -> None:
    tree = ast.parse(
        'def paid_bills(x):\n    """The paid bills."""\n\n\ndef due(x):\n    """Bills that are not paid."""\n\n\n'
        "def bare(x):\n    return x\n"
    )
    told = [marks.says_more(node, ast.get_docstring(node)) for node in tree.body]
    assert told == [False, True, False]


def test_what_a_text_says_of_comments_is_no_comment() -> None:
    text = 'HEAD = "# ruff: noqa: E501"\nvalue = 1  # noqa: E741\n'
    assert [bool(marks.IGNORE.search(one)) for one in marks.comments(text)] == [True]


def test_every_mark_of_good_code_is_kept() -> None:
    assert [mark for mark in marks.marks() if not mark.kept] == []


def test_a_rule_that_is_switched_off_for_some_files_of_a_room_counts_there() -> None:
    assert {pattern for pattern, _ in marks.exempt("algorithms")} == {"algorithms/**/*_kernel.py"}
    assert len(marks.exempt("algorithms")) == 3
    assert marks.exempt("api") == []


def test_modules_of_kernels_hold_nothing_else() -> None:
    modules = [path for path in _modules() if path.stem.endswith("_kernel")]
    assert modules
    others = [
        f"{path.relative_to(CHECKOUT)}:{node.lineno}"
        for path in modules
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef)
        or (isinstance(node, ast.FunctionDef) and not _compiled(node))
    ]
    assert others == []


def _compiled(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call) and ast.unparse(one.func) == "kernel" for one in function.decorator_list
    )
