"""Where a manifest says that a value comes from: a column with its unit, format and words."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ingest.input_errors import WrongUseError
from ingest.manifests.yaml_lines import Scalar
from terms.texts import Texts


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


Thousands: TypeAlias = Literal[",", ".", " ", "'"]


class Numbers(Part):
    decimal: Literal[".", ","] | None = Field(
        None, description="The decimal mark of numbers; each column decides when absent."
    )
    thousands: Thousands | None = Field(None, description="What stands between groups of thousands.")

    @model_validator(mode="after")
    def _two_marks(self) -> Numbers:
        if self.decimal is not None and self.decimal == self.thousands:
            raise WrongUseError(
                Texts("'decimal' and 'thousands' must differ", "decimal 与 thousands 不能相同")
            )
        return self


class Cell(Numbers):
    """Where a value comes from: a column's name, or more words about it."""

    column: str | None = Field(None, description="Name of the column.")
    columns: tuple[str, ...] = Field((), description="Names of several columns whose texts are joined.")
    join: str | None = Field(
        None, description="What stands between joined texts: a blank when absent, after `rest` a semicolon."
    )
    first: bool = Field(False, description="Of a list that holds several values take the first.")
    rest: bool = Field(
        False, description="Of a list that holds several values take all but the first, joined."
    )
    const: Scalar | None = Field(None, description="The same value for every row.")
    unit: str | None = Field(
        None, description="Unit of the numbers: yuan, wan-yuan, fen, km, MWh, percent, ..."
    )
    format: str | None = Field(None, description="Of dates: strptime, epoch-s or epoch-ms.")
    prefix: str | None = Field(None, description="Text put before the value.")
    words: dict[str, str] = Field({}, description="What the cells say: what the model says.")
    inclusive: bool = Field(
        False,
        description="Of `until`: the cell is the last day on which it holds, and not the first after it.",
    )
    proxy: bool = Field(False, description="The value stands in for one that is not known; answers say so.")

    @model_validator(mode="after")
    def _one_origin(self) -> Cell:
        if sum((self.column is not None, bool(self.columns), self.const is not None)) != 1:
            raise WrongUseError(
                Texts(
                    "give one of 'column', 'columns' and 'const'", "请在 column、columns 和 const 中给出一个"
                )
            )
        if self.first and self.rest:
            en = "give one of 'first' and 'rest'; two properties may take one column"
            raise WrongUseError(Texts(en, "请在 first 和 rest 中给出一个；两个属性可取自同一列"))
        return self


def _named_column(value: object) -> object:
    if isinstance(value, dict | Cell):
        return value
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return {"column": value}
    raise WrongUseError(
        Texts(
            "the name of a column is expected, or more words about it, as in {column: NAME, unit: yuan}",
            "应为列名，或进一步的说明，例如 {column: 列名, unit: yuan}",
        )
    )


CellOrColumn: TypeAlias = Annotated[
    Cell, BeforeValidator(_named_column, json_schema_input_type=str | int | float | Cell)
]
Cells: TypeAlias = dict[str, CellOrColumn]
