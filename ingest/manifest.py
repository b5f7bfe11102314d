"""What to load: a YAML file that names sources and says how their rows map to the model.

:func:`read` gives a checked :class:`Manifest` or a fault that names file, line and the nearest known key. Whether
the types and properties exist is checked against the schema by ``ingest.mapping``, with the same places.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from graph.schema.source import nearest
from ingest.places import Places, Scalar, read_yaml
from ingest.readers import ENDINGS, WITHOUT_PATH
from terms.errors import KehutuError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Cell(_Part):
    """Where a value comes from: a column's name, or more words about it."""

    column: str | None = Field(None, description="Name of the column.")
    columns: tuple[str, ...] = Field((), description="Names of several columns whose texts are joined.")
    join: str = Field(" ", description="What stands between joined texts.")
    const: Scalar | None = Field(None, description="The same value for every row.")
    unit: str | None = Field(
        None, description="Unit of the numbers: yuan, wan-yuan, fen, km, MWh, percent, ..."
    )
    format: str | None = Field(None, description="Of dates: strptime, epoch-s or epoch-ms.")
    prefix: str | None = Field(None, description="Text put before the value.")
    words: dict[str, str] = Field({}, description="What the cells say: what the model says.")
    proxy: bool = Field(False, description="The value stands in for one that is not known; answers say so.")

    @model_validator(mode="after")
    def _one_origin(self) -> Cell:
        if sum((self.column is not None, bool(self.columns), self.const is not None)) != 1:
            raise ValueError("give one of 'column', 'columns' and 'const'")
        return self


def _named_column(value: object) -> object:
    return (
        {"column": value} if isinstance(value, str | int | float) and not isinstance(value, bool) else value
    )


CellOrColumn: TypeAlias = Annotated[
    Cell, BeforeValidator(_named_column, json_schema_input_type=str | int | float | Cell)
]
Cells: TypeAlias = dict[str, CellOrColumn]


class When(_Part):
    """Which rows an entry is for; the others are as if it did not stand there."""

    column: str = Field(description="Name of the column.")
    equals: Scalar | tuple[Scalar, ...] = Field(
        description="What the cell must be: a value or one of several."
    )

    @property
    def values(self) -> frozenset[str]:
        """The texts that the cell may be."""
        listed = self.equals if isinstance(self.equals, tuple) else (self.equals,)
        return frozenset(str(v).lower() if isinstance(v, bool) else str(v) for v in listed)


class NodeEntry(_Part):
    """A row names an entity."""

    node: str = Field(description="Node type of the schema.")
    key: Cells = Field(
        {},
        description="Key properties, or `local` for a key of the source's own. Absent: the record names it.",
    )
    set: Cells = Field({}, description="Properties of the node.")
    optional: bool = Field(
        False, description="Left out where its key is empty; otherwise that quarantines the row."
    )
    when: When | None = Field(None, description="Only for rows whose column has this value.")


End: TypeAlias = dict[str, Cells]


class RelationEntry(_Part):
    """A row relates two entities."""

    relation: str = Field(description="Relation type of the schema.")
    source: End = Field(
        alias="from",
        description="Node type and key of the end that it leads from; an empty key: the row's own such node.",
    )
    target: End = Field(alias="to", description="Node type and key of the end that it leads to.")
    key: Cells = Field({}, description="What tells it from another of the same ends, as a contract number.")
    set: Cells = Field({}, description="Properties of the relation.")
    when: When | None = Field(None, description="Only for rows whose column has this value.")

    @field_validator("source", "target")
    @classmethod
    def _one_type(cls, value: End) -> End:
        if len(value) != 1:
            raise ValueError("one node type is expected, as in {Customer: {customerNo: COLUMN}}")
        return value


def _kind_of_entry(value: object) -> str | None:
    if isinstance(value, NodeEntry) or (isinstance(value, dict) and "node" in value):
        return "node"
    if isinstance(value, RelationEntry) or (isinstance(value, dict) and "relation" in value):
        return "relation"
    return None


Entry: TypeAlias = Annotated[
    Annotated[NodeEntry, Tag("node")] | Annotated[RelationEntry, Tag("relation")],
    Discriminator(
        _kind_of_entry,
        custom_error_type="entry",
        custom_error_message="an entry starts with 'node:' or 'relation:'",
    ),
]


class Source(_Part):
    """One source: a file, several of the same shape, or what a reader brings along."""

    name: str = Field(
        description="Names the records of this source; the same name is the same source for ever."
    )
    path: str | None = Field(None, description="File, relative to the manifest; may be a pattern (*.csv).")
    format: str | None = Field(None, description="csv, parquet, jsonl, json, xlsx or the name of a reader.")
    table: str | None = Field(None, description="Which table, for readers that yield several.")
    channel: str = Field(description="By which channel the information comes.")
    origin: Literal["real", "benchmark", "synthetic"] = Field("real", description="Marked in every answer.")
    namespace: str | None = Field(None, description="Of local keys; the channel when absent.")
    record_id: str | tuple[str, ...] | None = Field(
        None,
        alias="recordId",
        description="Column or columns that name the row; the content's hash when absent.",
    )
    observed_at: CellOrColumn | None = Field(
        None, alias="observedAt", description="When the row was true: a column or an ISO date."
    )
    delete: When | None = Field(None, description="Such rows withdraw the record of the same id.")
    mapping: tuple[Entry, ...] | str = Field(
        description="Entries, a file, or the name of a mapping that ships."
    )
    encoding: str | None = Field(None, description="Overrides the detection.")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Overrides the detection.")
    options: dict[str, Any] = Field({}, description="Further settings of the reader.")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not value.strip() or len(value) > 100 or "/" in value or not value.isprintable():
            raise ValueError("a name of 1 to 100 visible characters without '/' is expected")
        return value

    @field_validator("record_id")
    @classmethod
    def _some_columns(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if value is not None and (not value or (isinstance(value, tuple) and "" in value)):
            raise ValueError("name the column, or the columns, or leave 'recordId' out")
        return value

    @field_validator("mapping")
    @classmethod
    def _some_entries(cls, value: tuple[Entry, ...] | str) -> tuple[Entry, ...] | str:
        if not value:
            raise ValueError("a mapping has at least one entry, as '- node: Customer'")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                codecs.lookup(value)
                "".encode(value)
            except (LookupError, TypeError):
                raise ValueError(f"there is no encoding '{value}'") from None
        return value

    @property
    def reader_name(self) -> str:
        """The format, given or from the file name."""
        if self.format:
            return self.format
        name = (self.path or "").lower()
        for ending in (".gz", ".zst", ".zip"):
            if name.endswith(ending) and Path(name).stem.rpartition(".")[1]:
                name = name.removesuffix(ending)
        return ENDINGS.get(Path(name).suffix, Path(name).suffix.removeprefix(".") or "?")

    @model_validator(mode="after")
    def _has_input(self) -> Source:
        if self.path is None and self.format not in WITHOUT_PATH:
            raise ValueError("'path' is missing")
        if self.format is None and self.reader_name not in ENDINGS.values():
            older = " (a workbook of this kind: save it as .xlsx)" if self.reader_name == "xls" else ""
            known = ", ".join(ENDINGS)
            raise ValueError(
                f"the name '{self.path}' tells no format{older}; state 'format', or end it in {known}"
            )
        return self


class ManifestText(_Part):
    """A manifest as it is written."""

    sources: tuple[Source, ...] = Field(min_length=1, description="Loaded in this order.")


class MappingText(_Part):
    """A mapping in a file of its own."""

    description: str = Field("", description="What it is for.")
    mapping: tuple[Entry, ...] = Field(min_length=1)


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
