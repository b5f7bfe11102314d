"""Formats of the field with a reader and a mapping that ship: an invented sample of each, and the graph it gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.loads.load import SourceReport, load
from ingest.readers import Reader, Request, bods, ftm, gleif, green_button, psc
from ledger.database import Ledger
from terms.errors import KehutuError
from tests.ingest_sources.shipped_samples import SAMPLES, graph_in_words, left_out, notices


@pytest.fixture
def samples(ledger: Ledger) -> dict[str, SourceReport]:
    """All samples, loaded: their reports by name."""
    return {source.name: source for source in load(ledger, SAMPLES / "sources.yaml").sources}


def test_the_samples_give_the_graph_that_is_written_beside_them(
    samples: dict[str, SourceReport], ledger: Ledger
) -> None:
    assert {name: (one.error, one.quarantined) for name, one in samples.items()} == dict.fromkeys(
        samples, (None, 0)
    )
    expected = (SAMPLES / "graph.txt").read_text(encoding="utf-8").splitlines()
    assert graph_in_words(ledger) == expected


def test_what_has_no_place_is_named_and_counted(samples: dict[str, SourceReport]) -> None:
    assert {name: left_out(one) for name, one in samples.items()} == {
        "statements": {
            "LEFT_OUT_RELATION": 3,  # to the addresses that three parties do not have
            "LEFT_OUT_DATE": 1,
            "LEFT_OUT_UNNAMED": 1,
            "LEFT_OUT_PARTY": 1,
            "LEFT_OUT_INDIRECT": 1,
        },
        "psc": {
            "LEFT_OUT_RELATION": 1,
            "LEFT_OUT_DATE": 1,
            "super-secure-person-with-significant-control": 1,
            "persons-with-significant-control-statement": 1,
            "totals": 1,
        },
        "relationships": {
            "IS_ULTIMATELY_CONSOLIDATED_BY": 1,
            "IS_INTERNATIONAL_BRANCH_OF": 1,
            "IS_FUND-MANAGED_BY": 1,
        },
        "entities": {"LEFT_OUT_DATE": 2, "LEFT_OUT_PARTY": 1, "Family": 1, "Vessel": 1},
        "usage": {"LEFT_OUT_SERVICE": 2, "LEFT_OUT_INTERVALS": 2, "LEFT_OUT_BILL_AMOUNT": 1},
    }
    assert notices(samples["statements"]) == {"votingRights": 2, "settlor": 1}
    assert notices(samples["psc"]) == {
        "voting-rights-50-to-75-percent": 1,
        "ownership-of-shares-25-to-50-percent-as-trust": 1,
    }


READERS = (bods.read, psc.read, gleif.read, ftm.read, green_button.read)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "text", ['{"a": 1}\n', "a,b\n1,2\n", "<?xml version='1.0'?><a/>", "no table", '[{"a": [1]}]']
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, reader: Reader, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KehutuError) as refused:
        list(reader(Request(path, path.name)).rows)
    assert refused.value.code in ("FILE_NOT_A_TABLE", "FILE_COLUMNS_MISSING")
