"""What to load: a YAML file that names sources and says how their rows map to the model.

:func:`read` gives a checked :class:`Manifest` or a fault that names file, line and the nearest known key. Whether
the types and properties exist is checked against the schema by ``ingest.rows.rules``, with the same places.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from graph.schema.source import hint
from ingest.input_errors import WrongUseError
from ingest.manifests.cell_text import Cell
from ingest.manifests.curve_text import PROFILE, Curve
from ingest.manifests.manifest_text import (
    ENTRY_EXPECTED,
    ManifestText,
    MappingText,
    NodeEntry,
    RelationEntry,
    Source,
    When,
)
from ingest.manifests.yaml_lines import Places, read_yaml
from terms.errors import KehutuError
from terms.texts import Texts


@dataclass(frozen=True)
class Rules:
    """The mapping of one source: its entries and where they are written."""

    entries: tuple[NodeEntry | RelationEntry, ...]
    places: Places


@dataclass(frozen=True)
class Manifest:
    """A manifest that can be worked with.

    ``name``: its file name, for reports. ``folder``: what paths are relative to.
    """

    name: str
    folder: Path
    sources: tuple[Source, ...]
    places: Places

    @cached_property
    def rules(self) -> tuple[Rules, ...]:
        """The mapping of every source, in order.

        Raises:
            KehutuError: ``MANIFEST_FAULT`` for a mapping file that is missing or faulty.
        """
        return tuple(self._rules(position, source) for position, source in enumerate(self.sources))

    def _rules(self, position: int, source: Source) -> Rules:
        if source.curve is not None:
            return _of_curve(source.curve, self.places.at("sources", position, "curve"))
        if not isinstance(source.mapping, str):
            return Rules(source.mapping, self.places.at("sources", position, "mapping"))
        file: Path | Traversable = self.folder / source.mapping
        if not (isinstance(file, Path) and file.is_file()):
            file = shipped_mappings() / f"{source.mapping}.yaml"
        if not file.is_file():
            known = tuple(sorted(f.name.removesuffix(".yaml") for f in shipped_mappings().iterdir()))
            near = hint(source.mapping, known)
            reason = Texts(
                f"there is no mapping '{source.mapping}', neither a file nor one that ships{near.en}",
                f"没有映射“{source.mapping}”，既无此文件，产品也未附带{near.zh}",
            )
            self.places.fault(reason, "sources", position, "mapping")
        places, data = read_yaml(file.read_text(encoding="utf-8"), file.name)
        return Rules(_checked(TypeAdapter(MappingText), data, places).mapping, places.at("mapping"))


def read(path: Path, *, base: Path | None = None) -> Manifest:
    """Read and check a manifest.

    Args:
        path: the YAML file.
        base: the folder that the paths of its sources are relative to; that of the file when absent.
    Raises:
        KehutuError: ``MANIFEST_MISSING``, or ``MANIFEST_FAULT`` naming file and line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        raise KehutuError("MANIFEST_MISSING", file=path) from None
    except OSError as fault:
        raise KehutuError("FILE_UNREADABLE", file=path, reason=fault.strerror) from fault
    except UnicodeDecodeError as fault:
        Places(path.name, None).fault(
            Texts(
                f"a manifest is UTF-8, and byte {fault.start} is not",
                f"清单应为 UTF-8 编码，而第 {fault.start} 字节不是",
            )
        )
    places, data = read_yaml(text, path.name)
    if not isinstance(data, dict):
        places.fault(
            Texts(
                "this is no manifest: a manifest starts with 'sources:'", "这不是清单：清单以“sources:”开头"
            )
        )
    checked = _checked(TypeAdapter(ManifestText), data, places)
    names: set[str] = set()
    for position, source in enumerate(checked.sources):
        if source.name in names:
            reason = Texts(f"two sources have the name '{source.name}'", f"有两个数据源都叫“{source.name}”")
            places.fault(reason, "sources", position, "name")
        names.add(source.name)
    return Manifest(path.name, base or path.parent, checked.sources, places)


