"""LDBC FinBench snapshots: persons, companies, who guarantees for whom, who invests in whom, and loans.

A folder of ``|``-separated tables (``.csv`` or ``.csv.gz``). Published benchmark data of LDBC's generator (Apache-2.0),
no real people. Three tables meet here for the guarantees, which carry no amount: ``amount`` is a stand-in, the
borrower's loan balance divided by its guarantors, absent where the borrower has no loan; a mapping marks it as proxy.
Accounts, transfers, deposits and media have no place in the model; the notice of the first table names them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from ingest.readers import Opened, Request, Row
from ingest.readers.published import options, packed_table
from terms.errors import KehutuError

Line = dict[str, str]
Values = dict[str, object]

NOT_MAPPED = (
    "Account",
    "AccountRepayLoan",
    "AccountTransferAccount",
    "AccountWithdrawAccount",
    "CompanyOwnAccount",
    "LoanDepositAccount",
    "Medium",
    "MediumSignInAccount",
    "PersonOwnAccount",
)
_SHARE_DIGITS = 15


def read(request: Request) -> Opened:
    """One table of ``request.path``, a folder: see ``TABLES``.

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``, ``FILE_MISSING``, ``FILE_UNREADABLE``,
            ``FILE_COLUMNS_MISSING``.
    """
    options("finbench", request, {})
    table = request.table or ""
    if table not in TABLES:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="finbench", found=table, known=", ".join(TABLES))
    if request.path is None or not request.path.is_dir():
        raise KehutuError("FILE_MISSING", file=request.name)
    columns, rows = TABLES[table]
    snapshot = _Snapshot(request.path, request.name)
    name = f"{request.name}#{table}"
    opened = Opened(
        rows=(Row(name, number, values) for number, values in enumerate(rows(snapshot), start=1)),
        columns=columns,
    )
    if table == "persons":
        there = [t for t in NOT_MAPPED if snapshot.find(t) is not None]
        if there:
            opened.notices.add("NOTICE_NOT_MAPPED", source=request.name, tables=", ".join(there))
    return opened


class _Snapshot:
    """The tables of a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name

    def find(self, table: str) -> Path | None:
        """Its file, packed or not."""
        files = (self._folder / f"{table}.csv", self._folder / f"{table}.csv.gz")
        return next((file for file in files if file.is_file()), None)

    def rows(self, table: str, *columns: str) -> Iterator[Line]:
        path = self.find(table)
        if path is None:
            raise KehutuError("FILE_MISSING", file=f"{self._name}/{table}.csv.gz")
        name = f"{self._name}/{path.name}"
        return (row for _, row in packed_table(path, name, columns, delimiter="|"))


def _parties(table: str, prefix: str) -> Callable[[_Snapshot], Iterator[Values]]:
    def rows(snapshot: _Snapshot) -> Iterator[Values]:
        for row in snapshot.rows(table, f"{prefix}Id", f"{prefix}Name", "isBlocked", "createTime"):
            yield {
                "id": row[f"{prefix}Id"],
                "name": row[f"{prefix}Name"],
                "status": "blocked" if row["isBlocked"] == "true" else "active",
                "since": row["createTime"][:10],
            }

    return rows


def _guarantees(kind: str) -> Callable[[_Snapshot], Iterator[Values]]:
    table = f"{kind}Guarantee{kind}"

    def rows(snapshot: _Snapshot) -> Iterator[Values]:
        balance = _balances(snapshot, kind)
        listed = list(snapshot.rows(table, "fromId", "toId", "createTime"))
        guarantors = Counter(row["toId"] for row in listed)
        for row in listed:
            owed = balance.get(row["toId"])
            yield {
                "id": _row_id(row, "fromId", "toId"),
                "guarantor": row["fromId"],
                "borrower": row["toId"],
                "amount": None if owed is None else _cents(owed / guarantors[row["toId"]]),
                "since": row["createTime"][:10],
            }

    return rows


def _balances(snapshot: _Snapshot, kind: str) -> dict[str, Decimal]:
    """What each party of a kind still owes on its loans; parties without loan are absent."""
    loans = {row["loanId"]: Decimal(row["balance"]) for row in snapshot.rows("Loan", "loanId", "balance")}
    owed: dict[str, Decimal] = {}
    id_ = f"{kind.lower()}Id"
    for row in snapshot.rows(f"{kind}ApplyLoan", id_, "loanId"):
        owed[row[id_]] = owed.get(row[id_], Decimal(0)) + loans.get(row["loanId"], Decimal(0))
    return owed


def _investments(kind: str) -> Callable[[_Snapshot], Iterator[Values]]:
    def rows(snapshot: _Snapshot) -> Iterator[Values]:
        for row in snapshot.rows(f"{kind}InvestCompany", "investorId", "companyId", "ratio", "createTime"):
            yield {
                "id": _row_id(row, "investorId", "companyId"),
                "investor": row["investorId"],
                "company": row["companyId"],
                "share": round(float(row["ratio"]), _SHARE_DIGITS),
                "since": row["createTime"][:10],
            }

    return rows


def _loans(kind: str) -> Callable[[_Snapshot], Iterator[Values]]:
    id_ = f"{kind.lower()}Id"

    def rows(snapshot: _Snapshot) -> Iterator[Values]:
        loans = {row["loanId"]: row for row in snapshot.rows("Loan", "loanId", "loanAmount", "balance")}
        for row in snapshot.rows(f"{kind}ApplyLoan", id_, "loanId", "createTime"):
            loan = loans.get(row["loanId"], {})
            yield {
                "loan_no": row["loanId"],
                "party": row[id_],
                "amount": _cents(Decimal(loan["loanAmount"])) if loan else None,
                "balance": _cents(Decimal(loan["balance"])) if loan else None,
                "since": row["createTime"][:10],
            }

    return rows


def _cents(amount: Decimal) -> str:
    """The benchmark has a dozen decimals; money has two."""
    return str(amount.quantize(Decimal("0.01")))


def _row_id(row: Line, *ends: str) -> str:
    """The benchmark gives its relations no number: ends and moment tell them apart."""
    return " ".join((*(row[end] for end in ends), row["createTime"]))


_PARTY = ("id", "name", "status", "since")
_GUARANTEE = ("id", "guarantor", "borrower", "amount", "since")
_INVESTMENT = ("id", "investor", "company", "share", "since")
_LOAN = ("loan_no", "party", "amount", "balance", "since")

TABLES: dict[str, tuple[tuple[str, ...], Callable[[_Snapshot], Iterable[Values]]]] = {
    "persons": (_PARTY, _parties("Person", "person")),
    "companies": (_PARTY, _parties("Company", "company")),
    "company_guarantees": (_GUARANTEE, _guarantees("Company")),
    "person_guarantees": (_GUARANTEE, _guarantees("Person")),
    "company_investments": (_INVESTMENT, _investments("Company")),
    "person_investments": (_INVESTMENT, _investments("Person")),
    "company_loans": (_LOAN, _loans("Company")),
    "person_loans": (_LOAN, _loans("Person")),
}
"""Table -> its columns and its rows."""
