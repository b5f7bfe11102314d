"""What ingest takes from a cell is what the schema's row models take, for every property of the model."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.schema.load import schema
from graph.schema.model import NodeType, Property, RelationType
from graph.schema.rows import check
from ingest.cells.conversions import converter
from ingest.cells.doubtful import value_of
from ingest.input_errors import NotAcceptedError

PROPERTIES: list[tuple[NodeType | RelationType, Property]] = [
    (declared, prop)
    for declared in schema().types
    for prop in declared.properties.values()
    if prop.personal != "derived"
]
cells = st.one_of(
    st.text(),
    st.from_regex(r"[0-9A-Z]{1,20}", fullmatch=True),
    st.from_regex(r"-?[0-9]{1,18}(\.[0-9]{1,4})?", fullmatch=True),
    st.dates().map(str),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(
        ["true", "是", "consumer", "2026-01", "2026-01-31T08:00:00Z", "0", "1e3", "100%", "CN/44/"]
    ),
)


@pytest.mark.parametrize("prop_type", sorted({prop.type for _, prop in PROPERTIES}))
@settings(max_examples=60)
@given(data=st.data())
def test_an_accepted_cell_is_a_right_value(prop_type: str, data: st.DataObject) -> None:
    declared, prop = data.draw(st.sampled_from([pair for pair in PROPERTIES if pair[1].type == prop_type]))
    cell = data.draw(cells)
    try:
        value = value_of(converter(prop)(cell))
    except NotAcceptedError:
        return
    if value is not None:
        assert check(declared, {prop.name: value}) == []


NUMBERS = [pair for pair in PROPERTIES if pair[1].type in {"integer", "decimal", "money", "share"}]


@settings(max_examples=300)
@given(data=st.data())
def test_blanks_around_a_number_change_nothing(data: st.DataObject) -> None:
    _, prop = data.draw(st.sampled_from(NUMBERS))
    unit = data.draw(st.sampled_from([None, "fen", "yuan", "wan-yuan"])) if prop.type == "money" else None
    text = data.draw(st.from_regex(r"-?[0-9]{1,16}(\.[0-9]{0,4})?", fullmatch=True))

    def read(cell: str) -> object:
        try:
            return repr(converter(prop, unit=unit)(cell))
        except NotAcceptedError as fault:
            return fault.code, fault.expected

    # A number alone is read in a quick way, one between blanks in the way of all others.
    assert read(text) == read(f" {text} ")
