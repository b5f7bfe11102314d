"""Keys: how an entity is named by what a row says of it. Pure functions, and their inverses.

| form | made of |
| --- | --- |
| ``enterprise:91370000MA3C000001`` | the first key property |
| ``enterprise:registrationNo=370000`` | a further key property |
| ``person:5f0c…`` | a hashed one: a keyed hash of the normalised value |
| ``enterprise:credit-bureau/C-17`` | a source's own key: namespace and local value |
| ``person:visits/17#1`` | no key at all: source, record id and the place of the mention in the record |

``key~hash`` is what a part of a split entity gets when the other part keeps the key.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from graph.schema.model import NodeType, Property, Schema
from graph.search_text import normalise
from terms.errors import KehutuError
from terms.ids import Key

_LOCAL, _RECORD = 100, 200
# A character that has a meaning in some form is written as its code in the others, so no two forms can meet.
_ESCAPES = {"%": "%25", "/": "%2F", "=": "%3D", "#": "%23", "~": "%7E"}


def key_of(node_type: NodeType, prop: Property, value: str, *, hasher: Callable[[str], str]) -> Key:
    """The key that a value of a key property gives; see :func:`key_maker`."""
    return key_maker(node_type, prop, hasher=hasher)(value)


def key_maker(node_type: NodeType, prop: Property, *, hasher: Callable[[str], str]) -> Callable[[str], Key]:
    """The function that makes keys of the values of a key property.

    Args:
        prop: one of ``node_type.keys``; the first gives ``prefix:value``, others ``prefix:name=value``.
        hasher: the ledger's keyed hash; takes the normalised value of a hashed property.
    """
    first = node_type.keys[0].name == prop.name
    start = f"{node_type.prefix}:" if first else f"{node_type.prefix}:{prop.name}="
    if prop.hashed:
        return lambda value: Key(start + hasher(normalise(value)))
    return lambda value: Key(start + _escaped(plain(value)))


def local_key(prefix: str, namespace: str, local: str) -> Key:
    """The key that a source itself uses: ``enterprise:credit-bureau/C-17``."""
    return Key(f"{prefix}:{_escaped(namespace)}/{_escaped(plain(local), but='/=')}")


def record_key(prefix: str, source: str, record_id: str, index: int = 0) -> Key:
    """The key of an entity that a record names without any key.

    Args:
        index: how many of the same type the record named before it, from 0.

    It ends in ``#1``, ``#2``, …: a source may bear the name of a namespace, and ``person:hotline/17`` of the
    two would be one person.
    """
    return Key(f"{prefix}:{_escaped(source)}/{_escaped(record_id, but='/=')}#{index + 1}")


def rank(key: str, node_type: NodeType) -> int:
    """Priority of a key of an entity, 0 first: business keys as declared, then local, then record keys."""
    body = _body(key)
    if "/" in body:
        return _RECORD if "#" in body else _LOCAL
    name, equals, _ = body.partition("=")
    if not equals:
        return 0
    return next((i for i, prop in enumerate(node_type.keys) if prop.name == name), len(node_type.keys))


def type_of(key: str, schema: Schema) -> NodeType:
    """The node type of a key, by its prefix. Raises: UNKNOWN_ID if no type has it."""
    prefix = key.partition(":")[0]
    for node_type in schema.nodes.values():
        if node_type.prefix == prefix:
            return node_type
    raise KehutuError("UNKNOWN_ID", id=key)


def value_of(key: str, node_type: NodeType) -> tuple[str, str] | None:
    """The key property and value that a key states; none for hashed, local and record keys."""
    body = _body(key)
    if "/" in body:
        return None
    name, equals, value = body.partition("=")
    prop = node_type.properties.get(name) if equals else node_type.keys[0]
    if prop is None or prop.identity != "key" or prop.hashed:
        return None
    return prop.name, _unescaped(value if equals else name)


def plain(value: str) -> str:
    """A key value in one writing: NFKC (full-width digits become plain), no space around it.

    >>> plain(" ４４０１２３４５６７ ")
    '4401234567'
    """
    return unicodedata.normalize("NFKC", value).strip()


def _body(key: str) -> str:
    return key.partition(":")[2].partition("~")[0]


def _escaped(text: str, but: str = "") -> str:
    if text.isalnum():
        return text
    return "".join(c if c in but else _ESCAPES.get(c, c) for c in text)


def _unescaped(text: str) -> str:
    if "%" not in text:
        return text
    for character, code in reversed(_ESCAPES.items()):
        text = text.replace(code, character)
    return text
