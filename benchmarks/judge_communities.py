"""How well communities keep, on published networks, on the demo and on planted ones, against the targets.

    python -m benchmarks.judge_communities LABELLED KNOWN [--home HOME] [--large [--store bolt://…]] [--page PAGE]

LABELLED holds NAME.edges, KNOWN holds karate.gml and the like, HOME an analysed site such as the demo's. ``--large``
generates a network of a million parties and ten million links (some ten minutes, 8 GB; longer and more with leidenalg
installed or a server given).
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.communities import DRAWS, SEED, Links, Trial, tried
from benchmarks.large_communities import LargeRun, large_runs
from benchmarks.planted_lineages import KINDS, named_right, planted
from services.engines.local import Local
from services.engines.protocol import Engine
from services.evaluation.communities import evaluate
from services.risk.current import current
from services.settings import settings
from services.site import open_site

KNOWN = {"karate": 0.4198, "dolphins": 0.5285, "football": 0.6046, "lesmis": 0.5600}
"""The best modularity there is, weights ignored (science.md 3.4)."""
PLANTED = 50
ONES, OTHERS = range(PLANTED), range(1000, 1000 + PLANTED)
"""Seeds of planted networks: those by which the rules were looked at, and those that played no part in them."""

PAGE = """# How well do communities keep?

Made by `python -m benchmarks.judge_communities LABELLED KNOWN --home HOME{options} --page
docs/evaluation/communities.md`; do not edit.
Machine: {machine}; {wall:.0f} s. Seed {seed}.

