"""Search text: one writing for many, and queries that hold nothing but our own tokens."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from graph.search_text import normalise, search_query, search_text, tokens


def test_writings_of_one_text_are_one() -> None:
    assert normalise("ＡＢＣ 電力 公司") == normalise("abc电力公司") == "abc电力公司"
    assert normalise("Main  Street\t5") == "main street 5"


def test_tokens_of_a_name() -> None:
    assert tokens("欧阳娜") == ["欧阳娜", "欧阳", "阳娜", "ouyangna", "oyn", "ou", "yang", "na"]
    assert tokens("O'Neil 42") == ["o", "neil", "42"]


def test_a_long_run_of_chinese_is_kept_by_pairs_only() -> None:
    run = "广州市天河区体育西路一百二十三号"
    assert run not in tokens(run)
    assert {"广州", "三号"} <= set(tokens(run))


def test_absent_values_leave_no_trace() -> None:
    assert search_text([None, "", "张"]) == search_text(["张"])
    assert search_text([]) == ""


def test_a_query_without_letters_and_digits_is_empty() -> None:
    assert search_query("*") == search_query(" +-()[]{}~^\"'") == ""


@given(text=st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(text=st.text(alphabet=st.one_of(st.characters(), st.sampled_from('+-&|!(){}[]^"~*?:\\/ 电力広'))))
def test_a_query_is_made_of_our_own_tokens_only(text: str) -> None:
    for word in search_query(text).split():
        assert re.fullmatch(r"""\+[^-+&|!(){}\[\]^"'~*?:\\/<>=]+\*?""", word)


@given(text=st.text(st.characters(categories=["Cs", "Lo", "Ll", "Nd", "Zs"])))
def test_halves_of_characters_are_no_letters(text: str) -> None:
    whole = re.sub("[\ud800-\udfff]+", " ", text)
    assert normalise(text) == normalise(whole)
    assert search_query(text) == search_query(whole)
    assert search_text([text]) == search_text([whole])
    search_text([text]).encode()


@given(text=st.text(alphabet="张伟电力公司abc12 -", min_size=1))
def test_a_text_is_found_by_itself(text: str) -> None:
    held = search_text([text]).split()
    for word in search_query(text).split():
        token = word.removeprefix("+")
        if token.endswith("*"):
            assert any(h.startswith(token[:-1]) for h in held)
        else:
            assert token in held
