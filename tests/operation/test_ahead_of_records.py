"""A graph fits its ledger exactly where the ledger still holds, as it was, the last record that the graph shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from graph.state import StoreState
from graph.store import Store
from ingest.projection.store_matches_ledger import refuse_ahead
from ledger.database import Ledger
from ledger.records import append, since
from terms.errors import KehutuError
from tests.ingest_projector.material import CODES, node, row

AT = datetime(2026, 1, 1, tzinfo=UTC)


@hypothesis_settings(max_examples=40)
@given(
    records=st.integers(0, 4),
    watermark=st.integers(0, 6),
    ahead=st.integers(0, 6),
    other=st.booleans(),
    told=st.booleans(),
)
def test_it_is_refused_where_the_record_is_gone_or_another(
    tmp_path_factory: pytest.TempPathFactory,
    embedded_store: Store,
    records: int,
    watermark: int,
    ahead: int,
    *,
    other: bool,
    told: bool,
) -> None:
    with Ledger.open(tmp_path_factory.mktemp("home")) as ledger:
        for number in range(records):
            named = node("Enterprise", CODES[0], name=f"企业{number}")
            append(ledger, [row(f"visits/{number}", named)], recorded_at=AT + number * timedelta(hours=1))
        kept = {record.seq: record.recorded_at.isoformat() for record in since(ledger, 0, 100)}
        shown_at = kept.get(watermark, AT.isoformat()) if not other else (AT - timedelta(days=1)).isoformat()
        state = StoreState(ledger.id, watermark, ahead or None, 1, recorded_at=shown_at if told else None)
        fits = max(watermark, ahead) <= records and (not watermark or not told or not other)
        if fits:
            refuse_ahead(ledger, embedded_store, state)
        else:
            with pytest.raises(KehutuError) as caught:
                refuse_ahead(ledger, embedded_store, state)
            assert caught.value.code == "STORE_AHEAD"
