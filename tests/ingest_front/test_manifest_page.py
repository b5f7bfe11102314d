"""Every example of docs/manifests.md does what the page says."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cli.main import main
from graph.schema.load import schema
from ingest.loads.load import load
from ingest.manifests.manifest import read, shipped_mappings
from ingest.manifests.manifest_text import MappingText
from ingest.manifests.yaml_lines import read_yaml
from ingest.rows.rules import compile_rules
from ingest.statements import Statements
from ledger.database import Ledger
from ledger.records import since
from terms.zones import DEFAULT_ZONE
from tests.loads import said

PAGE = (Path(__file__).parents[2] / "docs" / "manifests.md").read_text(encoding="utf-8")


class Block(NamedTuple):
    """A fenced block. ``file``: the name that stands above it, if one does."""

    file: str
    language: str
    text: str


BLOCKS = [
    Block(found[1] or "", found[2], found[3])
    for found in re.finditer(r"(?:^`([\w.-]+)`\n\n)?^```(\w+)\n(.*?)^```$", PAGE, re.M | re.S)
]
FILES = {block.file: block.text for block in BLOCKS if block.file}
MANIFESTS = [name for name in FILES if name.endswith(".yaml")]


def said_of(manifest: str) -> list[dict[str, object]]:
    """The report that the page shows: the first block of JSON behind the manifest."""
    behind = BLOCKS[next(i for i, block in enumerate(BLOCKS) if block.file == manifest) :]
    shown = next(block.text for block in behind if block.language == "json")
    return [json.loads(line) for line in shown.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with every file of the page, which is the working folder."""
    made = tmp_path / "page"
    made.mkdir()
    for name, text in FILES.items():
        (made / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(made)
    return made


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_an_example_reports_what_the_page_says(ledger: Ledger, folder: Path, manifest: str) -> None:
    sources = load(ledger, folder / manifest).sources
    shown = said_of(manifest)
    assert [source.name for source in sources] == [row["name"] for row in shown]
    for source, row in zip(sources, shown, strict=True):
        assert {name: getattr(source, name) for name in row} == row
        assert (source.error is None) == (source.name != "missing")
        assert said(source) == []


def stated(ledger: Ledger, path: Path) -> list[Statements]:
    load(ledger, path)
    return [Statements.from_json(record.payload) for record in since(ledger, 0, 100)]


def test_the_values_are_those_of_the_text(ledger: Ledger, folder: Path) -> None:
    first, second = stated(ledger, folder / "holdings.yaml")
    assert [node.set.get("status") for node in (first.nodes[0], second.nodes[0])] == ["active", "closed"]
    located, holds = first.relations
    assert located.target_type == "Address"
    assert holds.set == {"share": 0.35, "amount": 120_050, "since": "2026-01-31"}
    assert second.relations[1].set == {"share": 0.51, "since": "2026-02-01"}
    assert [node.set["text"] for node in first.nodes if node.type == "Address"] == ["广东省广州市"]


def test_a_row_that_states_both_keys_joins_them_and_contracts_add_up(ledger: Ledger, folder: Path) -> None:
    both, _, *contracts = stated(ledger, folder / "bank.yaml")
    assert both.nodes[0].keys == ("enterprise:91440101MA59ABCD0A", "enterprise:city-bank/B1")
    relations = [said.relations[0] for said in contracts]
    assert [(r.key.startswith("HT-"), r.set["amount"]) for r in relations] == [
        (True, 12_500_000),
        (True, 3_000_000),
        (False, 1_250_000),
    ]
    assert relations[0].source == "enterprise:city-bank/B1"


@pytest.mark.usefixtures("folder")
def test_rows_are_put_right_by_the_commands_of_the_page(kept_home: Path) -> None:
    (commands,) = (block.text for block in BLOCKS if block.language == "sh")
    outputs = []
    for line in commands.splitlines():
        words = line.split()
        assert words[0] == "kehutu"
        done = CliRunner().invoke(main, [*words[1:], "--home", str(kept_home)])
        assert done.exit_code == 0, done.output
        outputs.append(done.output)
    _, held, _, left = outputs
    assert "44010-3" in held
    assert "44010-3" not in left


@pytest.mark.usefixtures("folder")
def test_the_report_speaks_the_language_asked_for(kept_home: Path) -> None:
    done = CliRunner().invoke(main, ["ingest", "files.yaml", "--lang", "zh", "--home", str(kept_home)])
    assert done.exit_code == 1
    for words in ("来源", "隔离", "找不到文件 missing.csv"):
        assert words in done.output
    done = CliRunner().invoke(main, ["ingest", "visits.csv", "--home", str(kept_home)])
    assert done.exit_code == 2
    assert "this is no manifest: a manifest starts with 'sources:'" in done.output


def py2neo_manifest() -> str:
    (text,) = (block.text for block in BLOCKS if block.language == "yaml" and not block.file)
    return text


def test_the_manifest_of_a_graph_is_one(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "old.yaml"
    path.write_text(py2neo_manifest())
    manifest = read(path)
    mapper = compile_rules(
        manifest.sources[0],
        manifest.rules[0],
        manifest.places,
        schema(),
        hasher=ledger.keyed_hash,
        zone=DEFAULT_ZONE,
    )
    assert {"_key", "from.tax_no", "to.tax_no", "number", "amount", "signed"} == mapper.columns


def test_a_program_hands_over_its_graph(folder: Path) -> None:
    (program,) = (block.text for block in BLOCKS if block.language == "python")
    options = "    options: {keys: {Company: tax_no}}\n"
    text = re.sub(r"    options:\n(      .*\n)+", options, py2neo_manifest())
    (folder / "old.yaml").write_text(text)
    names: dict[str, object] = {}
    exec(compile(program, "docs/manifests.md", "exec"), names)  # noqa: S102
    (source,) = names["report"].sources  # type: ignore[attr-defined]
    assert (source.accepted, source.error) == (1, None)


def test_every_mapping_that_ships_is_on_the_page_and_fits_the_model(ledger: Ledger, tmp_path: Path) -> None:
    shown = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", PAGE.partition("## Mappings by name")[2], re.M))
    files = {file.name.removesuffix(".yaml"): file for file in shipped_mappings().iterdir()}
    described = {
        name: MappingText.model_validate(
            read_yaml(file.read_text(encoding="utf-8"), file.name)[1]
        ).description
        for name, file in files.items()
    }
    assert shown == described
    text = "sources:\n" + "".join(
        f"  - {{name: {name}, path: a.csv, channel: survey, mapping: {name}}}\n" for name in files
    )
    path = tmp_path / "all.yaml"
    path.write_text(text)
    manifest = read(path)
    for source, rules in zip(manifest.sources, manifest.rules, strict=True):
        assert compile_rules(
            source, rules, manifest.places, schema(), hasher=ledger.keyed_hash, zone=DEFAULT_ZONE
        ).columns
