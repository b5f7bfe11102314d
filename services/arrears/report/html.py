"""A sheet as one HTML file that needs nothing beside it; prints on one page."""

from __future__ import annotations

from html import escape

from services.arrears.report.diagram import Box, Diagram
from services.arrears.report.sheet import Row, Sheet, Table

STYLE = """
@page { size: A4; margin: 14mm }
body { font: 12px/1.45 "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  color: #1c2430; max-width: 720px; margin: 24px auto; padding: 0 16px }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 13px; margin: 14px 0 4px; color: #1f4e79 }
.kind { color: #1f4e79; letter-spacing: .04em } .id { color: #5b6675; font-size: 11px }
.label { background: #fff3d6; border: 1px solid #c98a00; padding: 4px 8px; margin: 8px 0 }
.headline { display: flex; gap: 32px; margin: 10px 0 } .headline b { display: block; font-size: 24px }
.headline small { color: #5b6675 } .facts { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px 16px }
.facts span { display: block; color: #5b6675; font-size: 11px }
table { border-collapse: collapse; width: 100% } th { text-align: left; font-weight: normal; color: #5b6675 }
td, th { padding: 2px 6px 2px 0; vertical-align: top; border-bottom: 1px solid #e3e8ee }
td + td, th + th { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.links td + td { text-align: left; white-space: normal } .total td { border-top: 1px solid #1c2430; border-bottom: 0 }
.columns { display: grid; grid-template-columns: 1fr 1fr; gap: 0 28px } svg { width: 100%; height: auto }
footer { margin-top: 12px; border-top: 1px solid #c5ced8; color: #5b6675; font-size: 10px }
"""

FILL = {"seed": "#fbe3dc", "between": "#eef2f6", "target": "#dbe8f5"}
LINE = {"seed": "#b5482f", "between": "#8592a3", "target": "#1f4e79"}


def to_html(sheet: Sheet) -> str:
    """The whole document."""
    parts = [
        f'<header><div class="kind">{escape(sheet.title)}</div><h1>{escape(sheet.name)}</h1>'
        f'<div class="id">{escape(sheet.id)}</div></header>',
        f'<p class="label">{escape(sheet.label)}</p>' if sheet.label else "",
        _headline(sheet.headline),
        '<div class="facts">' + "".join(map(_fact, sheet.facts)) + "</div>",
        _diagram(sheet),
        _table(sheet.paths),
        _table(sheet.changes),
        f'<div class="columns"><div>{_table(sheet.ageing)}</div><div>{_table(sheet.history)}</div></div>',
        f'<div class="links">{_table(sheet.links)}</div>',
        "".join(f"<p>{escape(note)}</p>" for note in sheet.notes),
        "<footer>" + "".join(f"<p>{escape(line)}</p>" for line in sheet.foot) + "</footer>",
    ]
    lang = "zh-CN" if sheet.lang == "zh" else "en"
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(sheet.title)}: {escape(sheet.name)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


def _headline(rows: tuple[Row, ...]) -> str:
    cells = (
        f"<div>{escape(row.text)}<b>{escape(row.figures[0])}</b><small>{escape(row.figures[1])}</small></div>"
        for row in rows
    )
    return f'<div class="headline">{"".join(cells)}</div>'


def _fact(row: Row) -> str:
    return f"<div><span>{escape(row.text)}</span>{escape(row.figures[0])}</div>"


def _table(table: Table) -> str:
    title = f"<h2>{escape(table.title)}</h2>" if table.title else ""
    if not table.rows:
        return f"{title}<p>{escape(table.empty)}</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in table.rows)
    total = f'<tr class="total">{_cells(table.total)}</tr>' if table.total else ""
    return f"{title}<table>{f'<tr>{head}</tr>' if head else ''}{body}{total}</table>"


def _cells(row: Row) -> str:
    return f"<td>{escape(row.text)}</td>" + "".join(f"<td>{escape(figure)}</td>" for figure in row.figures)


def _diagram(sheet: Sheet) -> str:
    if sheet.diagram is None:
        return ""
    return (
        f"<h2>{escape(sheet.diagram_title)}</h2>{svg(sheet.diagram, sheet.diagram_title)}"
        f'<div class="id">{escape(sheet.diagram_note)}</div>'
    )


def svg(drawn: Diagram, title: str) -> str:
    """The diagram as SVG."""
    arrows = "".join(
        f'<polyline points="{" ".join(f"{x},{y}" for x, y in a.points)}" fill="none" stroke="#8592a3" '
        f'stroke-width="{a.thick}" '
        f'marker-end="url(#tip)"/><text x="{a.text_x}" y="{a.text_y}" font-size="8" text-anchor="middle" '
        f'fill="#1c2430" stroke="#fff" stroke-width="2" paint-order="stroke">{escape(a.text)}</text>'
        for a in drawn.arrows
    )
    boxes = "".join(map(_box, drawn.boxes))
    return (
        f'<svg viewBox="-1 -1 {drawn.width + 2} {drawn.height + 2}" role="img" aria-label="{escape(title)}">'
        '<defs><marker id="tip" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="7" markerHeight="7" '
        'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L6 3L0 6z" fill="#8592a3"/></marker></defs>'
        f"{arrows}{boxes}</svg>"
    )


def _box(box: Box) -> str:
    middle = box.x + box.width / 2
    top = box.y + box.height / 2 + 3 - 4.5 * (len(box.lines) - 1)
    lines = "".join(
        f'<tspan x="{middle:.1f}" y="{top + 9 * k:.1f}">{escape(line)}</tspan>'
        for k, line in enumerate(box.lines)
    )
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="3" fill="{FILL[box.kind]}" '
        f'stroke="{LINE[box.kind]}"/><text font-size="7.4" text-anchor="middle"><title>{escape(box.text)}</title>'
        f"{lines}</text>"
    )
