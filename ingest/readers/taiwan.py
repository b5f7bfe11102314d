"""Default of credit card clients (Taiwan 2005, Yeh & Lien, UCI 350, CC BY 4.0): six months of bills and payments.

The wide row of a client becomes bills and payments. The months run from April to September; ``pay_0`` (September) to
``pay_6`` (April) say how many months a client was behind: so the bill of a month is paid in the first later month in
which the client is less far behind than the bill is old. Days are stand-ins: due on the 20th of the next month, paid
then or, when late, on the 25th. Amounts are card bills in NT$, here multiplied by a declared rate: behaviour, not
electricity. Sex, education, marriage and age are left out (no protected attribute enters a score), the label too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice

from ingest.readers import BadRow, Opened, Request, Row
from ingest.readers.published import options, packed_table
from terms.errors import KehutuError
from terms.texts import Texts

MONTHS = ("2005-04", "2005-05", "2005-06", "2005-07", "2005-08", "2005-09")
_STATUS = ("pay_6", "pay_5", "pay_4", "pay_3", "pay_2", "pay_0")  # April first; there is no pay_1
_BILLED = tuple(f"bill_amt{i}" for i in range(6, 0, -1))
_PAID = tuple(f"pay_amt{i}" for i in range(6, 0, -1))
_NEEDED = ("id", *_STATUS, *_BILLED, *_PAID)

TABLES: dict[str, tuple[str, ...]] = {
    "clients": ("client",),
    "bills": ("bill_no", "client", "period", "amount", "due_on", "paid_on"),
    "payments": ("payment_no", "client", "amount", "paid_on"),
}
_OPTIONS = {"rate": "0.25", "first": "0"}


def read(request: Request) -> Opened:
    """One table: ``clients``, ``bills`` or ``payments``.

    Options: ``rate`` (yuan for a NT$, 0.25), ``first`` (only that many clients, 0 = all).

    Raises:
        KehutuError: ``READER_TABLE_UNKNOWN``, ``READER_OPTION_UNKNOWN``, ``READER_OPTION_INVALID``,
            ``FILE_MISSING``, ``FILE_UNREADABLE``, ``FILE_COLUMNS_MISSING``.
    """
    chosen = options("taiwan", request, _OPTIONS)
    table = request.table or ""
    if table not in TABLES:
        raise KehutuError("READER_TABLE_UNKNOWN", reader="taiwan", found=table, known=", ".join(TABLES))
    rate, first = _number(chosen, "rate"), int(_number(chosen, "first"))
    if request.path is None or not request.path.is_file():
        raise KehutuError("FILE_MISSING", file=request.name)
    name, make = request.name, _ROWS[table]
    listed = islice(packed_table(request.path, name, _NEEDED), first or None)

    def rows() -> Iterator[Row | BadRow]:
        for line, client in listed:
            for values in make(client, rate):
                yield Row(name, line, values)

    return Opened(rows=rows(), columns=TABLES[table])


def paid_in(status: list[int], month: int) -> int | None:
    """Month in which the bill of ``month`` is paid, both counted from April; ``None`` = not by September.

    >>> paid_in([0, 0, 0, 0, 0, 0], 2), paid_in([0, 1, 2, 0, 0, 0], 0), paid_in([0, 0, 0, 0, 1, 2], 3)
    (3, 3, None)
    """
    return next((m for m in range(month + 1, len(status)) if status[m] < m - month), None)


def _clients(client: dict[str, str], _rate: Decimal) -> Iterator[dict[str, object]]:
    yield {"client": client["id"]}


def _bills(client: dict[str, str], rate: Decimal) -> Iterator[dict[str, object]]:
    status = [int(client[column]) for column in _STATUS]
    for month, period in enumerate(MONTHS):
        amount = Decimal(client[_BILLED[month]])
        if amount <= 0:
            continue  # nothing to pay, or a credit
        settled = paid_in(status, month)
        paid_on = ""
        if settled is not None:
            paid_on = f"{MONTHS[settled]}-{20 if settled == month + 1 else 25}"
        yield {
            "bill_no": f"{client['id']}-{period}",
            "client": client["id"],
            "period": period,
            "amount": str((amount * rate).quantize(Decimal("0.01"))),
            "due_on": f"{MONTHS[month + 1]}-20" if month + 1 < len(MONTHS) else "2005-10-20",
            "paid_on": paid_on,
        }


def _payments(client: dict[str, str], rate: Decimal) -> Iterator[dict[str, object]]:
    for month, period in enumerate(MONTHS):
        amount = Decimal(client[_PAID[month]])
        if amount > 0:
            yield {
                "payment_no": f"{client['id']}-{period}",
                "client": client["id"],
                "amount": str((amount * rate).quantize(Decimal("0.01"))),
                "paid_on": f"{period}-20",
            }


_ROWS: dict[str, Callable[[dict[str, str], Decimal], Iterator[dict[str, object]]]] = {
    "clients": _clients,
    "bills": _bills,
    "payments": _payments,
}


def _number(chosen: dict[str, str], option: str) -> Decimal:
    try:
        value = Decimal(chosen[option])
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        raise KehutuError(
            "READER_OPTION_INVALID",
            reader="taiwan",
            option=option,
            found=chosen[option],
            expected=Texts("a number from 0 on is expected", "应为不小于 0 的数"),
        )
    return value
