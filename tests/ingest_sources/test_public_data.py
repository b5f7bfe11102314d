"""Readers of public data sets, on small tables written in their shape."""

from __future__ import annotations

import gzip
import json
from contextlib import closing
from pathlib import Path

import pytest

from ingest.loads.load import load
from ingest.manifests.manifest import read as read_manifest
from ingest.readers import Opened, Request, Row, bods, finbench, sf311, taiwan
from ingest.world.demo import PUBLIC, prepare
from ledger.database import Ledger
from ledger.records import since
from terms.errors import KehutuError

FINBENCH = {
    "Person": "personId|personName|isBlocked|createTime\n7|Ada|false|2020-01-01 18:14:47.133\n",
    "Company": "companyId|companyName|isBlocked|createTime\n"
    "7|North|false|2020-01-01 12:38:32.171\n8|South|true|2020-01-02 09:27:07.185\n9|East|false|2020-01-03 00:00:00.0\n",
    "CompanyGuaranteeCompany": "fromId|toId|createTime\n"
    "7|8|2020-04-27 01:56:54.258\n9|8|2020-04-28 01:56:54.258\n8|7|2020-04-29 01:56:54.258\n",
    "PersonGuaranteePerson": "fromId|toId|createTime\n",
    "Loan": "loanId|loanAmount|balance|createTime\n"
    "1|900.456|300.01|2020-01-18 14:29:50.692\n2|100|100|2020-01-19 14:29:50.692\n",
    "CompanyApplyLoan": "companyId|loanId|createTime\n8|1|2020-02-23 22:32:05.997\n8|2|2020-02-24 22:32:05.997\n",
    "PersonApplyLoan": "personId|loanId|createTime\n",
    "CompanyInvestCompany": "investorId|companyId|ratio|createTime\n8|8|0.24|2020-06-03 05:29:11.668\n",
    "PersonInvestCompany": "investorId|companyId|ratio|createTime\n7|7|0.07095896109718776|2020-04-14 14:17:46.418\n",
    "Medium": "mediumId|mediumType|isBlocked|createTime\n",
}
SF311 = (
    "unique_key,created_date,closed_date,resolution_action_updated_date,status,status_notes,agency_name,category,"
    "complaint_type,descriptor,incident_address,supervisor_district,neighborhood,location,source,latitude,longitude,"
    "police_district\n"
    '1,2008-07-02 15:08:46+00:00,2008-12-27 21:44:55+00:00,,Closed,"told J. Doe",Queue,Sewer Issues,Flooding,On_street,'
    '"54 HARBOR RD, SAN FRANCISCO",10.0,Hunters Point,,Phone,37.73157,-122.3774,BAYVIEW\n'
    "2,2009-07-02 15:08:46+00:00,,,Open,,Queue,Tree,Falling,,Not associated with a specific address,"
    ",,,Twitter,0.0,0.0,\n"
)
TAIWAN = (
    "id,limit_bal,sex,education,marriage,age,pay_0,pay_2,pay_3,pay_4,pay_5,pay_6,bill_amt1,bill_amt2,bill_amt3,bill_amt4,"
    "bill_amt5,bill_amt6,pay_amt1,pay_amt2,pay_amt3,pay_amt4,pay_amt5,pay_amt6,target\n"
    "2,120000,2,2,2,26,-1,2,0,0,0,2,2682,1725,2682,3272,0,3261,0,1000,1000,1000,0,2000,1\n"
    "4,50000,2,2,1,37,2,1,0,0,0,0,46990,48233,49291,28314,28959,29547,2000,2019,1200,1100,1069,1000,0\n"
)


def entity(record: str, name: str) -> dict[str, object]:
    return {
        "recordId": record,
        "recordType": "entity",
        "recordStatus": "new",
        "statementDate": "2020-05-01",
        "recordDetails": {
            "name": name,
            "addresses": [{"address": "1 High St", "country": {"name": "Erehwon"}}],
        },
    }


def interest(record: str, holder: object, company: str, *interests: dict[str, object]) -> dict[str, object]:
    return {
        "recordId": record,
        "recordType": "relationship",
        "recordStatus": "new",
        "statementDate": "2020-05-01",
        "recordDetails": {"subject": company, "interestedParty": holder, "interests": list(interests)},
    }


