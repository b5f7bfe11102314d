"""What to load: a YAML file that names sources and says how their rows map to the model.

:func:`read` gives a checked :class:`Manifest` or a fault that names file, line and the nearest known key. Whether
the types and properties exist is checked against the schema by ``ingest.rules``, with the same places.
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

from graph.schema.source import nearest
from ingest.manifest_text import Cell, ManifestText, MappingText, NodeEntry, RelationEntry, Source, When
from ingest.places import Places, read_yaml
from terms.errors import KehutuError


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
        if not isinstance(source.mapping, str):
            return Rules(source.mapping, self.places.at("sources", position, "mapping"))
        file: Path | Traversable = self.folder / source.mapping
        if not (isinstance(file, Path) and file.is_file()):
            file = shipped_mappings() / f"{source.mapping}.yaml"
        if not file.is_file():
            known = tuple(sorted(f.name.removesuffix(".yaml") for f in shipped_mappings().iterdir()))
            hint = nearest(source.mapping, known)
            self.places.fault(
                f"there is no mapping '{source.mapping}', neither a file nor one that ships{hint}",
                "sources", position, "mapping",
            )  # fmt: skip
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
        Places(path.name, None).fault(f"a manifest is UTF-8, and byte {fault.start} is not")
    places, data = read_yaml(text, path.name)
    if not isinstance(data, dict):
        places.fault("this is no manifest: a manifest starts with 'sources:'")
    checked = _checked(TypeAdapter(ManifestText), data, places)
    names: set[str] = set()
    for position, source in enumerate(checked.sources):
        if source.name in names:
            places.fault(f"two sources have the name '{source.name}'", "sources", position, "name")
        names.add(source.name)
    return Manifest(path.name, base or path.parent, checked.sources, places)


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


def _reason(error: Mapping[str, Any]) -> str:
    if error["type"] == "extra_forbidden":
        name = str(error["loc"][-1])
        return f"unknown key '{name}'{nearest(name, _known_keys(error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"'{error['loc'][-1]}' is missing"
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "too_short":
        return "at least one entry is expected"
    if error["type"] in _EXPECTED:
        return f"{_EXPECTED[error['type']]} is expected"
    message = str(error["msg"])
    return message[:1].lower() + message[1:]


_EXPECTED: Final = {
    "model_type": "a block of keys and values",
    "model_attributes_type": "a block of keys and values",
    "dict_type": "a block of keys and values",
    "tuple_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
}
"""What pydantic complains of -> what people call it."""


def _known_keys(way: Sequence[str | int]) -> tuple[str, ...]:
    """Keys that may stand at a place, found from the last step that tells."""
    model: type[BaseModel] = ManifestText
    steps = [str(step) for step in way]
    if steps[:1] == ["sources"]:
        model = Source
    if steps[-1:] == ["delete"] or steps[-1:] == ["when"]:
        model = When
    elif "node" in steps or "relation" in steps:
        entry = NodeEntry if "node" in steps else RelationEntry
        model = Cell if {"key", "set", "from", "to"} & set(steps) else entry
    elif steps[-1:] == ["observedAt"]:
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
