"""New homes that load the same rows in another order have equal runs, to the byte.

They have one secret key: addresses are known by hashes under it, so with other keys their ids differ.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from ledger import runs
from ledger.columns import FOLDER
from ledger.files import KEY
from services.analysis import analyse
from services.loading import ingest, project
from services.settings import settings
from services.site import open_site

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}, industry: industry}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: {const: organisation}, phone: phone}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
      - relation: LIVES_AT
        from: {Customer: {customerNo: customerNo}}
        to: {Address: {text: address}}
  - name: guarantees
    path: guarantees.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: guarantor}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""
PARTIES = 36


def rows() -> dict[str, list[str]]:
    """Lines of each file, the header first: three groups that guarantee each other, and customers."""
    draw = np.random.default_rng(22)
    codes = [f"91330100MA2SHUF{at:02}X" for at in range(PARTIES)]
    enterprises = [
        f"{code},Works {at},{800 + at},{'textile' if at % 3 else 'food'}" for at, code in enumerate(codes)
    ]
    guarantees = []
    for line in range(4 * PARTIES):
        group = int(draw.integers(0, 3))
        ends = draw.choice(PARTIES // 3, 2, replace=False) * 3 + group
        other = int(draw.integers(0, PARTIES)) if line % 9 == 0 else int(ends[1])
        if other != ends[0]:
            guarantees.append(f"G{line},{codes[ends[0]]},{codes[other]},{int(draw.integers(50, 900))}")
    customers = [
        f"44000000{at:02},Works {at % PARTIES},0571-888800{at % 7:02},{codes[at % PARTIES]},{at % 11} West Road"
        for at in range(PARTIES + 12)
    ]
    return {
        "enterprises": ["code,name,netAssets,industry", *enterprises],
        "customers": ["customerNo,name,phone,code,address", *customers],
        "guarantees": ["line,guarantor,borrower,amount", *guarantees],
    }


def run_of(folder: Path, seed: int | None) -> dict[str, bytes]:
    """The files of the run of a new home, rows and sources in an order of their own; None: as they stand."""
    manifest = yaml.safe_load(MANIFEST)
    draw = np.random.default_rng(seed)
    folder.mkdir()
    for name, (head, *lines) in rows().items():
        order = range(len(lines)) if seed is None else draw.permutation(len(lines)).tolist()
        (folder / f"{name}.csv").write_text(
            "\n".join([head, *(lines[at] for at in order)]) + "\n", encoding="utf-8"
        )
    if seed is not None:
        manifest["sources"] = [manifest["sources"][at] for at in draw.permutation(3).tolist()]
    (folder / "site.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
    home = settings(home=folder / "home")
    (folder / "home" / "ledger").mkdir(parents=True)
    key = folder / "home" / "ledger" / KEY
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    ingest(home, folder / "site.yaml")
    with open_site(home) as site:
        project(site)
        analyse(site)
        run = runs.current(site.ledger)
    files = {file.name: file.read_bytes() for file in sorted((folder / "home" / FOLDER / run.id).iterdir())}
    return {"id": run.id.encode(), **files}


@pytest.mark.parametrize("homes", [2, pytest.param(20, marks=pytest.mark.long)])
def test_new_homes_from_shuffled_input_have_equal_bytes(tmp_path: Path, homes: int) -> None:
    expected = run_of(tmp_path / "as it stands", None)
    assert {
        "communities.parquet",
        "community_traits.parquet",
        "customer_communities.parquet",
    } <= expected.keys()
    for seed in range(homes):
        found = run_of(tmp_path / str(seed), seed)
        assert found.keys() == expected.keys()
        assert [name for name in found if found[name] != expected[name]] == []
