"""Keys name entities: forms do not meet, ranks follow them, and what they state can be read back."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema.keys import key_of, local_key, plain, rank, record_key, type_of, value_of
from graph.schema.load import schema
from terms.errors import KehutuError

ENTERPRISE = schema().nodes["Enterprise"]
PERSON = schema().nodes["Person"]
ADDRESS = schema().nodes["Address"]
BILL = schema().nodes["Bill"]
values = st.text(min_size=1).filter(lambda text: bool(plain(text)))


def hasher(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


def test_forms() -> None:
    code, number = ENTERPRISE.keys
    assert key_of(ENTERPRISE, code, "91370000MA3C000001", hasher=hasher) == "enterprise:91370000MA3C000001"
    assert key_of(ENTERPRISE, number, "370000", hasher=hasher) == "enterprise:registrationNo=370000"
    assert key_of(PERSON, PERSON.keys[0], "11010119900307283X", hasher=hasher).startswith("person:")
    assert local_key("enterprise", "credit-bureau", "C-17") == "enterprise:credit-bureau/C-17"
    assert record_key("person", "visits", "17") == "person:visits/17#1"
    assert record_key("person", "visits", "17", 1) == "person:visits/17#2"


def test_a_person_key_does_not_hold_the_number_and_its_writing_does_not_matter() -> None:
    keys = {
        key_of(PERSON, PERSON.keys[0], number, hasher=hasher)
        for number in ("11010119900307283X", "11010119900307283x", " １１０１０１１９９００３０７２８３X ")
    }
    assert len(keys) == 1
    assert "1101011990" not in keys.pop()


def test_an_address_is_one_in_traditional_and_simplified_writing() -> None:
    first, second = (
        key_of(ADDRESS, ADDRESS.keys[0], text, hasher=hasher)
        for text in ("廣州市天河區體育西路 12號", "广州市天河区体育西路12号")
    )
    assert first == second


def test_rank_puts_business_keys_before_local_before_record_keys() -> None:
    keys = [
        "enterprise:visits/17#1",
        "enterprise:credit-bureau/C-17",
        "enterprise:registrationNo=370000",
        "enterprise:91370000MA3C000001",
    ]
    assert sorted(keys, key=lambda key: rank(key, ENTERPRISE)) == keys[::-1]
    assert rank("enterprise:91370000MA3C000001~5f", ENTERPRISE) == 0


@given(value=values)
def test_a_business_key_states_its_value(value: str) -> None:
    key = key_of(BILL, BILL.keys[0], value, hasher=hasher)
    assert value_of(key, BILL) == ("billNo", plain(value))
    assert rank(key, BILL) == 0
    assert type_of(key, schema()) is BILL


@given(value=values)
def test_a_further_key_states_its_value(value: str) -> None:
    key = key_of(ENTERPRISE, ENTERPRISE.keys[1], value, hasher=hasher)
    assert value_of(key, ENTERPRISE) == ("registrationNo", plain(value))
    assert rank(key, ENTERPRISE) == 1


@given(a=values, b=values, c=values, d=values, index=st.integers(0, 3))
def test_no_two_forms_meet(a: str, b: str, c: str, d: str, index: int) -> None:
    code, number = ENTERPRISE.keys
    keys = [
        key_of(ENTERPRISE, code, a, hasher=hasher),
        key_of(ENTERPRISE, number, b, hasher=hasher),
        local_key("enterprise", a, b),
        record_key("enterprise", c, d, index),
    ]
    assert len(set(keys)) == len(keys)
    assert [rank(key, ENTERPRISE) < 100 for key in keys] == [True, True, False, False]


@given(a=st.tuples(values, values), b=st.tuples(values, values))
def test_local_keys_are_equal_only_for_equal_namespace_and_value(
    a: tuple[str, str], b: tuple[str, str]
) -> None:
    equal = (a[0], plain(a[1])) == (b[0], plain(b[1]))
    assert (local_key("person", *a) == local_key("person", *b)) == equal


def test_hashed_local_and_record_keys_state_no_value() -> None:
    assert value_of("person:" + "a" * 32, PERSON) is None
    assert value_of("enterprise:credit-bureau/C-17", ENTERPRISE) is None
    assert value_of("person:visits/17#1", PERSON) is None


def test_an_unknown_prefix_names_no_type() -> None:
    with pytest.raises(KehutuError, match="nobody:1"):
        type_of("nobody:1", schema())
