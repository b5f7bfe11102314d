"""``make marks``: figures that show whether the code keeps its habits, beside the mark that each is to keep."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from terms.errors import catalogue

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("terms", "graph", "ledger", "ingest", "algorithms", "services", "api", "cli")
IGNORE = re.compile(r"#\s*(?:ruff:\s*)?noqa\b|#\s*type:\s*ignore\b")
BROAD = re.compile(r"^\s*except(?:\s+(?:Base)?Exception\b.*)?:")
WORD = re.compile(r"[A-Z]?[a-z]+")
EMPTY = frozenset({"a", "all", "an", "in", "it", "its", "of", "one", "the", "to"})
CODE = re.compile(r"[A-Z][A-Z0-9_]{3,}")


class Mark(NamedTuple):
    """A figure with what it is to be. ``room``: empty for the whole."""

    name: str
    room: str
    value: float
    limit: float
    at_least: bool

    @property
    def kept(self) -> bool:
        """Whether the figure is as it is to be."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def modules(room: str) -> Iterator[tuple[Path, str]]:
    """Modules of a room that people wrote, with their text."""
    for path in sorted((CHECKOUT / room).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "Made by" not in text[:300]:
            yield path, text


def ignores_a_thousand_lines(room: str) -> float:
    """Marks that switch a rule off, for each 1,000 lines; a rule that pyproject switches off for some files of the room
    counts as one."""
    texts = [text for _, text in modules(room)]
    lines = sum(text.count("\n") for text in texts)
    found = sum(bool(IGNORE.search(comment)) for text in texts for comment in comments(text))
    return 1_000 * (found + len(exempt(room))) / max(lines, 1)


def exempt(room: str) -> list[tuple[str, str]]:
    """Rules that pyproject switches off for some files of a room, with the pattern of these files."""
    files = _style()["per-file-ignores"]
    return [(pattern, rule) for pattern, rules in files.items() if pattern.startswith(room) for rule in rules]


def comments(text: str) -> Iterator[str]:
    """The comments of a module; what a text in it says of comments is none."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def broad_excepts_a_thousand_lines(room: str) -> float:
    """Handlers of whatever comes, for each 1,000 lines."""
    texts = [text for _, text in modules(room)]
    found = sum(bool(BROAD.match(line)) for text in texts for line in text.splitlines())
    return 1_000 * found / max(sum(text.count("\n") for text in texts), 1)


def documented(room: str) -> float:
    """Percentage of public modules, classes and functions with a docstring that says something of its own."""
    counted: Counter[bool] = Counter()
    for _, text in modules(room):
        if text.strip():
            for node in public(ast.parse(text)):
                counted[says_more(node, ast.get_docstring(node))] += 1
    return 100 * counted[True] / max(counted.total(), 1)


def says_more(node: ast.AST, words: str | None) -> bool:
    """Whether a docstring says more than the name of what it documents."""
    name = {word.lower() for word in WORD.findall(getattr(node, "name", ""))}
    told = {word.lower() for word in WORD.findall(words or "")} - EMPTY
    return bool(told) and not told <= name | {f"{word}s" for word in name} and words != "See the description."


def public(
    tree: ast.Module | ast.ClassDef,
) -> Iterator[ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """What others may name: the module, its classes with their methods, its functions. A field of GraphQL that carries
    its description in its decorator is documented there, and an overload by what it overloads."""
    yield tree
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            told = [ast.unparse(one) for one in node.decorator_list]
            if not any("description=" in one or "overload" in one for one in told):
                yield node


def rules_switched_off() -> int:
    """Rules of style that pyproject switches off for the whole product."""
    return len(_style()["ignore"])


def _style() -> dict[str, Any]:
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, Any] = settings["tool"]["ruff"]["lint"]
    return found


def unnamed_codes() -> list[str]:
    """Codes of the catalogue that no test names."""
    named: set[str] = set()
    for path in sorted((CHECKOUT / "tests").rglob("*.py")):
        named.update(CODE.findall(path.read_text(encoding="utf-8")))
    return sorted(set(catalogue()) - named)


def marks() -> list[Mark]:
    """Every figure, of every room and of the whole."""
    found = []
    for room in [room for room in ROOMS if (CHECKOUT / room).is_dir()]:
        found.append(
            Mark("ignores in 1,000 lines", room, ignores_a_thousand_lines(room), 0.5, at_least=False)
        )
        found.append(
            Mark(
                "broad excepts in 1,000 lines",
                room,
                broad_excepts_a_thousand_lines(room),
                0.1,
                at_least=False,
            )
        )
        found.append(Mark("public docstrings, %", room, documented(room), 90, at_least=True))
    found.append(Mark("rules switched off", "", rules_switched_off(), 5, at_least=False))
    found.append(Mark("error codes without a test", "", len(unnamed_codes()), 0, at_least=False))
    return found


def main() -> None:
    """Print the figures as a table, and the codes that no test names."""
    for mark in marks():
        sign = "" if mark.kept else "  missed"
        bound = "at least" if mark.at_least else "at most"
        print(f"{mark.room or 'all':12} {mark.name:30} {mark.value:8.2f}  {bound} {mark.limit:g}{sign}")
    if unnamed_codes():
        print("No test names:", ", ".join(unnamed_codes()))


if __name__ == "__main__":
    main()
