"""The pages that are made from the schema are current and leave nothing out."""

from __future__ import annotations

from pkgutil import resolve_name

import pytest

from graph.schema.document import code_words, glossary_page, pages, schema_page
from graph.schema.load import schema


def test_pages_are_current() -> None:
    """If this fails: `python -m graph.schema.document`."""
    for path, text in pages(schema()):
        assert path.read_text(encoding="utf-8") == text, path.name


def test_every_type_and_channel_is_on_the_pages() -> None:
    page, words = schema_page(schema()), glossary_page(schema())
    for name in (*schema().nodes, *schema().relations):
        assert name in page
        assert f"`{name}`" in words
    for channel in schema().channels:
        assert f"`{channel}`" in page


def test_no_type_is_called_by_a_word_that_is_avoided() -> None:
    names = {name.lower() for name in schema().nodes}
    for node in schema().nodes.values():
        assert not names & {word.lower() for word in node.avoid}


@pytest.mark.parametrize("word", code_words())
def test_every_word_of_the_code_stands_where_the_glossary_says(word: str) -> None:
    said = code_words()[word]
    assert resolve_name(said["at"])
    assert said["zh"]
    assert said["en"].endswith(".")
