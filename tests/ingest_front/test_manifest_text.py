"""What a manifest may say, against the rules in words: any words of a cell, a condition, a name, an encoding."""

from __future__ import annotations

import codecs
from encodings.aliases import aliases
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ingest.manifests.cell_text import Cell
from ingest.manifests.manifest_text import ManifestText, Source, When
from ingest.readers import ENDINGS

MARKS = (None, ".", ",", " ", "'")
WORDS = st.sampled_from(["户号", "amount", "", "x y", "1"])


def accepted(model: type[Cell] | type[When] | type[Source] | type[ManifestText], said: dict[str, Any]) -> Any:
    """The model of what is said; None where it is refused."""
    try:
        return model.model_validate(said)
    except ValidationError:
        return None


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "column": WORDS,
            "columns": st.lists(WORDS, max_size=2),
            "const": st.one_of(WORDS, st.integers(0, 3), st.booleans(), st.just(0.5)),
            "first": st.booleans(),
            "rest": st.booleans(),
            "decimal": st.sampled_from(MARKS[:3]),
            "thousands": st.sampled_from(MARKS),
            "colour": st.just("red"),
        },
    )
)
def test_a_cell_has_one_origin_one_end_of_a_list_two_marks_and_no_unknown_word(said: dict[str, Any]) -> None:
    origins = ("column" in said) + bool(said.get("columns")) + ("const" in said)
    both_ends = said.get("first") and said.get("rest")
    one_mark = said.get("decimal") is not None and said.get("decimal") == said.get("thousands")
    allowed = origins == 1 and not both_ends and not one_mark and "colour" not in said
    assert (accepted(Cell, said) is not None) is allowed


