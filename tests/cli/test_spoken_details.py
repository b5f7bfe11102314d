"""What an error tells in a detail is told in both languages: no English sentence stands in a Chinese one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from terms.errors import catalogue

ROOT = Path(__file__).parents[2]
ROOMS = ("terms", "graph", "ledger", "ingest", "algorithms", "services", "api", "cli")
FOR_AUTHORS = {"QUERY_FAULT", "SCHEMA_FAULT"}
"""Of files that a developer writes: they name words of a grammar, which is English."""
SENTENCE = re.compile(r"[a-z]{2,} [a-z]{2,}|[a-z]{2,} '")


def text_of(value: ast.expr, names: dict[str, ast.expr]) -> str:
    """The words of a text that stands in the code, in whatever of its branches."""
    if isinstance(value, ast.Name) and value.id in names:
        return text_of(names[value.id], {})
    if isinstance(value, ast.Constant):
        return value.value if isinstance(value.value, str) else ""
    if isinstance(value, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "X" for part in value.values)
        return "".join(part if isinstance(part, str) else "X" for part in parts)
    branches = (value.body, value.orelse) if isinstance(value, ast.IfExp) else getattr(value, "values", ())
    return " | ".join(text_of(one, names) for one in branches if isinstance(one, ast.expr))


def details_of(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Details that a call gives by name or in a dictionary, and says no Chinese of."""
    named = {word.arg: word.value for word in call.keywords if word.arg}
    yield from ((name, value) for name, value in named.items() if f"{name}_zh" not in named)
    for given in call.args[1:]:
        if isinstance(given, ast.Dict):
            pairs = {
                str(k.value): v
                for k, v in zip(given.keys, given.values, strict=True)
                if isinstance(k, ast.Constant)
            }
            if len(pairs) == len(given.keys):  # no ** that may hold the Chinese
                yield from ((name, v) for name, v in pairs.items() if f"{name}_zh" not in pairs)


def english_details(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, code and words of each detail in a module that a Chinese text names and that is an English sentence."""
    tree = ast.parse(text)
    within = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    for function in within:
        names = {
            target.id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call) and n.args):
            code = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
            entry = catalogue().get(str(code))
            if entry is None or code in FOR_AUTHORS:
                continue
            said = entry.message["zh"] + entry.remedy["zh"]
            for name, value in details_of(call):
                words = text_of(value, names)
                if "{" + name in said and SENTENCE.search(words):
                    yield call.lineno, str(code), words


def test_every_detail_that_is_a_sentence_has_its_chinese() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line} {code}: {words}"
        for room in ROOMS
        for file in sorted((ROOT / room).rglob("*.py"))
        for line, code, words in english_details(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_such_a_detail_would_be_found() -> None:
    module = """
def of_a_call(path):
    raise KehutuError("BACKUP_DAMAGED", path=path, reason="it is missing")

def of_a_name(path, size):
    reason = f"it has {size} bytes too many"
    raise KehutuError("BACKUP_DAMAGED", path=path, reason=reason)

def of_a_row():
    return Fault("ROW_ID_REPEATED", {"expected": "no row is later", "found": 1})

def in_both(path):
    raise KehutuError("BACKUP_DAMAGED", path=path, reason=Texts("it is missing", "文件缺失"))

def of_a_row_in_both():
    return Fault("ROW_ID_REPEATED", {"expected": "no row is later", "expected_zh": "不分先后", "found": 1})
"""
    assert [line for line, _, _ in english_details(module)] == [3, 7, 10]
