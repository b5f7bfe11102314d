"""Engines as their users meet them: folders of Graphalytics judged, an analysis on either engine."""

from __future__ import annotations

import json
from pathlib import Path

import networkx
import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import main
from graph.schema.load import schema
from graph.store import Store
from graph.write import contents, wipe
from services.engines.local import Local
from services.evaluation.graph import Verdict, evaluate
from tests.linked_site import write as write_linked_site

ROUNDS = 30
FAR = 2**63 - 1
GRAPHS = ("small-directed", "small-undirected")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def judge(*folders: Path) -> Verdict:
    return evaluate(folders, Local(None, schema()))


def write_graph(folder: Path, name: str) -> Path:
    """A random graph with gaps between the vertices, and what networkx expects of it. Labels are as of round 1."""
    directed = name == "small-directed"
    draw = np.random.default_rng(3)
    graph = networkx.gnp_random_graph(40, 0.08, seed=5, directed=directed)
    graph = networkx.relabel_nodes(graph, {node: 7 * node + 2 for node in graph})
    graph.remove_edges_from([edge for edge in graph.edges if 2 + 7 * 11 in edge])  # one that nothing reaches
    for a, b in graph.edges:
        graph.edges[a, b]["weight"] = draw.integers(1, 9) / 8
    both = networkx.DiGraph(graph)
    (folder / f"{name}.v").write_text("".join(f"{node}\n" for node in graph))
    edges = "".join(f"{a} {b} {weight}\n" for a, b, weight in graph.edges(data="weight"))
    (folder / f"{name}.e").write_text(edges)
    values = {
        "directed": str(directed).lower(),
        "algorithms": "bfs, cdlp, lcc, pr, sssp, wcc",
        "bfs.source-vertex": 9,
        "cdlp.max-iterations": 1,
        "pr.damping-factor": 0.85,
        "pr.num-iterations": ROUNDS,
        "sssp.source-vertex": 9,
    }
    properties = "".join(f"graph.{name}.{key} = {value}\n" for key, value in values.items())
    (folder / f"{name}.properties").write_text(f"# A comment\n\n{properties}")
    levels = networkx.single_source_shortest_path_length(graph, 9)
    lengths = networkx.single_source_dijkstra_path_length(graph, 9)
    ranks = networkx.pagerank(graph, alpha=0.85, tol=1e-15, max_iter=500, weight=None)
    parts = {node: min(part) for part in networkx.weakly_connected_components(both) for node in part}
    near = {node: {*both.predecessors(node), *both.successors(node)} for node in both}
    expected: dict[str, dict[int, object]] = {
        "BFS": {node: levels.get(node, FAR) for node in graph},
        # All labels differ in round 1: the smallest among those that are seen twice, else the smallest.
        "CDLP": {
            node: min({*both.predecessors(node)} & {*both.successors(node)} or near[node] or {node})
            for node in graph
        },
        "LCC": {
            node: sum(both.has_edge(a, b) for a in around for b in around)
            / max(1, len(around) * (len(around) - 1))
            for node, around in near.items()
        },
        "PR": ranks,
        "SSSP": {node: lengths.get(node, "infinity") for node in graph},
        "WCC": {node: 1000 - part for node, part in parts.items()},
    }
    for algorithm, of in expected.items():
        (folder / f"{name}-{algorithm}").write_text(
            "".join(f"{node} {of[node]}\n" for node in reversed(list(graph)))
        )
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    inner = tmp_path / "graphs"
    inner.mkdir()
    for name in GRAPHS:
        write_graph(inner, name)
    return inner


def test_right_values_pass(folder: Path) -> None:
    assert judge(folder) == Verdict(12, [], [])
    assert judge(folder.parent) == Verdict(12, [], [])


def test_the_command_says_how_many_last(folder: Path) -> None:
    answer = run("evaluate", "graph", folder)
    assert answer.exit_code == 0
    assert answer.stdout.splitlines()[-1] == "12 passed, 0 failed"
    (folder / "small-directed-BFS").write_text("2 0\n")
    answer = run("evaluate", "graph", folder, "--json")
    assert answer.exit_code == 1
    assert json.loads(answer.stdout)["passed"] == 11
    answer = run("evaluate", "graph", folder)
    assert answer.stdout.splitlines()[-1] == "11 passed, 1 failed"


def test_the_command_runs_in_a_neo4j_server_and_leaves_it_as_it_was(
    folder: Path, neo4j_store: Store, neo4j_url: str
) -> None:
    wipe(neo4j_store)
    answer = run("evaluate", "graph", folder, "--engine", "gds", "--store", neo4j_url)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == "12 passed, 0 failed\n"
    notes = answer.stderr.splitlines()
    assert [note.partition(": ")[2] for note in notes if "pageRank of GDS" in note] == [
        "small-directed-PR, small-undirected-PR"
    ]
    assert [note.partition(": ")[2] for note in notes if "undirected graphs only" in note] == [
        "small-directed-LCC"
    ]
    assert contents(neo4j_store) == {"nodes": [], "relations": []}


