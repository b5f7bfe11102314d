"""How a manifest says that rows are readings of load curves."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from pydantic import Field, model_validator

from ingest.input_errors import WrongUseError
from ingest.manifests.cell_text import CellOrColumn, Cells, Part
from terms.texts import Texts

PROFILE: Final = "profile"
NUMBER: Final = "{n}"
DAY: Final = 1440
"""Minutes."""
CurveUnit: TypeAlias = Literal["kW", "W", "MW", "kWh", "Wh", "MWh", "share"]


class Curve(Part):
    """Readings of load curves: a row an interval, or a row a day with a column an interval."""

    of: dict[str, CellOrColumn | Cells] = Field(
        description="Whose curve: a node type and its key, or `profile: COLUMN` for power by contracted power."
    )
    at: CellOrColumn = Field(description="When the interval begins; where `points` is given, the day.")
    value: CellOrColumn | None = Field(None, description="The reading of the row.")
    points: str | None = Field(
        None, description="Of rows of a day: the columns of its readings, `{n}` for the number from 1: P{n}."
    )
    unit: CurveUnit = Field(
        "kW", description="Of the readings: mean power, energy of the interval, or share."
    )
    minutes: int = Field(15, description="Length of an interval; a day is a whole number of them.")
    ends: bool = Field(False, description="The time is when the interval ends.")
    signed: bool = Field(False, description="Readings below 0 are taken: power that is fed in.")

    @model_validator(mode="after")
    def _plain(self) -> Curve:
        if len(self.of) != 1:
            raise WrongUseError(
                Texts(
                    "one node type is expected, as in {Meter: {meterNo: COLUMN}}",
                    "应为一个节点类型，例如 {Meter: {meterNo: 列名}}",
                )
            )
        if (self.value is None) is (self.points is None):
            raise WrongUseError(Texts("give one of 'value' and 'points'", "请在 value 和 points 中给出一个"))
        if self.points is not None and NUMBER not in self.points:
            raise WrongUseError(
                Texts("'points' has {n} where the number stands: P{n}", "points 中用 {n} 表示序号：P{n}")
            )
        if not 1 <= self.minutes <= DAY or DAY % self.minutes:
            raise WrongUseError(
                Texts(
                    "'minutes' is a whole number of minutes of which a day is a multiple: 15, 30, 60",
                    "minutes 应为能整除一天的整数分钟：15、30、60",
                )
            )
        return self

    @property
    def type(self) -> str:
        """Whose curve: a node type, or ``profile``."""
        return next(iter(self.of))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of readings of a row of a day, in their order."""
        if self.points is None:
            return ()
        return tuple(self.points.replace(NUMBER, str(n)) for n in range(1, DAY // self.minutes + 1))