def in_words(value: object) -> str | None:
    """The text of a cell that a value of YAML stands for; None: an empty cell."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    return str(value) or None


SCALARS = st.one_of(WORDS, st.integers(-9, 9), st.booleans(), st.sampled_from([0.5, 12.0]))


@given(
    st.fixed_dictionaries(
        {"column": st.just("state")},
        optional={"equals": st.one_of(SCALARS, st.lists(SCALARS, max_size=3)), "empty": st.booleans()},
    )
)
def test_a_condition_says_one_thing_and_means_the_texts_of_its_values(said: dict[str, Any]) -> None:
    told = accepted(When, said)
    if ("equals" in said) is ("empty" in said) or said.get("equals") == []:
        assert told is None
        return
    if "empty" in said:
        assert told.values == {None}
        return
    listed = said["equals"] if isinstance(said["equals"], list) else [said["equals"]]
    assert told.values == {in_words(value) for value in listed}


def source(**said: object) -> dict[str, Any]:
    """The least that a source says, and more."""
    entry = {"node": "Customer", "key": {"customerNo": "no"}}
    return {"name": "bills", "path": "bills.csv", "channel": "marketing", "mapping": [entry], **said}


PACKED = ("", ".gz", ".zst", ".zip")


@given(
    st.text("abz.年", min_size=1, max_size=6).filter(lambda stem: stem.strip(".")),
    st.sampled_from([*ENDINGS, ".xls", ".dat", ""]),
    st.sampled_from(PACKED),
    st.booleans(),
)
def test_the_ending_of_a_file_tells_its_format_whatever_packs_it(
    stem: str, ending: str, packed: str, shouting: bool
) -> None:
    # What stands before the ending ends in a letter: nothing in it looks like an ending.
    stem = f"{stem.replace('.', '-')}x"
    name = stem + ending + packed
    told = accepted(Source, source(path=name.upper() if shouting else name))
    if ending in ENDINGS:
        assert told is not None
        assert told.reader_name == ENDINGS[ending]
    elif packed == ".zip" and not ending:
        assert told.reader_name == "zip"  # an archive says itself what is in it
    else:
        assert told is None
        asked = accepted(Source, source(path=name, format="csv"))
        assert asked.reader_name == "csv"


@given(st.text(max_size=110))
def test_a_name_is_what_can_be_read_and_typed(name: str) -> None:
    allowed = bool(name.strip()) and len(name) <= 100 and "/" not in name and name.isprintable()
    assert (accepted(Source, source(name=name)) is not None) is allowed


@given(st.one_of(st.none(), WORDS, st.lists(WORDS, max_size=3)))
def test_a_record_is_named_by_columns_with_names(said: str | list[str] | None) -> None:
    allowed = said is None or (bool(said) and (isinstance(said, str) or all(said)))
    assert (accepted(Source, source(recordId=said)) is not None) is allowed


def is_of_text(name: str) -> bool:
    """Whether every character that an encoding knows is written as bytes and read back."""
    try:
        return "a1,\n".encode(name).decode(name) == "a1,\n" and codecs.lookup(name).name not in {
            "idna",
            "punycode",
            "unicode-escape",
            "raw-unicode-escape",
        }
    except (LookupError, TypeError, ValueError):
        return False


def test_every_encoding_of_text_is_known_and_nothing_else() -> None:
    names = {*aliases, *aliases.values(), "ANSI", "GB 18030", "no such", "undefined"}
    known = {name for name in names if accepted(Source, source(encoding=name)) is not None}
    assert known == {name for name in names if is_of_text(name)}


CELLS = st.one_of(
    WORDS.filter(bool),
    st.fixed_dictionaries({"columns": st.lists(WORDS, min_size=1, max_size=2)}, optional={"join": WORDS}),
    st.fixed_dictionaries({"const": SCALARS}, optional={"unit": st.just("yuan")}),
)
NODES = st.fixed_dictionaries(
    {"node": st.just("Customer")},
    optional={
        "key": st.dictionaries(WORDS, CELLS, max_size=2),
        "set": st.dictionaries(WORDS, CELLS, max_size=2),
        "each": st.one_of(WORDS, st.lists(WORDS, max_size=2)),
        "when": st.fixed_dictionaries({"column": WORDS, "equals": SCALARS}),
        "optional": st.booleans(),
    },
)
RELATIONS = st.fixed_dictionaries(
    {
        "relation": st.just("IS"),
        "from": st.fixed_dictionaries({"Customer": st.dictionaries(WORDS, CELLS, max_size=1)}),
        "to": st.fixed_dictionaries({"Person": st.dictionaries(WORDS, CELLS, max_size=1)}),
    }
)
SOURCES = st.fixed_dictionaries(
    {
        "name": st.just("bills"),
        "path": st.sampled_from(["a.csv", "b.jsonl.gz"]),
        "channel": st.just("survey"),
        "mapping": st.one_of(st.just("bills"), st.lists(st.one_of(NODES, RELATIONS), min_size=1, max_size=3)),
    },
    optional={
        "recordId": st.one_of(st.just("no"), st.just(["no", "line"])),
        "observedAt": CELLS,
        "delete": st.fixed_dictionaries({"column": WORDS, "empty": st.booleans()}),
        "absent": st.lists(st.one_of(st.none(), WORDS), max_size=2),
        "strictKeys": st.booleans(),
        "encoding": st.just("gb18030"),
        "delimiter": st.sampled_from([";", "\t"]),
        "options": st.dictionaries(WORDS, SCALARS, max_size=1),
    },
)


@given(st.lists(SOURCES, min_size=1, max_size=2))
def test_a_manifest_that_is_written_out_again_says_the_same(sources: list[dict[str, Any]]) -> None:
    told = ManifestText.model_validate({"sources": sources})
    again = told.model_dump(by_alias=True, exclude_unset=True)
    assert ManifestText.model_validate(again) == told
    assert [one.name for one in told.sources] == [one["name"] for one in sources]
    for one, said in zip(told.sources, sources, strict=True):
        assert list(one.absent) == ["null" if word is None else word for word in said.get("absent", [])]
