"""GraphML 1.0 and GEXF 1.2: every column declared with its type, what is absent left out.

Written by hand and not by networkx, whose writers take types from values, so that one property may get two, whose GEXF
has an attribute that its schema does not know, and whose header names the clock (docs/decisions/0026-export.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TextIO
from xml.sax.saxutils import escape, quoteattr

from services.export.content import WEIGHT, Column, Content, Kind, Row, Value

XML_TYPES: Final[Mapping[Kind, str]] = {
    "text": "string",
    "whole": "long",
    "number": "double",
    "truth": "boolean",
}
GRAPHML: Final = "http://graphml.graphdrawing.org/xmlns"
GEXF: Final = "http://www.gexf.net/1.2draft"
_LINE_ENDS: Final[Mapping[str, str]] = {"\x85": "&#133;", "\u2028": "&#8232;"}
"""Some parsers read them as ends of lines, as XML 1.1 does (xmldom 0.8)."""
_BLANKS: Final[Mapping[str, str]] = {"\n": "&#10;", "\t": "&#9;"}
"""As characters they would be read as blanks in an attribute."""
_NO_TOKEN: Final = re.compile("[^-.:A-Z_a-z0-9\u4e00-\u9fa5]|_(?=x[0-9A-F]{4,6}_)")
"""Letters that the fourth edition of XML 1.0 knows: programs that check tokens (libxml2) go by it."""


def token(text: str) -> str:
    """A text as a name token of XML, which the ids of GraphML have to be: other characters as ``_xHHHH_``.

    >>> token("line:simbench/MV1 a")
    'line:simbench_x002F_MV1_x0020_a'
    """
    return _NO_TOKEN.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def written(value: Value) -> str:
    """A value as XML Schema writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return {"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get(repr(value), repr(value))
    return str(value)


def write_graphml(out: TextIO, content: Content) -> tuple[int, int]:
    """Write a graph as GraphML 1.0.

    Ids are name tokens (:func:`token`); the property ``id`` has them as they are. Returns how many nodes and edges.
    """
    nodes, edges = _all(content)
    header, columns = content.header(), content.columns
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(
        f'<graphml xmlns="{GRAPHML}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{GRAPHML} {GRAPHML}/1.0/graphml.xsd">\n'
    )
    for name in header.entries():
        out.write(f'  <key id="g.{name}" for="graph" attr.name="{name}" attr.type="string"/>\n')
    for owner, short, among in (("node", "n", columns.nodes), ("edge", "e", _but_ends(columns.edges))):
        for column in among:
            kind = XML_TYPES[column.kind]
            name = column.name
            out.write(f'  <key id="{short}.{name}" for="{owner}" attr.name="{name}" attr.type="{kind}"/>\n')
    out.write('  <graph edgedefault="directed">\n')
    _data(out, "g", header.entries(), "    ")
    for row in nodes:
        out.write(f"    <node id={quoteattr(token(str(row['id'])))}>\n")
        _data(out, "n", row, "      ")
        out.write("    </node>\n")
    for row in edges:
        ends = " ".join(f"{name}={quoteattr(token(str(row[name])))}" for name in ("id", "source", "target"))
        out.write(f"    <edge {ends}>\n")
        _data(out, "e", {k: v for k, v in row.items() if k not in {"source", "target"}}, "      ")
        out.write("    </edge>\n")
    out.write("  </graph>\n</graphml>\n")
    return len(nodes), len(edges)


def _data(out: TextIO, short: str, row: Mapping[str, Value], indent: str) -> None:
    for name, value in row.items():
        out.write(f'{indent}<data key="{short}.{name}">{_text(value)}</data>\n')


def write_gexf(out: TextIO, content: Content) -> tuple[int, int]:
    """Write a graph as GEXF 1.2. Returns how many nodes and edges."""
    nodes, edges = _all(content)
    header, columns = content.header(), content.columns
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    out.write(f'<gexf xmlns="{GEXF}" version="1.2">\n  <meta lastmodifieddate="{header.cut_off}">\n')
    out.write("    <creator>Kehutu</creator>\n")
    told = "; ".join(f"{name}={value}" for name, value in header.entries().items())
    out.write(f"    <description>{escape(told)}</description>\n  </meta>\n")
    out.write('  <graph mode="static" defaultedgetype="directed">\n')
    node_columns = [column for column in columns.nodes if column.name not in {"id", "label"}]
    edge_columns = [
        column for column in _but_ends(columns.edges) if column.name not in {"id", "label", WEIGHT}
    ]
    # Numbers as ids: of any other id Gephi Lite shows the id in place of the title (graphology-gexf 0.13).
    of_nodes = dict(enumerate(node_columns))
    of_edges = dict(enumerate(edge_columns, len(of_nodes)))
    for owner, among in (("node", of_nodes), ("edge", of_edges)):
        out.write(f'    <attributes class="{owner}" mode="static">\n')
        for number, column in among.items():
            kind = XML_TYPES[column.kind]
            out.write(f'      <attribute id="{number}" title="{column.name}" type="{kind}"/>\n')
        out.write("    </attributes>\n")
    _elements(out, "node", nodes, ("id", "label"), of_nodes)
    _elements(out, "edge", edges, ("id", "source", "target", "label", WEIGHT), of_edges)
    out.write("  </graph>\n</gexf>\n")
    return len(nodes), len(edges)


def _elements(
    out: TextIO, name: str, rows: Iterable[Row], own: Sequence[str], columns: Mapping[int, Column]
) -> None:
    out.write(f"    <{name}s>\n")
    for row in rows:
        attributes = " ".join(f"{key}={_attribute(row[key])}" for key in own)
        out.write(f"      <{name} {attributes}>\n        <attvalues>\n")
        for number, column in columns.items():
            if column.name in row:
                value = _attribute(row[column.name])
                out.write(f'          <attvalue for="{number}" value={value}/>\n')
        out.write(f"        </attvalues>\n      </{name}>\n")
    out.write(f"    </{name}s>\n")


def _attribute(value: Value) -> str:
    return quoteattr(written(value), {**_BLANKS, **_LINE_ENDS})


def _text(value: Value) -> str:
    return escape(written(value), _LINE_ENDS)


def _but_ends(columns: Sequence[Column]) -> list[Column]:
    return [column for column in columns if column.name not in {"source", "target"}]


def _all(content: Content) -> tuple[list[Row], list[Row]]:
    nodes = [row for batch in content.nodes for row in batch]
    return nodes, [row for batch in content.edges for row in batch]


WRITERS: Final[Mapping[str, Callable[[TextIO, Content], tuple[int, int]]]] = {
    "graphml": write_graphml,
    "gexf": write_gexf,
}
