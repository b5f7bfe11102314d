"""Numbers of persons, enterprises, contracts and telephones: well-formed, with valid check digits, assigned to nobody.

The region code 99 of identity numbers and credit codes is not assigned, and no telephone number begins with 100.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.world.draws import Ints

REGION = "990101"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
_ORGANISATION = np.array([3, 7, 9, 10, 5, 8, 4, 2])  # weights of GB 11714
_CREDIT = np.array([pow(3, i, 31) for i in range(17)])  # weights of GB 32100-2015
_PERSON = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])  # weights of GB 11643


def customer_numbers(customers: Ints) -> pa.Array:
    """Ten digits each. Neighbours in the world get numbers far apart, as a real register would."""
    return _text(4_400_000_000 + (customers * 61_803_399 + 27_182_818) % 100_000_000)


def prefixed(prefix: str, numbers: Ints, digits: int) -> pa.Array:
    """``prefix`` and a number filled with zeros."""
    return _bytes(np.concatenate([_letters(prefix, len(numbers)), _digits(numbers, digits) + 48], axis=1))


def joined(*parts: str | pa.Array) -> pa.Array:
    """Texts put together, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def phones(numbers: Ints) -> pa.Array:
    """Eleven digits each, 100 in front."""
    return _text(10_000_000_000 + numbers % 100_000_000)


def identity_numbers(birth_days: Ints, numbers: Ints) -> pa.Array:
    """Eighteen characters: region, day of birth, order, check digit.

    Args:
        birth_days: days since 1970-01-01.
        numbers: of the persons; ten districts of a thousand a day of birth keep them apart, see the caller.
    """
    days = birth_days.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    of_month = (days - days.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    body = np.concatenate(
        [
            _digits(990_100 + numbers // 1000 % 100, 6),
            _digits(years * 10_000 + months * 100 + of_month, 8),
            _digits(numbers % 1000, 3),
        ],
        axis=1,
    )
    check = np.frombuffer(b"10X98765432", np.uint8)[(body @ _PERSON) % 11]
    return _bytes(np.concatenate([body + 48, check[:, None]], axis=1))


def credit_codes(numbers: Ints) -> pa.Array:
    """Eighteen characters: an enterprise of the fictional region, an organisation code and a check digit."""
    letters = np.frombuffer(_ALPHABET.encode(), np.uint8)
    value = np.full(256, -1)
    value[letters] = np.arange(31)
    mixed = (numbers * 10_007 + 1_234_567) % 100_000_000
    organisation = _digits(mixed, 8)
    check = (11 - organisation @ _ORGANISATION % 11) % 11
    ninth = np.where(check == 10, ord("X"), check + 48).astype(np.uint8)
    head = np.concatenate([_letters(f"91{REGION}", len(numbers)), organisation + 48, ninth[:, None]], axis=1)
    last = letters[(31 - value[head] @ _CREDIT % 31) % 31]
    return _bytes(np.concatenate([head, last[:, None]], axis=1))


def _digits(numbers: Ints, width: int) -> npt.NDArray[np.int64]:
    return np.asarray(numbers)[:, None] // 10 ** np.arange(width - 1, -1, -1, dtype=np.int64) % 10


def _letters(text: str, count: int) -> npt.NDArray[np.int64]:
    return np.tile(np.frombuffer(text.encode(), np.uint8).astype(np.int64), (count, 1))


def _bytes(codes: npt.NDArray[np.integer]) -> pa.Array:
    """Rows of character codes as an array of texts."""
    rows, width = codes.shape
    fixed = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(width), rows, [None, pa.py_buffer(np.ascontiguousarray(codes, dtype=np.uint8))]
    )
    return fixed.cast(pa.binary()).cast(pa.string())


def _text(numbers: Ints) -> pa.Array:
    return pa.array(numbers).cast(pa.string())
