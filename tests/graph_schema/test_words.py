"""Types, relations and values of the model are called by their words in Chinese, and by their names in English."""

from __future__ import annotations

import re

import pytest

from graph.schema.load import schema
from graph.schema.model import NodeType, Property, RelationType
from graph.schema.words import type_text, value_text

TYPES: tuple[NodeType | RelationType, ...] = (*schema().nodes.values(), *schema().relations.values())
LISTED = [(declared, entry) for declared in TYPES for entry in declared.properties.values() if entry.values]
"""Properties whose values are words of a list."""


@pytest.mark.parametrize("declared", TYPES, ids=lambda declared: declared.name)
def test_a_type_has_its_word_before_the_name_that_flags_take(declared: NodeType | RelationType) -> None:
    assert type_text(declared, "en") == declared.name
    assert re.fullmatch(rf"[\u4e00-\u9fff]+（{declared.name}）", type_text(declared, "zh"))


@pytest.mark.parametrize(("declared", "entry"), LISTED, ids=lambda one: one.name)
def test_every_word_of_a_list_is_called_something_of_its_own(
    declared: NodeType | RelationType, entry: Property
) -> None:
    assert [value_text(entry, word, "en") for word in entry.values] == list(entry.values)
    shown = [value_text(entry, word, "zh") for word in entry.values]
    for word, text in zip(entry.values, shown, strict=True):
        assert re.fullmatch(rf"[\u4e00-\u9fff]+（{word}）", text), declared.name
    assert len({text.partition("（")[0] for text in shown}) == len(shown)


def test_other_values_are_shown_as_they_are() -> None:
    customer = schema().nodes["Customer"].properties
    assert value_text(customer["name"], "consumer", "zh") == "consumer"
    assert value_text(customer["kind"], "of another version", "zh") == "of another version"
    assert value_text(customer["voltage"], 0.4, "zh") == "0.4"
