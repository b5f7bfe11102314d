"""Credit reports: what they say, that they are one page, and that no text of data becomes markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.arrears.answer.model import RiskPath, Step, Tail
from services.arrears.report import pdf, write_reports
from services.arrears.report.diagram import MOST_NODES, MOST_ROWS, Diagram, diagram, fitted
from services.arrears.report.html import to_html
from services.arrears.report.sheet import BREAKS, NEAR, Row, Sheet, Table, Writer, cut, reasons_table
from services.arrears.why.trace import trace
from services.names import Named
from services.site import Site
from terms.errors import KehutuError
from terms.money import Money
from tests.everyone import seen
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM


@pytest.fixture(scope="module")
def sheet(small_site: Site) -> Sheet:
    return Writer(seen(small_site), "en").sheet(UPSTREAM)


def fen(text: str) -> int:
    return int(text.replace(",", "").replace(".", "").replace("−", "-"))


def total(table: Table) -> int:
    return sum(fen(row.figures[0]) for row in table.rows)


def test_the_amounts_add_up_to_the_fen(sheet: Sheet, small_site: Site) -> None:
    expected = trace(seen(small_site), UPSTREAM).expected_loss.fen
    assert fen(sheet.headline[1].figures[0]) == expected == total(sheet.paths)
    assert sheet.paths.total is not None
    assert fen(sheet.paths.total.figures[0]) == expected
    debtor = Writer(seen(small_site), "en").sheet(DEBTOR)
    assert debtor.ageing.total is not None
    assert fen(debtor.ageing.total.figures[0]) == total(debtor.ageing) == 7 * 310_000


def test_it_names_run_date_reasons_and_what_was_assumed(sheet: Sheet, small_site: Site) -> None:
    run = trace(seen(small_site), UPSTREAM).run.id
    assert run in sheet.foot[0]
    assert "2026-03-31" in sheet.foot[0]
    assert "unfitted" in sheet.foot[0]
    [path] = sheet.paths.rows
    assert path.text == (
        "Debtor Works fails, the guarantee of 1,500,000.00 yuan breaks Guarantor Mills and the guarantee of "
        "3,000,000.00 yuan breaks Upstream Trading"
    )
    assert sheet.label is None
    assert any("bureau/3" in note for note in sheet.notes)
    assert {row.text for row in sheet.changes.rows} >= {"Debtor Works settles its arrears"}


def test_shares_add_up_where_nothing_is_at_stake(small_site: Site) -> None:
    answer = trace(seen(small_site), UPSTREAM)
    first = replace(answer.paths[0], share=0.75, amount=Money(0))
    nothing = replace(answer, paths=(first,), tail=Tail(0.25, Money(0)), expected_loss=Money(0))
    for lang, last in (("en", "25.0 %"), ("zh", "25.0%")):
        table = reasons_table(nothing, lang)
        assert [row.figures for row in table.rows] == [("–", last.replace("25", "75")), ("–", last)]
        assert table.total is not None
        assert table.total.figures == ("0.00", last.replace("25", "100"))


@given(st.text("ab，, c", max_size=80), st.integers(50, 70))
def test_a_text_that_is_cut_ends_behind_a_whole_word(text: str, longest: int) -> None:
    kept = cut(text, longest)
    if len(text) <= longest:
        assert kept == text
        return
    assert len(kept) <= longest
    assert kept.endswith("…")
    words = kept.removesuffix("…")
    assert text.startswith(words)
    marks = [at for at in range(longest - NEAR + 1, longest - 1) if text[at] in BREAKS]
    if marks:
        assert text[len(words)] in BREAKS or not words
        assert words == words.rstrip(BREAKS)


def test_it_speaks_chinese(small_site: Site) -> None:
    found = Writer(seen(small_site), "zh").sheet("4400000003")
    assert found.title == "信用报告"
    assert "Debtor Works违约，因担保 1,500,000.00 元拖垮Guarantor Mills" in found.paths.rows[0].text
    assert found.changes.rows[0].text == "Debtor Works 结清欠费" or "切断" in found.changes.rows[0].text


def test_the_diagram_runs_from_the_seed_to_the_party(sheet: Sheet) -> None:
    drawn = sheet.diagram
    assert drawn is not None
    boxes = {box.text: box for box in drawn.boxes}
    assert boxes["Debtor Works"].x < boxes["Guarantor Mills"].x < boxes["Upstream Trading"].x
    assert [boxes[name].kind for name in ("Debtor Works", "Guarantor Mills", "Upstream Trading")] == [
        "seed",
        "between",
        "target",
    ]
    assert len(drawn.arrows) == 2


def party(name: str) -> Named:
    return Named(f"enterprise:{name}", name, "Enterprise")


def path(names: Sequence[str], share: float) -> RiskPath:
    steps = tuple(Step(party(a), party(b), 0.3, ()) for a, b in pairwise(names))
    return RiskPath(share, Money(1), 1.0, party(names[0]), steps)


def apart(drawn: Diagram) -> bool:
    """Whether no two boxes cover each other, and all stand within the picture."""
    inside = all(
        b.x >= 0 and b.x + b.width <= drawn.width + 0.1 and b.y >= 0 and b.y + b.height <= drawn.height + 0.1
        for b in drawn.boxes
    )
    return inside and all(
        a.x + a.width <= b.x or b.x + b.width <= a.x or a.y + a.height <= b.y or b.y + b.height <= a.y
        for k, a in enumerate(drawn.boxes)
        for b in drawn.boxes[k + 1 :]
    )


def test_a_link_that_skips_a_column_goes_around_its_boxes() -> None:
    drawn = diagram(party("T"), [path("ABT", 0.5), path("AT", 0.3), path("CBT", 0.1)])
    assert drawn is not None
    assert apart(drawn)
    between = next(box for box in drawn.boxes if box.text == "B")
    [around] = [arrow for arrow in drawn.arrows if len(arrow.points) > 2]
    assert all(not between.y < y < between.y + between.height for _, y in around.points[1:-1])


def test_a_diagram_holds_what_fits_and_no_more() -> None:
    many = [path([f"S{k}", f"M{k}", "T"], 0.1) for k in range(20)]
    drawn = diagram(party("T"), many)
    assert drawn is not None
    assert len(drawn.boxes) <= MOST_NODES
    assert max(sum(a.x == b.x for b in drawn.boxes) for a in drawn.boxes) <= MOST_ROWS
    assert apart(drawn)
    assert diagram(party("T"), [path(["T"], 1.0)]) is None


def test_two_paths_in_opposite_order_can_be_drawn() -> None:
    drawn = diagram(party("T"), [path("ABT", 0.5), path("BAT", 0.4)])
    assert drawn is not None
    assert apart(drawn)


@pytest.mark.parametrize(
    ("name", "width", "lines"),
    [
        ("Short", 80.0, ("Short",)),
        ("云泽市昇博贸易有限公司", 58.0, ("云泽市昇博贸", "易有限公司")),
        ("A name of many words that does not fit", 60.0, ("A name of many", "words that d…")),
    ],
)
def test_names_are_fitted_into_their_boxes(name: str, width: float, lines: tuple[str, ...]) -> None:
    assert fitted(name, width) == lines


class Tags(HTMLParser):
    """The tags of a document, and what is visible."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


