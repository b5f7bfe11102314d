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
        self._within = re.compile("|".join(rf"(?<!\w){kind}{_END}" for kind in kinds))
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

    def veiled(self, told: Any, name: str = "") -> Any:
        """Plain JSON with words in place of all ids: of texts that are one, and within texts.

        Args:
            name: of the member that it is the value of; an ``id`` is one whatever it holds, blanks too.
        """
        if isinstance(told, str):
            if name == "id" and self._begin.match(told):
                return self.word(told)
            return self._within.sub(lambda found: self.word(found[0]), told)
        if isinstance(told, dict):
            return {name: self.veiled(value, name) for name, value in told.items()}
        if isinstance(told, list | tuple):
            return [self.veiled(value, name) for value in told]
        return told

    def _turned(self, text: bytes, seal: bytes) -> bytes:
        return bytes(one ^ other for one, other in zip(text, self._stream(seal, len(text)), strict=False))

    def _stream(self, seal: bytes, length: int) -> Iterator[int]:
        for place in range(0, length, _STREAM):
            yield from self._sign(b"opaque stream\0" + self._asker + seal + place.to_bytes(4, "big"))
