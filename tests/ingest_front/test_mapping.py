"""What a row states: keys, values, relations, proxies and mentions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema.load import schema
from ingest.cells.row_values import Fault
from ingest.manifests.manifest import read
from ingest.rows.mapping import Mapped, Mapper
from ingest.rows.rules import compile_rules
from ingest.statements import NodeStatement, Statements, evidence_mention, relation_mention
from ledger.records import Mention
from terms.zones import DEFAULT_ZONE

HEAD = "sources:\n  - name: s\n    path: s.csv\n    channel: survey\n"


@pytest.fixture
def mapper(tmp_path):
    def make(mapping: str, more: str = "") -> Mapper:
        path = tmp_path / "m.yaml"
        lines = "\n".join("      " + line for line in mapping.strip("\n").splitlines())
        path.write_text(f"{HEAD}{more}    mapping:\n{lines}\n")
        manifest = read(path)
        at = manifest.places.at("sources", 0)
        return compile_rules(
            manifest.sources[0],
            manifest.rules[0],
            at,
            schema(),
            hasher=lambda t: f"h{len(t)}{t[-1:]}",
            zone=DEFAULT_ZONE,
        )

    return make


def taken(mapped: Mapped | Fault) -> Statements:
    assert isinstance(mapped, Mapped), mapped
    assert Statements.from_json(mapped.payload).to_json() == mapped.payload  # one writing
    return mapped.statements


def test_one_entity_is_one_statement_with_all_its_keys(mapper):
    rows = mapper("""
- node: Enterprise
  key: {local: id, creditCode: code}
  set: {name: name}
- relation: INVESTS_IN
  from: {Enterprise: {local: id}}
  to: {Enterprise: {creditCode: other}}
  set: {share: {column: share, unit: percent}}
""")
    row = {
        "id": "7",
        "code": "91440101MA59ABCD0X",
        "name": "甲公司",
        "other": "91440101MA59ABCD1X",
        "share": "51",
    }
    stated = taken(rows.map(row))
    assert stated.nodes == (
        NodeStatement(
            "Enterprise",
            ("enterprise:91440101MA59ABCD0X", "enterprise:survey/7"),  # the business key first
            {"creditCode": "91440101MA59ABCD0X", "name": "甲公司"},
        ),
        NodeStatement("Enterprise", ("enterprise:91440101MA59ABCD1X",)),
    )
    (relation,) = stated.relations
    assert relation.source == "enterprise:91440101MA59ABCD0X"
    assert relation.set == {"share": 0.51}
    stated = taken(rows.map(row | {"code": ""}))
    assert stated.nodes[0].keys == ("enterprise:survey/7",)


def test_a_person_without_a_number_is_named_by_the_record(mapper):
    rows = mapper(
        """
- node: Customer
  key: {customerNo: no}
- node: Person
  set: {name: {columns: [first, last], join: ""}}
- relation: IS
  from: {Customer: {customerNo: no}}
  to: {Person: {}}
""",
        "    recordId: row\n",
    )
    stated = taken(rows.map({"row": "17", "no": "4401000001", "first": "张", "last": "三"}))
    person = stated.nodes[1]
    assert person.set == {"name": "张三"}
    assert person.keys == ("person:s/17#1",)
    assert stated.relations[0].target == person.keys[0]


def test_an_identity_number_is_never_kept(mapper):
    rows = mapper("- node: Person\n  key: {idNumber: id}\n  set: {name: name}\n", "    recordId: name\n")
    mapped = rows.map({"id": "440101199001011234", "name": "李"})
    assert taken(mapped).nodes[0].set == {"name": "李"}
    assert b"4401011990" not in mapped.payload  # type: ignore[union-attr]


def test_without_record_id_the_content_names_the_row(mapper):
    rows = mapper("- node: Person\n  set: {name: name}\n")
    one, same, other = (rows.map({"name": name}) for name in ("a", "a", "b"))
    assert isinstance(one, Mapped)
    assert one == same
    assert isinstance(other, Mapped)
    assert other.record_id != one.record_id
    assert taken(one).nodes[0].keys == (f"person:s/{one.record_id}#1",)


def test_proxies_constants_prefixes_and_words(mapper):
    rows = mapper("""
- node: Enterprise
  key: {local: {column: id, prefix: F-}}
  set:
    netAssets: {const: 5, unit: wan-yuan, proxy: true}
    status: {const: open}
    scale: {column: size, words: {小: small}}
""")
    (node,) = taken(rows.map({"id": "1", "size": "小"})).nodes
    assert node.keys == ("enterprise:survey/F-1",)
    assert node.set == {"netAssets": 5_000_000, "status": "open", "scale": "small"}
    assert node.proxy == ("netAssets",)


def test_entries_for_some_rows_only(mapper):
    rows = mapper("""
- node: Person
  key: {local: id}
  when: {column: kind, equals: [P, p]}
- node: Enterprise
  key: {local: id}
  when: {column: kind, equals: E}
- node: Account
  key: {accountNo: account}
  optional: true
""")
    assert [n.type for n in taken(rows.map({"id": "1", "kind": "p", "account": ""})).nodes] == ["Person"]
    assert [n.type for n in taken(rows.map({"id": "1", "kind": "E", "account": "9"})).nodes] == [
        "Enterprise",
        "Account",
    ]
    assert taken(rows.map({"id": "1", "kind": "X", "account": ""})).nodes == ()


def test_two_relations_without_contract_number_in_one_row_stay_two(mapper):
    rows = mapper(
        """
