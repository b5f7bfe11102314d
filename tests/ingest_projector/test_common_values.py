"""A value that tens of thousands of records state makes no entity of them, and is said to identify nobody."""

from __future__ import annotations

import pytest

from graph.blocks import StoreReader
from graph.seen_queries import count_entities
from graph.state import prepare
from graph.store import Store
from graph.write import wipe
from ingest.judgements.why import COMMON, why
from ingest.judgements.why_text import why_text
from ingest.projection.projector import catch_up
from ledger.database import Ledger
from ledger.records import append
from tests.ingest_projector.material import SCHEMA, START, node, row


@pytest.mark.parametrize("many", [10_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_a_telephone_number_of_everybody_joins_nobody(
    embedded_store: Store, ledger: Ledger, many: int
) -> None:
    wipe(embedded_store)
    prepare(embedded_store, SCHEMA, ledger.id)
    rows = [
        row(f"visits/{i}", node("Customer", f"customer:{i:010}", name=f"客户{i}", phone="13800000000"))
        for i in range(many)
    ]
    append(ledger, rows, recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    counted = count_entities(StoreReader(embedded_store), type="Customer")
    assert counted is not None
    assert counted.count == many
    answer = why(ledger, SCHEMA, "customer:0000000001", "customer:0000009999")
    assert not answer.same
    (phone,) = answer.shared
    assert (phone.property, phone.stated, phone.common) == ("phone", many, True)
    assert f"{many:,} records state it: it identifies nobody" in why_text(answer)
    assert f"共有 {many:,} 条记录写明该值" in why_text(answer, "zh")


def test_a_value_of_a_few_is_evidence(ledger: Ledger, embedded_store: Store) -> None:
    wipe(embedded_store)
    prepare(embedded_store, SCHEMA, ledger.id)
    first = row("visits/0", node("Customer", "customer:0000000000", name="王芳", phone="138 0000 0001"))
    others = [
        row(f"visits/{i}", node("Customer", f"customer:{i:010}", name="王芳", phone="13800000001"))
        for i in range(1, COMMON)
    ]
    append(ledger, [first, *others], recorded_at=START)
    catch_up(ledger, embedded_store, SCHEMA)
    name, phone = why(ledger, SCHEMA, "customer:0000000000", "customer:0000000001").shared
    assert (name.property, name.stated, name.common) == ("name", 2, False)
    assert (phone.property, phone.stated, phone.common) == ("phone", COMMON, False)
    more = others[0]._replace(record_id="more")
    append(ledger, [more], recorded_at=START)
    assert why(ledger, SCHEMA, "customer:0000000000", "customer:0000000001").shared[1].common
