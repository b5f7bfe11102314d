"""A synthetic site with two and a half years of bills: enterprises that guarantee each other and stop paying in turn.

Who defaults in a year is drawn from the model's own forecast with parameters of ``TRUTH``, so a fit can be checked.
Everything is invented and small: 320 enterprises, one customer each.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from algorithms.risk.fitting import Case, failing
from algorithms.risk.parameters import GUARANTEE, TRADE_CREDIT, RiskParameters
from algorithms.risk.weights import EvidenceEdges, MoneyEdges

FIRMS, LINKS = 320, 900
TRUTH = RiskParameters(called=0.9, rho_trade_credit=0.2, sigma=0.4)
PERIODS = np.arange("2023-06", "2026-01", dtype="datetime64[M]")
YEARS = (7, 19)
"""Positions in ``PERIODS`` of the months of the two cut-offs, 2024-01-05 and 2025-01-05."""
SEEDS = 20

MANIFEST = """
sources:
  - name: registry
    path: enterprises.csv
    channel: business-registry
    recordId: code
    observedAt: 2026-01-05
    mapping:
      - node: Enterprise
        key: {creditCode: code}
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: {const: organisation}}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: code}}
      - relation: HAS_ACCOUNT
        from: {Customer: {customerNo: customerNo}}
        to: {Account: {accountNo: accountNo}}
  - name: bills
    path: bills.csv
    channel: marketing
    recordId: billNo
    observedAt: 2026-01-05
    mapping:
      - node: Bill
        key: {billNo: billNo}
        set: {period: period, amount: amount, dueOn: dueOn, paidOn: paidOn}
      - relation: BILLED
        from: {Account: {accountNo: accountNo}}
        to: {Bill: {billNo: billNo}}
  - name: guarantees
    path: guarantees.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-01-05
    mapping:
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: creditor}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
  - name: deliveries
    path: trade.csv
    channel: survey
    recordId: line
    observedAt: 2026-01-05
    mapping:
      - relation: SELLS_ON_CREDIT_TO
        from: {Enterprise: {creditCode: creditor}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
"""


def code(firm: int) -> str:
    """The credit code of an enterprise."""
    return f"91330100MA2H{firm:06d}"


def write(folder: Path, seed: int = 3) -> Path:
    """Write the manifest and its files; returns the manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    debtor = rng.integers(0, FIRMS, LINKS)
    creditor = (debtor + rng.integers(1, FIRMS, LINKS)) % FIRMS
    relation = rng.choice([GUARANTEE, TRADE_CREDIT], LINKS)
    net = rng.integers(100, 1000, FIRMS).astype(np.float64)
    amount = np.rint(net[creditor] * rng.lognormal(0.0, 0.7, LINKS)) + 1
    lines = [f"{k},{code(creditor[k])},{code(debtor[k])},{amount[k]:.0f}" for k in range(LINKS)]
    for name, of in (("guarantees", GUARANTEE), ("trade", TRADE_CREDIT)):
        chosen = [line for line, r in zip(lines, relation, strict=True) if r == of]
        (folder / f"{name}.csv").write_text("\n".join(["line,creditor,debtor,amount", *chosen]) + "\n")
    (folder / "enterprises.csv").write_text(
        "code,name,netAssets,customerNo,accountNo\n"
        + "".join(f"{code(k)},Works {k},{net[k]:.0f},{5500000000 + k},H{k}\n" for k in range(FIRMS))
    )
    late, stops = _behaviour(rng, MoneyEdges(debtor, creditor, relation, amount), net)
    rows = []
    for firm in range(FIRMS):
        for at, period in enumerate(PERIODS):
            due = (period + 1).astype("datetime64[D]") + 19
            paid = "" if at >= stops[firm] else str(due + (5 if late[firm, at] else -3))
            paid = "" if paid > "2026-01-05" else paid
            rows.append(f"{firm}-{period},H{firm},{period},{900 + firm}.00,{due},{paid}")
    (folder / "bills.csv").write_text(
        "\n".join(["billNo,accountNo,period,amount,dueOn,paidOn", *rows]) + "\n"
    )
    manifest = folder / "history.yaml"
    manifest.write_text(MANIFEST)
    return manifest


def _behaviour(
    rng: np.random.Generator, money: MoneyEdges, net: np.typing.NDArray[np.float64]
) -> tuple[np.typing.NDArray[np.bool_], np.typing.NDArray[np.int64]]:
    """Which bills are paid late, and from which period on nothing is paid (beyond the end: never)."""
    late = rng.random((FIRMS, len(PERIODS))) < rng.choice([0.0, 0.1], (FIRMS, 1))
    stops = np.full(FIRMS, 99)
    stops[rng.permutation(FIRMS)[:SEEDS]] = 0
    nobody = np.zeros(FIRMS, bool)
    for year in YEARS:
        # On the fifth of January the bill of December is issued and not due: November's is the last that can be late.
        seen = late[:, max(0, year - 12) : year - 1] if year > 12 else late[:, : year - 1]
        own = np.where(stops <= year - 7, 1.0, seen.sum(axis=1) / 24)
        known = Case(money, EvidenceEdges.none(), net, nobody, own, ~nobody, np.zeros(FIRMS, np.int64))
        fails = (rng.random(FIRMS) < failing(known, TRUTH)) & (stops == 99)
        stops[fails] = rng.integers(year - 1, year + 4, int(fails.sum()))
    return late, stops