- relation: GUARANTEES
  from: {Person: {local: a}}
  to: {Enterprise: {local: b}}
- relation: GUARANTEES
  from: {Person: {local: a}}
  to: {Enterprise: {local: b}}
""",
        "    recordId: id\n",
    )
    stated = taken(rows.map({"id": "9", "a": "1", "b": "2"}))
    assert [r.key for r in stated.relations] == ["s/9", "s/9#2"]
    assert len(stated.nodes) == 2


def test_a_row_of_relations_needs_both_ends_of_one(mapper):
    rows = mapper("- relation: INVESTS_IN\n  from: {Person: {local: a}}\n  to: {Enterprise: {local: b}}\n")
    fault = rows.map({"a": "1", "b": " "})
    assert isinstance(fault, Fault)
    assert (fault.code, fault.details["field"]) == ("ROW_STATES_NOTHING", "b")


def test_the_key_may_stand_among_the_values(mapper):
    rows = mapper("""
- relation: GUARANTEES
  from: {Person: {local: a}}
  to: {Enterprise: {local: b}}
  set: {contractNo: no, amount: amount}
""")
    (relation,) = taken(rows.map({"a": "1", "b": "2", "no": "H/1", "amount": ""})).relations
    assert (relation.key, relation.set) == ("H/1", {"contractNo": "H/1"})


def test_mentions_tell_what_a_record_speaks_of(mapper):
    rows = mapper("""
- node: Customer
  key: {customerNo: no}
  set: {phone: phone}
- relation: HAS_ACCOUNT
  from: {Customer: {customerNo: no}}
  to: {Account: {accountNo: account}}
- relation: LIVES_AT
  from: {Customer: {customerNo: no}}
  to: {Address: {text: address}}
""")
    mapped = rows.map(
        {"no": "4401000001", "phone": "+86 138-0000 0001", "account": "A1", "address": "天河路1号"}
    )
    account, lives = taken(mapped).relations
    assert isinstance(mapped, Mapped)
    assert set(mapped.mentions) == {
        Mention("customer:4401000001", "node"),
        Mention("phone:13800000001", "evidence"),
        Mention("account:A1", "end"),
        Mention(lives.target, "node"),  # the address keeps its text
        Mention(relation_mention(account), "relation"),
        Mention(relation_mention(lives), "relation"),
    }


@pytest.mark.parametrize(
    "written", ["138 0000 0001", "+86-13800000001", "0086 138-0000-0001", "１３８００００００01"]
)
def test_one_telephone_number_is_one_evidence(written):
    assert evidence_mention("phone", written) == "phone:13800000001"


def test_faults_show_the_value_on_one_line_and_cut(mapper):
    rows = mapper("- node: Customer\n  key: {customerNo: no}\n")
    fault = rows.map({"no": "1\r\n2" + "x" * 500})
    assert isinstance(fault, Fault)
    assert str(fault.details["found"]).startswith("1\\r\\n2x")
    assert len(str(fault.details["found"])) < 100
    assert fault.details["property"] == "customerNo"


cell = st.one_of(
    st.none(),
    st.text(max_size=10),
    st.integers(),
    st.floats(),
    st.dates(),
    st.sampled_from(["4401000001", "2026-01-31"]),
)


@given(row=st.fixed_dictionaries(dict.fromkeys(("no", "name", "since", "amount", "other", "id"), cell)))
def test_any_row_is_taken_or_has_a_fault(row: dict[str, Any], whole: Mapper):
    mapped = whole.map(row)
    if isinstance(mapped, Mapped):
        stated = taken(mapped)
        known = {key for node in stated.nodes for key in node.keys}
        assert {end for r in stated.relations for end in (r.source, r.target)} <= known
        assert whole.map(dict(row)) == mapped
    else:
        assert {"field", "found", "expected"} <= set(mapped.details)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Mapper:
    path = tmp_path_factory.mktemp("whole") / "m.yaml"
    path.write_text(
        HEAD
        + """
    recordId: id
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {name: name}
      - relation: LIVES_AT
        from: {Customer: {customerNo: no}}
        to: {Address: {text: other}}
        set: {since: since}
      - relation: GUARANTEES
        from: {Person: {local: other}}
        to: {Enterprise: {local: name}}
        set: {amount: amount}
"""
    )
    manifest = read(path)
    at = manifest.places.at("sources", 0)
    return compile_rules(
        manifest.sources[0],
        manifest.rules[0],
        at,
        schema(),
        hasher=lambda t: t.encode().hex(),
        zone=DEFAULT_ZONE,
    )


def test_an_identity_number_that_names_the_row_is_hashed_in_the_record_id(mapper):
    rows = mapper("- node: Person\n  key: {idNumber: id}\n  set: {name: name}", "    recordId: [id, no]\n")
    one = rows.map({"id": "44010619800101123X", "no": "2", "name": "张三"})
    same = rows.map({"id": " 44010619800101123x", "no": "2", "name": "张三"})
    assert isinstance(one, Mapped)
    assert isinstance(same, Mapped)
    assert one.record_id == same.record_id == "h18x/2"
    missing = rows.map({"id": "", "no": "2", "name": "张三"})
    assert isinstance(missing, Fault)
    assert (missing.code, missing.details["field"]) == ("ROW_ID_MISSING", "id")
