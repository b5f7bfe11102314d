"""The product's schema is whole, and a faulty one is refused by file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.schema.ddl import indexes
from graph.schema.load import load, schema
from terms.errors import KehutuError

SHARED = """\
version: 1
properties:
  since: {type: date, personal: public, en: First day., zh: 起始日期}
  until: {type: date, personal: public, en: First day after it., zh: 终止日期}
"""
GOOD = """\
topic: {en: Things, zh: 事物}

Firm:
  prefix: firm
  party: true
  en: A firm.
  zh: 公司
  properties:
    firmNo: {type: text, personal: id, identity: key, en: Number., zh: 编号}
    assets: {type: money, unit: fen, personal: financial, en: Assets., zh: 资产}

OWES:
  from: [Firm]
  to: [Firm]
  key: [contractNo]
  harm: to -> from
  time: span
  en: Owes.
  zh: 欠
  properties:
    contractNo: {type: text, personal: id, en: Contract., zh: 合同号}
"""


def _load(folder: Path, text: str, **more: str) -> KehutuError | None:
    (folder / "things.yaml").write_text(text, encoding="utf-8")
    (folder / "shared.yaml").write_text(SHARED, encoding="utf-8")
    for name, other in more.items():
        (folder / f"{name}.yaml").write_text(other, encoding="utf-8")
    try:
        load(folder)
    except KehutuError as error:
        return error
    return None


def test_a_good_folder_loads(tmp_path: Path) -> None:
    assert _load(tmp_path, GOOD) is None
    loaded = load(tmp_path)
    assert loaded.parties == ("Firm",)
    assert loaded.relations["OWES"].harm == "target -> source"
    assert loaded.relations["OWES"].allows("Firm", "Firm")
    assert list(loaded.relations["OWES"].properties) == ["contractNo", "since", "until"]


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("personal: financial", "persnal: financial", 10, "unknown key 'persnal' (nearest: 'personal')"),
        ("personal: financial, ", "", 10, "'personal' is missing"),
        (", zh: 资产", "", 10, "'zh' is missing"),
        ("personal: financial", "personal: secret", 10, "'secret' is none of"),
        ("type: money, unit: fen", "type: mony, unit: fen", 10, "'mony' is none of"),
        ("type: money, unit: fen", "type: money", 10, "a number needs a unit"),
        ("type: money, unit: fen", "type: decimal, unit: kilowatt", 10, "'kilowatt' is none of"),
        ("to: [Firm]", "to: [Frm]", 14, "there is no node type 'Frm' (nearest: 'Firm')"),
        ("from: [Firm]\n  to: [Firm]", "ends: [Firm -> Farm]", 13, "there is no node type 'Farm'"),
        ("from: [Firm]\n  to: [Firm]", "ends: [Firm]", 13, "not of the form"),
        ("key: [contractNo]", "key: [contractNumber]", 15, "'contractNumber' is no property"),
        ("harm: to -> from", "harm: up", 16, "'up' is none of"),
        ("  time: span\n", "", 12, "'time' is missing: span where it can end, event where it happened once"),
        ("time: span", "time: often", 17, "'often' is none of span, event"),
        ("time: span", "time: span\n  derived: true", 17, "a derived relation is of its run"),
        ("time: span", "time: span\n  shared: [since]", 18, "'time: span' gives 'since' already"),
        ("time: span", "time: event\n  shared: [until]", 18, "only a relation with 'time: span' has 'until'"),
        ("party: true", "ended: assets", 5, "'assets' is no date of Firm"),
        ("party: true", "ended: closedOn", 5, "'closedOn' is no date of Firm"),
        ("  prefix: firm\n", "", 3, "'prefix' is missing"),
        ("identity: key, ", "", 3, "no property has identity: key"),
        ("Firm:\n", "firm:\n", 3, "CamelCase"),
        ("party: true", "party: maybe", 5, "true or false is expected"),
        ("    assets:", "    firmNo:", 10, "'firmNo' stands twice, first in line 9"),
        ("    assets:", "    keys:", 10, "the store itself gives"),
        ("    contractNo: {type: text", "    contractNo: {type: date", 22, ""),
        ("zh: 公司", "zh: 公司\n  shared: [sinse]", 8, "'sinse' is not declared in shared.yaml"),
        (
            "personal: id, identity: key",
            "personal: id, identity: key, pattern: '[0-9'",
            9,
            "no regular expression",
        ),
        ("identity: key", "identity: key, pattern: '[0-9]'", 9, "a pattern and its form in words"),
        ("identity: key", "identity: key, longest: 99999", 9, "the number of characters of a text, below"),
        ("unit: fen", "unit: fen, longest: 9", 10, "the number of characters of a text, below"),
        ("unit: fen", "unit: fen, hashed: true", 10, "only a key is hashed"),
        ("unit: fen", "unit: fen, usual: [0, 9]", 10, "of integers and decimals, not of a money"),
        ("type: money, unit: fen", "type: decimal, unit: kWh, usual: [9, 0]", 10, "the least and the most"),
        ("unit: fen", "unit: fen, priority: [radio]", 10, "'radio' is no channel"),
        ("en: A firm.", "en: [A firm.", 6, "this is no YAML"),
        ("topic: {en: Things, zh: 事物}\n", "topic: {en: Things}\n", 1, "'zh' is missing"),
    ],
)
def test_a_fault_names_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert old in GOOD
    error = _load(tmp_path, GOOD.replace(old, new, 1))
    if not reason:
        assert error is None  # a date may be a relation's key
        return
    assert error is not None
    assert error.code == "SCHEMA_FAULT"
    assert error.details["file"] == "things.yaml"
    assert reason in str(error.details["reason"])
    assert abs(int(str(error.details["line"])) - line) <= (1 if "no YAML" in reason else 0)


def test_one_name_with_two_meanings_names_both_places(tmp_path: Path) -> None:
    other = "topic: {en: More, zh: 更多}\nHall:\n  prefix: hall\n  en: A hall.\n  zh: 厅\n  properties:\n"
    other += "    hallNo: {type: text, personal: id, identity: key, en: Number., zh: 编号}\n"
    other += "    assets: {type: text, personal: public, en: Goods., zh: 物品}\n"
    error = _load(tmp_path, GOOD, halls=other)
    assert error is not None
    places = {str(error.details["file"]), *str(error.details["reason"]).replace(",", "").split()}
    assert {"halls.yaml", "things.yaml"} <= places
    assert "two meanings" in str(error.details["reason"])


def test_a_type_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    error = _load(tmp_path, GOOD, other=GOOD)
    assert error is not None
    assert "stands twice, first in" in str(error.details["reason"])


def test_every_property_of_the_product_has_texts_class_and_unit() -> None:
    for declared in schema().types:
        assert declared.en
        assert declared.zh
        for prop in declared.properties.values():
            assert prop.en.endswith("."), (declared.name, prop.name)
            assert prop.zh
            assert (prop.unit is not None) == (prop.type in ("integer", "decimal", "money"))


def test_the_names_that_manifests_use_are_there() -> None:
    declared = {
        "Customer": "customerNo name kind phone",
        "Person": "idNumber name phone",
        "Enterprise": "creditCode name netAssets paidInCapital industry status phone",
        "Address": "text",
        "Account": "accountNo",
        "Bill": "billNo period amount dueOn paidOn",
        "Payment": "paymentNo amount paidOn",
    }
    for name, properties in declared.items():
        assert set(properties.split()) <= set(schema().nodes[name].properties)
    relations = {
        "IS HAS_ACCOUNT LIVES_AT LOCATED_AT LEGAL_REPRESENTATIVE_OF DIRECTOR_OF": "since until",
        "GUARANTEES LENDS_TO SELLS_ON_CREDIT_TO": "contractNo amount since until",
        "INVESTS_IN": "share amount since until",
    }
    for names, words in relations.items():
        for name in names.split():
            assert set(words.split()) <= set(schema().relations[name].properties)


def test_what_happens_once_or_is_derived_has_no_span() -> None:
    for relation in schema().relations.values():
        assert relation.spans == ({"since", "until"} <= set(relation.properties)), relation.name
    events = {r.name for r in schema().relations.values() if r.time == "event"}
    assert {"BILLED", "PAID", "SETTLES", "HAS_CREDIT_RECORD", "CONTACTED", "REQUESTED", "CONCERNS"} <= events
    assert [r.name for r in schema().relations.values() if r.time is None and not r.derived] == []


def test_entities_end_by_the_day_that_their_type_names() -> None:
    named = {node.name: node.ended for node in schema().nodes.values() if node.ended}
    assert named["Customer"] == named["Account"] == "closedOn"
    assert named["Enterprise"] == "dissolvedOn"
    assert named["Meter"] == "retiredOn"


def test_contracts_are_told_apart_by_number_and_a_holding_may_have_parts() -> None:
    relations = schema().relations
    for name in ("GUARANTEES", "LENDS_TO", "SELLS_ON_CREDIT_TO"):
        assert relations[name].key == ("contractNo",)
        assert relations[name].harm == "target -> source"
        assert not relations[name].parts
    assert relations["INVESTS_IN"].key == ("partNo",)
    assert relations["INVESTS_IN"].parts  # optional: without it one holding per pair


def test_an_identity_number_is_never_kept() -> None:
    number = schema().nodes["Person"].properties["idNumber"]
    assert number.hashed
    assert not number.kept
    assert not number.searched


def test_the_platform_is_trusted_first() -> None:
    assert schema().channels[0] == "platform"
    assert len(schema().channels) == 14


def test_every_node_type_has_a_unique_id_and_index_names_are_unique() -> None:
    made = indexes(schema())
    assert {i.type for i in made if i.kind == "unique" and i.properties == ("id",)} == set(schema().nodes)
    assert len({i.name for i in made}) == len(made)
