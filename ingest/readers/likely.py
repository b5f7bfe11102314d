"""Which format a JSON text has, by words that only one format uses, and what a source states to have it read."""

from __future__ import annotations

import json
from typing import Final

from terms.texts import Texts

_WORDS: Final = {
    "psc": (b'"company_number"', b'"data"', b'"links"'),
    "bods": (b'"recordDetails"', b'"recordType"'),
    "ftm": (b'"schema"', b'"properties"', b'"id"'),
}
"""Format of the field -> names that stand in each of its objects."""


def settings_of(head: bytes) -> Texts:
    """What to state, from the first bytes of a file.

    >>> settings_of(b'{"id": 1}\\n{"id": 2}').en
    '`format: jsonl`'
    """
    for format_, words in _WORDS.items():
        if all(word in head for word in words):
            first = f"`format: {format_}`, `mapping: {format_}`, `recordId: id`"
            last = "`observedAt: stated_on`"
            return Texts(f"{first} and {last}", f"{first}、{last}")
    found = f"`format: {'jsonl' if _one_a_line(head) else 'json'}`"
    return Texts(found, found)


def _one_a_line(head: bytes) -> bool:
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False
