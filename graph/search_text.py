"""By which text a node is found: one normalised text a node, and queries of the same tokens.

Both stores index it with an analyser that only splits at spaces, so what is found depends on these functions
alone and is the same on both. Order of hits is ours as well, never the engine's score.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from terms.delayed import Delayed
from terms.texts import SURROGATES, lone_surrogates

if TYPE_CHECKING:
    import opencc
    import pypinyin
else:
    opencc, pypinyin = Delayed("opencc"), Delayed("pypinyin")

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_HAN_START = re.compile(rf"[{_HAN}]")
_BETWEEN_HAN = re.compile(rf"(?<=[{_HAN}])\s+|\s+(?=[{_HAN}])")

WHOLE_LENGTH = 12
NAME_LENGTH = 4
LONG_NUMBER = 7

SHORTEST_PREFIX = 2
"""A query word of fewer characters is looked up whole, since its prefix would match half the graph."""


def normalise(text: str) -> str:
    """The text in one writing: NFKC, lower case, simplified characters, single spaces, none beside Chinese.

    >>> normalise("  ＡＢＣ 電力  公司 ")
    'abc电力公司'
    """
    if text.isascii():
        return " ".join(text.lower().split())
    if lone_surrogates(text):  # no letters, and the converter of Chinese refuses them
        text = SURROGATES.sub(" ", text)
    simple = unicodedata.normalize("NFKC", text).casefold()
    if _HAN_START.search(simple):
        simple = _simplifier().convert(simple)
        simple = _BETWEEN_HAN.sub("", simple)
    return " ".join(simple.split())


def tokens(text: str) -> list[str]:
    """The words under which a text is found, each once, in order.

    Words and numbers whole, of long numbers the last four digits too; of a run of Chinese the whole (up to 12
    characters), every character pair, its pinyin, the initials of its pinyin, and of a name (up to four characters)
    the pinyin of each character.

    >>> tokens("张伟 13800138000")
    ['张伟', 'zhangwei', 'zw', 'zhang', 'wei', '13800138000', '8000']
    """
    return list(dict.fromkeys(_tokens(text)))


def search_text(values: Iterable[object]) -> str:
    """The search text of a node from the values of its searched properties; empty without any.

    Their tokens with single spaces between, each once, in order: equal values give an equal text.
    """
    found: list[str] = []
    for value in values:
        if value is not None and value != "":
            found += _tokens(str(value))
    return " ".join(dict.fromkeys(found))


def search_query(text: str) -> str:
    """A full-text query of our own tokens for what a person typed; empty if it holds no letter and no digit.

    Every word must be there: Chinese by its pairs, other words as the beginning of a word. Operators of the
    engines' query languages never pass, because only letters and digits do.

    >>> search_query("国网电力 zh")
    '+国网 +网电 +电力 +zh*'
    """
    found: dict[str, None] = {}
    for run in _runs(text):
        if _HAN_START.match(run):
            pairs = _pairs(run) if len(run) > 1 else [f"{run}*"]
            found.update(dict.fromkeys(f"+{pair}" for pair in pairs))
        else:
            found[f"+{run}*" if len(run) >= SHORTEST_PREFIX else f"+{run}"] = None
    return " ".join(found)


def found_by(text: str, query: str) -> bool:
    """Whether a search text is found by a query, as the stores' indexes find it.

    >>> found_by("张伟 zhangwei 13800138000 8000", "+1380*"), found_by("张伟 zhangwei", "+1380*")
    (True, False)
    """
    words = text.split()
    return all(
        any(word.startswith(part[1:-1]) for word in words) if part.endswith("*") else part[1:] in words
        for part in query.split()
    )


def _tokens(text: str) -> Sequence[str]:
    if text.isascii() and text.isalnum():
        return _word(text.lower())  # a number or a word, as most values are: no run to look for
    return [token for run in _runs(text) for token in (_han(run) if _HAN_START.match(run) else _word(run))]


def _word(run: str) -> tuple[str, ...]:
    # People say the end of a telephone or customer number.
    return (run, run[-4:]) if len(run) >= LONG_NUMBER and run.isdecimal() else (run,)


@lru_cache(maxsize=65536)
def _han(run: str) -> tuple[str, ...]:
    spelled = pypinyin.lazy_pinyin(run, style=pypinyin.Style.NORMAL, errors="ignore")
    whole = [run] if len(run) <= WHOLE_LENGTH else []
    latin = ["".join(spelled), "".join(word[0] for word in spelled if word)] if spelled else []
    each = spelled if len(run) <= NAME_LENGTH else []
    return tuple(dict.fromkeys([*whole, *_pairs(run), *latin, *each]))


def _runs(text: str) -> list[str]:
    return _RUN.findall(normalise(text))


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


@cache
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
