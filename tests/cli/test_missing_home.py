"""What is called in a wrong way: a home that is misspelt is said to be none, and bytes are no text."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main

READING = (
    "audit list",
    "audit verify",
    "circles",
    "clusters",
    "grid-trace X",
    "history X",
    "loads list",
    "loads show L",
    "losses --shock X=1",
    "neighbours X",
    "owners X",
    "paths X Y",
    "quarantine list",
    "quarantine show 1",
    "related X",
    "report X",
    "search X",
    "show X",
    "trace X",
    "watch list",
    "what-if --settle X",
    "why X Y",
)


@pytest.mark.parametrize("words", READING)
def test_reading_where_there_is_no_site_is_wrong_use_and_leaves_nothing_behind(
    tmp_path: Path, words: str
) -> None:
    home = tmp_path / "misspelt"
    answer = CliRunner().invoke(main, [*words.split(), "--home", str(home)])
    assert answer.exit_code == 2, answer.output
    assert f"LEDGER_MISSING: There is no site in this home: it has no ledger at {home}" in answer.stderr
    assert "Check --home" in answer.stderr
    assert not home.exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [words for words in READING if "X" in words.split()])
def test_bytes_that_are_no_text_are_wrong_use(tmp_path: Path, words: str) -> None:
    given = [word.replace("X", "X\udcff") if word == "X" else word for word in words.split()]
    answer = CliRunner().invoke(main, [*given, "--home", str(tmp_path / "home")])
    assert answer.exit_code == 2, answer.output
    assert "TEXT_NOT_UNICODE: 'X\\udcff' is no text" in answer.stderr
