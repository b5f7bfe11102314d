"""Which rows of a table are no data: repeated headers, and totals.

What is certain is left out and counted; what only looks so is taken and noticed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

Verdict: TypeAlias = Literal[
    "LEFT_OUT_HEADER", "LEFT_OUT_TOTALS", "LEFT_OUT_REMARK", "NOTICE_HEADER_AGAIN", "NOTICE_TOTALS_ROW"
]
"""An entry of the catalogue: what was left out, or what was noticed."""

_MARK: Final = "\ufeff"  # at the start of a file, and in the middle of files that were put together
_WORD: Final = re.compile(
    r".{0,6}(合计|合計|总计|總計|小计|小計|共计|共計|总和|累计)(金额|数|数量)?"
    r"|平均(值|数)?|均值|average|mean|\u03c3|∑|中位数|标准差|median|(最大|最小)值|(max|min)imum|std(dev|deviation)?"
    r"|计数|計數|总数|總數|(总|合计)?(户|条|行|笔|件|记录|用户|客户)数|(row|record)?counts?|(number|no)of(rows|records)"
    r"|(grand|sub|over|net|running|page)?[-_]?totals?(amount|count|rows?|records?)?|overall|sum|summe|anzahl"
    r"|gesamt(summe)?|zwischensumme|totale?s?general"
)
_REMARK: Final = re.compile(
    r"\(\d+(rows?|行)\)|\(?\d+rows?(\(s\))?(affected|selected|returned|inset|exported)\)?[.:]?|[-=*#<\s]*endof(report|file|data|list|table)[-=*#>.\s]*"
    r"|page\d+(of\d+)?|第?\d+页([/,，]?共\d+页)?|共\d+(条|行|项|户|笔|页)(记录|数据)?[。.]?|[-=*]*以下(空白|无内容|无数据|无正文)[-=*]*"
    r"|(制表|制单|填表|填报|审核|复核|打印|导出|经办)(人|员|时间|日期)?[:：].{0,20}|数据截止.{0,20}|(打印|导出|制表|报表)(时间|日期)[:：]?.{0,20}"
)
"""What reports say at their end, without blanks: how many rows there were, who wrote them, that there is no more."""
_UNDERLINE: Final = re.compile(r":?[-=+|]{2,}[-=+|:]*")
"""What programs write between the names and the rows of a table."""
_BEHIND: Final = re.compile(r"[:：]?([(（\[【].*[)）\]】])?[:：]?$")
_LONGEST: Final = 24
_LONGEST_REMARK: Final = 200
_LABEL: Final = re.compile(
    r"[*※]*((制表|制单|填表|填报|审核|复核|打印|导出|经办|统计|截止|生成)(人|员|时间|日期)"
    r"|(数据|统计|报表)(截止|截至|更新|生成)(时间|日期|期间)?|(截止|截至|统计|生成|导出|打印|更新)(时间|日期|期间)|(报表|报告|数据|统计)(时间|日期|期间|来源)"
    r"|(report|print|export|extract)(ed)?(date|time|on|at|by)|(generated|created|printed|exported|prepared|downloaded)(on|at|by)"
    r"|asof|datasource|sourceofdata)[:：]?"
    r"|[*※]*(备注|说明|附注|注释?|注意|审核|复核|制表|资料来源|来源|source|notes?|remarks?|disclaimer|footnote)[:：]"
)
"""What stands before a remark about the whole report, in a cell of its own or in the same one."""
_ENDS: Final = frozenset("计計和额数數量均值差Σ∑nNwWdDlLsSmMtTeEvVlL:：)）]】 \u3000")
_REMARK_BEGINS: Final = frozenset(
    "(（-=*※#<0123456789０１２３４５６７８９pPeErRgGaAdDsSnNfFcC第共以制填审复打导经数报统截生备说附注资来更"
)
_UNIT: Final = re.compile(r"[元万亿度年月日时分角]|kWh|MWh|kW|km|CNY|RMB|¥", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")


class NoData:
    """Looks at the rows of one table.

    Args:
        columns: its header. codes: columns that hold keys, evidence or record ids.
    """

    def __init__(self, columns: tuple[str, ...], codes: frozenset[str]) -> None:
        self._first = columns[0] if columns else ""
        self._codes = codes

    def look(self, values: Mapping[str, object]) -> Verdict | None:
        """What a row is, where it is no data. Nearly all rows are told by the first cell that is filled."""
        first = values.get(self._first)
        if not first:
            first = next(filter(None, values.values()), None)
        if type(first) is not str:
            return None
        if first == self._first or first[0] == _MARK:
            return self._header(values)
        if first[0] in _REMARK_BEGINS and _remarks(first, values):
            return "LEFT_OUT_REMARK"
        if first[-1] in _ENDS and len(first) <= _LONGEST and totals_word(first):
            return self._totals(values)
        return None

    @staticmethod
    def _header(values: Mapping[str, object]) -> Verdict | None:
        equal = [str(cell or "").strip(_MARK + " \t") == column for column, cell in values.items()]
        if all(equal):
            return "LEFT_OUT_HEADER"
        return "NOTICE_HEADER_AGAIN" if sum(equal) > 1 else None

    def _totals(self, values: Mapping[str, object]) -> Verdict:
        filled = [(column, cell) for column, cell in values.items() if cell not in (None, "")]
        others = filled[1:]
        certain = bool(others) and all(column not in self._codes and _counts(cell) for column, cell in others)
        return "LEFT_OUT_TOTALS" if certain else "NOTICE_TOTALS_ROW"


def ragged_remark(line: str) -> bool:
    """Whether a line that has not the cells of its table is a remark of the report, or a line under the names.

    >>> ragged_remark("制表人：张三"), ragged_remark("数据截止,2026-01-31"), ragged_remark("---+---")
    (True, True, True)
    >>> ragged_remark("a,b"), ragged_remark("张三")
    (False, False)
    """
    if len(line) > _LONGEST_REMARK or "\n" in line or "\r" in line:
        return False
    cells = [cell for cell in next(csv.reader([line]), []) if cell]
    if len(cells) > 2 or not cells:
        return False
    if len(cells) == 2:
        return labels(cells[0])
    return remark(cells[0]) or _UNDERLINE.fullmatch(cells[0].strip()) is not None


def remark(text: str) -> bool:
    """Whether a cell is what a report says at its end.

    >>> remark("(2 rows affected)"), remark("制表人：张三"), remark("Page 1"), remark("打印机"), remark("P-1")
    (True, True, True, False, False)
    """
    bare = _bare(text)
    label = _LABEL.match(bare)
    return bool(_REMARK.fullmatch(bare)) or (label is not None and label[0][-1] in ":：")


def _remarks(first: str, values: Mapping[str, object]) -> bool:
    """Whether a row says something about the report: a remark alone, or its label with one more cell."""
    if first.isdigit() or len(values) < 2:
        return False
    if first[0] in "-=" and all(_UNDERLINE.fullmatch(str(cell).strip()) for cell in values.values()):
        return True
    alone = True
    for cell in values.values():
        if cell is not first and cell is not None and cell != "":
            if not alone:
                return False
            alone = False
    return remark(first) if alone else labels(first)


def labels(text: str) -> bool:
    """Whether a cell is the label of a remark that stands in the next one.

    >>> labels("数据截止"), labels("制表人："), labels("Report date"), labels("备注"), labels("报告")
    (True, True, True, False, False)
    """
    return bool(_LABEL.fullmatch(_bare(text)))


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def totals_word(text: str) -> bool:
    """Whether a cell is the label of a row of totals.

    >>> totals_word("合 计："), totals_word("Grand Total (CNY)"), totals_word("合计科技"), totals_word("Total Energies")
    (True, True, False, False)
    """
    bare = _bare(text)
    return bool(_WORD.fullmatch(_BEHIND.sub("", bare)))


def _counts(cell: object) -> bool:
    """Whether a cell is a number, or says nothing."""
    return not isinstance(cell, str) or not _LETTER.search(_UNIT.sub("", cell))
