"""Reference cases: published and exactly computed answers, judged through the public functions.

A suite is a JSON file ``{"suite": key, "cases": [{"id", "input", "expected", "tolerance": {"abs", "rel"}}]}``. The
adapter of the key turns an input into an answer; exactly the keys that ``expected`` holds are compared.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

from services.containment import contained
from services.evaluation import reference_adapters as adapters

Json: TypeAlias = Any  # what json.loads gives; every use below checks what it needs
Adapter: TypeAlias = Callable[[Json], Json]

SUITES: dict[str, Adapter] = {
    "additive_attribution": adapters.additive_attribution,
    "clearing": adapters.clearing,
    "close_groups": adapters.close_groups,
    "debtrank_2012": adapters.debtrank_2012,
    "guarantee_circles": adapters.guarantee_circles,
    "linear_debtrank": adapters.linear_debtrank,
    "metrics": adapters.metrics,
    "ownership": adapters.ownership,
    "personalised_pagerank": adapters.personalised_pagerank,
    "what_if": adapters.what_if,
}
"""One adapter per suite key."""


def evaluate(paths: Sequence[Path]) -> tuple[int, list[str]]:
    """Run every suite among the paths (files, or folders whose ``*.json`` are taken in order of name).

    Returns:
        How many cases passed, and one line per failed case: ``FAILED suite/id: key got want`` for the first
        difference. What cannot be read (a file, a case, an unknown suite) is a failure, never skipped; a folder
        without suites fails too.
    """
    passed = 0
    failed: list[str] = []
    files = [f for path in paths for f in (sorted(path.glob("*.json")) if path.is_dir() else [path])]
    for path in paths:
        if path.is_dir() and not any(path.glob("*.json")):
            failed.append(f"FAILED {path}: no suite found")
    for file in files:
        try:
            suite = json.loads(file.read_text(encoding="utf-8"))
            name, cases = str(suite["suite"]), list(suite["cases"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            failed.append(f"FAILED {file}: not a suite: {error!r}")
            continue
        for number, case in enumerate(cases):
            fault = _judge(name, case, number)
            passed += fault is None
            failed.extend([] if fault is None else [fault])
    return passed, failed


def _judge(suite: str, case: Json, number: int) -> str | None:
    label = f"FAILED {suite}/{case.get('id', number) if isinstance(case, Mapping) else number}"
    adapter = SUITES.get(suite)
    if adapter is None:
        return f"{label}: unknown suite, got '{suite}' want one of {', '.join(sorted(SUITES))}"
    faults: list[tuple[str, Json, Json]] = []
    with contained() as outcome:  # a case that cannot be read or run is a failed case
        tolerance = case["tolerance"]
        absolute, relative = float(tolerance["abs"]), float(tolerance["rel"])
        expected = case["expected"]
        answer = adapter(case["input"])
        faults = list(differences(answer, expected, absolute, relative))
    if outcome.fault is not None:
        return f"{label}: cannot be read: {outcome.fault!r}"
    if not faults:
        return None
    key, got, want = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{label}: {key} got {got} want {want}{more}"


def differences(
    got: Json, want: Json, absolute: float, relative: float, key: str = ""
) -> Iterator[tuple[str, Json, Json]]:
    """Where an answer differs from what is expected, as (key, got, want).

    Numbers agree within ``absolute + relative * |want|``. In maps a missing number counts as 0 and further keys are
    ignored; a key ``name_exact`` holds a fraction for ``name``. Lists must have equal length; lists of walks are
    compared by their sorted shares, and the walk itself where its share occurs once.
    """
    if isinstance(want, Mapping):
        if not isinstance(got, Mapping):
            yield key, got, want
            return
        for name, value in want.items():
            inner = f"{key}.{name}" if key else str(name)
            if name.endswith("_exact"):
                exact = _exact(value)
                yield from differences(got.get(name[: -len("_exact")], {}), exact, absolute, relative, inner)
            else:
                yield from differences(got.get(name, _empty(value)), value, absolute, relative, inner)
    elif isinstance(want, list):
        if not isinstance(got, Sequence) or len(got) != len(want):
            yield key, got, want
            return
        if want and all(isinstance(w, Mapping) and "walk" in w for w in want):
            got, want = _walks(got, want, absolute, relative)
        for k, (one, other) in enumerate(zip(got, want, strict=True)):
            yield from differences(one, other, absolute, relative, f"{key}[{k}]")
    elif not _agree(got, want, absolute, relative):
        yield key, got, want


def _agree(got: Json, want: Json, absolute: float, relative: float) -> bool:
    if isinstance(want, bool | str) or want is None:
        return type(got) is type(want) and bool(got == want)
    if isinstance(got, bool) or not isinstance(got, int | float):
        return False
    return bool(abs(got - want) <= absolute + relative * abs(want))


def _empty(want: Json) -> Json:
    """What a missing key counts as."""
    if isinstance(want, Mapping):
        return {}
    return 0 if isinstance(want, int | float) and not isinstance(want, bool) else None


def _exact(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _exact(v) for name, v in value.items()}
    if isinstance(value, list):
        return [_exact(v) for v in value]
    return float(Fraction(value)) if isinstance(value, str) else value


def _walks(
    got: Sequence[Json], want: Sequence[Json], absolute: float, relative: float
) -> tuple[list[Json], list[Json]]:
    """Both lists by falling share; the walk is dropped where its share is not unique."""
    got = sorted(got, key=lambda w: (-w["share"], w["walk"]))
    want = sorted(want, key=lambda w: (-w["share"], w["walk"]))
    shares = [w["share"] for w in want]
    # Walks beyond the listed ones may tie with the last; what counts as one share is the tolerance.
    kept: list[Json] = []
    for k, walk in enumerate(want):
        near = 2.0 * (absolute + relative * abs(shares[k]))
        alone = all(abs(s - shares[k]) > near for i, s in enumerate(shares) if i != k)
        kept.append(walk if alone else {n: v for n, v in walk.items() if n != "walk"})
    return list(got), kept
