"""Blocks put together from others: the rows of one with some columns of another, and of those some properties only.

``customer_portrait`` declares all that there is around a customer. Whoever needs four columns of it for fifty customers
takes the rows of ``customers_after`` and puts these four beside them: one query, in which the conditions of who asks
and the classes of personal data stand as they were declared and checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from graph.blocks import Block

KEPT = 1_024
"""Blocks that are kept; each is a text, of which the store keeps a plan."""
_ALL_VALUES = re.compile(r"\bproperties\((?P<node>\w+)\)")
_LIMIT = re.compile(r"\bLIMIT \$\w+")
_NAME = re.compile(r" AS (?P<name>\w+)\s*\Z")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is wanted. ``names``: properties of its maps; None: all of them."""

    name: str
    names: tuple[str, ...] | None = None


@lru_cache(KEPT)
def beside(rows: Block, columns: Block, wanted: tuple[Column, ...]) -> Block:
    """The rows of one block, with columns of another.

    Both bind the same variables where a column needs one. The length of a list in a column becomes a parameter of its
    own, ``longest_`` and the column.

    Raises:
        KeyError: a column that the other block does not have.
    """
    head, told, tail = _parts(rows.text)
    known = dict(_columns(_parts(columns.text)[1]))
    taken = ",\n  ".join(_narrowed(known[column.name], column) for column in wanted)
    text = f"{head}RETURN {told}{',' if taken else ''}\n  {taken}\n{tail}"
    names = {column.name for column in wanted}
    shows = tuple(shown for shown in columns.shows if shown.path[0] in names)
    used = {name: kind for name, kind in columns.sees.items() if re.search(rf"\b{name}\b", taken)}
    return Block(
        f"{rows.name} with {columns.name}",
        text,
        {**used, **rows.sees},
        (*rows.shows, *shows),
        rows.paths,
        (*rows.ids, *(path for path in columns.ids if path[0] in names)),
        rows.asked,
    )


@lru_cache(KEPT)
def collected(block: Block) -> Block:
    """The same rows as one: a list in the column ``rows``. The driver takes long over each row of its own."""
    head, told, tail = _parts(block.text)
    names = ", ".join(f"{name}: {name}" for name, _ in _columns(told))
    text = f"{head}WITH {told}\n{tail.rstrip()}\nRETURN collect({{{names}}}) AS rows\n"
    shows = tuple(replace(shown, path=("rows", *shown.path)) for shown in block.shows)
    ids = tuple(("rows", *path) for path in block.ids)
    return Block(block.name, text, block.sees, shows, block.paths, ids, block.asked)


def _narrowed(text: str, column: Column) -> str:
    text = _LIMIT.sub(f"LIMIT $longest_{column.name}", text)
    if column.names is None:
        return text
    names = column.names

    def put(found: re.Match[str]) -> str:
        node = found["node"]
        return "{" + ", ".join(f"{name}: {node}.{name}" for name in names) + "}"

    return _ALL_VALUES.sub(put, text)


def _parts(text: str) -> tuple[str, str, str]:
    """What stands before the RETURN of a block, its columns, and what follows them."""
    at = next(place for place, word in _outside(text) if word == "RETURN")
    end = next((place for place, word in _outside(text) if word == "ORDER" and place > at), len(text))
    return text[:at], text[at + len("RETURN") : end].strip(), text[end:]


def _columns(text: str) -> Iterator[tuple[str, str]]:
    """Each column by its name."""
    ends = [place for place, word in _outside(text) if word == ","]
    for start, end in zip([0, *(end + 1 for end in ends)], [*ends, len(text)], strict=True):
        column = text[start:end].strip()
        named = _NAME.search(column)
        yield (named["name"] if named else column), column


def _outside(text: str) -> Iterator[tuple[int, str]]:
    """Words and commas that stand in no brackets, no text and no comment."""
    depth = 0
    for found in re.finditer(r"//[^\n]*|'(?:[^'\\]|\\.)*'|[()\[\]{}]|\b(?:RETURN|ORDER)\b|,", text):
        word = found[0]
        if word in "([{":
            depth += 1
        elif word in ")]}":
            depth -= 1
        elif depth == 0 and word in ("RETURN", "ORDER", ","):
            yield found.start(), word
