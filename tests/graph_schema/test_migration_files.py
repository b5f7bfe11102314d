"""How a migration is written, and what is wrong with a faulty one."""

from __future__ import annotations

from pathlib import Path

import pytest

from terms.migrations import Migration, Step, read


def test_a_file_says_what_it_does_and_its_steps(tmp_path: Path) -> None:
    (tmp_path / "0012_two_steps.cypher").write_text(
        "// does: Two things.\n//\n// Why it does them.\n"
        "// step: one\nMATCH (n) // all\nRETURN n\n"
        "// step: two\nMATCH (n) RETURN n.id AS id\n// python: folded\nUNWIND $rows AS row RETURN 1\n"
    )
    (tmp_path / "0002_table.sql").write_text(
        "-- does: One thing.\n-- step: it\n-- upto: SELECT 7\nUPDATE x SET y = 1\n"
    )
    (tmp_path / "0003_all.cypher").write_text("// does: All.\n// remedy: rebuild\n")
    (tmp_path / "README.md").write_text("no migration")
    assert read(tmp_path) == (
        Migration(2, "table", "One thing.", False, (Step("it", "UPDATE x SET y = 1", upto="SELECT 7"),)),
        Migration(3, "all", "All.", True, ()),
        Migration(
            12,
            "two_steps",
            "Two things.",
            False,
            (
                Step("one", "MATCH (n) // all\nRETURN n"),
                Step(
                    "two",
                    "MATCH (n) RETURN n.id AS id",
                    python="folded",
                    then="UNWIND $rows AS row RETURN 1",
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("12_x.cypher", "// does: x\n// step: a\nRETURN 1", "line 1: a migration is called"),
        ("0002_x.cypher", "// step: a\nRETURN 1", "line 1: '// does:' is missing"),
        ("0002_x.cypher", "// does: x\n", "line 1: either steps, or 'remedy: rebuild'"),
        ("0002_x.cypher", "// does: x\n// remedy: rebuild\n// step: a\nRETURN 1", "line 1: either steps"),
        ("0002_x.cypher", "// does: x\n// remedy: pray\n", "line 1: the only remedy is 'rebuild'"),
        ("0002_x.cypher", "// does: x\nRETURN 1\n", "line 2: text before the first '// step:'"),
        ("0002_x.cypher", "// does: x\n// steps: a\nRETURN 1", "line 2: 'steps' is not one of"),
        ("0002_x.cypher", "// does: x\n// step: a\n\n", "line 2: the step 'a' lacks its text"),
        ("0002_x.sql", "-- does: x\n-- step: a\nSELECT 1\n-- python: f\n", "line 2: the step 'a' lacks"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, name: str, text: str, reason: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=r"0002_x|12_x") as fault:
        read(tmp_path)
    assert str(fault.value).startswith(f"{name}, {reason}")


def test_a_number_stands_for_one_migration(tmp_path: Path) -> None:
    for name in ("0002_a", "0002_b"):
        (tmp_path / f"{name}.cypher").write_text("// does: x\n// step: a\nRETURN 1\n")
    with pytest.raises(ValueError, match="the number 2 is that of a"):
        read(tmp_path)
