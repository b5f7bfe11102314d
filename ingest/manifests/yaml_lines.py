"""What a manifest says, and on which line it says it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from terms.errors import KehutuError
from terms.texts import Texts

Scalar: TypeAlias = bool | int | float | str


@dataclass(frozen=True)
class Places:
    """Lines of a YAML file, by the way to a value (``("sources", 0, "channel")``)."""

    file: str
    root: Node | None
    within: tuple[str | int, ...] = ()

    def at(self, *way: str | int) -> Places:
        """The places below one value."""
        return Places(self.file, self.root, self.within + way)

    def line(self, *way: str | int) -> int:
        """Line of a value, or of the nearest thing around it that is written down."""
        return self._find(way)[0]

    def fault(self, reason: Texts, *way: str | int) -> NoReturn:
        """Raises ``MANIFEST_FAULT`` for a value."""
        line, known = self._find(way)
        raise KehutuError(
            "MANIFEST_FAULT",
            file=self.file,
            line=line,
            entry=_dotted(known),
            entry_zh=_dotted(known, "整个文件"),
            reason=reason,
        )

    def _find(self, way: Sequence[str | int]) -> tuple[int, tuple[str | int, ...]]:
        node = self.root
        line = node.start_mark.line + 1 if node is not None else 1
        known: list[str | int] = []
        steps = (*self.within, *way)
        for position, step in enumerate(steps):
            found: tuple[Node, Node] | None = None
            if isinstance(node, MappingNode):
                found = next(((k, v) for k, v in node.value if str(k.value) == str(step)), None)
            elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
                found = node.value[step], node.value[step]
            # The validator adds steps of its own, as the kind of an entry: they lead nowhere.
            if found is None or (isinstance(found[1], ScalarNode) and position < len(steps) - 1):
                line = found[0].start_mark.line + 1 if found else line
                continue
            line, node = found[0].start_mark.line + 1, found[1]
            known.append(step)
        return line, tuple(known)


def read_yaml(text: str, file: str) -> tuple[Places, object]:
    """The values of a YAML text and their places.

    Raises:
        KehutuError: ``MANIFEST_FAULT`` for what is no YAML and for a key that stands twice, with its line.
    """
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
        return Places(file, node), _plain(node, file)
    except MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = mark.line + 1 if mark else 1
        reason = _no_yaml(fault.problem)
    except YAMLError as fault:
        line, reason = 1, _no_yaml(str(fault).splitlines()[0])
    raise KehutuError(
        "MANIFEST_FAULT", file=file, line=line, entry="file", entry_zh="整个文件", reason=reason
    )


def _no_yaml(problem: str | None) -> Texts:
    return Texts(f"this is no YAML: {problem}", f"这不是 YAML（{problem}）")


def _plain(node: Node | None, file: str) -> object:
    """The values of a YAML tree. Dates stay text: a column or an ISO date may stand in the same place."""
    if isinstance(node, MappingNode):
        entries: dict[str, object] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in entries:
                places = Places(file, key)
                places.fault(Texts(f"the key '{name}' stands twice", f"键“{name}”出现了两次"))
            entries[name] = _plain(value, file)
        return entries
    if isinstance(node, SequenceNode):
        return [_plain(item, file) for item in node.value]
    return _scalar(node) if isinstance(node, ScalarNode) else None


def _scalar(node: ScalarNode) -> Scalar | None:
    text = str(node.value)
    match str(node.tag).rpartition(":")[2]:
        case "bool":
            return text.lower() == "true"
        case "int" if text.isdecimal() and (text == "0" or text[0] != "0"):
            return int(text)
        case "float" if text.replace(".", "", 1).replace("-", "", 1).isdecimal():
            return float(text)
        case "null":
            return None
        case _:
            return text


def _dotted(way: Sequence[str | int], whole: str = "file") -> str:
    text = ""
    for step in way:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text or whole
