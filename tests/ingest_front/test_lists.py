"""Lists and objects in cells: a list of one is its value, a longer one needs a word in the mapping."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.loads.retry import retry
from ingest.readers import BadRow, Request, lists
from ingest.readers.json import read_lines
from ingest.statements import Statements
from ledger import quarantine
from ledger.quarantine import Quarantined
from terms.errors import KehutuError

SOURCE = """\
sources:
  - name: firms
    path: {path}
    channel: business-registry
    recordId: {id}
    observedAt: 2026-01-31
    mapping:
{mapping}
"""


def load_rows(
    desk, rows: list[dict[str, object]], mapping: str, *, path: str = "firms.jsonl", id_: str = "id"
):
    """Load rows of JSON by a mapping, which is written with an indent of six."""
    desk.write(path, "\n".join(json.dumps(row) for row in rows))
    return desk.load(SOURCE.format(path=path, id=id_, mapping=mapping)).sources[0]


def told(row: Quarantined) -> KehutuError:
    return KehutuError(row.code, **row.details)


def values_of(desk) -> list[dict[str, object]]:
    return [node.set for statement in desk.statements() for node in statement.nodes]


NAMES = """\
      - node: Enterprise
        key: {local: id}
        set: {industry: trade}"""


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (["grid"], {"industry": "grid"}),
        ([["grid"]], {"industry": "grid"}),
        ([None, "grid", " "], {"industry": "grid"}),
        ([7], {"industry": "7"}),
        ([], {}),
        ([None], {}),
        ("grid", {"industry": "grid"}),
    ],
)
def test_a_list_of_one_is_its_value_and_an_empty_one_is_absent(desk, cell, value):
    assert load_rows(desk, [{"id": ["A"], "trade": cell}], NAMES).accepted == 1
    assert values_of(desk) == [value]


def test_a_longer_list_is_quarantined_and_both_remedies_work(desk):
    rows = [{"id": "A", "trade": ["grid", "gas"]}]
    assert load_rows(desk, rows, NAMES).quarantined == 1
    (refused,) = desk.refused()
    assert (refused.code, refused.field) == ("ROW_SEVERAL_VALUES", "trade")
    assert (
        told(refused)
        .message()
        .startswith(
            "firms.jsonl, line 1, field trade: the list holds several values (grid, gas), and one value is expected"
        )
    )
    assert "`first: true`" in told(refused).remedy()
    assert "`each: trade`" in told(refused).remedy()
    first = NAMES.replace("trade", "{column: trade, first: true}")
    manifest = desk.write("again.yaml", SOURCE.format(path="firms.jsonl", id="id", mapping=first))
    assert [row.outcome for row in retry(desk.ledger, manifest)] == ["accepted"]
    assert values_of(desk) == [{"industry": "grid"}]
    each = """\
      - node: Enterprise
        key: {local: {columns: [id, trade], join: "-"}}
        each: trade
        set: {industry: trade}"""
    assert load_rows(desk, [{"id": "B", "trade": ["grid", "gas"]}], each).accepted == 1
    assert values_of(desk)[1:] == [{"industry": "grid"}, {"industry": "gas"}]


PATHS = """\
      - node: Enterprise
        key: {local: id}
        set: {name: data.name, industry: data.kinds.code, status: real.dot}"""


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"data": {"name": "A", "kinds": [{"code": "x"}]}}, {"name": "A", "industry": "x"}),
        ({"data": {"name": "A", "kinds": [{"code": ["x"]}, {"other": 1}]}}, {"name": "A", "industry": "x"}),
        ({"data.name": "A", "real.dot": "open"}, {"name": "A", "status": "open"}),
        ({"data": [{"name": "A"}], "real": {"dot": "open"}}, {"name": "A", "status": "open"}),
        ({"data": [{"kinds.code": "x"}]}, {"industry": "x"}),
        ({"data": "no object"}, {}),
    ],
)
def test_a_path_leads_into_objects_and_lists_and_a_column_of_that_name_comes_first(desk, row, value):
    assert load_rows(desk, [{"id": "A", **row}], PATHS).accepted == 1
    assert values_of(desk) == [value]


def test_a_name_and_a_path_that_say_the_same_make_no_row(desk):
    assert load_rows(desk, [{"id": "A", "data.name": "x", "data": {"name": "y"}}], PATHS).quarantined == 1
    assert "'data.name' stands twice" in told(desk.refused()[0]).message()


def test_a_name_that_stands_twice_in_a_list_is_found(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "people": [{"n": 1, "n": 2}]}', encoding="utf-8")
    (row,) = read_lines(Request(path, path.name)).rows
    assert isinstance(row, BadRow)
    assert "'people.n' stands twice" in str(row.details["reason"])


def test_the_first_name_is_the_name_and_the_others_are_kept(desk):
    mapping = "      - {node: Person, key: {local: id}, set: {name: names}}"
    assert load_rows(
        desk, [{"id": "p", "names": ["Ada Mirren", "A. Mirren", "Ada M.", "Ada Mirren"]}], mapping
    ).accepted
    assert values_of(desk) == [{"name": "Ada Mirren", "otherNames": "A. Mirren; Ada M."}]


def test_first_and_rest_may_look_at_several_columns(desk):
    columns = "columns: [names, alias]"
    mapping = (
        "      - node: Person\n        key: {local: id}\n"
        f"        set: {{name: {{{columns}, first: true}}, otherNames: {{{columns}, rest: true, join: '/'}}}}"
    )
    rows = [{"id": "p", "names": ["A"], "alias": ["B", "C"]}, {"id": "q", "alias": "D"}]
    assert load_rows(desk, rows, mapping).accepted == 2
    assert values_of(desk) == [{"name": "A", "otherNames": "B/C"}, {"name": "D"}]


HELD = """\
      - node: Enterprise
        key: {local: id}
      - relation: INVESTS_IN
        each: owners
        when: {column: owners.kind, equals: person}
        from: {Person: {local: owners.id}}
        to: {Enterprise: {local: id}}
        set: {share: {column: owners.share, unit: percent}}"""


def test_an_entry_is_repeated_for_each_element_and_its_condition_is_the_elements_own(desk):
    owners = [
        {"id": "p", "kind": "person", "share": 25},
        {"id": "c", "kind": "company", "share": 50},
        None,
        {"id": "q", "kind": "person"},
    ]
    report = load_rows(desk, [{"id": "A", "owners": owners}, {"id": "B"}, {"id": "C", "owners": []}], HELD)
    assert report.accepted == 3
    related = [r for statement in desk.statements() for r in statement.relations]
    assert [(r.source.rpartition("/")[2].rpartition("=")[2][-1], r.set) for r in related] == [
        ("p", {"share": 0.25}),
        ("q", {}),
    ]


def test_a_bad_element_is_named_by_its_place(desk):
    load_rows(
        desk,
        [{"id": "A", "owners": [{"id": "p", "kind": "person"}, {"id": "q", "kind": "person", "share": "x"}]}],
        HELD,
    )
    (refused,) = desk.refused()
    assert refused.field == "owners[2].share"
    assert "field owners[2].share: 'x' is not a number" in told(refused).message()
    assert quarantine.count(desk.ledger) == 1


def test_identity_numbers_in_lists_are_not_kept(desk):
    mapping = HELD.replace("local: owners.id", "idNumber: owners.id")
    owners = [
        {"id": "44010619800101123X", "kind": "person", "share": "x"},
        {"id": "440106198001011248", "kind": "person"},
    ]
    load_rows(desk, [{"id": "A", "owners": owners}], mapping)
    (refused,) = desk.refused()
    assert "19800101" not in json.dumps([refused.raw, refused.details])
    twice = "      - {node: Person, key: {idNumber: ids}}"
    load_rows(desk, [{"id": "B", "ids": ["44010619800101123X", "440106198001011248"]}], twice)
    assert "19800101" not in json.dumps([[row.raw, row.details] for row in desk.refused()])


def test_two_lists_give_every_pair(desk):
    mapping = (
        "      - relation: INVESTS_IN\n        each: [who, what]\n"
        "        from: {Person: {local: who}}\n        to: {Enterprise: {local: what}}"
    )
    assert load_rows(desk, [{"id": "A", "who": ["a", "b"], "what": ["x", "y"]}], mapping).accepted == 1
    (statement,) = desk.statements()
    assert len({(r.source, r.target) for r in statement.relations}) == 4
    report = load_rows(desk, [{"id": "B", "who": ["a"] * 200, "what": ["x"] * 200}], mapping)
    assert report.quarantined == 1
    assert "at most 10000 values" in told(desk.refused()[0]).message()
    assert load_rows(desk, [{"id": "C", "who": [], "what": ["x"]}], mapping).quarantined == 1


def test_contracts_without_a_number_are_told_apart_by_their_place(desk):
    mapping = (
        "      - relation: GUARANTEES\n        each: by\n"
        "        from: {Enterprise: {local: by.id}}\n        to: {Enterprise: {local: id}}\n"
        "        set: {amount: by.amount}"
    )
    load_rows(desk, [{"id": "A", "by": [{"id": "x", "amount": 1}, {"id": "x", "amount": 2}]}], mapping)
    (statement,) = desk.statements()
    assert [r.key for r in statement.relations] == ["firms/A", "firms/A#1.2"]


def test_a_repeated_node_needs_a_key(desk, fault):
    mapping = "      - {node: Person, each: names, set: {name: names}}"
    error = fault(lambda: load_rows(desk, [], mapping))
    assert "an entry with 'each' needs a key" in error.message()


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ("equals: ''", "BCDE"),
        ("empty: true", "BCDE"),
        ("empty: false", "AFG"),
        ("equals: ['', x]", "ABCDEF"),
        ("equals: x", "AF"),
    ],
)
def test_a_condition_may_ask_for_an_empty_cell(desk, when, taken):
    cells: dict[str, object] = {"A": "x", "B": "", "C": None, "D": [], "E": " ", "F": ["y", "x"], "G": "z"}
    rows = [{"id": name, "c": cell} for name, cell in cells.items()]
    mapping = NAMES.replace(
        "set: {industry: trade}", f"when: {{column: c, {when}}}\n        set: {{name: id}}"
    )
    load_rows(desk, [*rows], mapping)
    assert "".join(str(value["name"]) for value in values_of(desk)) == taken


@pytest.mark.parametrize("when", ["column: c", "column: c, equals: x, empty: true", "column: c, equals: []"])
def test_a_condition_says_one_thing(desk, fault, when):
    mapping = f"      - {{node: Enterprise, key: {{local: id}}, when: {{{when}}}}}"
    assert fault(lambda: load_rows(desk, [], mapping)).code == "MANIFEST_FAULT"


def test_structs_and_lists_of_parquet_are_read_by_path(desk):
    rows = [
        {
            "id": "A",
            "data": {"name": "x", "kinds": [{"code": "k"}]},
            "owners": [{"id": "p", "kind": "person", "share": 5}],
        }
    ]
    pq.write_table(pa.Table.from_pylist(rows), desk.folder / "firms.parquet")
    text = PATHS.replace(", status: real.dot", "") + "\n" + HELD.partition("\n")[2].partition("\n")[2]
    report = desk.load(SOURCE.format(path="firms.parquet", id="id", mapping=text)).sources[0]
    assert (report.error, report.accepted) == (None, 1)
    assert values_of(desk)[0] == {"name": "x", "industry": "k"}
    (statement,) = desk.statements()
    assert [r.set for r in statement.relations] == [{"share": 0.05}]


SCALARS = st.none() | st.text(max_size=3) | st.integers() | st.booleans()
CELLS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=8)


@given(cell=CELLS)
def test_what_a_list_says_does_not_depend_on_how_it_is_nested(cell):
    said = lists.filled(cell)
    assert lists.filled([cell]) == lists.filled([[cell], []]) == said
    assert lists.first_of(cell) == (said[0] if said and isinstance(cell, list) else lists.first_of(cell))
    if isinstance(cell, list) and len(said) <= 1:
        assert lists.one_of(cell) == (said[0] if said else None)


@given(one=st.lists(SCALARS, max_size=4), two=st.lists(SCALARS, max_size=4))
def test_elements_are_all_pairs_of_what_says_something(one, two):
    rows = [(row["a"], row["b"]) for _, row in lists.elements({"a": one, "b": two, "c": 1}, ("a", "b"))]
    assert rows == [(x, y) for x in one if lists.filled(x) for y in two if lists.filled(y)]


def test_statements_of_a_row_are_read_back(desk):
    load_rows(desk, [{"id": "A", "owners": [{"id": "p", "kind": "person"}]}], HELD)
    (record,) = desk.records()
    assert Statements.from_json(record.payload).to_json() == record.payload
