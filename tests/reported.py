"""Inputs made after public bug reports, beside the checkout: each is loaded as it lies there, and then asked about.

Commands are called as users call them, and their JSON is read: what a case expects holds for whoever asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from cli.main import main

CASES: Final = Path(__file__).parents[2] / "shared" / "cases" / "ingest"
beside = pytest.mark.skipif(not CASES.is_dir(), reason=f"the reported inputs are not there: {CASES}")


@dataclass(frozen=True)
class Loaded:
    """A home after one load: what the load said, and what the graph answers."""

    home: Path
    exit: int
    sources: dict[str, dict[str, Any]]

    def counts(self, source: str) -> tuple[int, int]:
        """Rows accepted and quarantined."""
        told = self.sources[source]
        return told["accepted"], told["quarantined"]

    def noticed(self, source: str) -> dict[str, set[object]]:
        """Each notice with the lines that it names."""
        return {n["code"]: {place["line"] for place in n["places"]} for n in self.sources[source]["notices"]}

    def lines_noticed(self, source: str) -> set[object]:
        """Every line that a notice names."""
        return set[object]().union(*self.noticed(source).values())

    def held(self) -> dict[str, str]:
        """Quarantined rows by place (``meters.xlsx!B2`` or ``c.csv:2``): reason and remedy."""
        rows = self.ask("quarantine", "list")
        told = [self.ask("quarantine", "show", str(row["id"])) for row in rows]
        return {f"{row['file']}:{row['line']}": f"{row['message']} {row['remedy']}" for row in told}

    def run(self, *words: str) -> tuple[int, Any]:
        """Exit status and JSON of a command."""
        answer = CliRunner().invoke(main, [*words, "--json", "--home", str(self.home)])
        assert isinstance(answer.exception, SystemExit | None), answer.exception
        return answer.exit_code, json.loads(answer.stdout)

    def ask(self, *words: str) -> Any:
        """JSON of a command that has an answer."""
        status, answer = self.run(*words)
        assert status == 0, (words, answer)
        return answer

    def knows(self, name: str) -> bool:
        """Whether an id or a number names something."""
        return self.run("show", name)[0] == 0

    def values(self, name: str) -> dict[str, Any]:
        """Values of an entity by name."""
        return {value["name"]: value["value"] for value in self.ask("show", name)["values"]}

    def linked(self, name: str, relation: str, *flags: str) -> list[dict[str, Any]]:
        """What an entity is linked with by a relation."""
        found = self.run("neighbours", name, "--relation", relation, *flags)[1]
        return [edge["node"] for edge in found["edges"]]

    def found(self, text: str, type_: str) -> list[str]:
        """Ids that a search finds."""
        return [edge["node"]["id"] for edge in self.run("search", text, "--type", type_)[1]["edges"]]


def load(home: Path, manifest: Path) -> Loaded:
    """Load a manifest into a home, as ``kehutu ingest`` does."""
    answer = CliRunner().invoke(main, ["ingest", str(manifest), "--json", "--home", str(home)])
    assert isinstance(answer.exception, SystemExit | None), answer.exception
    told = json.loads(answer.stdout)
    return Loaded(home, answer.exit_code, {source["name"]: source for source in told["sources"]})


def case(home: Path, name: str) -> Loaded:
    """Load a folder of reported cases."""
    return load(home, CASES / name / "manifest.yaml")
