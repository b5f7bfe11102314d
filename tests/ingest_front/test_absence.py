"""Words, numbers and texts that say nothing: they are absent, and never a key."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cells.absence import SHIPPED, WORDS, filler, letters_lost
from ingest.loads.retry import retry

PAGE = (Path(__file__).parents[2] / "docs" / "manifests.md").read_text(encoding="utf-8")
NARROW = {ord(c) + 0xFEE0: ord(c) for c in map(chr, range(0x21, 0x7F))}
WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}

PARTIES = """\
sources:
  - name: parties
    path: parties.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
{more}    mapping:
      - node: Enterprise
        key: {{local: {company}}}
        set: {{name: company, netAssets: assets}}
        optional: true
      - node: Customer
        key: {{customerNo: no}}
        set: {{name: name, phone: phone}}
      - relation: LIVES_AT
        from: {{Customer: {{customerNo: no}}}}
        to: {{Address: {{text: address}}}}
      - relation: IS
        from: {{Customer: {{customerNo: no}}}}
        to: {{Enterprise: {{local: {company}}}}}
"""
HEAD = "no,name,phone,address,company,assets\n"


def loaded(desk, rows: str, *, more: str = "", company: str = "company"):
    desk.write("parties.csv", HEAD + rows)
    return desk.load(PARTIES.format(more=more, company=company)).sources[0]


def said_of(desk) -> list[dict[str, dict[str, object]]]:
    return [{node.type: node.set for node in stated.nodes} for stated in desk.statements()]


@pytest.mark.parametrize(
    "word", [*WORDS, "null", "Null", "ＮＵＬＬ", " n/a ", "-", "——", "--", "/", "...", "*"]
)
def test_a_word_that_says_nothing_is_absent_as_key_evidence_and_value(desk, word):
    report = loaded(desk, f'4401000001,陈建国,"{word}","{word}","{word}","{word}"\n')
    assert (report.accepted, report.notices) == (1, [])
    assert said_of(desk) == [{"Customer": {"customerNo": "4401000001", "name": "陈建国"}}]


@pytest.mark.parametrize("word", ["NULLA", "无锡", "Nancy", "None Such", "-5 号", "不详细", "0", "空调公司"])
def test_other_words_are_kept(desk, word):
    loaded(desk, f"4401000001,{word},,,,\n")
    assert said_of(desk) == [{"Customer": {"customerNo": "4401000001", "name": word}}]


def test_a_key_and_a_record_id_of_such_a_word_quarantine_the_row(desk):
    desk.write("a.csv", "id,name,phone,address\nNULL,陈建国,1,a\n")
    desk.load_file("a.csv")
    (row,) = desk.refused()
    assert (row.code, row.field, row.raw["id"]) == ("ROW_ID_MISSING", "id", "NULL")
    text = "sources: [{name: x, path: a.csv, channel: survey, mapping: [{node: Customer, key: {local: id}}]}]"
    desk.load(text)
    assert ("id", "ROW_KEY_SAYS_NOTHING", "NULL") in [
        (q.field, q.code, q.details["found"]) for q in desk.refused()
    ]


def test_a_manifest_adds_words_of_its_own(desk):
    report = loaded(desk, "4401000001,陈建国,缺,缺,缺,-999\n", more="    absent: [缺, -999]\n")
    assert (report.accepted, report.quarantined) == (1, 0)
    assert said_of(desk) == [{"Customer": {"customerNo": "4401000001", "name": "陈建国"}}]


def test_words_give_a_word_its_meaning_back(desk):
    company = "{column: company, words: {None: None Ltd, 无: 无}}"
    loaded(desk, "4401000001,a,,,None,\n4401000002,b,,,无,\n4401000003,c,,,nan,\n", company=company)
    keys = [[node.keys[0] for node in s.nodes if node.type == "Enterprise"] for s in desk.statements()]
    assert keys == [["enterprise:marketing/None Ltd"], ["enterprise:marketing/无"], []]


def test_a_constant_is_taken_as_it_stands(desk):
    desk.write("a.csv", "id\n1\n")
    text = """
sources:
  - name: x
    path: a.csv
    channel: survey
    mapping: [{node: Customer, key: {local: id}, set: {name: {const: unknown}}}]
