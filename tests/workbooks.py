"""Workbooks that tests make: the least that is one, with formats, formulas and whatever else a sheet may hold."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from ingest.readers.workbook.cell_references import letters_of, position_of

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


@dataclass(frozen=True)
class Cell:
    """A cell as it is written. ``value``: the text of ``<v>``, none at all for ``None``; ``format``: of numbers, as
    text or the number of one that is built in; ``type``: as ``t``; ``xml``: in place of all content."""

    value: str | None = None
    format: str | int = 0
    formula: str | None = None
    type: str | None = None
    xml: str | None = None


def shown(value: float | str, format: str | int, **more: str) -> Cell:
    """A number in a format."""
    return Cell(str(value), format, **more)


def workbook(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    hidden: Sequence[str] = (),
    hidden_rows: Sequence[int] = (),
    hidden_columns: Sequence[str] = (),
    merged: Sequence[str] = (),
    from_1904: bool = False,
    uncomputed: bool = False,
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A workbook of rows of cells; plain Python values are cells too.

    Args:
        hidden: names of hidden sheets. ``hidden_rows``, ``hidden_columns``, ``merged``: of every sheet.
        uncomputed: it asks Excel to work out all formulas when it opens it.
        parts: further parts, or others in place of these.
    """
    formats: dict[str | int, int] = {0: 0}
    written: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links([("r", "officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _list_of(list(sheets), hidden, from_1904=from_1904, uncomputed=uncomputed),
        "xl/_rels/workbook.xml.rels": _links(
            [(f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)]
            + [("t", "styles", "styles.xml"), ("u", "sharedStrings", "sharedStrings.xml")]
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}"/>',
    }
    for n, rows in enumerate(sheets.values(), start=1):
        written[f"xl/worksheets/sheet{n}.xml"] = _sheet(rows, formats, hidden_rows, hidden_columns, merged)
    written["xl/styles.xml"] = _styles(formats)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (written | dict(parts or {})).items():
            archive.writestr(name, content)
    return packed.getvalue()


def sheet_xml(inside: str) -> str:
    """The XML of a sheet with this content."""
    return f'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="{_MAIN}">{inside}</worksheet>'


def shared_xml(*items: str) -> str:
    """The XML of shared texts; an item is the content of its ``<si>``."""
    listed = "".join(f"<si>{item}</si>" for item in items)
    return f'<sst xmlns="{_MAIN}">{listed}</sst>'


def cell_xml(found: object, place: str, formats: dict[str | int, int]) -> str:
    """One cell; ``formats`` grows by the formats that are used, with the number of their style."""
    if found is None or found == "":
        return ""
    cell = found if isinstance(found, Cell) else _plain(found)
    style = formats.setdefault(cell.format, len(formats))
    attributes = f' r="{place}"' + (f' s="{style}"' if style else "")
    attributes += f' t="{cell.type}"' if cell.type else ""
    inside = f"<f>{escape(cell.formula)}</f>" if cell.formula is not None else ""
    inside += f"<v>{escape(cell.value)}</v>" if cell.value is not None else ""
    return f"<c{attributes}>{inside if cell.xml is None else cell.xml}</c>"


def _plain(value: object) -> Cell:
    if isinstance(value, bool):
        return Cell(str(int(value)), type="b")
    if isinstance(value, int | float):
        return Cell(str(value))
    return Cell(type="inlineStr", xml=f'<is><t xml:space="preserve">{escape(str(value))}</t></is>')


def _sheet(
    rows: Sequence[Sequence[object]],
    formats: dict[str | int, int],
    hidden_rows: Sequence[int],
    hidden_columns: Sequence[str],
    merged: Sequence[str],
) -> str:
    lines = []
    for line, row in enumerate(rows, start=1):
        cells = (cell_xml(found, f"{letters_of(i)}{line}", formats) for i, found in enumerate(row, start=1))
        away = ' hidden="1"' if line in hidden_rows else ""
        lines.append(f'<row r="{line}"{away}>{"".join(cells)}</row>')
    ranges = "".join(f'<mergeCell ref="{one}"/>' for one in merged)
    behind = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    numbers = [position_of(letters) for letters in hidden_columns]
    above = "".join(f'<col min="{n}" max="{n}" width="9" hidden="1"/>' for n in numbers)
    above = f"<cols>{above}</cols>" if above else ""
    return sheet_xml(f"{above}<sheetData>{''.join(lines)}</sheetData>{behind}")


def _styles(formats: Mapping[str | int, int]) -> str:
    own = {code: number for number, code in enumerate((f for f in formats if isinstance(f, str)), start=164)}
    codes = "".join(
        f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>' for code, number in own.items()
    )
    styles = "".join(f'<xf numFmtId="{own[f] if isinstance(f, str) else f}"/>' for f in formats)
    return (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{styles}</cellXfs></styleSheet>'
    )


def _list_of(names: Sequence[str], hidden: Sequence[str], *, from_1904: bool, uncomputed: bool) -> str:
    entries = ""
    for n, name in enumerate(names, start=1):
        state = "hidden" if name in hidden else "visible"
        entries += f'<sheet name={quoteattr(name)} sheetId="{n}" state="{state}" r:id="s{n}"/>'
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(from_1904)}"/>'
        f'<sheets>{entries}</sheets><calcPr calcId="1" fullCalcOnLoad="{int(uncomputed)}"/></workbook>'
    )


def _links(links: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for id_, kind, target in links
    )
    return f'<Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'
