"""Finds English in texts that are meant to be Chinese.

Names stay as they are in every language: what stands in backticks or Chinese quotes, paths and ids, codes in capitals,
the words of the schema and of manifests, settings, commands and their flags, and what is called so everywhere
(``PROPER``). Every other word of Latin letters is English that nobody has translated; so are four words in a row,
whatever they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, get_args

from pydantic import BaseModel

from cli.main import COMMANDS
from graph.schema.load import schema
from graph.schema.model import IdentityRole, PersonalData
from ingest.cells.numbers import UNITS
from ingest.manifests.cell_text import Cell
from ingest.manifests.manifest_text import ManifestText, MappingText, NodeEntry, RelationEntry, Source, When
from ingest.readers import ENDINGS
from services.arrears.watch.watching import RuleKind
from services.settings import Settings

PROPER: Final = frozenset(
    """Kehutu kehutu GraphQL Neo4j ArcadeDB Java Python Bolt Linux glibc Leiden Excel DebtRank SimBench Brier
    Graph Data Science Windows Lines Ctrl-C Debian Ubuntu gds graphdatascience
    Content-Type X-Request-Id embedded real benchmark synthetic""".split()  # noqa: SIM905  # a list of words
)

_NAMED: Final = re.compile(
    r"`[^`]*`|“[^”]*”"  # code, and what was given
    r"|\S*[/\\=@#]\S*"  # paths, URLs, PARTY=1.0
    r"|(?<![a-z])--?[a-z][a-z-]*"  # flags
    r"|[\w:.*+%\[\]-]*(?:\d|[a-zA-Z\]][:_.][a-zA-Z*])[\w:.*+%\[\]-]*",  # ids, versions, file names, places
    re.ASCII,
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'-]+", re.ASCII)
_ROW: Final = re.compile(r"[A-Za-z'-]+(?: [A-Za-z'-]+){3,}", re.ASCII)


def english_left(text: str, *data: str) -> list[str]:
    """The words that are still English.

    >>> english_left("没有渠道“home-vist”（最接近：“home-visit”）")
    []
    >>> english_left("Nothing found.")
    ['Nothing', 'found']

    Args:
        data: what the site of the test holds, as names of people.
    """
    for value in data:
        text = text.replace(value, "…")
    bare = _NAMED.sub(lambda found: "…" * len(found[0]), text)
    rows = [found[0] for found in _ROW.finditer(bare)]
    words = [found[0] for found in _WORD.finditer(bare)]
    return rows + [word for word in words if not word.isupper() and word not in _names()]


@cache
def _names() -> frozenset[str]:
    model = schema()
    names = {
        *PROPER,
        *get_args(PersonalData),
        *get_args(IdentityRole),
        *(kind.value for kind in RuleKind),
        *COMMANDS,
        *Settings.model_fields,
        *model.channels,
        *model.nodes,
        "local",
    }
    for type_ in model.types:
        for prop in type_.properties.values():
            names |= {prop.name, prop.type, *prop.values, prop.unit or ""}
    parts: tuple[type[BaseModel], ...] = (
        Cell, ManifestText, MappingText, NodeEntry, RelationEntry, Source, When,
    )  # fmt: skip
    names |= {field.alias or name for part in parts for name, field in part.model_fields.items()}
    names |= {unit for units in UNITS.values() for unit in units}
    return frozenset(
        names | {ending.removeprefix(".") for ending in ENDINGS} | {"true", "false", "True", "False", "zh"}
    )
