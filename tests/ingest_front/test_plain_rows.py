"""Rows found by patterns are those that the parser finds, however a sheet is written."""

from __future__ import annotations

from io import BytesIO

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.readers.workbook.cell_references import Merged, letters_of
from ingest.readers.workbook.formats import number_format
from ingest.readers.workbook.plain_rows import PlainRows
from ingest.readers.workbook.sheet import SheetRow, SheetRows
from ingest.readers.workbook.texts import SharedTexts
from ingest.readers.workbook.values import Reading
from tests.workbooks import sheet_xml

FORMATS = {"1": number_format("0000-0000"), "2": number_format("0.0%"), "3": number_format("yyyy-m-d h:mm")}

numbers = st.one_of(
    st.integers(-(10**17), 10**17).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(("1E+3", "", " 7 ")),
)
words = st.sampled_from(("客户", "a &amp; b", "&lt;x&gt;", "&#65;", "_x0041_", " ", "é", "]]", "x\ny"))
styles = st.sampled_from(("", ' s="1"', ' s="2"', ' s="3"', ' s="9"', ' cm="1" s="1"', "  s='1'"))
formulas = st.sampled_from(("", "", "<f>A1*2</f>", '<f t="shared" si="0"/>', "<f>A1&amp;B1</f>", "<f></f>"))


odd_cells = st.sampled_from(
    ("><!-- x --><v>1</v></c>", "><v><![CDATA[2]]></v></c>", ">\n <v>3</v>\n</c>", "><v/></c>", "></c>")
)


@st.composite
def cells(draw: st.DrawFn) -> str:
    """The content of a cell and its type, in one of the ways in which programs write it."""
    style, formula = draw(styles), draw(formulas)
    kind = draw(
        st.sampled_from(("number", "shared", "text", "own", "rich", "yes", "error", "blank", "closed", "odd"))
    )
    match kind:
        case "number":
            return f"{style}>{formula}<v>{draw(numbers)}</v></c>"
        case "shared":
            return f'{style} t="s"><v>{draw(st.integers(0, 2))}</v></c>'
        case "text":
            return f'{style} t="str">{formula}<v>{draw(words)}</v></c>'
        case "own":
            return f' t="inlineStr"><is><t xml:space="preserve">{draw(words)}</t></is></c>'
        case "rich":
            return f' t="inlineStr"><is><r><t>{draw(words)}</t></r><r><t>b</t></r></is></c>'
        case "yes":
            return f'{style} t="b"><v>1</v></c>'
        case "error":
            return f'{style} t="e">{formula}<v>#N/A</v></c>'
        case "blank":
            return f"{style}>{formula}</c>"
        case "closed":
            return f"{style}/>"
        case _:
            return draw(
                st.sampled_from(
                    (
                        "><!-- x --><v>1</v></c>",
                        "><v><![CDATA[2]]></v></c>",
                        ">\n <v>3</v>\n</c>",
                        "><v/></c>",
                    )
                )
            )


@st.composite
def sheets(draw: st.DrawFn) -> str:
    """The rows of a sheet."""
    rows = []
    line = 0
    for _ in range(draw(st.integers(0, 6))):
        line += draw(st.integers(1, 3))
        written = ""
        for position in sorted(draw(st.sets(st.integers(1, 60), max_size=5))):
            written += f'<c r="{letters_of(position)}{line}"{draw(cells())}'
        about = draw(st.sampled_from(("", ' spans="1:9"', ' hidden="1"', ' x:dy="1" hidden="true"')))
        rows.append(f'<row r="{line}"{about}>{written}</row>' if written else f'<row r="{line}"{about}/>')
        rows.append(draw(st.sampled_from(("", "", "", "\n"))))
    merged = draw(st.sampled_from(("", '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')))
    return f"<sheetData>{''.join(rows)}</sheetData>{merged}"


def read(xml: str, block: int) -> tuple[list[SheetRow], list[Merged]]:
    texts = SharedTexts()
    for text in ("甲", "乙", ""):
        texts.add(text)
    formats = {style: form for style, form in FORMATS.items() if form is not None}
    rows = SheetRows(
        BytesIO(xml.encode()), Reading(texts, formats, from_1904=False, computed=True), block=block
    )
    return list(rows), rows.about.merged


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(sheets(), st.sampled_from((7, 100, 65_536)))
def test_patterns_and_parser_read_alike(inside, block):
    """A comment in front of the rows leaves all of them to the parser."""
    assert read(sheet_xml(inside), block) == read(sheet_xml(f"<!-- -->{inside}"), 65_536)


def test_usual_rows_are_read_by_patterns_to_the_last():
    rows = "".join(
        f'<row r="{n}" spans="1:3" x14ac:dyDescent="0.25"><c r="A{n}" s="1"><v>{n}</v></c>'
        f'<c r="B{n}" t="s"><v>0</v></c><c r="C{n}"><f>A{n}*2</f><v>{2 * n}</v></c></row>'
        for n in range(1, 1_000)
    )
    plain = PlainRows(BytesIO(sheet_xml(f"<dimension ref='A1'/><sheetData>{rows}</sheetData>").encode()))
    assert len(list(plain)) == plain.line == 999
