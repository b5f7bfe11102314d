"""Messages count in good English: one row holds, two rows hold."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from terms.cautions import cautions
from terms.errors import catalogue
from terms.texts import filled, in_the_plural

CHECKOUT = Path(__file__).parents[1]
SAYING = ("cli", "services", "ingest", "graph", "ledger")
"""Rooms whose texts people read; messages to callers of a function are not among them."""

NOUNS = (
    "records|rows|cells|relations|nodes|entities|parties|customers|bills|files|months|columns|entries|"
    "numbers|defaults|links|runs|sources|processes"
)
COUNTED = re.compile(rf"\{{(\w+)(?::,)?\}} (?:\w+ )?(?:{NOUNS})\b")

MANY = {
    "EXPORT_TOO_LARGE": "more than a program takes",
    "HUB_IGNORED": "most: thirty or more",
    "LEFT_OUT_RELATION": "type: no number",
    "SEGMENT_IDENTIFIER": "numbers: a verb",
    "STORE_AHEAD": "store: no number",
    "cli/clusters.py": "a cluster has at least two parties",
    "cli/fit.py": "refused below thirty defaults",
    "ingest/judgements/why_text.py": "only of a value that many records state",
    "services/arrears/report/texts.py": "a circle or cluster has at least two parties",
    "services/own_risk/card_text.py": "refused where there is little to learn from",
    "terms/texts.py": "the example",
}
"""Where a number is never one, with the reason."""


def texts() -> Iterator[tuple[str, str]]:
    """English texts, with the code or the module that has them."""
    for code, kind in catalogue().items():
        yield from ((code, text) for text in (kind.message["en"], kind.remedy["en"]))
    for code, words in cautions().items():
        yield code, words["en"]
    for room in SAYING:
        for path in sorted((CHECKOUT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield path.relative_to(CHECKOUT).as_posix(), node.value


def test_every_noun_that_is_counted_has_a_singular() -> None:
    wrong = {place: found[0] for place, text in texts() if (found := COUNTED.search(text))}
    assert {place: text for place, text in wrong.items() if place not in MANY} == {}


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_a_message_can_be_said_of_one_and_of_many(code: str) -> None:
    for text in (*catalogue()[code].message.values(), *catalogue()[code].remedy.values()):
        names = {name for _, name, _, _ in string.Formatter().parse(text) if name}
        for number in (1, 2):
            assert "|" not in filled(text, dict.fromkeys(names, number))
        assert "|" not in in_the_plural(text)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 rows hold"),
        (1, "1 row holds"),
        ("1", "1 row holds"),
        (2, "2 rows hold"),
        (1000, "1,000 rows hold"),
    ],
)
def test_one_is_one_and_every_other_number_many(count: object, said: str) -> None:
    number = "{count:,}" if isinstance(count, int) else "{count}"
    assert filled(f"{number} {{count:row holds|rows hold}}", count=count) == said


def test_what_a_text_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        filled("{count:row|rows} of {file}", count=1)