A network changes a little; the partition of before is continued ([science.md](../science.md#communities)). Counted are
parties that are in another community than the one that goes on from their own. `fresh` is a single new run on the same
network, its communities matched in the same way: what continuing spares. Cora and Wiki are published, their links
weigh 1. The demo is the network of risk of a generated world; {demo}.
Parties without links count in the share that moves.

## One party more

{draws} draws each: with links to three parties (drawn by how many links they have), or with all links of another party.

| network | parties, links | three links: mean and most that move | fresh | as another: mean and most | fresh |
| --- | --- | --- | --- | --- | --- |
{added}

## Fewer links, other links

Losses are of modularity, under the best of five fresh runs: the mean of the draws above, and the largest of 20 rounds
in each of which 2 % of the links are rewired.

| network | 1 % removed: share that moves | fresh | modularity | loss, one added | loss, 20 rounds | recuts |
| --- | --- | --- | --- | --- | --- | --- |
{changed}

## Known networks

| network | modularity found | the best there is |
| --- | --- | --- |
{known}

## Planted events

Networks of eight groups of 20 to 40 parties, in which one event is planted and one link in a hundred changes; {planted}
draws each. Right: the event is told of the very groups, and of all others that they went on, grew or shrank.

| event | right | right, seeds that played no part in the rules |
| --- | --- | --- |
{events}

## Large networks

{large}
## Targets

| target | found |
| --- | --- |
{targets}
"""


def machine() -> str:
    """What the figures were measured on."""
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, load {load:.0f}, Python {platform.python_version()}"
    )


def of_home(home: Path) -> Links:
    """The network of risk of a site's current run."""
    with open_site(settings(home=home)) as site:
        _, model = current(site)
    matrix = model.weights.csr
    ends = [
        (model.ids[a], model.ids[b])
        for a, b in zip(matrix.rows().tolist(), matrix.indices.tolist(), strict=True)
    ]
    return Links.of("demo", model.ids, ends, matrix.data)


def judged(target: str, value: str, *, met: bool) -> str:
    """A row of the targets."""
    return f"| {target} | {value}: {'met' if met else 'missed'} |"


def named(kind: str, seeds: range) -> int:
    """Of how many planted networks the event is named right."""
    return sum(named_right(planted(kind, seed)) for seed in seeds)


def targets(trials: list[Trial], known: dict[str, float], right: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Each target with what was found."""
    for one in trials:
        name, worst = one.links.name, max(one.three.most, one.another.most)
        mean = max(one.three.mean, one.another.mean)
        yield judged(
            f"{name}: one party more moves at most 0.5 others on average, never more than 10",
            f"{mean:.2f}, {worst}",
            met=mean <= 0.5 and worst <= 10,
        )
        yield judged(
            f"{name}: 1 % of links removed moves at most 1 %", f"{one.removed:.2%}", met=one.removed <= 0.01
        )
        lost = max(one.three.lost, one.another.lost)
        yield judged(
            f"{name}: modularity at most .003 under the best of five fresh", f"{lost:+.4f}", met=lost <= 0.003
        )
        yield judged(
            f"{name}: at most .01 under it in 20 rounds of 2 % rewiring",
            f"{one.rewired:+.4f}",
            met=one.rewired <= 0.01,
        )
    worst_known = max(abs(KNOWN[name] - value) for name, value in known.items())
    yield judged("known networks within .0001", f"{worst_known:.5f}", met=worst_known <= 0.0001)
    whole, named = 2 * PLANTED * len(KINDS), sum(map(sum, right.values()))
    yield judged("planted events named right", f"{named} of {whole}", met=named == whole)


def large_text(runs: list[LargeRun]) -> str:
    """The section on large networks."""
    if not runs:
        return "Not run for this page (`--large`).\n"
    rows = [
        f"| {one.name} | {one.seconds:.0f} | {one.cpu_seconds:.0f} | {one.modularity:.4f} |" for one in runs
    ]
    head = ["| what | seconds | CPU seconds | modularity |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows, ""])


def main() -> None:
    """Judge, and write the page or print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("known", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--store", default="", help="a Neo4j with Graph Data Science, for the large network")
    parser.add_argument("--page", type=Path)
    asked = parser.parse_args()
    start, of = time.perf_counter(), machine()
    networks = [Links.read(path) for path in sorted(asked.labelled.glob("*.edges"))]
    if asked.home:
        networks.insert(0, of_home(asked.home))
    trials = [tried(links) for links in networks]
    engine = cast("Engine", Local)  # of the own engine nothing but the name is asked
    known = {name: evaluate(asked.known / f"{name}.gml", engine).modularity for name in KNOWN}
    right = {kind: (named(kind, ONES), named(kind, OTHERS)) for kind in KINDS}
    runs = [*large_runs(store=asked.store)] if asked.large else []
    demo = next((one.links for one in trials if one.links.name == "demo"), None)
    alone = 0 if demo is None else demo.size - len(np.unique(np.concatenate([demo.low, demo.high])))
    page = PAGE.format(
        options=" --large" if asked.large else "",
        machine=of,
        wall=time.perf_counter() - start,
        seed=SEED,
        draws=DRAWS,
        demo=f"{alone:,} of its parties have no link" if demo else "it is left out here",
        planted=PLANTED,
        added="\n".join(
            f"| {one.links.name} | {one.links.size:,}, {len(one.links.low):,} | {one.three.mean:.2f}, {one.three.most} "
            f"| {one.three.fresh:.0f} | {one.another.mean:.2f}, {one.another.most} | {one.another.fresh:.0f} |"
            for one in trials
        ),
        changed="\n".join(
            f"| {one.links.name} | {one.removed:.2%} | {one.removed_fresh:.1%} | {one.modularity:.4f} "
            f"| {max(one.three.lost, one.another.lost):+.4f} | {one.rewired:+.4f} | {one.recuts} |"
            for one in trials
        ),
        known="\n".join(f"| {name} | {value:.5f} | {KNOWN[name]:.4f} |" for name, value in known.items()),
        events="\n".join(
            f"| {kind} | {ones} of {PLANTED} | {others} of {PLANTED} |"
            for kind, (ones, others) in right.items()
        ),
        large=large_text(runs),
        targets="\n".join(targets(trials, known, right)),
    )
    if asked.page:
        asked.page.write_text(page, encoding="utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
