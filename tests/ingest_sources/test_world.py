"""The synthetic world: deterministic, well-formed, and with every case that the product must handle."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ingest.manifests.manifest import read as read_manifest
from ingest.world import ServicePoint, WorldReport, generate
from ingest.world.calendar import CUT_OFF
from ingest.world.layout import TABLES, TRUTH
from ingest.world.numbers import credit_codes, customer_numbers, identity_numbers
from ingest.world.people import birth_days, identities
from ingest.world.supply import GRID_TABLES


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> WorldReport:
    return generate(tmp_path_factory.mktemp("world"), customers=1_200, seed=7)


def table(world: WorldReport, name: str) -> pa.Table:
    return pq.read_table(world.manifest.parent / f"{name}.parquet")


def digest(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_world(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        generate(tmp_path / name, customers=300, seed=seed)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert digest(tmp_path / "a") != digest(tmp_path / "c")


def test_every_table_is_written_and_counted(world: WorldReport) -> None:
    assert set(world.rows) == {*TABLES, *GRID_TABLES}
    assert {name: table(world, name).num_rows for name in world.rows} == world.rows
    assert all(world.rows.values())
    assert world.rows["consumers"] + world.rows["organisations"] == 1_200


def test_the_manifest_names_every_table_once_with_columns_that_exist_and_calls_it_synthetic(
    world: WorldReport,
) -> None:
    manifest = read_manifest(world.manifest)
    paths = [source.path for source in manifest.sources]
    assert sorted(str(path) for path in paths) == sorted(f"{name}.parquet" for name in world.rows)
    assert {source.origin for source in manifest.sources} == {"synthetic"}
    assert not any("truth" in str(path) for path in paths)


def test_customer_numbers_are_ten_digits_and_all_different() -> None:
    numbers = customer_numbers(np.arange(200_000)).to_pylist()
    assert len(set(numbers)) == 200_000
    assert all(len(number) == 10 and number.isdecimal() for number in numbers)


def test_credit_codes_have_valid_check_digits_of_both_kinds() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    codes = credit_codes(np.arange(3_000)).to_pylist()
    assert len(set(codes)) == 3_000
    for code in codes:
        assert code.startswith("9199")  # an enterprise of a region that is assigned to nobody
        total = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        assert alphabet.index(code[17]) == -total % 31
        organisation = (
            -sum(int(d) * w for d, w in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
        )
        assert code[16] == "0123456789X"[organisation]


def test_a_published_identity_number_has_our_check_digit() -> None:
    # 11010519491231002X is the example of the standard GB 11643; ours keep its rule in another region.
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    assert (
        "10X98765432"[sum(int(d) * w for d, w in zip("11010519491231002", weights, strict=True)) % 11] == "X"
    )
    persons = np.arange(0, 900_000, 7)
    numbers = identity_numbers(birth_days(7, persons), persons).to_pylist()
    for number in numbers[:2_000]:
        assert number.startswith("99")
        assert date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}") < CUT_OFF
        assert (
            number[17]
            == "10X98765432"[sum(int(d) * w for d, w in zip(number[:17], weights, strict=True)) % 11]
        )


def test_a_million_persons_have_a_million_identity_numbers() -> None:
    assert pc.count_distinct(identities(7, np.arange(1_000_000))).as_py() == 1_000_000


def test_bills_are_consistent_with_their_months(world: WorldReport) -> None:
    bills = table(world, "bills")
    assert pc.count_distinct(bills["bill_no"]).as_py() == bills.num_rows
    assert sorted(set(bills["period"].to_pylist()))[::23] == ["2024-01", "2025-12"]
    assert pc.min(bills["energy"]).as_py() >= 0
    assert pc.min(bills["amount"]).as_py() > 0
    assert pc.all(pc.less(bills["issued_on"], bills["due_on"])).as_py()
    assert pc.max(bills["paid_on"]).as_py() <= CUT_OFF
    assert pc.all(pc.greater_equal(bills["paid_on"], bills["issued_on"])).as_py()


def test_some_pay_on_time_some_late_and_some_not_at_all(world: WorldReport) -> None:
    bills = table(world, "bills")
    due = bills.filter(pc.less(bills["due_on"], pa.scalar(CUT_OFF)))
    late = pc.mean(pc.greater(due["paid_on"], due["due_on"]).fill_null(False).cast(pa.float64())).as_py()
    assert 0.04 < late < 0.25
    assert 0.005 < due["paid_on"].null_count / due.num_rows < 0.06
    per_account = (
        due.filter(pc.is_null(due["paid_on"])).group_by("account_no").aggregate([("bill_no", "count")])
    )
    assert pc.max(per_account["bill_no_count"]).as_py() >= 6


def test_payments_are_those_of_the_paid_bills(world: WorldReport) -> None:
    bills, payments = table(world, "bills"), table(world, "payments")
    paid = bills.filter(pc.is_valid(bills["paid_on"]))
    assert payments.num_rows == paid.num_rows
    assert pc.sum(payments["amount"]) == pc.sum(paid["amount"])


def test_every_customer_stands_at_a_service_point_of_the_grid(world: WorldReport) -> None:
    points = table(world, "service_points")["service_point_no"]
    used = pa.chunked_array(
        [
            *table(world, "consumers")["service_point_no"].chunks,
            *table(world, "organisations")["service_point_no"].chunks,
        ]
    )
    assert pc.all(pc.is_in(used, value_set=points.combine_chunks())).as_py()
    assert pc.count_distinct(used).as_py() == 1_200  # a point for each


def test_given_service_points_are_used_businesses_first(tmp_path: Path) -> None:
    points = [ServicePoint(f"H{i}", "a/b/") for i in range(150)] + [
        ServicePoint(f"G{i}", "a/", business=True) for i in range(90)
    ]
    report = generate(tmp_path, customers=200, seed=1, points=points)
    assert not set(GRID_TABLES) & set(report.rows)
    at_work = table(report, "organisations")["service_point_no"].to_pylist()
    at_home = table(report, "consumers")["service_point_no"].to_pylist()
    assert all(number.startswith("G") for number in at_work)
    assert len({*at_work, *at_home}) == 200
    assert set(table(report, "organisations")["region"].to_pylist()) == {"a/"}


def guarantees(world: WorldReport) -> list[dict[str, object]]:
    return [dict(row) for row in table(world, "guarantees").to_pylist()]


def test_there_are_parallel_contracts_between_one_pair(world: WorldReport) -> None:
    pairs: dict[tuple[object, object], set[object]] = {}
    for row in guarantees(world):
        pairs.setdefault((row["guarantor"], row["borrower"]), set()).add(row["contract_no"])
    assert any(len(contracts) >= 2 for contracts in pairs.values())


def test_there_is_a_ring_of_guarantees(world: WorldReport) -> None:
    given: dict[object, set[object]] = {}
    for row in guarantees(world):
        given.setdefault(row["guarantor"], set()).add(row["borrower"])

    def reached(start: object) -> set[object]:
        seen: set[object] = set()
        waiting = list(given.get(start, ()))
        while waiting:
            party = waiting.pop()
            if party not in seen:
                seen.add(party)
                waiting += given.get(party, ())
        return seen

    assert any(start in reached(start) for start in given)


def test_some_contracts_come_by_two_channels_and_some_without_amount(world: WorldReport) -> None:
    contracts = {row["contract_no"]: row for row in guarantees(world)}
    registered = table(world, "registered_guarantees").to_pylist()
    assert registered
    for row in registered:
        other = contracts[row["contract_no"]]
        assert (row["guarantor"], row["borrower"]) == (other["guarantor"], other["borrower"])
    assert any(row["amount"] is None for row in contracts.values())
    true_amounts = pq.read_table(world.truth / "guarantees.parquet")
    assert true_amounts["amount"].null_count == 0


def test_some_enterprise_has_no_known_buffer(world: WorldReport) -> None:
    firms = table(world, "enterprises")
    without_capital = set(firms.filter(pc.is_null(firms["paid_in_capital"]))["credit_code"].to_pylist())
    assert without_capital - set(table(world, "balances")["credit_code"].to_pylist())


def test_premises_telephones_and_people_are_shared(world: WorldReport) -> None:
    firms = table(world, "enterprises")
    assert pc.count_distinct(firms["address"]).as_py() < firms.num_rows
    assert pc.count_distinct(firms["phone"]).as_py() < firms.num_rows
    leaders = table(world, "legal_representatives")
    assert pc.count_distinct(leaders["id_number"]).as_py() < leaders.num_rows
    homes = set(table(world, "consumers")["id_number"].to_pylist())
    assert homes & set(leaders["id_number"].to_pylist())  # who leads an enterprise lives somewhere


def test_holdings_never_exceed_the_whole(world: WorldReport) -> None:
    shares = pa.concat_tables(
        [
            table(world, f"{kind}_holdings").select(["credit_code", "share"])
            for kind in ("enterprise", "person")
        ]
    )
    sums = shares.group_by("credit_code").aggregate([("share", "sum")])
    assert pc.max(sums["share_sum"]).as_py() <= 1
    assert pc.min(shares["share"]).as_py() > 0


def test_the_truth_is_kept_aside(world: WorldReport) -> None:
    assert world.truth.name == "truth"
    for name, columns in TRUTH.items():
        assert pq.read_schema(world.truth / f"{name}.parquet").names == list(columns)
    customers = pq.read_table(world.truth / "customers.parquet")
    assert customers.num_rows == 1_200
    known = pq.read_table(world.truth / "enterprises.parquet")
    failed = known.filter(pc.is_valid(known["failed_month"]))
    assert failed.num_rows
    # In turn: suppliers first, the staff never before them, and then the end.
    for row in failed.to_pylist():
        assert row["suppliers_unpaid_month"] <= row["failed_month"]
        assert row["staff_unpaid_month"] is None or row["suppliers_unpaid_month"] <= row["staff_unpaid_month"]


def test_arrears_have_the_reasons_of_their_process(world: WorldReport) -> None:
    customers = pq.read_table(world.truth / "customers.parquet").to_pylist()
    reasons = {row["cause"] for row in customers if row["overdue_bills"]}
    assert reasons >= {"owner-occupied", "fixed-rental", "vacant"}
    assert all(row["cause"] == "" for row in customers if not row["overdue_bills"])
    tenants = [row for row in customers if row["tenancy"] == "fixed-rental"]
    owners = [row for row in customers if row["tenancy"] == "owner-occupied" and row["kind"] == "consumer"]
    share = [sum(r["overdue_bills"] > 0 for r in rows) / len(rows) for rows in (tenants, owners)]
    assert share[0] > share[1]


def test_a_world_too_small_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least"):
        generate(tmp_path, customers=10, seed=1)


def test_equipment_fails_is_reported_and_repaired(world: WorldReport) -> None:
    devices = set(table(world, "devices")["device_no"].to_pylist())
    contacts = pa.concat_tables([table(world, "hotline_calls"), table(world, "app_messages")])
    orders = table(world, "work_orders")
    about_devices = orders.filter(pc.is_valid(orders["device_no"]))
    assert about_devices.num_rows > 0
    assert set(about_devices["device_no"].to_pylist()) <= devices
    known = set(contacts["interaction_no"].to_pylist())
    assert set(about_devices["interaction_no"].to_pylist()) <= known
    assert len(known) == contacts.num_rows


def test_work_orders_go_to_somebody_who_has_the_skill(world: WorldReport) -> None:
    has = {(r["technician_no"], r["skill_code"]) for r in table(world, "technician_skills").to_pylist()}
    for order in table(world, "work_orders").to_pylist():
        assert order["state"] == "open" or (order["technician_no"], order["skill_code"]) in has
        assert order["opened_at"] <= order["window_start"] < order["window_end"]
        assert (order["closed_at"] is not None) == (order["state"] == "done")
        assert order["opened_at"].date() <= CUT_OFF


def test_nothing_is_known_that_happened_after_the_extract(world: WorldReport) -> None:
    for name in ("hotline_calls", "app_messages"):
        assert pc.max(table(world, name)["at"]).as_py().date() <= CUT_OFF
    assert pc.max(table(world, "payments")["paid_on"]).as_py() <= CUT_OFF
    assert pc.max(table(world, "home_visits")["visited_on"]).as_py() <= CUT_OFF


def test_outages_name_transformers_and_bring_calls_of_customers_behind_them(world: WorldReport) -> None:
    points = {r["service_point_no"]: r["transformer_no"] for r in table(world, "service_points").to_pylist()}
    supplied = {
        r["customer_no"]: points[r["service_point_no"]]
        for kind in ("consumers", "organisations")
        for r in table(world, kind).to_pylist()
    }
    outages = {r["outage_no"]: r for r in table(world, "outages").to_pylist()}
    assert {r["kind"] for r in outages.values()} == {"planned", "fault"}
    calls = pa.concat_tables([table(world, "hotline_calls"), table(world, "app_messages")])
    about = calls.filter(pc.is_valid(calls["outage_no"])).to_pylist()
    assert about
    for call in about:
        outage = outages[call["outage_no"]]
        assert supplied[call["customer_no"]] == outage["transformer_no"]
        assert call["at"] > outage["starts_at"]


def test_arrears_cases_belong_to_customers_who_did_not_pay_and_visits_find_most_reasons(
    world: WorldReport,
) -> None:
    truth = {r["customer_no"]: r for r in pq.read_table(world.truth / "customers.parquet").to_pylist()}
    cases = table(world, "arrears_cases").to_pylist()
    open_cases = [case for case in cases if case["state"] == "open"]
    assert open_cases
    assert len(open_cases) < len(cases)
    assert all(truth[case["customer_no"]]["overdue_bills"] for case in open_cases)
    assert all(case["amount"] > 0 for case in cases)
    visits = [v for v in table(world, "home_visits").to_pylist() if truth[v["customer_no"]]["cause"]]
    right = sum(truth[v["customer_no"]]["cause"] == v["cause"] for v in visits)
    assert 0.6 < right / len(visits) <= 1


def test_wear_is_kept_as_truth_and_not_loaded(world: WorldReport) -> None:
    wear = pq.read_table(world.truth / "devices.parquet")
    assert wear.num_rows == world.rows["devices"]
    assert pc.min(wear["wear"]).as_py() >= 0
    assert 0 < wear["months_to_next_fault"].null_count < wear.num_rows
    assert pq.read_table(world.truth / "transformers.parquet").num_rows == world.rows["transformers"]


def test_fewer_months_of_bills_make_a_smaller_load_of_the_same_customers(tmp_path: Path) -> None:
    whole = generate(tmp_path / "whole", customers=300, seed=3)
    last = generate(tmp_path / "last", customers=300, seed=3, months=2)
    bills = pq.read_table(tmp_path / "whole" / "bills.parquet")
    kept = bills.filter(pc.greater_equal(bills["period"], "2025-11"))
    assert pq.read_table(tmp_path / "last" / "bills.parquet").equals(kept)
    same = ("consumers", "organisations", "guarantees", "work_orders")
    assert {name: whole.rows[name] for name in same} == {name: last.rows[name] for name in same}
    with pytest.raises(ValueError, match="months"):
        generate(tmp_path / "none", customers=300, seed=3, months=0)
