"""Ids as words that tell nothing, for who does not see ids in clear.

A word is the id, filled up and enciphered under the ledger's key and the name of who asks (as cursors are, after
RFC 5297): the same id gives the same word to the same asker, another one to everybody else, and only the server gets
back from it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

BEGIN: Final = "opaque-"
GONE: Final = "…"
"""Stands for an id in an error."""
_SEAL: Final = 16
_STREAM: Final = 32
_FILL: Final = 24
"""Lengths of what is enciphered are multiples of this: they tell little of the length of an id."""
_NONE: Final = r"\s,;\"'<>()\[\]{}，；。（）、"
_END: Final = rf"[^{_NONE}]*[^{_NONE}.:]"
"""What an id within a text is made of; the stop of a sentence is no part of it."""


class Opaque:
    """The words of one asker.

    Args:
        sign: gives 32 bytes that nobody else can make.
        asker: what tells the asker from others.
        prefixes: how ids begin, each before a colon.
        sources: of records, whose ids are ``source/record``.
    """

    def __init__(
        self,
        sign: Callable[[bytes], bytes],
        asker: str,
        prefixes: Collection[str],
        sources: Collection[str] = (),
    ) -> None:
        self._sign, self._asker = sign, asker.encode() + b"\0"
        ids = "|".join(map(re.escape, sorted(prefixes, key=len, reverse=True)))
        records = "|".join(map(re.escape, sorted(sources, key=len, reverse=True)))
        kinds = [f"(?:{ids}):", *([f"(?:{records})/"] if records else [])]
        # A person without a number is called after a record, so ids are looked for first.
        # Chinese knows no blanks: an id may follow a character that belongs to a word.
        self._within = re.compile("|".join(rf"(?<![A-Za-z0-9_]){kind}{_END}" for kind in kinds))
        self._begin = re.compile("|".join(kinds))

    def word(self, text: str) -> str:
        """The word that stands for an id."""
        raw = text.encode()
        body = raw + b"\0" * (-len(raw) % _FILL)
        seal = self._sign(b"opaque\0" + self._asker + body)[:_SEAL]
        return BEGIN + base64.urlsafe_b64encode(seal + self._turned(body, seal)).decode().rstrip("=")

    def text(self, word: str) -> str | None:
        """The id that a word stands for; None for any other text, also for a word of somebody else."""
        if not word.startswith(BEGIN):
            return None
        found = word.removeprefix(BEGIN)
        try:
            raw = base64.b64decode((found + "=" * (-len(found) % 4)).encode("ascii"), b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        seal = raw[:_SEAL]
        body = self._turned(raw[_SEAL:], seal)
        if not hmac.compare_digest(seal, self._sign(b"opaque\0" + self._asker + body)[:_SEAL]):
            return None
        text = body.rstrip(b"\0").decode(errors="replace")
        return text if self.word(text) == word else None

    def veiled(self, told: Any) -> Any:
        """Plain JSON with words in place of all ids: of texts that begin as one, blanks and brackets too, and within
        texts."""
        if isinstance(told, str):
            return self.word(told) if self._begin.match(told) else self._within.sub(self._word, told)
        return _each(self.veiled, told)

    def struck(self, told: Any) -> Any:
        """Plain JSON without any id, for errors: they repeat what was asked, and a word for whatever somebody guesses
        would be taken back."""
        if isinstance(told, str):
            return GONE if self._begin.match(told) else self._within.sub(GONE, told)
        return _each(self.struck, told)

    def _word(self, found: re.Match[str]) -> str:
        return self.word(found[0])

    def _turned(self, text: bytes, seal: bytes) -> bytes:
        return bytes(one ^ other for one, other in zip(text, self._stream(seal, len(text)), strict=False))

    def _stream(self, seal: bytes, length: int) -> Iterator[int]:
        for place in range(0, length, _STREAM):
            yield from self._sign(b"opaque stream\0" + self._asker + seal + place.to_bytes(4, "big"))


def _each(change: Callable[[Any], Any], told: Any) -> Any:
    if isinstance(told, dict):
        return {name: change(value) for name, value in told.items()}
    return [change(value) for value in told] if isinstance(told, list | tuple) else told