@pytest.mark.parametrize(
    ("algorithm", "value", "told"),
    [
        ("BFS", "1", "want 1"),
        ("CDLP", "5", "want 5"),
        ("LCC", "0.123", "want 0.123"),
        ("PR", "0.5", "want 0.5"),
        ("SSSP", "infinity", "got 0.0 want inf"),
        ("WCC", "-1", "FAILED small-directed-WCC: vertex"),
    ],
)
def test_a_wrong_value_is_named(folder: Path, algorithm: str, value: str, told: str) -> None:
    file = folder / f"small-directed-{algorithm}"
    lines = file.read_text().splitlines()
    assert lines[-2].startswith("9 ")
    lines[-2] = f"9 {value}"
    file.write_text("\n".join(lines))
    verdict = judge(folder)
    assert verdict.passed == 11
    assert len(verdict.failures) == 1
    assert verdict.failures[0].startswith(f"FAILED small-directed-{algorithm}: vertex")
    assert told in verdict.failures[0]


def test_values_may_differ_by_one_in_ten_thousand(folder: Path) -> None:
    file = folder / "small-undirected-PR"
    pairs = [line.split() for line in file.read_text().splitlines()]
    for factor, passed in ((1.00009, 12), (1.00011, 11)):
        file.write_text("".join(f"{node} {float(value) * factor}\n" for node, value in pairs))
        assert judge(folder).passed == passed


def test_what_cannot_be_read_fails_and_is_never_skipped(folder: Path, tmp_path: Path) -> None:
    (folder / "small-directed-KCORE").write_text("2 1\n")
    (folder / "small-directed-LCC").write_text("2 nonsense\n")
    (folder / "small-directed.properties").write_text("graph.small-directed.directed = true\n")
    (folder / "small-undirected.properties").write_text("graph.small-undirected.directed = perhaps\n")
    (folder / "lonely.v").write_text("1\n")
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    verdict = judge(folder, nothing)
    assert verdict.passed == 1  # WCC of the directed graph needs no parameters
    lines = "\n".join(verdict.failures)
    for told in (
        "small-directed-KCORE: unknown algorithm 'KCORE'",
        "small-directed-LCC: cannot be judged: could not convert",
        "small-directed-BFS: cannot be judged: small-directed.properties lacks bfs.source-vertex",
        "small-undirected-WCC: cannot be judged: small-undirected.properties: directed is 'perhaps'",
        "FAILED lonely: no expected values found",
        f"FAILED {nothing}: no graph found",
    ):
        assert told in lines


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        (".v", "2\n9\n9\n", "names a vertex twice"),
        (".e", "2 9 1\n2 10 1\n", "small-directed.e names 10, which is no vertex"),
        (".v", "2\n", "which is no vertex"),
        ("-WCC", "2 1\n", "does not name every vertex"),
    ],
)
def test_files_that_contradict_each_other_are_named(folder: Path, file: str, text: str, told: str) -> None:
    (folder / f"small-directed{file}").write_text(text)
    assert told in "\n".join(judge(folder).failures)


def test_an_engine_that_cannot_be_had_is_wrong_use(folder: Path, tmp_path: Path) -> None:
    home = ("--home", tmp_path / "home")
    for words in (("analyse", *home), ("evaluate", "graph", folder, *home)):
        for engine, code in (("gds", "ENGINE_NEEDS_NEO4J"), ("spark", "ENGINE_UNKNOWN")):
            answer = run(*words, "--engine", engine, "--json")
            assert answer.exit_code == 2
            assert json.loads(answer.stdout)["error"]["code"] == code
    assert not (tmp_path / "home").exists()


def test_an_analysis_finds_communities_in_the_server(
    neo4j_store: Store, neo4j_url: str, tmp_path: Path
) -> None:
    wipe(neo4j_store)
    home = ("--home", tmp_path / "home", "--store", neo4j_url)
    assert run("ingest", write_linked_site(tmp_path), *home).exit_code == 0
    reports = {}
    for engine in ("local", "gds", "gds"):
        answer = run("analyse", *home, "--engine", engine, "--json")
        assert answer.exit_code == 0, answer.output
        again = reports.get(engine)
        reports[engine] = json.loads(answer.stdout)
        assert again is None or reports[engine]["run"] == again["run"]
    local, gds = reports["local"], reports["gds"]
    assert gds["communities"]["engine"] == "gds"
    assert gds["communities"]["communities"] == local["communities"]["communities"] > 0
    assert gds["risk"] == local["risk"]
    assert neo4j_store.read("CALL gds.graph.list() YIELD graphName RETURN graphName") == []
    wipe(neo4j_store)
