"""A manifest is read as what it says, and every value of it is found on its line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.manifests.yaml_lines import read_yaml
from terms.errors import KehutuError

NAMES = st.text("abcdefgh", min_size=1, max_size=5)
SCALARS = (
    st.booleans() | st.integers(0, 10**6) | st.sampled_from(["2026-01-31", "a b", "西湖路 1 号", "no", "007"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)
FILES = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)
Way = tuple[str | int, ...]


def written(value: dict[str, object] | list[object], depth: int = 0) -> Iterator[tuple[str, list[Way]]]:
    """The lines of a value in block style, each with the ways to what begins on it."""
    indent = "  " * depth
    keyed = isinstance(value, dict)
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        begin = f"{indent}{key}:" if keyed else f"{indent}-"
        if not isinstance(inner, dict | list):
            text = str(inner).lower() if isinstance(inner, bool) else str(inner)
            yield f"{begin} {text}", [(key,)]
            continue
        below = [(line, [(key, *way) for way in ways]) for line, ways in written(inner, depth + 1)]
        if keyed:
            yield begin, [(key,)]
        else:  # what is in an element begins beside its dash
            (line, ways), below = below[0], below[1:]
            yield f"{begin} {line.lstrip()}", [(key,), *ways]
        yield from below


@given(FILES, st.integers(0, 3))
def test_values_are_as_written_and_stand_on_their_lines(value: dict[str, object], above: int) -> None:
    lines = list(written(value))
    text = "# a comment\n" * above + "\n".join(line for line, _ in lines)
    places, read = read_yaml(text, "site.yaml")
    assert read == value
    for number, (_, ways) in enumerate(lines, above + 1):
        for way in ways:
            assert places.line(*way) == number
            assert places.at(*way[:1]).line(*way[1:]) == number
            # What is not there is told on the line of what is around it.
            assert places.line(*way, "no such key") == number


@given(FILES, st.data())
def test_a_key_that_stands_twice_is_refused_on_its_second_line(
    value: dict[str, object], data: st.DataObject
) -> None:
    again = data.draw(st.sampled_from(sorted(value)))
    lines = [line for line, _ in written(value)]
    with pytest.raises(KehutuError) as refused:
        read_yaml("\n".join([*lines, f"{again}: 1"]), "site.yaml")
    assert refused.value.code == "MANIFEST_FAULT"
    assert refused.value.details["line"] == len(lines) + 1
