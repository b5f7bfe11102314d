"""Bad input as one table: what a file holds, what must become of it, and what its remedy makes of it.

``item`` is the number of the fault in docs/faults.md. A case makes its file itself; where the corpus of hostile input
lies beside the checkout (``../shared/data/bad-input``), the file of the same name there must fare alike. The entries
stand in files by what is bad: whole files, cells, rows, and cells and sheets of workbooks.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from tests.ingest_front.bad_cells import CELLS
from tests.ingest_front.bad_files import FILES
from tests.ingest_front.bad_rows import ROWS
from tests.ingest_front.bad_sheets import SHEETS

CORPUS: Final = Path(__file__).parents[3] / "shared" / "data" / "bad-input"
ABSENT: Final = f"the corpus of hostile input is not beside this checkout ({CORPUS})"

LATER: Final[Mapping[str, str]] = {
    "own/graphql-*.json": "documents for the API: limits and policy of GraphQL (46 to 58)",
    "own/jwt-recipe.json": "tokens: sign-in (60)",
    "wycheproof-jwt/*": "tokens: sign-in (60)",
    "own/csv-formula.json": "cells of an export (41); as texts that come in they are among the naughty strings",
    "own/cypher-identifier.json": "names in free queries (39)",
    "own/path.json": "names of uploads and exports (42)",
    "payloads/*": "names of uploads, redirects (42, 43)",
    "own/redos.json": "regular expressions of users (44)",
    "own/ssrf-url.json": "addresses of webhooks and of sources that are called (43)",
}
"""Files of the corpus that are no matter of this table -> what they are for."""

TEXTS: Final = ("naughty-strings/blns-half.json", "own/cypher-value.json", "own/csv-formula.json")
"""Files of the corpus that are lists of texts, each of which stands in every field of text."""

NAUGHTY: Final = (
    "undefined", "NULL", "1/0", "0x0", "١٢٣", "Ω≈ç√∫˜µ≤≥÷", "田中さんにあげて下さい", "👩‍👩‍👧",
    "<script>alert(0)</script>",
    "'; DROP TABLE users; --", "' OR 1=1 //", "=1+1", "@SUM(1)", "-1+1", "％s", "{{7*7}}", "../../etc/passwd", "\t=1+1",
    "ثم نفس سقطت", "Ṱ̺̺̕o͞ ̷i̲̬͇̪", "𠮷野家", "ﬁ", "  ", "\u3000", "\u202etest", "a\u200bb", "\ufeff",
)  # fmt: skip
"""Texts that break programs which do more with a text than keep it."""

ABOUT: Final = ("README.md", "LICENSE", "LICENSE.txt")

CASES: Final = (*FILES, *CELLS, *ROWS, *SHEETS)


def named() -> set[str]:
    """The tables of the corpus that the cases name."""
    return {f"own/tables/{case.file}" for case in CASES if not case.alone}


def is_later(name: str) -> bool:
    """Whether a file of the corpus belongs to a later part."""
    return any(fnmatch(name, pattern) for pattern in LATER)
