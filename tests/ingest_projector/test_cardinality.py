"""Where the schema allows one relation and records state several, all stay and a caution names them."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from graph.store import Store
from graph.write import counts
from ingest.projection.cardinality import Crowded, crowded
from ingest.projection.projector import catch_up
from ledger.database import Ledger
from ledger.records import NewRecord, append
from tests.ingest_projector.material import CODES, SCHEMA, SPANS, START, node, relation, row, withdrawn

A, B, C = CODES
CUSTOMER, OTHER = "customer:0000000001", "customer:0000000002"
ACCOUNT = "account:A1"


def says(name: str, party: str, **values: object) -> NewRecord:
    """A record that says who is behind the customer."""
    return row(
        name, node("Customer", CUSTOMER), node("Enterprise", party), relation("IS", CUSTOMER, party, **values)
    )


def follow(ledger: Ledger, store: Store, *records: NewRecord) -> tuple[object, ...]:
    append(ledger, records, recorded_at=START)
    return catch_up(ledger, store, SCHEMA).warnings


def whole(ledger: Ledger, store: Store) -> tuple[Crowded, ...]:
    return crowded(ledger, store, SCHEMA, SCHEMA.relations["IS"])


BOTH = Crowded("IS", CUSTOMER, (A, B), ("registry/1", "visits/1"))  # type: ignore[arg-type]


def test_two_parties_behind_one_customer_stay_and_are_told_the_more_trusted_first(
    store: Store, ledger: Ledger
) -> None:
    assert follow(ledger, store, says("visits/1", B), says("registry/1", A)) == (BOTH,)
    assert counts(store, SCHEMA)["IS"] == 2
    assert whole(ledger, store) == (BOTH,)
    for lang in ("en", "zh"):
        told = BOTH.fault().message(lang)  # type: ignore[arg-type]
        assert f"{A} (registry/1), {B} (visits/1)" in told
        assert CUSTOMER in told


def test_the_second_one_is_noticed_when_it_comes_later(store: Store, ledger: Ledger) -> None:
    assert follow(ledger, store, says("visits/1", B)) == ()
    assert follow(ledger, store, says("visits/2", C), withdrawn("visits/2", day=1)) == ()
    assert follow(ledger, store, says("registry/1", A)) == (BOTH,)
    assert follow(ledger, store, withdrawn("visits/1", day=1)) == ()
    assert whole(ledger, store) == ()


def test_one_that_has_ended_or_is_said_twice_is_none_too_many(store: Store, ledger: Ledger) -> None:
    assert follow(ledger, store, says("visits/1", B, until="2026-01-01"), says("registry/1", A)) == ()
    assert follow(ledger, store, says("visits/2", A)) == ()
    assert whole(ledger, store) == ()


def test_an_end_counts_from_the_day_that_the_data_have_reached_and_not_from_the_clock(
    store: Store, ledger: Ledger
) -> None:
    assert follow(ledger, store, says("visits/1", B, until="2026-01-03"), says("registry/1", A)) == (BOTH,)
    assert whole(ledger, store) == (BOTH,)
    assert follow(ledger, store, row("old/1", node("Enterprise", C, name="丙"), day=2)) == ()
    assert whole(ledger, store) == ()


def test_one_that_has_ended_and_runs_again_counts(store: Store, ledger: Ledger) -> None:
    first = says("visits/1", B, since="2018-01-01", until="2020-01-01")
    again = says("visits/2", B, since="2025-01-01")
    found = follow(ledger, store, first, again, says("registry/1", A))
    assert [one.others for one in found] == [(A, B)]  # type: ignore[attr-defined]
    assert [one.others for one in whole(ledger, store)] == [(A, B)]
    earlier = says("visits/2", B, since="2021-01-01", until="2022-01-01")
    assert follow(ledger, store, earlier) == ()
    assert whole(ledger, store) == ()


def test_the_end_that_may_have_one_only_may_be_the_target(store: Store, ledger: Ledger) -> None:
    def holds(name: str, customer: str) -> NewRecord:
        return row(
            name,
            node("Customer", customer),
            node("Account", ACCOUNT),
            relation("HAS_ACCOUNT", customer, ACCOUNT),
        )

    found = Crowded("HAS_ACCOUNT", ACCOUNT, (CUSTOMER, OTHER), ("visits/1", "visits/2"))  # type: ignore[arg-type]
    assert follow(ledger, store, holds("visits/1", CUSTOMER)) == ()
    assert follow(ledger, store, holds("visits/2", OTHER)) == (found,)
    assert crowded(ledger, store, SCHEMA, SCHEMA.relations["HAS_ACCOUNT"]) == (found,)
    assert crowded(ledger, store, SCHEMA, SCHEMA.relations["GUARANTEES"]) == ()


@pytest.mark.parametrize("seed", range(3))
def test_of_many_customers_those_are_told_behind_whom_several_parties_stand_now(
    store: Store, ledger: Ledger, seed: int
) -> None:
    draw, today = random.Random(seed), START.date().isoformat()
    records: list[NewRecord] = []
    now: dict[str, set[str]] = {}
    for number in range(60):
        customer = f"customer:{number:010}"
        for party in draw.sample(CODES, draw.randrange(4)):
            span = draw.choice(SPANS)
            said = relation("IS", customer, party, **span)
            records.append(
                row(
                    f"registry/{number}-{party[-1]}",
                    node("Customer", customer),
                    node("Enterprise", party),
                    said,
                )
            )
            if span.get("since", "") <= today < span.get("until", "9999"):
                now.setdefault(customer, set()).add(party)
    expected = {customer: parties for customer, parties in now.items() if len(parties) > 1}
    assert 5 < len(expected) < 50
    for found in (follow(ledger, store, *records), whole(ledger, store)):
        assert {one.entity: set(one.others) for one in found if isinstance(one, Crowded)} == expected


MANIFEST = """
sources:
  - name: contracts
    path: contracts.csv
    channel: marketing
    recordId: number
    observedAt: 2026-01-31
    mapping:
      - relation: IS
        from: {Customer: {customerNo: customer}}
        to: {Enterprise: {creditCode: party}}
      - relation: GUARANTEES
        from: {Enterprise: {creditCode: party}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: number}
        set: {amount: amount}