BODS = [
    entity("a", "Alpha"),
    entity("b", "Beta"),
    {
        "recordId": "p",
        "recordType": "person",
        "recordStatus": "new",
        "statementDate": "2020-05-01T11:17:23Z",
        "recordDetails": {"names": [{"fullName": "Pat Doe"}], "birthDate": "1990-06"},
    },
    interest(
        "r1",
        "b",
        "a",
        {
            "type": "shareholding",
            "directOrIndirect": "direct",
            "share": {"exact": 60},
            "startDate": "2019-01-01",
        },
        {"type": "votingRights", "directOrIndirect": "direct", "share": {"exact": 60}},
    ),
    interest("r2", "p", "b", {"type": "shareholding", "share": {"minimum": 25, "exclusiveMaximum": 50}}),
    interest(
        "r3", "p", "a", {"type": "shareholding", "directOrIndirect": "indirect", "share": {"exact": 36}}
    ),
    interest(
        "r4", {"reason": "subjectUnableToConfirm"}, "a", {"type": "shareholding", "share": {"exact": 5}}
    ),
    interest("r5", "p", "a", {"type": "boardChair", "directOrIndirect": "direct", "startDate": "2018-02-03"}),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of public data as ``kehutu demo --data`` expects it."""
    folder = tmp_path / "data"
    snapshot = folder / "finbench-sample" / "snapshot"
    snapshot.mkdir(parents=True)
    for name, text in FINBENCH.items():
        (snapshot / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode()))
    for path, text in (
        ("service-requests-sf311/requests.csv.gz", SF311),
        ("credit-taiwan/clients.csv.gz", TAIWAN),
    ):
        (folder / path).parent.mkdir()
        (folder / path).write_bytes(gzip.compress(text.encode()))
    (folder / "ownership-bods").mkdir()
    (folder / "ownership-bods" / "example.json").write_text(json.dumps(BODS), encoding="utf-8")
    return folder


def values(opened: Opened) -> list[dict[str, object]]:
    rows = [dict(row.values) for row in opened.rows if isinstance(row, Row)]
    assert all(opened.columns is not None and set(opened.columns) == set(row) for row in rows)
    return rows


def test_tables_without_a_place_are_named(data: Path) -> None:
    folder = data / "finbench-sample" / "snapshot"
    (folder / f"{finbench.NOT_MAPPED[0]}.csv.gz").write_bytes(gzip.compress(b"x\n"))
    (notice,) = of_finbench(data, "persons").notices
    assert notice.code == "NOTICE_NOT_MAPPED"
    assert finbench.NOT_MAPPED[0] in str(notice.details["tables"])


def of_finbench(data: Path, table: str) -> Opened:
    return finbench.read(Request(data / "finbench-sample" / "snapshot", "snapshot", table=table))


def test_a_guarantee_without_amount_gets_the_borrowers_balance_by_its_guarantors(data: Path) -> None:
    rows = values(of_finbench(data, "company_guarantees"))
    assert [(row["guarantor"], row["borrower"], row["amount"]) for row in rows] == [
        ("7", "8", "200.00"),  # (300.01 + 100) / 2, in cents
        ("9", "8", "200.00"),
        ("8", "7", None),  # a borrower without loan: unknown
    ]
    assert len({row["id"] for row in rows}) == 3


def test_bank_tables_without_a_place_in_the_model_are_named(data: Path) -> None:
    opened = of_finbench(data, "persons")
    assert values(opened) == [{"id": "7", "name": "Ada", "status": "active", "since": "2020-01-01"}]
    assert ["Medium" in notice.message() for notice in opened.notices] == [True]


def test_loans_are_rounded_to_cents_and_a_company_may_hold_itself(data: Path) -> None:
    assert [row["amount"] for row in values(of_finbench(data, "company_loans"))] == ["900.46", "100.00"]
    (circle,) = values(of_finbench(data, "company_investments"))
    assert (circle["investor"], circle["company"], circle["share"]) == ("8", "8", 0.24)


def test_a_missing_table_or_column_is_named(data: Path) -> None:
    snapshot = data / "finbench-sample" / "snapshot"
    (snapshot / "Company.csv.gz").write_bytes(gzip.compress(b"companyId|createTime\n"))
    with pytest.raises(KehutuError, match=r"Company\.csv\.gz has no column 'companyName', 'isBlocked'"):
        values(of_finbench(data, "companies"))
    (snapshot / "Loan.csv.gz").unlink()
    with pytest.raises(KehutuError, match="Loan"):
        values(of_finbench(data, "company_loans"))
    (snapshot / "Person.csv.gz").write_bytes(gzip.compress(FINBENCH["Person"].encode())[:-12])
    with pytest.raises(KehutuError) as refused:
        values(of_finbench(data, "persons"))
    assert refused.value.code == "FILE_UNREADABLE"


def test_requests_are_told_apart_by_the_way_they_came(data: Path) -> None:
    path = data / "service-requests-sf311" / "requests.csv.gz"
    (phone,) = values(sf311.read(Request(path, path.name, table="phone")))
    (web,) = values(sf311.read(Request(path, path.name, table="web")))
    assert (phone["request_no"], phone["address"], phone["latitude"]) == (
        "1",
        "54 HARBOR RD, SAN FRANCISCO",
        "37.73157",
    )
    assert (web["request_no"], web["address"], web["latitude"]) == ("2", "", "")
    assert "told J. Doe" not in phone.values()
    assert values(sf311.read(Request(path, path.name, table="mobile"))) == []


def of_taiwan(data: Path, table: str, **options: object) -> list[dict[str, object]]:
    path = data / "credit-taiwan" / "clients.csv.gz"
    return values(taiwan.read(Request(path, path.name, table=table, options=options)))


def test_a_bill_is_paid_when_the_client_is_less_behind_than_the_bill_is_old(data: Path) -> None:
    bills = {str(row["bill_no"]): row for row in of_taiwan(data, "bills")}
    assert "2-2005-05" not in bills  # nothing was billed
    assert bills["2-2005-04"]["paid_on"] == "2005-05-20"
    assert bills["2-2005-07"]["paid_on"] == "2005-09-25"  # two months behind in August, not in September
    assert bills["4-2005-06"]["paid_on"] == "2005-07-20"
    assert bills["4-2005-07"]["paid_on"] == ""  # one month behind in August, two in September
    assert bills["4-2005-09"] == {
        "bill_no": "4-2005-09",
        "client": "4",
        "period": "2005-09",
        "amount": "11747.50",  # 46,990 NT$ at the declared 0.25
        "due_on": "2005-10-20",
        "paid_on": "",
    }


def test_the_rate_is_declared_and_the_first_clients_are_enough(data: Path) -> None:
    assert of_taiwan(data, "payments", rate="1", first=1)[0]["amount"] == "2000.00"
    assert {row["client"] for row in of_taiwan(data, "bills", first=1)} == {"2"}
    for options in ({"rate": "much"}, {"rate": "-1"}, {"rate": "nan"}):
        with pytest.raises(KehutuError) as refused:
            of_taiwan(data, "bills", **options)
        assert refused.value.code == "READER_OPTION_INVALID"


def of_bods(data: Path, table: str) -> list[dict[str, object]]:
    path = data / "ownership-bods" / "example.json"
    return values(bods.read(Request(path, path.name, table=table)))


def test_only_direct_interests_of_named_parties_are_holdings(data: Path) -> None:
    (holding,) = of_bods(data, "entity_holdings")
    assert (holding["holder"], holding["company"], holding["share"], holding["since"]) == (
        "example:b",
        "example:a",
        60,
        "2019-01-01",
    )
    (stake,) = of_bods(data, "person_holdings")
    assert (stake["share"], stake["share_at_least"], stake["exact"]) == (None, 25, False)
    (chair,) = of_bods(data, "directors")
    assert (chair["person"], chair["position"], chair["since"]) == ("example:p", "board chair", "2018-02-03")


def test_a_month_is_no_day(data: Path) -> None:
    (person,) = of_bods(data, "persons")
    assert (person["name"], person["birth_date"], person["stated_on"]) == (
        "Pat Doe",
        "",
        "2020-05-01T11:17:23Z",
    )


@pytest.mark.parametrize("text", ["no json", "{}", '[{"statementType": "entityStatement"}]'])
def test_other_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KehutuError) as refused:
        bods.read(Request(path, path.name, table="persons"))
    assert refused.value.code == "FILE_NOT_A_TABLE"


@pytest.mark.parametrize("reader", [finbench.read, sf311.read, taiwan.read, bods.read])
def test_an_unknown_table_is_refused_with_the_known_ones(reader: object, tmp_path: Path) -> None:
    with pytest.raises(KehutuError) as refused:
        reader(Request(tmp_path, "x", table="poles"))  # type: ignore[operator]  # each is a Reader
    assert refused.value.code == "READER_TABLE_UNKNOWN"


def test_the_demo_takes_what_a_folder_of_public_data_has(data: Path, tmp_path: Path) -> None:
    manifests = prepare(tmp_path / "demo", size=150, seed=5, data=data)
    assert [path.name for path in manifests] == [
        "grid.yaml",
        "persons.yaml",
        "world.yaml",
        "finbench.yaml",
        "joined.yaml",
        "sf311.yaml",
        "bods.yaml",
        "taiwan.yaml",
    ]
    with closing(Ledger.open(tmp_path / "home")) as ledger:
        for path in manifests[3:]:
            for source in load(ledger, path).sources:
                assert source.error is None
                assert source.quarantined == 0, source
                assert source.accepted == source.read
        origins = {(r.source.partition("-")[0], r.origin) for r in since(ledger, 0, 10_000)}
    assert origins == {
        ("finbench", "benchmark"),
        ("joined", "synthetic"),
        ("sf311", "real"),
        ("bods", "benchmark"),
        ("taiwan", "real"),
    }


def test_an_empty_folder_adds_nothing_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    assert len(prepare(tmp_path / "demo", size=150, seed=5, data=tmp_path / "none")) == 3
    with pytest.raises(KehutuError) as refused:
        prepare(tmp_path / "demo", size=150, seed=5, data=tmp_path / "missing")
    assert refused.value.code == "FILE_MISSING"


def test_customers_that_are_joined_to_companies_are_called_synthetic(data: Path, tmp_path: Path) -> None:
    manifests = prepare(tmp_path, size=150, seed=5, data=data)
    joined = read_manifest(manifests[4])
    assert {source.origin for source in joined.sources} == {"synthetic"}
    assert set(PUBLIC) == {"finbench", "sf311", "bods", "taiwan"}
