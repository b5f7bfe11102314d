"""YAML whose values know their file and line, so that an error can name the faulty entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NoReturn, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from terms.errors import KehutuError
from terms.texts import Texts

Scalar: TypeAlias = str | int | float | bool | None
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Place:
    """One value of a YAML file. ``name``: the dotted way to it (``GUARANTEES.properties.amount``)."""

    file: str
    line: int  # from 1
    name: str
    value: Scalar | list[Place] | dict[str, Place]

    def fault(self, reason: str) -> NoReturn:
        """Raises: SCHEMA_FAULT with this place and the reason."""
        raise KehutuError(
            "SCHEMA_FAULT", file=self.file, line=self.line, entry=self.name or "file", reason=reason
        )

    def mapping(self, known: frozenset[str] | None = None, needed: tuple[str, ...] = ()) -> dict[str, Place]:
        """Its entries by name; faults on anything else, on an unknown name and on one that is missing."""
        if not isinstance(self.value, dict):
            self.fault(f"a mapping is expected, not {self._shown()}")
        for name, entry in self.value.items():
            if known is not None and name not in known:
                entry.fault(f"unknown key '{name}'{nearest(name, known)}")
        for name in needed:
            if name not in self.value:
                self.fault(f"'{name}' is missing")
        return self.value

    def items(self) -> list[Place]:
        """Its entries in order; a single value counts as a list of one."""
        return self.value if isinstance(self.value, list) else [self]

    def text(self, allowed: tuple[str, ...] = ()) -> str:
        """Its text, which must be one of the allowed words if any are given."""
        if not isinstance(self.value, str) or not self.value:
            self.fault(f"a text is expected, not {self._shown()}")
        if allowed and self.value not in allowed:
            self.fault(f"'{self.value}' is none of {', '.join(allowed)}{nearest(self.value, allowed)}")
        return self.value

    def texts(self) -> tuple[str, ...]:
        """Its texts in order, none of them twice."""
        words = tuple(item.text() for item in self.items())
        for position, item in enumerate(self.items()):
            if words[position] in words[:position]:
                item.fault(f"'{words[position]}' stands twice")
        return words

    def words(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Its texts in order, and what each is called in Chinese: of a list nothing says that."""
        if not isinstance(self.value, dict):
            return self.texts(), ()
        return tuple(self.value), tuple(entry.text() for entry in self.value.values())

    def flag(self) -> bool:
        """Its truth value."""
        if not isinstance(self.value, bool):
            self.fault(f"true or false is expected, not {self._shown()}")
        return self.value

    def number(self) -> float:
        """A whole number or one with a fraction; true and false are none."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fault(f"a number is expected, not {self._shown()}")
        return self.value

    def _shown(self) -> str:
        if isinstance(self.value, list):
            return "a list"
        return "a mapping" if isinstance(self.value, dict) else repr(self.value)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is not known: `` (nearest: 'personal')``, or nothing.

    >>> nearest("persnal", ("personal", "type"))
    " (nearest: 'personal')"
    """
    return hint(word, known).en


def hint(word: str, known: Iterable[str]) -> Texts:
    """As :func:`nearest`, in both languages."""
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.5)
    return Texts(f" (nearest: '{close[0]}')", f"（最接近：“{close[0]}”）") if close else Texts("", "")


def read(file: Traversable | Path) -> Place:
    """The whole file as one place; faults on what is no YAML and on a name that stands twice."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        Place(file.name, mark.line + 1 if mark else 1, "", None).fault(f"this is no YAML: {error.problem}")
    if node is None:
        return Place(file.name, 1, "", {})
    return _place(node, file.name, "", yaml)


def _place(node: Node, file: str, name: str, yaml: YAML) -> Place:
    line = node.start_mark.line + 1
    if isinstance(node, MappingNode):
        entries: dict[str, Place] = {}
        for key, value in node.value:
            place = _place(value, file, f"{name}.{key.value}" if name else str(key.value), yaml)
            # The name's line is what a reader looks for; the value of a block starts one below it.
            place = Place(file, key.start_mark.line + 1, place.name, place.value)
            if key.value in entries:
                place.fault(f"'{key.value}' stands twice, first in line {entries[key.value].line}")
            entries[key.value] = place
        return Place(file, line, name, entries)
    if isinstance(node, SequenceNode):
        return Place(file, line, name, [_place(item, file, name, yaml) for item in node.value])
    return Place(file, line, name, _scalar(node))


def _scalar(node: Node) -> Scalar:
    text = str(node.value)
    match str(node.tag).removeprefix(_TAG):
        case "bool":
            return text.lower() == "true"
        case "int":
            return int(text)
        case "float":
            return float(text)
        case "null":
            return None
        case _:
            return text