"""


@pytest.mark.usefixtures("kept_store")
def test_loading_and_the_doctor_tell(kept_home: Path, tmp_path: Path) -> None:
    one, two = (code.partition(":")[2] for code in (A, B))
    (tmp_path / "contracts.csv").write_text(
        f"number,customer,party,borrower,amount\nk1,0000000001,{one},{two},100\nk2,0000000001,{two},,\n"
    )
    (tmp_path / "site.yaml").write_text(MANIFEST)

    def kehutu(*words: str) -> str:
        done = CliRunner().invoke(main, [*words, "--home", str(kept_home)])
        assert done.exit_code == 0, done.output
        return done.stdout

    told = json.loads(kehutu("ingest", str(tmp_path / "site.yaml"), "--json"))
    assert [one["code"] for one in told["cautions"]] == ["RELATION_CROWDED"]
    assert "contracts/k1" in told["cautions"][0]["message"]
    (tmp_path / "more.csv").write_text(f"number,customer,party,borrower,amount\nk3,,{one},{two},100\n")
    (tmp_path / "more.yaml").write_text(
        MANIFEST.replace("contracts", "more")
        .replace("marketing", "credit-bureau")
        .replace("contracts", "more")
    )
    doubled = kehutu("ingest", str(tmp_path / "more.yaml"))
    assert "RELATION_DOUBLED: " in doubled
    assert "more/k3" in doubled
    examined = json.loads(kehutu("doctor", "--json"))
    (found,) = [one for one in examined["findings"] if one["code"] == "RELATION_CROWDED"]
    assert (found["name"], found["value"], found["state"]) == ("IS", "1 with more than one", "warning")
    assert "contracts/k2" in found["message"]