HOSTILE = '<script>alert(1)</script> #panic("x") $x$ \\ & "q" [*b*]'


def hostile(sheet: Sheet) -> Sheet:
    drawn = diagram(party(HOSTILE), [path([HOSTILE * 2, HOSTILE], 1.0)])
    return replace(sheet, name=HOSTILE, notes=(HOSTILE,), label=HOSTILE, diagram=drawn)


def test_text_of_data_is_never_markup(sheet: Sheet) -> None:
    found = Tags()
    found.feed(to_html(hostile(sheet)))
    assert "script" not in found.tags
    assert HOSTILE in found.text
    assert len(pdf.to_png(hostile(sheet), ppi=30)) == 1


def test_the_html_file_needs_nothing_beside_it(sheet: Sheet) -> None:
    page = to_html(sheet)
    assert not re.search(r"(?:src|href)\s*=|url\((?!#)|@import|https?://", page)
    assert '<html lang="en">' in page


def test_the_pdf_is_made_the_same_twice_with_its_own_font(sheet: Sheet) -> None:
    first = pdf.to_pdf(sheet, made_at=1_700_000_000)
    assert first == pdf.to_pdf(sheet, made_at=1_700_000_000)
    assert first.startswith(b"%PDF-")
    assert b"NotoSansCJKsc" in first


def test_the_template_compiles_without_a_warning(small_site: Site) -> None:
    for lang in ("en", "zh"):
        found = Writer(seen(small_site), lang).sheet(UPSTREAM)  # type: ignore[arg-type]  # both are languages
        compiler = pdf.compiler()
        _, warnings = compiler.compile_with_warnings(
            input=pdf.template(), format="pdf", sys_inputs={"sheet": pdf.to_json(found)}
        )
        assert warnings == []


def test_the_fullest_sheet_is_one_page(sheet: Sheet) -> None:
    name = "云泽市非常非常非常非常非常长的名称进出口贸易股份有限责任公司第二分公司"
    way = " → ".join([f"{name}（赊销 1,234,567,890.12）"] * 6)
    full = Table(
        "T", ("a", "b", "c"), tuple(Row(way, ("1,234,567,890.12", "100.0%")) for _ in range(6)), None
    )
    changes = replace(sheet.changes, rows=(Row(f"切断 {name} 到 {name} 的关联", ("−1,234,567,890.12",)),) * 3)
    runs = replace(sheet.history, rows=(Row("20260331-0123456789 *", ("100.0%", "1,234,567,890.12")),) * 5)
    drawn = diagram(party("T"), [path([f"{name}{k}", f"M{k}", "T"], 0.1) for k in range(4)])
    fullest = replace(
        sheet,
        name=name,
        label=name * 2,
        paths=full,
        changes=changes,
        history=runs,
        diagram=drawn,
        notes=("字" * 240,) * 5,
    )
    assert len(pdf.to_png(fullest, ppi=30)) == 1


def test_a_list_goes_on_after_one_that_does_not_exist(small_site: Site, tmp_path: Path) -> None:
    done = list(
        write_reports(seen(small_site), [DEBTOR, "nobody", GUARANTOR], tmp_path, ("pdf", "html"), "zh")
    )
    assert [report.fault is None for report in done] == [True, False, True]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(
        f"enterprise-{code}.{kind}" for code in (DEBTOR, GUARANTOR) for kind in ("pdf", "html")
    )


def test_a_folder_that_cannot_be_written_says_so(small_site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KehutuError) as caught:
        list(write_reports(seen(small_site), [DEBTOR], tmp_path / "file" / "deeper", ("html",), "en"))
    assert caught.value.code == "REPORT_UNWRITABLE"
