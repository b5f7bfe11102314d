"""Which cells say nothing: filler words and numbers, and texts whose letters are lost.

Words are matched against whole cells, whatever their case and width. Everything here is a pure function of a text.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import pairwise
from typing import Final

WORDS: Final = (
    "NULL", "(null)", "<null>", "[null]", r"\N", "nil", "none", "NaN", "NaT", "N/A", "#N/A", "#NULL!", "n.a.",
    "undefined", "unknown", "unspecified", "not available", "not applicable", "not known", "no data",
    "(blank)", "<blank>", "(empty)", "<empty>", "<NA>", "#NV", "#N/D", "not provided", "not recorded",
    "无", "無", "空", "空白", "没有", "不详", "不詳", "不明", "不知", "不知道", "不清楚", "未知", "未填", "未填写",
    "未提供", "未登记", "未录入", "未采集", "未留", "暂无", "暫無", "暂缺", "缺失", "待定", "待补", "待补充", "待查",
    "待核实", "待确认", "不适用", "无数据", "无记录", "无此项", "拒绝提供", "无电话", "无手机", "没有电话", "没有手机",
    "电话不详", "无地址", "地址不详", "地址未知", "未知地址", "姓名不详", "空值", "尚无", "尚無", "未填寫", "待補",
    "無資料", "无资料", "保密", "不便透露", "不愿透露", "不愿提供", "同上", "同前", "如上", "〃",
)  # fmt: skip
"""What programs and people write for a value that they do not have, or not in this cell ("as above"). Cells of dashes,
slashes, dots or asterisks only say nothing either, nor does such a word in brackets, or with a full stop behind it."""

_MARKS: Final = "-‐‑‒–—―−－_＿/／\\＼.．·…。、,，*＊"
_AROUND: Final = frozenset(
    ("()", "（）", "[]", "【】", "<>", "《》", "{}", "「」", "--", "——", "''", '""', "“”")
)
_ONLY_MARKS: Final = re.compile(rf"[\s{re.escape(_MARKS)}]+")
_FULL_WIDTH: Final = 0xFEE0  # from an ASCII character to its full-width form

REPLACED: Final = "\ufffd"
"""What a decoder writes for bytes that it could not read: the character that stood there is gone."""

_UNFILLED: Final = re.compile("[烫屯葺铪燙]{3,}")
"""What programs write of memory that nobody filled (bytes CC, CD, DD, FE), read as Chinese."""
_INSIDE: Final = "".join(chr(code) + bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xC0))
"""What the second byte of a letter of Europe becomes where UTF-8 is read in Latin-1."""
_MISREAD: Final = re.compile(
    f"烫烫烫|屯屯屯|葺葺葺|铪铪铪|燙燙燙|ï»¿|[ÃÂ][{_INSIDE}]|锟斤拷|ï¿½|&#(?:65533|[xX][fF]{{3}}[dD]);"
)  # U+FFFD, read once more or written in HTML
_LOST: Final = re.compile(rf"\?\?|[^\W\d_]\?[^\W\d_]|{_MISREAD.pattern}")
_WIDE: Final = "\uff1f"  # a full-width question mark
_LETTER: Final = re.compile(r"[^\W\d_]")

_FILL: Final = "烫屯葺铪燙"
_ODD_ANYWHERE: Final = f"?\uff1f锟ïÃÂ&\ufffd{_FILL}"
_ODD: Final = re.compile(f"[{_ODD_ANYWHERE}]")

_LEAST: Final = 7
_BETWEEN: Final = str.maketrans("", "", " -()（）.+\u3000")


def folded(text: str) -> str:
    """A word in one writing: case and width folded, no blanks around it.

    >>> folded(" Ｎ／Ａ ")
    'n/a'
    """
    return unicodedata.normalize("NFKC", text).strip().casefold()


def _bared(word: str) -> str:
    """A word without the brackets around it and the full stop behind it."""
    word = word.rstrip(".。!！")
    return word[1:-1].strip() if len(word) > 2 and word[0] + word[-1] in _AROUND else word


class Absence:
    """The words that say nothing in one source: the declared ones and those that its manifest adds."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        own = frozenset(filter(None, map(folded, more)))
        self._words = own.union(map(folded, WORDS))
        # Nearly all cells are told apart from these words by their first character.
        plain = {form for word in self._words for form in (word[:1], word[:1].upper())}
        wide = {chr(ord(c) + _FULL_WIDTH) for c in plain if c.isascii() and c.isprintable() and c > " "}
        self.first: Final = frozenset(plain | wide | set(_MARKS) | set(_FILL) | {pair[0] for pair in _AROUND})
        """The characters that such a word may begin with, blanks apart."""
        self.own = bool(own)

    def says_nothing(self, text: str) -> bool:
        """Whether a whole cell is one of the words; an empty one is."""
        if not text:
            return True
        if text[0] not in self.first and not text[0].isspace():
            return False
        bare = folded(text)
        return (
            bare in self._words
            or _ONLY_MARKS.fullmatch(text) is not None
            or _bared(bare) in self._words
            or _UNFILLED.fullmatch(bare) is not None
        )


