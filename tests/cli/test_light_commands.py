"""A short command loads what it needs and no more: most of its time is spent on loading."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PACKAGES = frozenset(
    {
        "annotated_types",
        "click",
        "cython_runtime",
        "cloudpickle",
        "dotenv",
        "neo4j",
        "numpy",
        "orjson",
    }
    | {"pydantic", "pydantic_core", "pydantic_settings", "pygments", "rich", "ruamel"}
    | {"sqlalchemy", "structlog", "typing_extensions", "typing_inspection"}
)
"""What settings, store, ledger and terminal need: each of them is worth the time that it takes."""

LIGHT = ("search", "show", "neighbours", "why")
"""Commands that answer from store and ledger alone."""

HEAVY = frozenset(
    {
        "api",
        "services.analysis",
        "services.arrears",
        "services.exposure",
        "services.learning",
        "services.live",
    }
    | {"services.loading", "services.risk", "services.runs.tables", "services.whole_graph", "algorithms"}
    | {
        "ingest.bulk",
        "ingest.loads.load",
        "ingest.manifests.manifest",
        "ingest.projection.projector",
        "ingest.readers.excel",
    }
)
"""What loads, computes or serves: an answer from store and ledger needs none of it."""

NEVER = frozenset(
    {
        "pandas",
        "strawberry",
        "graphql",
        "fastapi",
        "uvicorn",
        "numba",
        "scipy",
        "sklearn",
        "igraph",
        "typst",
        "api",
    }
    | {"ingest.bulk", "ingest.projection.projector", "services.whole_graph"}
)
"""What no command may load that only asks, not even where it computes: kernels are loaded when they are called."""

ASKING = (
    "owners",
    "circles",
    "clusters",
    "grid_trace",
    "history",
    "losses",
    "paths",
    "related",
    "trace",
    "what_if",
)


def loaded(*commands: str) -> set[str]:
    """The modules that commands load before they do anything, in a process of its own."""
    imports = ", ".join(f"cli.{command}" for command in commands)
    code = f"import json, sys, cli.main, {imports}; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize("command", LIGHT)
def test_a_light_command_loads_only_what_its_answer_needs(command: str) -> None:
    modules = loaded(command)
    ours = {"algorithms", "api", "cli", "graph", "ingest", "ledger", "services", "terms"}
    packages = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names - ours
    assert {name for name in packages if not name.startswith("_")} <= PACKAGES
    assert modules.isdisjoint(HEAVY)
    assert "services.site" in modules


def test_owners_are_looked_up_without_the_model_of_risk() -> None:
    risk = {
        "services.risk",
        "services.exposure",
        "services.live",
        "services.loading",
        "algorithms.risk.propagation",
    }
    assert loaded("owners").isdisjoint(risk | {"numba", "scipy", "pypinyin", "opencc"})


def test_commands_that_ask_load_neither_what_serves_nor_what_writes() -> None:
    assert loaded(*ASKING).isdisjoint(NEVER)


def test_the_driver_takes_and_gives_plain_values_without_pandas() -> None:
    code = (
        "import sys; from graph.driver import neo4j; assert 'pandas' not in sys.modules; "
        "import pandas, pyarrow; print(neo4j.GraphDatabase.__name__, pandas.DataFrame({'a': [1]}).a.sum())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "GraphDatabase 1\n"


def test_arrays_are_made_without_pandas_until_somebody_works_with_it() -> None:
    code = (
        "import sys; from terms.arrow import look_for_pandas, pa; pa.array([1.5, None]); pa.table({'a': ['b']}); "
        "assert 'pandas' not in sys.modules; look_for_pandas(); import pandas; "
        "print(pa.array(pandas.Series([1.5, None])).null_count, pa.table({'a': [1]}).to_pandas().shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "1 (1, 1)\n"
