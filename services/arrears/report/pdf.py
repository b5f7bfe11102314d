"""A sheet as PDF, set by Typst; the Chinese font comes with a package, nothing of the machine is used."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import noto_cjk_sans_otc
import orjson
import typst

from services.arrears.report.sheet import Sheet

TEMPLATE = "report.typ"
FONT = "Noto Sans CJK SC"


def to_pdf(sheet: Sheet, *, made_at: int) -> bytes:
    """One page, tagged for screen readers; equal sheets and instants give equal bytes.

    Args:
        made_at: seconds since 1970, the time of making that the file states.
    """
    found = compiler().compile(
        input=template(), format="pdf", sys_inputs={"sheet": to_json(sheet)}, timestamp=made_at
    )
    if not isinstance(found, bytes):
        raise TypeError(f"Typst made {type(found).__name__} of a PDF, which is one file")
    return found


def to_png(sheet: Sheet, *, ppi: float = 110) -> list[bytes]:
    """The pages as pictures, to look at."""
    found = compiler().compile(input=template(), format="png", ppi=ppi, sys_inputs={"sheet": to_json(sheet)})
    return [found] if isinstance(found, bytes) else list(found or ())


def to_json(sheet: Sheet) -> str:
    """What the template reads."""
    return orjson.dumps(sheet).decode()


@cache
def template() -> bytes:
    """The template, from beside this module."""
    return resources.files("services.arrears.report").joinpath(TEMPLATE).read_bytes()


@cache
def compiler() -> typst.Compiler:
    """One compiler for all reports: reading the font takes most of the time."""
    folder = Path(str(noto_cjk_sans_otc.FONT_PATH)).parent
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    return typst.Compiler(input=template(), font_paths=fonts)