class _Never(Absence):
    def says_nothing(self, text: str) -> bool:
        return not text


SHIPPED: Final = Absence()
"""The declared words alone."""

NEVER: Final = _Never()
"""For texts that a manifest writes: each is meant."""


def filler(number: str) -> bool:
    """Whether a number of seven or more digits names nobody: all characters equal, or a run over the keyboard.

    >>> filler("000000000000000000"), filler("1234567890"), filler("987-654-321"), filler("13800138000")
    (True, True, True, False)
    >>> filler("008600000000000"), filler("86-11111111111"), filler("010-00000000"), filler("010-88880000")
    (True, True, True, False)
    """
    if number.isascii() and number.isdigit() and number[0] != "0" and number[:2] != "86":
        # Nearly all are told by their first three digits.
        return number[:3] in _EVEN and len(number) >= _LEAST and _even(number)
    bare = number.translate(_BETWEEN).strip()
    bare = bare.removeprefix("00") if bare.startswith("0086") else bare
    # The code of China before a number of its mobile or fixed telephones.
    bare = bare[2:] if bare.startswith("86") and 10 <= len(bare) <= 14 else bare
    if len(bare) < _LEAST or not bare.isascii():
        return False
    if _NO_SUBSCRIBER.fullmatch(bare):
        return True
    body = bare[:-1] if bare[-1] in "Xx" else bare
    if len(set(bare)) == 1 or len(set(body)) == 1:
        return True
    return body.isdigit() and _even(body)


_NO_SUBSCRIBER: Final = re.compile("0[1-9][0-9]{1,2}0{7,8}")
"""A telephone number of noughts behind the code of an area."""


def _even(digits: str) -> bool:
    """Whether digits go up or down one by one, or stay."""
    step = (ord(digits[1]) - ord(digits[0])) % 10
    return step in {0, 1, 9} and all(
        (ord(after) - ord(before)) % 10 == step for before, after in pairwise(digits)
    )


_EVEN: Final = frozenset(
    f"{first}{(first + step) % 10}{(first + 2 * step) % 10}" for first in range(10) for step in (0, 1, 9)
)


def letters_lost(text: str, *, whole: bool = False) -> bool:
    """Whether question marks, or what a wrong decoding makes of lost characters, stand where letters should.

    ``whole``: only where no letter is left; people write question marks in sentences.

    >>> letters_lost("???8??"), letters_lost("体育东路??号"), letters_lost("体育东路8号?")
    (True, True, False)
    >>> letters_lost("骞垮窞甯傚ぉ娌冲尯1鍙?"), letters_lost("浙江路1号"), letters_lost("École")
    (True, False, False)
    """
    if text[:1] in _WRONG_FIRST and _garbled(text):
        return True
    if not _ODD.search(text):
        return False
    text = text.replace(_WIDE, "?")
    if "?" in text and not _LETTER.search(text):
        return True
    return bool((_MISREAD if whole else _LOST).search(text))


def _garbled(text: str) -> bool:
    """Whether a text is Chinese in UTF-8 that was read in another encoding: written back, it is UTF-8 again.

    No word in Latin letters holds what three bytes of UTF-8 become there, so one Chinese character is enough; bytes
    that are gone may stand as question marks. A Chinese text that is UTF-8 in its own GBK bytes by chance has two
    characters (联通), hardly ever four.
    """
    for encoding, errors in (("cp1252", "ignore"), ("latin-1", "ignore"), ("gbk", "strict")):
        with suppress(UnicodeError):
            raw = text.rstrip("?").encode(encoding)
            if (errors == "ignore" or len(raw) >= _LEAST) and _CHINESE.search(_decoder(errors).decode(raw)):
                return True
    return False


_decoder: Final = codecs.getincrementaldecoder("utf-8")  # a last character may be cut off
_CHINESE: Final = re.compile("[\u4e00-\u9fff]")
_HEADS: Final = (bytes((lead, after)) for lead in range(0xE4, 0xEA) for after in range(0x80, 0xC0))
_WRONG_FIRST: Final = frozenset("äåæçèé") | {head.decode("gbk", "ignore")[:1] for head in _HEADS} - {""}
"""What a Chinese text in UTF-8 begins with where it is read in Latin-1 or GBK."""


def usual_text(absent: Absence, but: str = "") -> Callable[[str], object]:
    """The function that holds of nearly all texts that people write, and of none that may say nothing, have lost
    letters or have been touched by software: one pattern in place of all the tests that only other texts need.

    What cannot be seen has to be looked for apart. ``but``: a pattern of what it does not begin with either.
    """
    first = "".join(sorted(absent.first | _WRONG_FIRST | set("#=")))
    other = f"(?!{but})" if but else ""
    return re.compile(f"{other}[^{re.escape(first)}{_ODD_ANYWHERE}\\s][^{_ODD_ANYWHERE}]*").fullmatch
