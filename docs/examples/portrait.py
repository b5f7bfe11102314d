"""A portrait over HTTP with the types of its answer: ``python docs/examples/portrait.py URL CUSTOMER``."""

from __future__ import annotations

import sys
from typing import TypedDict, cast

import httpx

QUERY = """query Portrait($id: ID!) {
  customer(id: $id) {
    id
    name
    bills(first: 3) { totalCount edges { node { period amount { fen currency } paidOn } } }
    risk { score expectedLoss { fen currency } }
  }
}"""


class Money(TypedDict):
    fen: int
    currency: str


class Bill(TypedDict):
    period: str | None
    amount: Money | None
    paidOn: str | None


class BillEdge(TypedDict):
    node: Bill


class Bills(TypedDict):
    totalCount: int
    edges: list[BillEdge]


class Risk(TypedDict):
    score: float
    expectedLoss: Money


class Customer(TypedDict):
    id: str
    name: str | None
    bills: Bills
    risk: Risk | None


class AnswerError(Exception):
    """An error of the API: its code and what to do."""


def portrait(url: str, customer: str, token: str | None = None) -> Customer | None:
    """The portrait of a customer; None where there is none that the asker sees.

    Raises:
        AnswerError: the API says why.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    asked = {"query": QUERY, "variables": {"id": customer}}
    answer = httpx.post(url, json=asked, headers=headers, timeout=30).json()
    for error in answer.get("errors", ()):
        told = error.get("extensions", {})
        raise AnswerError(f"{told.get('code')}: {error['message']} {told.get('remedy', '')}")
    return cast("Customer | None", answer["data"]["customer"])


if __name__ == "__main__":
    found = portrait(*sys.argv[1:])
    if found is None:
        sys.exit("There is no such customer.")
    overdue = [bill["node"] for bill in found["bills"]["edges"] if bill["node"]["paidOn"] is None]
    print(found["name"], f"{len(overdue)} of its last {len(found['bills']['edges'])} bills are unpaid")