def _of_curve(curve: Curve, places: Places) -> Rules:
    """What names the element that a curve is of."""
    if curve.type == PROFILE:
        return Rules((), places)
    key = curve.of[curve.type]
    if isinstance(key, Cell):
        reason = Texts("the key is expected, as in {meterNo: COLUMN}", "应为其键，例如 {meterNo: 列名}")
        places.fault(reason, "of", curve.type)
    return Rules((NodeEntry(node=curve.type, key=key),), places)


def shipped_mappings() -> Traversable:
    """The folder of the mappings that ship with the product."""
    return resources.files("ingest") / "mappings"


def _checked(adapter: TypeAdapter[Any], data: object, places: Places) -> Any:
    try:
        return adapter.validate_python(data)
    except ValidationError as fault:
        # The deepest complaint is the most telling one, an unknown key before all others.
        errors = sorted(
            fault.errors(include_url=False),
            key=lambda e: (e["type"] != "extra_forbidden", -len(e["loc"])),
        )
        first = errors[0]
        places.fault(_reason(first), *first["loc"])


def _reason(error: Mapping[str, Any]) -> Texts:
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        near = hint(name, _known_keys(error["loc"][:-1]))
        return Texts(f"unknown key '{name}'{near.en}", f"未知的键“{name}”{near.zh}")
    if error["type"] == "missing":
        return Texts(f"'{error['loc'][-1]}' is missing", f"缺少“{error['loc'][-1]}”")
    if isinstance(wrong := error.get("ctx", {}).get("error"), WrongUseError):
        return wrong.reason
    if error["type"] == "entry":
        return ENTRY_EXPECTED
    expected = _EXPECTED.get(error["type"])
    if expected is not None:
        return Texts(f"{expected.en} is expected", f"应为{expected.zh}")
    if error["type"] == "literal_error":
        words = str(error["ctx"]["expected"])
        return Texts(f"{words} is expected", f"应为 {words.replace(' or ', ' 或 ')}")
    message = str(error["msg"])
    return Texts(message[:1].lower() + message[1:], f"不符合要求（{message}）")


_BLOCK: Final = Texts("a block of keys and values", "由键和值组成的一段")
_EXPECTED: Final = {
    "too_short": Texts("at least one entry", "至少一项"),
    "string_too_short": Texts("a single character", "一个字符"),
    "string_too_long": Texts("a single character", "一个字符"),
    "model_type": _BLOCK,
    "model_attributes_type": _BLOCK,
    "dict_type": _BLOCK,
    "tuple_type": Texts("a list", "列表"),
    "string_type": Texts("a text", "文本"),
    "bool_type": Texts("true or false", "true 或 false"),
    "bool_parsing": Texts("true or false", "true 或 false"),
}
"""What pydantic complains of -> what people call it."""


def _known_keys(way: Sequence[str | int]) -> tuple[str, ...]:
    """Keys that may stand at a place, found from the last step that tells."""
    model: type[BaseModel] = ManifestText
    steps = [str(step) for step in way]
    if steps[:1] == ["sources"]:
        model = Source
    if steps[-1:] == ["delete"] or "when" in steps[-2:]:
        model = When
    elif "node" in steps or "relation" in steps:
        entry = NodeEntry if "node" in steps else RelationEntry
        model = Cell if {"key", "set", "from", "to"} & set(steps) else entry
    elif steps[-1:] == ["curve"]:
        model = Curve
    elif steps[-1:] == ["observedAt"] or "curve" in steps:
        model = Cell
    elif steps[:1] == ["mapping"]:
        model = MappingText
    return tuple(field.alias or name for name, field in model.model_fields.items())


def json_schema() -> dict[str, Any]:
    """JSON Schema of a manifest, for editors; docs/manifest.schema.json is made from it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Kehutu manifest",
        **ManifestText.model_json_schema(by_alias=True),
    }


if __name__ == "__main__":
    Path("docs/manifest.schema.json").write_text(
        json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
