"""Where a refused row stands: the file and its line, in a workbook also the sheet and the cell."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.readers import Opened

_PARTS = ("file", "file_zh", "sheet", "cell")


def standing(file: str, line: int, opened: Opened, details: Mapping[str, object]) -> dict[str, object]:
    """The details of a fault that say where it is.

    Args:
        opened: the table that the row comes from.
        details: of the fault; ``field`` names its column, or several.
    """
    if opened.sheet is None:
        return {"file": file, "line": line}
    column = str(details.get("field", "")).split(", ")[0]
    letters = opened.letters.get(column)
    cell = details.get("cell") or (f"{letters}{line}" if letters else None)
    return _in_words(file, opened.sheet, None if cell is None else str(cell)) | {"line": line}


def standing_again(
    file: str, line: int, before: Mapping[str, object], *, same_field: bool
) -> dict[str, object]:
    """As :func:`standing`, of a row that was refused before; where another column is at fault, without the cell."""
    if "sheet" not in before:
        return {"file": file, "line": line}
    if same_field:
        return {part: before[part] for part in _PARTS if part in before} | {"line": line}
    return _in_words(file, str(before["sheet"]), None) | {"line": line}


def _in_words(file: str, sheet: str, cell: str | None) -> dict[str, object]:
    place: dict[str, object] = {
        "file": f"{file}, sheet '{sheet}'" + (f", cell {cell}" if cell else ""),
        "file_zh": f"{file}，工作表“{sheet}”" + (f"，单元格 {cell}" if cell else ""),
        "sheet": sheet,
    }
    return place | {"cell": cell} if cell else place
