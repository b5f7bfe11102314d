"""The features of a customer's own record, declared once: unit, window, what a missing one means, and why it is there.

Nothing here looks at neighbours (distress that travels is counted by propagation, docs/science.md) or at a protected
attribute (``protected.py``). What may change without leaving a date, such as the way of payment, is left out: it
could not be known as of an earlier day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "days", "bills", "months", "yuan", "ratio", "years", "text"]


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature. ``missing``: when it has no value. ``why``: the reason to look at it."""

    unit: Unit
    window: str
    missing: str
    why: str
    en: str
    zh: str


_NO_DUE = "no bill has fallen due yet"
_FEW = "fewer than two bills"
_NOT_ENTERPRISE = "no enterprise behind the customer, or nothing reported by the cut-off"

FEATURES: dict[str, Feature] = {
    "late_share": Feature(
        "share", "last 12 bills due", _NO_DUE, "who paid late pays late",
        "late among the last twelve bills", "最近12期账单逾期占比",
    ),
    "late_share_recent": Feature(
        "share", "last 3 bills due", _NO_DUE, "the newest bills say most",
        "late among the last three bills", "最近3期账单逾期占比",
    ),
    "delay_mean": Feature(
        "days", "last 12 bills due", _NO_DUE, "how late, not only how often; below 0 = before the last day",
        "mean days between last day to pay and payment", "平均缴费延迟天数",
    ),
    "delay_recent": Feature(
        "days", "last 3 bills due", _NO_DUE, "whether the delay grows",
        "the same over the last three bills", "最近3期平均缴费延迟天数",
    ),
    "delay_longest": Feature(
        "days", "last 12 bills due", _NO_DUE, "one long delay shows what can happen",
        "longest delay of payment", "最长缴费延迟天数",
    ),
    "overdue_bills": Feature(
        "bills", "at the cut-off", "never", "arrears grow from arrears",
        "bills overdue now", "当前逾期账单数",
    ),
    "overdue_days": Feature(
        "days", "at the cut-off", "nothing is overdue", "old arrears are seldom paid",
        "days since the oldest unpaid bill fell due", "最早欠费天数",
    ),
    "overdue_months": Feature(
        "months", "at the cut-off", "no bill of an amount above 0", "arrears in proportion to what is billed",
        "overdue amount in mean monthly bills", "欠费金额相当于月均账单数",
    ),
    "bills_since_late": Feature(
        "bills", "last 12 bills due", "none of them was late", "a late bill long ago says less",
        "bills due since the last late one", "距最近一次逾期的账单期数",
    ),
    "days_since_payment": Feature(
        "days", "at the cut-off", "no bill was ever paid", "who has stopped paying",
        "days since a bill was last paid", "距最近一次缴清天数",
    ),
    "bill_mean": Feature(
        "yuan", "last 12 bills", "no bill", "large bills are harder to carry",
        "mean bill", "平均账单金额",
    ),
    "use_recent": Feature(
        "ratio", "last 3 bills to the last 12", _FEW, "a business that winds down uses less",
        "use of the last three bills to the mean", "近期用电与均值之比",
    ),
    "use_year": Feature(
        "ratio", "last 3 bills to the same months a year before", "no bill a year before",
        "the same without the season", "use compared with the same months a year before", "用电同比",
    ),
    "use_variation": Feature(
        "ratio", "last 12 bills", _FEW, "unsteady use, unsteady income",
        "variation of use", "用电波动系数",
    ),
    "idle_share": Feature(
        "share", "last 12 bills", _FEW, "premises that stand empty forget their bills",
        "months with under a quarter of the usual use", "低用电月份占比",
    ),
    "tenure": Feature(
        "years", "at the cut-off", "the first day of the contract is unknown", "new contracts are less known",
        "years since the contract began", "立户年限",
    ),
    "kind": Feature(
        "text", "fixed", "unknown", "homes and businesses fall behind for different reasons",
        "kind of customer", "客户类别",
    ),
    "business_status": Feature(
        "text", "as reported by the cut-off", _NOT_ENTERPRISE, "a business struck off does not pay",
        "state of the business in its register", "经营状态",
    ),
    "debt_ratio": Feature(
        "ratio", "as reported by the cut-off", _NOT_ENTERPRISE, "liabilities / assets: what is left to lose",
        "asset-liability ratio", "资产负债率",
    ),
}  # fmt: skip
"""By name, in the order in which they are shown."""

FOR_NEXT_BILL: dict[str, Feature] = {
    "next_due_in": Feature(
        "days", "at the cut-off", "no issued bill is open", "a bill whose last day is near and that is unpaid",
        "days until the open bill falls due", "距待缴账单到期天数",
    ),
}  # fmt: skip
"""What the forecast of the next bill looks at besides."""
