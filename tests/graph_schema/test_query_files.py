"""Query files: a faulty block is named by file, line and query; the generated module is current."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.generate_queries import SEEN, generate
from graph.query_files import queries
from graph.schema.load import schema
from terms.errors import KehutuError

GOOD = """\
// Guarantees.

// name: given
// Guarantees given; by borrower.
// param guarantor: PartyId
// param least: Fen = 0            smaller ones are left out
// sees: a Enterprise
// sees: b any
// row borrower: PartyId, amount: Fen? of GUARANTEES.amount
MATCH (a:Enterprise {id: $guarantor})-[g:GUARANTEES]->(b)
WHERE sees(a, b) AND g.amount >= $least      // 'text' and $nothing in a comment
RETURN b.id AS borrower, g.amount AS amount
ORDER BY borrower
"""


def _fault(folder: Path, text: str) -> KehutuError:
    (folder / "some.cypher").write_text(text, encoding="utf-8")
    with pytest.raises(KehutuError) as caught:
        queries(schema(), folder)
    return caught.value


def test_a_block_is_read(tmp_path: Path) -> None:
    (tmp_path / "some.cypher").write_text(GOOD, encoding="utf-8")
    (query,) = queries(schema(), tmp_path)
    assert (query.name, query.line, query.one, query.write) == ("given", 3, False, False)
    assert [(p.name, p.default, p.text) for p in query.parameters] == [
        ("guarantor", None, ""),
        ("least", "0", "smaller ones are left out"),
    ]
    assert [name for name, _ in query.columns] == ["borrower", "amount"]
    compile(generate([query], schema())[SEEN], "seen_queries.py", "exec")


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("$least ", "$lest ", 11, "$lest is not declared (nearest: 'least')"),
        ("AND g.amount >= $least", "AND true", 6, "least is never used"),
        ("amount: Fen?", "amount: Fen?, contract: Text", 9, "'contract' is not returned"),
        (", amount: Fen? of GUARANTEES.amount", "", 12, "the returned column 'amount' is not declared"),
        ("amount: Fen?", "amount: Fenn", 9, "unknown type 'Fenn' (nearest: 'Fen')"),
        ("amount: Fen?", "amount: List<Fen", 9, "ends too early"),
        ("PartyId, amount", "PartyId, borrower: Text, amount", 9, "stands twice"),
        ("borrower: PartyId,", "borrowerId: PartyId,", 9, "small letters"),
        ("Fen = 0 ", "Fen = zero() ", 6, "the default zero() is no number"),
        ("param guarantor: PartyId", "param guarantor PartyId", 5, "not of the form"),
        (":Enterprise", ":Enterprize", 10, "no type 'Enterprize' (nearest: 'Enterprise')"),
        (":GUARANTEES", ":GUARANTEE", 10, "no type 'GUARANTEE'"),
        ("g.amount >=", "g.ammount >=", 11, "no type has a property 'ammount' (nearest: 'amount')"),
        ("{id: $guarantor}", "{idd: $guarantor}", 10, "no type has a property 'idd'"),
        (":Enterprise", ":$guarantor", 10, "the place of a type"),
        ("[g:GUARANTEES]", "[g:GUARANTEES*]", 10, "needs an upper bound"),
        ("[g:GUARANTEES]", "[g:GUARANTEES*2..]", 10, "needs an upper bound"),
        ("[g:GUARANTEES]", "[g:GUARANTEES*1..$least]", 10, "no parameter of type Hops"),
        ("b.id AS", "elementId(b) AS", 12, "the engine's own number"),
        ("b.id AS", "apoc.convert.toJson(b) AS", 12, "exists on one store only"),
        ("ORDER BY borrower\n", "", 12, "ORDER BY is missing"),
        ("// Guarantees given; by borrower.\n", "", 3, "what the query answers is missing"),
        ("// name: given", "// name: Given!", 3, "is no name"),
        ("// Guarantees.\n", "MATCH (n)\n", 1, "a block begins with"),
    ],
)
def test_a_fault_names_line_and_reason(tmp_path: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in GOOD
    error = _fault(tmp_path, GOOD.replace(old, new, 1))
    assert error.code == "QUERY_FAULT"
    assert (error.details["file"], error.details["line"]) == ("some.cypher", line)
    assert reason in str(error.details["reason"])


def test_a_name_that_stands_twice_names_the_first(tmp_path: Path) -> None:
    error = _fault(tmp_path, GOOD + "\n" + GOOD)
    assert "first in some.cypher, line 3" in str(error.details["reason"])


def test_a_block_without_a_query_is_refused(tmp_path: Path) -> None:
    error = _fault(tmp_path, GOOD + "\n// name: empty\n// Nothing.\n")
    assert "there is no query" in str(error.details["reason"])


def test_maps_in_columns_become_named_types(tmp_path: Path) -> None:
    text = GOOD.replace(
        "amount: Fen? of GUARANTEES.amount", "amounts: List<{value: Fen of GUARANTEES.amount, when: Date?}>"
    ).replace("g.amount AS amount", "collect({value: g.amount, when: g.since}) AS amounts")
    (tmp_path / "some.cypher").write_text(text, encoding="utf-8")
    module = generate(queries(schema(), tmp_path), schema())[SEEN]
    assert "class GivenAmounts(TypedDict):" in module
    assert "when: str | None" in module
    assert "amounts: list[GivenAmounts]" in module


def test_the_generated_modules_are_current() -> None:
    """If this fails: `python -m graph.generate_queries`."""
    made = generate(queries(schema()), schema())
    assert {path: path.read_text(encoding="utf-8") for path in made} == made
