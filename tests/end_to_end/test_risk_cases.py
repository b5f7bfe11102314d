"""The small sites beside the checkout whose answers can be computed by hand: each is loaded as it lies there."""

from __future__ import annotations

import json
from math import log
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner
from scipy.stats import norm

from cli.main import main

CASES: Final = Path(__file__).parents[3] / "shared" / "cases" / "risk"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not there: {CASES}")

FIRM = "91330100MA2TINY00"


def run(home: Path, *words: str) -> Any:
    answer = CliRunner().invoke(main, [*words, "--json", "--home", str(home)])
    assert answer.exit_code == 0, (words, answer.output, answer.exception)
    return json.loads(answer.stdout)


def shown(home: Path, *words: str) -> str:
    """What a person reads."""
    answer = CliRunner().invoke(main, [*words, "--home", str(home)])
    assert answer.exit_code == 0, (words, answer.output, answer.exception)
    return answer.stdout


def analysed(case: str, home: Path) -> Any:
    run(home, "ingest", str(CASES / case / "site.yaml"))
    return run(home, "analyse")


def test_a_pair_that_guarantees_each_other_counts_no_failure_twice(tmp_path: Path) -> None:
    analysed("mutual-pair", tmp_path)
    weight = 0.6 * float(norm.cdf(log(3) / 0.8))
    first, second = (run(tmp_path, "trace", f"{FIRM}{name}") for name in "PQ")
    assert first["score"] == pytest.approx(1 / 24, rel=1e-9)
    assert second["score"] == pytest.approx(weight / 24, rel=1e-9)
    assert (first["raw"], first["ownRecord"], second["ownRecord"]) == (
        first["score"],
        pytest.approx(1 / 24),
        0.0,
    )
    group = first["group"]
    assert group["id"] == second["group"]["id"]
    assert [edge["node"]["name"] for edge in group["members"]["edges"]] == ["Pair one", "Pair two"]
    assert group["anyFails"] == pytest.approx(1 / 24, rel=1e-9)
    assert group["allFail"] == pytest.approx(weight / 24, rel=1e-9)
    assert group["failuresIfAny"] == pytest.approx(1 + weight, rel=1e-9)
    assert [edge["node"]["share"] for edge in group["firstMovers"]["edges"]] == pytest.approx([1.0, 0.0])
    # Released from its guarantee for the first, the second keeps its own record: 0.
    [released, kept] = [edge["node"] for edge in group["releases"]["edges"]]
    assert (released["guarantor"]["name"], released["borrower"]["name"]) == ("Pair two", "Pair one")
    assert (released["allFail"], released["failuresIfAny"]) == (0.0, 1.0)
    assert released["effect"] == second["expectedLoss"]
    assert kept["effect"]["fen"] == 0
    assert first["sampling"] is None
    [circle] = [edge["node"] for edge in run(tmp_path, "circles")["edges"]]
    assert circle["risk"] == group
    text = shown(tmp_path, "trace", f"{FIRM}Q")
    assert "Chance of failing within 12 months: 2.3 % (own record alone 0.0 %)" in text
    assert (
        "Group of 2 (Pair one, Pair two): at least one fails 4.2 %, both 2.3 %; if one fails, 1.5 of 2"
        in text
    )
    assert "100.0 %  Pair one fails and the guarantee breaks Pair two" in text


def test_paying_two_bills_leaves_what_the_other_customer_of_the_party_is_known_for(tmp_path: Path) -> None:
    analysed("two-customers", tmp_path)
    weight = 0.6 * float(norm.cdf(log(2) / 0.8))
    answer = run(tmp_path, "what-if", "--settle", f"{FIRM}A")
    hits = {edge["node"]["party"]["name"]: edge["node"] for edge in answer["hits"]["edges"]}
    # Three late bills of twelve: what the two unpaid ones add is less.
    assert (hits["Debtor"]["before"], hits["Debtor"]["after"]) == pytest.approx((3 / 24, 3 / 24))
    assert "Guar" not in hits or hits["Guar"]["after"] == pytest.approx(3 / 24 * weight)
    folder = tmp_path / "paid"
    folder.mkdir()
    manifest = (CASES / "two-customers" / "site.yaml").read_text(encoding="utf-8")
    bills = manifest[manifest.index("  - name: bills") :].split("\n  - name: ")
    (folder / "site.yaml").write_text(
        "sources:\n" + bills[0] + "\n  - name: ".join(["", *bills[1:0]]), encoding="utf-8"
    )
    unpaid = (CASES / "two-customers" / "bills.csv").read_text(encoding="utf-8").splitlines()
    paid = [line + "2026-03-31" if line.endswith(",") else line for line in unpaid]
    (folder / "bills.csv").write_text("\n".join(paid) + "\n", encoding="utf-8")
    run(tmp_path, "ingest", str(folder / "site.yaml"))
    run(tmp_path, "analyse")
    after = run(tmp_path, "trace", f"{FIRM}A")
    assert after["score"] == pytest.approx(hits["Debtor"]["after"], abs=1e-9)


def test_a_chance_that_nearly_vanishes_is_answered(tmp_path: Path) -> None:
    report = analysed("underflow", tmp_path)
    assert report["risk"]["worstBound"] <= 1e-9
    for name in "AXYPQ":
        answer = run(tmp_path, "trace", f"{FIRM}{name}")
        assert 0.0 <= answer["score"] <= 1.0
        text = shown(tmp_path, "trace", f"{FIRM}{name}")
        assert "─ 0.00 yuan" not in text
        assert "e-" not in text
    assert run(tmp_path, "trace", f"{FIRM}P")["expectedLoss"]["fen"] == 0
    assert run(tmp_path, "trace", f"{FIRM}P")["score"] < 1e-9
