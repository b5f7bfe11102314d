"""Numbered migrations as files: how what an older program has stored becomes what this one expects.

A file ``NNNN_name.cypher`` (or ``.sql``) leads to version NNNN. Its comments say what it does and where steps begin::

    // does: Renames Customer.telephone to phone.
    // step: rename
    MATCH (c:Customer) WHERE c.telephone IS NOT NULL WITH c LIMIT $batch
    SET c.phone = c.telephone REMOVE c.telephone RETURN count(c) AS changed

``docs/migrations.md`` says how one is written and how it runs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, NoReturn

_NAME: Final = re.compile(r"(\d{4})_([a-z0-9_]+)\.(?:cypher|sql)")
_HEADER: Final = ("does", "remedy", "step")
_OF_STEP: Final = ("upto", "python")


@dataclass(frozen=True, slots=True)
class Step:
    """One text that is run again and again until it has nothing left to do.

    ``upto``: a query for the end of the next batch. ``python``: the function that makes of the rows of ``text`` those
    that ``then`` writes.
    """

    title: str
    text: str
    upto: str | None = None
    python: str | None = None
    then: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """What leads from the version before to version ``number``. ``rebuild``: nothing but making it all again does."""

    number: int
    name: str
    does: str
    rebuild: bool
    steps: tuple[Step, ...]


def read(folder: Traversable | Path) -> tuple[Migration, ...]:
    """The migrations of a folder by number; other files are left alone.

    Raises:
        ValueError: naming file and line, for a file without ``does``, an empty step, an unknown word in its header, a
            number that stands twice.
    """
    found: dict[int, Migration] = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith((".cypher", ".sql")):
            continue
        one = _File(file.name).migration(file.read_text(encoding="utf-8"))
        if one.number in found:
            raise ValueError(f"{file.name}: the number {one.number} is that of {found[one.number].name}")
        found[one.number] = one
    return tuple(found.values())


@dataclass(slots=True)
class _Draft:
    title: str
    line: int
    text: list[str] = field(default_factory=list)
    then: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)


class _File:
    def __init__(self, name: str) -> None:
        self._name = name
        self._mark = "--" if name.endswith(".sql") else "//"

    def migration(self, text: str) -> Migration:
        named = _NAME.fullmatch(self._name)
        if named is None:
            self._fault(1, "a migration is called like 0007_what_it_is_about.cypher")
        said: dict[str, str] = {}
        drafts: list[_Draft] = []
        words = re.compile(rf"{self._mark} (\w+): *(.*)")
        for number, line in enumerate(text.splitlines(), 1):
            told = words.fullmatch(line)
            word = told[1] if told else ""
            if told and word == "step":
                drafts.append(_Draft(told[2], number))
            elif told and word in (_OF_STEP if drafts else _HEADER):
                (drafts[-1].said if drafts else said)[word] = told[2]
            elif told:
                self._fault(number, f"'{word}' is not one of {', '.join((*_HEADER, *_OF_STEP))}")
            elif drafts:
                (drafts[-1].then if "python" in drafts[-1].said else drafts[-1].text).append(line)
            elif line.strip() and not line.startswith(self._mark):
                self._fault(number, f"text before the first '{self._mark} step:'")
        if not said.get("does"):
            self._fault(1, f"'{self._mark} does:' is missing: what it changes, in a sentence")
        if said.get("remedy", "rebuild") != "rebuild":
            self._fault(1, "the only remedy is 'rebuild'")
        if ("remedy" in said) == bool(drafts):
            self._fault(1, "either steps, or 'remedy: rebuild'")
        steps = tuple(map(self._step, drafts))
        return Migration(int(named[1]), named[2], said["does"], "remedy" in said, steps)

    def _step(self, draft: _Draft) -> Step:
        text, then = "\n".join(draft.text).strip(), "\n".join(draft.then).strip()
        python = draft.said.get("python")
        if not text or (python is not None and not then):
            self._fault(draft.line, f"the step '{draft.title}' lacks its text")
        return Step(draft.title, text, draft.said.get("upto"), python, then)

    def _fault(self, line: int, reason: str) -> NoReturn:
        raise ValueError(f"{self._name}, line {line}: {reason}")
