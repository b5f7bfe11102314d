"""What people write in a manifest and in a file of mappings, key by key; :mod:`ingest.manifests.manifest` reads it."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
    model_validator,
)

from ingest.input_errors import WrongUseError
from ingest.manifests.cell_text import CellOrColumn, Cells, Numbers, Part
from ingest.manifests.curve_text import Curve
from ingest.manifests.yaml_lines import Scalar
from ingest.readers import ENDINGS, WITHOUT_PATH
from terms.texts import Texts

_NO_ENCODINGS: Final = frozenset(
    {
        "idna",
        "punycode",
        "unicode-escape",
        "raw-unicode-escape",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
    }
)
"""What Python knows as encodings and no file is in."""


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


class When(Part):
    """Which rows an entry is for; the others are as if it did not stand there."""

    column: str = Field(description="Name of the column.")
    equals: Scalar | tuple[Scalar, ...] | None = Field(
        None, description="What the cell must be: a value or one of several; an empty text for an empty cell."
    )
    empty: bool | None = Field(None, description="True: the cell must be empty. False: it must not be.")

    @model_validator(mode="after")
    def _one_condition(self) -> When:
        if (self.equals is None) is (self.empty is None):
            raise WrongUseError(Texts("give one of 'equals' and 'empty'", "请在 equals 和 empty 中给出一个"))
        if self.equals == ():
            raise WrongUseError(Texts("at least one value is expected", "至少应有一个值"))
        return self

    @property
    def values(self) -> frozenset[str | None]:
        """The texts that the cell may be, or with ``empty: false`` may not; ``None`` where it is empty."""
        if self.equals is None:
            return frozenset({None})
        listed = self.equals if isinstance(self.equals, tuple) else (self.equals,)
        return frozenset(str(v).lower() if isinstance(v, bool) else str(v) or None for v in listed)


Each: TypeAlias = Annotated[
    tuple[str, ...], BeforeValidator(_listed, json_schema_input_type=str | tuple[str, ...])
]
Whens: TypeAlias = Annotated[
    tuple[When, ...], BeforeValidator(_listed, json_schema_input_type=When | tuple[When, ...])
]
_WHEN: Final = "Only for rows, or elements, whose column has this value; of several conditions all must hold."
_EACH: Final = (
    "Columns with lists: the entry is repeated for each element, which then stands in the column alone."
)


class NodeEntry(Part):
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
    each: Each = Field((), description=_EACH)
    when: Whens = Field((), description=_WHEN)


End: TypeAlias = dict[str, Cells]


class RelationEntry(Part):
    """A row relates two entities."""

    relation: str = Field(description="Relation type of the schema.")
    source: End = Field(
        alias="from",
        description="Node type and key of the end that it leads from; an empty key: the row's own such node.",
    )
    target: End = Field(alias="to", description="Node type and key of the end that it leads to.")
    key: Cells = Field({}, description="What tells it from another of the same ends, as a contract number.")
    set: Cells = Field({}, description="Properties of the relation.")
    each: Each = Field((), description=_EACH)
    when: Whens = Field((), description=_WHEN)

    @field_validator("source", "target")
    @classmethod
    def _one_type(cls, value: End) -> End:
        if len(value) != 1:
            raise WrongUseError(
                Texts(
                    "one node type is expected, as in {Customer: {customerNo: COLUMN}}",
                    "应为一个节点类型，例如 {Customer: {customerNo: 列名}}",
                )
            )
        return value


ENTRY_EXPECTED: Final = Texts(
    "an entry starts with 'node:' or 'relation:'", "一项应以“node:”或“relation:”开头"
)


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
        custom_error_message=ENTRY_EXPECTED.en,
    ),
]


def _null_is_a_word(value: object) -> object:
    return "null" if value is None else value  # YAML takes a bare NULL for its own


class Source(Numbers):
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
        (), description="Entries, a file, or the name of a mapping that ships."
    )
    curve: Curve | None = Field(
        None, description="In place of a mapping: rows are readings of load curves, kept as columns."
    )
    absent: tuple[Annotated[str, BeforeValidator(_null_is_a_word)], ...] = Field(
        (), description="Cells that say nothing, beside the words that are known: 缺, -999."
    )
    strict_keys: bool = Field(
        False,
        alias="strictKeys",
        description="A wrong check digit of an identity number or credit code quarantines its row.",
    )
    encoding: str | None = Field(None, description="Overrides the detection.")
    delimiter: str | None = Field(None, min_length=1, max_length=1, description="Overrides the detection.")
    options: dict[str, Any] = Field({}, description="Further settings of the reader.")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not value.strip() or len(value) > 100 or "/" in value or not value.isprintable():
            raise WrongUseError(
                Texts(
                    "a name of 1 to 100 visible characters without '/' is expected",
                    "名称应为 1 至 100 个可见字符，且不含“/”",
                )
            )
        return value

    @field_validator("record_id")
    @classmethod
    def _some_columns(cls, value: str | tuple[str, ...] | None) -> str | tuple[str, ...] | None:
        if value is not None and (not value or (isinstance(value, tuple) and "" in value)):
            raise WrongUseError(
                Texts(
                    "name the column, or the columns, or leave 'recordId' out",
                    "请写明一列或多列，或不写 recordId",
                )
            )
        return value

    @field_validator("mapping")
    @classmethod
    def _some_entries(cls, value: tuple[Entry, ...] | str) -> tuple[Entry, ...] | str:
        if not value:
            raise WrongUseError(
                Texts(
                    "a mapping has at least one entry, as '- node: Customer'",
                    "映射至少有一项，例如“- node: Customer”",
                )
            )
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                known = codecs.lookup(value).name not in _NO_ENCODINGS
                "".encode(value)
            except (LookupError, TypeError, UnicodeError):
                known = False
            if not known:
                ansi = value.lower() == "ansi"
                raise WrongUseError(
                    Texts(
                        f"there is no encoding '{value}'{' (on Windows in Chinese it is gb18030)' * ansi}",
                        f"没有编码“{value}”{'（在中文 Windows 上即 gb18030）' * ansi}",
                    )
                )
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
    def _mapping_or_curve(self) -> Source:
        if bool(self.mapping) is (self.curve is not None):
            raise WrongUseError(
                Texts("give one of 'mapping' and 'curve'", "请在 mapping 和 curve 中给出一个")
            )
        if self.curve is not None and self.delete is not None:
            raise WrongUseError(
                Texts(
                    "'delete' is for rows that are mapped; take a load of curves back with `kehutu loads withdraw`",
                    "delete 用于有映射的行；曲线请用 `kehutu loads withdraw` 撤回",
                )
            )
        return self

    @model_validator(mode="after")
    def _has_input(self) -> Source:
        if self.path is None and self.format not in WITHOUT_PATH:
            raise WrongUseError(Texts("'path' is missing", "缺少“path”"))
        if self.format is None and self.reader_name not in ENDINGS.values():
            older = Texts("", "")
            if self.reader_name == "xls":
                older = Texts(" (a workbook of this kind: save it as .xlsx)", "（此类工作簿请另存为 .xlsx）")
            raise WrongUseError(
                Texts(
                    f"the name '{self.path}' tells no format{older.en}; state 'format', or end it in "
                    f"{', '.join(ENDINGS)}",
                    f"由名称“{self.path}”看不出格式{older.zh}；请写明 format，或使用以下扩展名：{'、'.join(ENDINGS)}",
                )
            )
        return self


class ManifestText(Part):
    """A manifest as it is written."""

    sources: tuple[Source, ...] = Field(min_length=1, description="Loaded in this order.")


class MappingText(Part):
    """A mapping in a file of its own."""

    description: str = Field("", description="What it is for.")
    mapping: tuple[Entry, ...] = Field(min_length=1)
