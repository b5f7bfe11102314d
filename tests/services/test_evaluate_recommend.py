"""``kehutu evaluate recommend`` on small worlds whose answer is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from cli.main import main

SERVICES = ["audit", "charger", "lease", "repair", "solar", "tariff"]


def world(folder: Path, *, signal: bool, n: int = 400, timed: bool = False) -> list[str]:
    """Customers of six sizes; with a signal each size prefers two services. Six columns say nothing: classes by all
    columns hang on them, trees need not."""
    generator = np.random.default_rng(7)
    size = generator.integers(0, 6, n)
    chance = np.full((n, 6), 0.25)
    if signal:
        chance[np.arange(n), size] = 0.95
        chance[np.arange(n), (size + 1) % 6] = 0.7
    owned = generator.random((n, 6)) < chance
    price = owned @ np.array([5.0, 12, 7, 3, 20, 9]) + generator.normal(0, 0.3, n)
    months = generator.integers(2, 50, n)
    rows = ["customer,service" + (",time" if timed else "")]
    for i, k in zip(*np.nonzero(owned), strict=True):
        day = f"2026-{1 + generator.integers(0, 12):02d}-{1 + generator.integers(0, 28):02d}"
        rows.append(f"c{i},{SERVICES[k]}" + (f",{day}" if timed else ""))
    rows += ["c1,gone-from-the-catalogue" + (",2026-01-01" if timed else ""), f",{SERVICES[0]}" + "," * timed]
    (folder / "interactions.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "catalogue.csv").write_text("service\n" + "\n".join(SERVICES) + "\n", encoding="utf-8")
    noise = generator.normal(0, 1, (n, 6)).round(3)
    columns = ["customer,size,months,monthly,total,has_solar,gender,a,b,d,e,f,g"]
    columns += [
        f"c{i},{10 * size[i] + i % 7},{months[i]},{price[i]:.2f},{price[i] * months[i]:.2f},"
        f"{'yes' if owned[i, 4] else 'no'},{'m' if i % 2 else 'f'},{','.join(map(str, noise[i]))}"
        for i in range(n)
    ]
    (folder / "customers.csv").write_text("\n".join(columns) + "\n", encoding="utf-8")
    return [
        *("evaluate", "recommend", "--interactions", str(folder / "interactions.csv")),
        *("--catalogue", str(folder / "catalogue.csv"), "--customers", str(folder / "customers.csv")),
    ]


def run(words: list[str]) -> Result:
    return CliRunner().invoke(main, words)


def told(words: list[str]) -> dict[str, Any]:
    return dict(json.loads(run(words).stdout))


def test_a_world_with_a_signal_is_better_than_every_simple_forecast(tmp_path: Path) -> None:
    words = world(tmp_path, signal=True)
    result = run(words)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["verdict"] == "better"
    assert found["hidden"] == "drawn"
    assert [one["name"] for one in found["baselines"]] == ["popularity", "item-item", "class mean"]
    for difference, simple in zip(found["differences"], found["baselines"], strict=True):
        assert difference["against"] == simple["name"]
        assert difference["value"] == pytest.approx(found["ndcg3"] - simple["ndcg3"])
        low, high = difference["interval"]
        assert 0 < low <= difference["value"] <= high
    reasons = {one["column"]: one["reason"] for one in found["excluded"]}
    assert set(reasons) == {"gender", "has_solar", "monthly", "total"}
    assert "solar" in reasons["has_solar"]
    assert reasons["total"].startswith("over 'months'")
    assert found["leftOut"] == {"row without customer or service": 1, "service not in the catalogue": 1}
    assert told(words) == found


def test_a_world_without_a_signal_is_not_better(tmp_path: Path) -> None:
    result = run(world(tmp_path, signal=False))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["verdict"] == "not better"


def test_with_times_the_last_service_is_hidden(tmp_path: Path) -> None:
    words = world(tmp_path, signal=True, n=300, timed=True)
    found = told(words)
    assert found["hidden"] == "last"
    file = tmp_path / "interactions.csv"
    head, *rows = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    assert told(words) == found


def test_without_columns_of_customers_the_class_is_left_out(tmp_path: Path) -> None:
    found = told(world(tmp_path, signal=True, n=200)[:-2])
    assert [one["name"] for one in found["baselines"]] == ["popularity", "item-item"]
    assert found["excluded"] == []


def test_what_cannot_be_judged_is_refused(tmp_path: Path) -> None:
    words = world(tmp_path, signal=True, n=12)
    few = run(words)
    assert (few.exit_code, "RECOMMEND_TOO_FEW" in few.output) == (1, True)
    words = world(tmp_path, signal=True, n=100)
    customers = tmp_path / "customers.csv"
    with customers.open("a", encoding="utf-8") as file:
        file.write("c3,1,3,10,30,no,m,0,0,0,0,0,0\n")
    twice = run(words)
    assert (twice.exit_code, "RECOMMEND_CUSTOMER_TWICE" in twice.output) == (2, True)
    (tmp_path / "catalogue.csv").write_text("name\naudit\n", encoding="utf-8")
    missing = run(words)
    assert (missing.exit_code, "CREDIT_COLUMN_MISSING" in missing.output) == (2, True)
