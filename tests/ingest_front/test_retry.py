"""Quarantined rows get another try."""

from __future__ import annotations

import pytest

from ingest.loads.retry import manifest_of, retry
from ledger import quarantine
from terms.errors import KehutuError

MANIFEST = """\
sources:
  - name: people
    path: a.csv
    channel: survey
    recordId: no
    mapping:
      - node: Customer
        key: {customerNo: id}
        set: {name: name, openedOn: since}
"""
HEAD = "no,id,name,since\n"


@pytest.fixture
def loaded(desk):
    desk.write("a.csv", HEAD + "1,4401000001,a,\n2,44010-2,b,\n3,4401000003,c,2020/1/5\n4,4401000004\n")
    path = desk.write("people.yaml", MANIFEST)
    desk.load(MANIFEST)
    assert desk.reasons() == [
        (3, "id", "ROW_FIELD_INVALID"),
        (4, "since", "ROW_FIELD_INVALID"),
        (5, "", "ROW_RAGGED"),
    ]
    return path


def ids(desk) -> list[str]:
    return [q.id for q in desk.refused()]


def test_nothing_changed_nothing_taken(desk, loaded):
    before = desk.refused()
    assert [r.outcome for r in retry(desk.ledger, loaded)] == ["quarantined"] * 3
    assert desk.refused() == before


def test_a_cell_is_corrected(desk, loaded):
    (done,) = retry(desk.ledger, loaded, [ids(desk)[0]], changes={"id": "4401000002"})
    assert (done.outcome, done.record_id) == ("accepted", "2")
    assert desk.names() == ["a", "b"]
    assert [line for line, _, _ in desk.reasons()] == [4, 5]
    assert quarantine.show(desk.ledger, done.id).state == "retried"


@pytest.mark.usefixtures("loaded")
def test_the_mapping_is_corrected(desk):
    mended = desk.write(
        "m2.yaml", MANIFEST.replace("openedOn: since", 'openedOn: {column: since, format: "%Y/%m/%d"}')
    )
    assert [r.outcome for r in retry(desk.ledger, mended)] == ["quarantined", "accepted", "quarantined"]
    assert desk.statements()[-1].nodes[0].set["openedOn"] == "2020-01-05"


def test_the_file_is_corrected(desk, loaded):
    desk.write(
        "a.csv", HEAD + "1,4401000001,a,\n2,4401000002,b,\n3,4401000003,c,2020-01-05\n4,4401000004,d,\n"
    )
    assert [r.outcome for r in retry(desk.ledger, loaded)] == ["accepted"] * 3
    assert desk.names() == ["a", "b", "c", "d"]
    assert desk.refused() == []
    desk.load(MANIFEST)
    assert len(desk.records()) == 4


def test_without_its_file_a_row_is_tried_from_what_was_kept(desk, loaded):
    (desk.folder / "a.csv").unlink()
    first, *_ = ids(desk)
    assert retry(desk.ledger, loaded, [first], changes={"id": "4401000002"})[0].outcome == "accepted"
    assert retry(desk.ledger, loaded)[-1].code == "ROW_RAGGED"


def test_a_row_that_came_in_meanwhile_is_a_duplicate(desk, loaded):
    desk.write("b.csv", HEAD + "2,4401000002,b,\n")
    desk.load(MANIFEST.replace("a.csv", "b.csv"))
    (done,) = retry(desk.ledger, loaded, [ids(desk)[0]], changes={"id": "4401000002"})
    assert done.outcome == "duplicate"


def test_a_repeated_id_is_not_taken_as_an_update(desk):
    desk.write("a.csv", HEAD + "1,4401000001,a,\n1,4401000001,b,\n")
    path = desk.write("people.yaml", MANIFEST)
    desk.load(MANIFEST)
    assert [r.code for r in retry(desk.ledger, path)] == ["ROW_ID_REPEATED"]
    assert [r.outcome for r in retry(desk.ledger, path, changes={"no": "2"})] == ["accepted"]


@pytest.mark.usefixtures("loaded")
def test_the_manifest_of_a_source_is_known(desk):
    assert manifest_of(desk.ledger, "people") == desk.folder / "m0.yaml"
    with pytest.raises(KehutuError) as caught:
        manifest_of(desk.ledger, "others")
    assert caught.value.code == "SOURCE_UNKNOWN"


def test_unknown_rows_and_other_manifests(desk, loaded):
    with pytest.raises(KehutuError) as caught:
        retry(desk.ledger, loaded, ["q-none"])
    assert caught.value.code == "UNKNOWN_QUARANTINE"
    other = desk.write("other.yaml", MANIFEST.replace("name: people", "name: others"))
    with pytest.raises(KehutuError) as caught:
        retry(desk.ledger, other, ids(desk))
    assert caught.value.code == "SOURCE_UNKNOWN"