"""
    desk.load(text)
    assert desk.names() == ["unknown"]


@pytest.mark.parametrize(
    "number", ["0000000", "00000000000", "11111111111", "1234567", "0123456789", "987654321", "000-0000-0000"]
)
def test_digits_that_fill_a_form_are_no_telephone_number(desk, number):
    report = loaded(desk, f"4401000001,陈建国,{number},,,\n4401000002,李秀英,{number},,,\n")
    assert [(n.code, n.count, [p.line for p in n.places]) for n in report.notices] == [
        ("NOTICE_FILLER_NUMBER", 2, [2, 3])
    ]
    assert [row["Customer"].get("phone") for row in said_of(desk)] == [None, None]


@pytest.mark.parametrize("number", ["95598", "110", "999999", "13800138000", "020-87654320", "13812345678"])
def test_other_telephone_numbers_are_kept(desk, number):
    assert loaded(desk, f"4401000001,陈建国,{number},,,\n").notices == []
    assert [row["Customer"]["phone"] for row in said_of(desk)] == [number]


def test_such_digits_are_numbers_elsewhere(desk):
    assert loaded(desk, "4401000001,陈建国,,,0000000,1111111\n").notices == []
    assert said_of(desk)[0]["Enterprise"] == {"name": "0000000", "netAssets": 111111100}


def test_nobody_is_named_by_a_filler_identity_number(desk):
    desk.write("p.csv", "no,name,id\n1,陈建国,000000000000000000\n2,李秀英,000000000000000000\n3,王丽娟,\n")
    text = """
sources:
  - name: p
    path: p.csv
    channel: marketing
    recordId: no
    observedAt: 2026-01-31
    mapping:
      - node: Person
        key: {idNumber: id}
        optional: %s
      - node: Customer
        key: {local: no}
      - relation: IS
        from: {Customer: {local: no}}
        to: {Person: {idNumber: id}}
"""
    report = desk.load(text % "true").sources[0]
    assert [(n.code, n.count) for n in report.notices] == [("NOTICE_FILLER_NUMBER", 2)]
    assert [[node.type for node in stated.nodes] for stated in desk.statements()] == [["Customer"]] * 3
    desk.load((text % "false").replace("name: p\n", "name: q\n"))
    assert [code for _, _, code in desk.reasons()] == ["ROW_KEY_SAYS_NOTHING"] * 2 + ["ROW_KEY_MISSING"]


def test_lost_characters_quarantine_their_row_and_a_retry_gives_them_back(desk):
    loaded(desk, "4401000001,陈\ufffd\ufffd,,,,\n4401000002,李秀英,,\ufffd\ufffd8\ufffd,,\n")
    assert desk.reasons() == [(2, "name", "ROW_CHARACTERS_LOST"), (3, "address", "ROW_CHARACTERS_LOST")]
    first = desk.refused()[0]
    manifest = desk.write("again.yaml", PARTIES.format(more="", company="company"))
    (done,) = retry(desk.ledger, manifest, [first.id], changes={"name": "陈建国"})
    assert done.outcome == "accepted"
    assert desk.names() == ["陈建国"]


def test_question_marks_are_taken_with_a_notice_and_are_no_address(desk):
    report = loaded(desk, "4401000001,???,,????8?,,\n4401000002,???,,????8?,,\n")
    assert {(n.code, n.count) for n in report.notices} == {("NOTICE_LETTERS_LOST", 2)}
    assert [place.line for place in report.notices[0].places] == [2, 3]
    assert [set(row) for row in said_of(desk)] == [{"Customer"}, {"Customer"}]
    assert [row["Customer"]["name"] for row in said_of(desk)] == ["???", "???"]


@pytest.mark.parametrize("text", ["体育东路8号?", "why? because", "8号", "A-1"])
def test_a_question_mark_behind_letters_is_none(text):
    assert not letters_lost(text)


@pytest.mark.parametrize("text", ["???8??", "?", "体育东路??号", "Stra?e 8", "锟斤拷锟斤拷", "ï¿½8"])
def test_letters_that_are_lost(text):
    assert letters_lost(text)


@given(st.text("nulaoeNULA/-. 无不详空知未暂ＮＵＬ９1", min_size=1, max_size=6) | st.sampled_from(WORDS))
def test_the_quick_look_at_the_first_character_changes_nothing(text):
    plain = text.translate(NARROW).strip().casefold()
    words = {word.casefold() for word in WORDS}
    slow = plain in words or plain.rstrip(".") in words or not plain.strip(" -/.")
    assert SHIPPED.says_nothing(text) == slow


@given(
    st.sampled_from(WORDS),
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
    st.booleans(),
    st.sampled_from(["", " ", "\u3000"]),
)
def test_case_width_and_blanks_do_not_matter(word, case, wide, blank):
    text = blank + (case(word).translate(WIDE) if wide else case(word)) + blank
    assert SHIPPED.says_nothing(text)


@given(st.integers(7, 30), st.integers(0, 9), st.sampled_from([-1, 0, 1]))
def test_runs_and_repetitions_are_fillers(length, start, step):
    assert filler("".join(str((start + step * i) % 10) for i in range(length)))


@given(st.text("0123456789", min_size=7, max_size=18))
def test_a_number_with_two_different_steps_is_no_filler(number):
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(number)}
    assert filler(number) == (steps in ({0}, {1}, {9}))


def test_the_page_lists_every_word():
    line = next(line for line in PAGE.splitlines() if line.startswith("`NULL`"))
    block = PAGE[PAGE.index(line) :].split("\n\n")[0]
    assert re.findall(r"`([^`]+)`", block) == list(WORDS)
