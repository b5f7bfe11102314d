"""How answers are printed: JSON in the shape of GraphQL; tables, trees and progress for people."""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import PurePath

import click
import numpy as np
import orjson
from rich.console import Console
from rich.table import Table
from rich.tree import Tree

from cli.phases import phase_text
from terms.errors import KehutuError, Lang

_SECONDS_BETWEEN_LINES = 2.0
_MORE: dict[Lang, str] = {
    "en": "{shown:,} of {total:,}; the next ones: --after {cursor}",
    "zh": "共 {total:,} 条，列出 {shown:,} 条；查看后续：--after {cursor}",
}


def print_json(answer: object) -> None:
    """One JSON document on standard output."""
    click.echo(orjson.dumps(plain(answer), option=orjson.OPT_INDENT_2).decode())


def print_json_line(answer: object) -> None:
    """A JSON document on one line of standard output, for answers of which there are several."""
    click.echo(orjson.dumps(plain(answer)).decode())


def plain(answer: object) -> object:
    """Data classes as GraphQL would show them: names in camelCase, instants in UTC as ISO text."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return {camel(item.name): plain(getattr(answer, item.name)) for item in dataclasses.fields(answer)}
    if isinstance(answer, Mapping):
        return {str(key): plain(value) for key, value in answer.items()}
    if isinstance(answer, Enum):
        return answer.name
    if isinstance(answer, datetime):
        return answer.isoformat().replace("+00:00", "Z")
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, np.generic):
        return answer.item()
    if isinstance(answer, PurePath):
        return str(answer)
    if isinstance(answer, Sequence | set | frozenset) and not isinstance(answer, str | bytes):
        return [plain(item) for item in answer]
    return answer


def fields_of(answer: object) -> dict[str, object]:
    """A data class as GraphQL would show it, to put more beside its fields."""
    shown = plain(answer)
    if not isinstance(shown, dict):
        raise TypeError(f"fields_of takes a data class and not {type(answer).__name__}")
    return shown


def camel(name: str) -> str:
    """``expected_loss`` as ``expectedLoss``; ``from_`` as ``from``."""
    first, *rest = name.rstrip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None) -> None:
    """A table for people on standard output; numbers to the right."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    rows = [list(row) for row in rows]
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def print_more(shown: int, total: int, cursor: str | None, lang: Lang) -> None:
    """How long the whole list is and how to read on, where a page does not hold all of it."""
    if shown < total and cursor:
        click.echo(_MORE[lang].format(shown=shown, total=total, cursor=cursor))


def print_tree(tree: Tree) -> None:
    """A tree for people on standard output; lines are broken on terminals only."""
    Console(width=None if sys.stdout.isatty() else 400, highlight=False).print(tree)


def print_error(error: KehutuError, lang: Lang, *, as_json: bool) -> None:
    """What went wrong and what to do about it, on standard error; with ``--json`` also as a document."""
    click.echo(f"{error.code}: {error.message(lang)}\n{remedy_text(error, lang)}", err=True)
    if as_json:
        print_json(
            {"error": {"code": error.code, "message": error.message(lang), "remedy": error.remedy(lang)}}
        )


def remedy_text(error: KehutuError, lang: Lang) -> str:
    """What to do about an error, in a line of its own."""
    return f"{'Remedy: ' if lang == 'en' else '处理办法：'}{error.remedy(lang)}"


class ProgressLines:
    """Progress on standard error: a line that renews itself on a terminal, a line every two seconds elsewhere."""

    def __init__(self, lang: Lang) -> None:
        self._lang = lang
        self._phase = ""
        self._printed = 0.0
        self._terminal = sys.stderr.isatty()

    def __call__(self, phase: str, done: int = 0, total: int | None = None) -> None:
        """See :class:`terms.progress.Progress`."""
        now = time.monotonic()
        new = phase != self._phase
        shown = phase_text(phase, self._lang)
        if not new and now - self._printed < (0.2 if self._terminal else _SECONDS_BETWEEN_LINES):
            return
        if self._terminal and new and self._phase:
            click.echo("", err=True)
        self._phase, self._printed = phase, now
        of = " of " if self._lang == "en" else " / "
        amount = f" {done:,}" + (f"{of}{total:,}" if total else "") if done or total else ""
        click.echo(
            f"\r\x1b[K{shown}{amount}" if self._terminal else f"{shown}{amount}",
            err=True,
            nl=not self._terminal,
        )

    def close(self) -> None:
        """End the last line."""
        if self._terminal and self._phase:
            click.echo("", err=True)
