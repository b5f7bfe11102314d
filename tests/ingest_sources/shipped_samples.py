"""Invented samples of formats of the field, loaded by mappings that ship, and the graph that they give in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ingest.loads.load import SourceReport, load
from ledger.database import Ledger
from tests.ingest_projector.test_difference import at_once

SAMPLES = Path(__file__).parent / "samples"
CASES = Path(__file__).parents[3] / "shared" / "cases" / "ingest"
beside = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not beside this checkout ({CASES})")


def graph_in_words(ledger: Ledger) -> list[str]:
    """Every node with its values and every relation with its own, one a line; addresses by their text."""
    graph = at_once(ledger)
    named = {
        node.id: f"'{node.properties['text']}'" if node.type == "Address" else _short(node.id)
        for node in graph.nodes.values()
    }
    nodes = [
        " ".join([node.type, named[node.id], *_values(node.properties)])
        for node in graph.nodes.values()
        if node.type != "Address"
    ]
    relations = [
        " ".join([one.type, named[one.source], "->", named[one.target], *_values(one.properties)])
        for one in graph.relations.values()
    ]
    return sorted([*nodes, *relations])


def _short(id_: str) -> str:
    """An id without its namespace, or what stands before the last `/` of a link."""
    kind, _, name = id_.partition(":")
    return f"{kind}:{name.rpartition('/')[2]}"


def _values(properties: Mapping[str, object]) -> Iterator[str]:
    return (f"{name}={value}" for name, value in sorted(properties.items()) if value is not None)


def left_out(report: SourceReport) -> dict[str, int]:
    """What was left out, by code, where that is a kind by its name."""
    counts: Counter[str] = Counter()
    for one in report.left_out:
        kind = re.search("of the kind ([^,:]+)", one.reason) if one.code == "LEFT_OUT_KIND" else None
        counts[kind[1] if kind else one.code] += one.count
    return dict(counts)


def notices(report: SourceReport) -> dict[str, int]:
    """Notices of interests that have no place, by kind."""
    found: dict[str, int] = {}
    for one in report.notices:
        kind = re.search(r"of the kind (\S+) have no place", one.message)
        assert (kind is not None) == (one.code == "NOTICE_INTEREST_WITHOUT_PLACE")
        if kind:
            found[kind[1]] = one.count
    return found


def load_one(ledger: Ledger, folder: Path, path: str, mapping: str, **more: str) -> SourceReport:
    """Load one file by a mapping that ships."""
    said = "".join(f"    {name}: {value}\n" for name, value in more.items())
    (folder / "one.yaml").write_text(
        f"sources:\n  - name: one\n    path: '{path}'\n    format: {mapping}\n    channel: business-registry\n"
        f"    namespace: ns\n    recordId: id\n    observedAt: stated_on\n{said}    mapping: {mapping}\n",
        encoding="utf-8",
    )
    return load(ledger, folder / "one.yaml").sources[0]
