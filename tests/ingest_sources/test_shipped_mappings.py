"""Formats of the field with a reader and a mapping that ship: an invented sample of each, and the graph it gives."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.loads.load import SourceReport, load
from ingest.readers import BadRow, Reader, Request, Row, bods, ftm, gleif, green_button, psc
from ledger.database import Ledger
from terms.errors import KehutuError
from tests.ingest_projector.test_difference import at_once

SAMPLES = Path(__file__).parent / "samples"
CASES = Path(__file__).parents[3] / "shared" / "cases" / "ingest"
beside = pytest.mark.skipif(not CASES.is_dir(), reason=f"the cases are not beside this checkout ({CASES})")


def graph_in_words(ledger: Ledger) -> list[str]:
    """Every node with its values and every relation with its own, one a line; addresses by their text."""
    graph = at_once(ledger)
    named = {
        node.id: f"'{node.properties['text']}'" if node.type == "Address" else _short(node.id)
        for node in graph.nodes.values()
    }
    nodes = [
        " ".join([node.type, named[node.id], *_values(node.properties)])
        for node in graph.nodes.values()
        if node.type != "Address"
    ]
    relations = [
        " ".join([one.type, named[one.source], "->", named[one.target], *_values(one.properties)])
        for one in graph.relations.values()
    ]
    return sorted([*nodes, *relations])


def _short(id_: str) -> str:
    """An id without its namespace, or what stands before the last `/` of a link."""
    kind, _, name = id_.partition(":")
    return f"{kind}:{name.rpartition('/')[2]}"


def _values(properties: Mapping[str, object]) -> Iterator[str]:
    return (f"{name}={value}" for name, value in sorted(properties.items()) if value is not None)


def left_out(report: SourceReport) -> dict[str, int]:
    """What was left out, by code, where that is a kind by its name."""
    counts: Counter[str] = Counter()
    for one in report.left_out:
        kind = re.search("of the kind ([^,]+)", one.reason)
        counts[kind[1] if kind else one.code] += one.count
    return dict(counts)


def notices(report: SourceReport) -> dict[str, int]:
    """Notices of interests that have no place, by kind."""
    kinds = [re.search(r"of the kind (\S+) have no place", one.message) for one in report.notices]
    return {kind[1]: one.count for kind, one in zip(kinds, report.notices, strict=True) if kind}


def load_one(ledger: Ledger, folder: Path, path: str, mapping: str, **more: str) -> SourceReport:
    """Load one file by a mapping that ships."""
    said = "".join(f"    {name}: {value}\n" for name, value in more.items())
    (folder / "one.yaml").write_text(
        f"sources:\n  - name: one\n    path: '{path}'\n    format: {mapping}\n    channel: business-registry\n"
        f"    namespace: ns\n    recordId: id\n    observedAt: stated_on\n{said}    mapping: {mapping}\n",
        encoding="utf-8",
    )
    return load(ledger, folder / "one.yaml").sources[0]


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


STATEMENTS = [
    json.loads(line) for line in (SAMPLES / "statements.jsonl").read_text(encoding="utf-8").splitlines()
]


def packed(text: str, form: str) -> bytes:
    if form.endswith("gz"):
        return gzip.compress(text.encode())
    if form.endswith("zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("inner.txt", text)
        return out.getvalue()
    return text.encode()


@pytest.mark.parametrize("form", ["json", "json.gz", "jsonl", "jsonl.gz", "jsonl.zip", "zip"])
def test_statements_are_read_as_an_array_or_by_lines_and_packed(tmp_path: Path, form: str) -> None:
    lines = "\n".join(map(json.dumps, STATEMENTS))
    text = json.dumps(STATEMENTS, indent=1) if form.startswith("json") and "jsonl" not in form else lines
    path = tmp_path / f"statements.{form}"
    path.write_bytes(packed(text, form))
    rows = [row.values for row in bods.read(Request(path, path.name)).rows if isinstance(row, Row)]
    plain = bods.read(Request(SAMPLES / "statements.jsonl", "statements.jsonl"))
    assert rows == [row.values for row in plain.rows if isinstance(row, Row)]


def test_an_end_in_a_later_file_ends_what_an_earlier_one_said(tmp_path: Path, ledger: Ledger) -> None:
    for number, part in enumerate((STATEMENTS[:6], STATEMENTS[:4] + STATEMENTS[6:7])):
        (tmp_path / f"day-{number}.jsonl").write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    assert load_one(ledger, tmp_path, "day-*.jsonl", "bods").quarantined == 0
    held = [line for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    assert held == [
        "INVESTS_IN person:Registry of Erehwon:pe-1 -> enterprise:Registry of Erehwon:co-1 "
        "proxies=['share'] share=0.75 since=2016-04-06 until=2022-07-01"
    ]


def test_a_holding_that_an_update_in_a_later_file_lists_no_more_is_taken_back(
    tmp_path: Path, ledger: Ledger
) -> None:
    parties = STATEMENTS[:3]
    for name, statement in (("a", STATEMENTS[13]), ("b", STATEMENTS[14])):
        text = "\n".join(map(json.dumps, [*parties, statement]))
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    load_one(ledger, tmp_path, "a.jsonl", "bods", delete="{column: status, equals: closed}")
    assert sum(line.startswith("INVESTS_IN") for line in graph_in_words(ledger)) == 1
    load_one(ledger, tmp_path, "b.jsonl", "bods", delete="{column: status, equals: closed}")
    assert sum(line.startswith("INVESTS_IN") for line in graph_in_words(ledger)) == 0


INTERESTS = (
    "shareholding", "votingRights", "appointmentOfBoard", "otherInfluenceOrControl", "seniorManagingOfficial",
    "settlor", "trustee", "protector", "beneficiaryOfLegalArrangement", "rightsToSurplusAssetsOnDissolution",
    "rightsToProfitOrIncome", "rightsGrantedByContract", "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles", "controlByLegalFramework", "boardMember", "boardChair", "unknownInterest",
    "unpublishedInterest", "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "nominee", "nominator",
)  # fmt: skip


def test_every_kind_of_interest_is_taken_or_named(tmp_path: Path, ledger: Ledger) -> None:
    relation = json.loads(json.dumps(STATEMENTS[5]))
    relation["recordDetails"]["interests"] = [
        {"type": kind, "directOrIndirect": "direct"} for kind in INTERESTS
    ]
    text = "\n".join(map(json.dumps, [*STATEMENTS[:3], relation]))
    (tmp_path / "all.jsonl").write_text(text, encoding="utf-8")
    report = load_one(ledger, tmp_path, "all.jsonl", "bods")
    taken = [
        row.split()[0] for row in graph_in_words(ledger) if row.split()[0] in ("INVESTS_IN", "DIRECTOR_OF")
    ]
    assert set(taken) == {"INVESTS_IN", "DIRECTOR_OF"}
    assert notices(report).keys() == set(INTERESTS) - {"shareholding", "boardMember", "boardChair"}


def test_relationship_records_of_json_are_those_of_csv() -> None:
    rows = [
        next(row.values for row in gleif.read(Request(SAMPLES / name, name)).rows if isinstance(row, Row))
        for name in ("relationships.csv", "relationships.jsonl")
    ]
    assert rows[0] == rows[1]
    assert rows[0]["share"] == "80.00"


@pytest.mark.parametrize(
    ("natures", "least"),
    [
        (["ownership-of-shares-25-to-50-percent"], 25),
        (["ownership-of-shares-75-to-100-percent", "right-to-appoint-and-remove-directors"], 75),
        (["ownership-of-shares-more-than-25-percent-registered-overseas-entity"], 25),
        (["ownership-of-shares-50-to-75-percent-as-firm"], None),
        (["voting-rights-75-to-100-percent"], None),
        (["significant-influence-or-control"], None),
        ([], None),
        (None, None),
    ],
)
def test_of_a_band_the_lower_end_stands_in(tmp_path: Path, natures: object, least: int | None) -> None:
    kind = "individual-beneficial-owner"
    data = {"kind": kind, "name": "A", "natures_of_control": natures, "links": {"self": "/a"}}
    path = tmp_path / "psc.jsonl"
    path.write_text(json.dumps({"company_number": "OE000001", "data": data}), encoding="utf-8")
    opened = psc.read(Request(path, path.name))
    (row,) = opened.rows
    assert isinstance(row, Row)
    assert row.values["share_at_least"] == least
    listed = natures if isinstance(natures, list) else []
    assert sum(notice.count for notice in opened.notices) == len(listed) - (least is not None)


@pytest.mark.parametrize(
    ("number", "where", "found"),
    [
        ("9990001", {"country_registered": "England & Wales"}, "GB-COH-09990001"),
        ("sc123456", {"place_registered": "Companies House"}, "GB-COH-SC123456"),
        ("HRB 1234", {"country_registered": "Germany"}, ""),
        ("123456", {"country_registered": "Jersey"}, ""),
        ("not known", {"country_registered": "England"}, ""),
    ],
)
def test_an_enterprise_of_the_same_register_is_known_by_its_number(
    tmp_path: Path, number: str, where: dict[str, str], found: str
) -> None:
    kind = "corporate-entity-person-with-significant-control"
    data = {"kind": kind, "name": "A Ltd", "identification": {"registration_number": number, **where}}
    path = tmp_path / "psc.jsonl"
    path.write_text(json.dumps({"company_number": "1", "data": data}), encoding="utf-8")
    (row,) = psc.read(Request(path, path.name)).rows
    assert isinstance(row, Row)
    assert row.values["registration_no"] == found


@pytest.mark.parametrize(
    ("text", "share", "least"),
    [
        ("62.5", ["62.5"], None),
        ("62.5 %", ["62.5 %"], None),
        ("25-50%", None, "25"),
        ("25 to 50", None, "25"),
        ("75% or more", None, "75"),
        (">50", None, "50"),
        ("more than 75%", None, "75"),
        ("less than 25%", ["less than 25%"], None),  # refused in its row: it says no least
    ],
)
def test_a_percentage_that_is_a_range_stands_in_by_its_lower_end(
    tmp_path: Path, text: str, share: object, least: object
) -> None:
    path = tmp_path / "a.ftm.json"
    entities = [
        {"id": "p", "schema": "Person", "properties": {"name": ["A"]}},
        {"id": "c", "schema": "Company", "properties": {"name": ["B"]}},
        {
            "id": "o",
            "schema": "Ownership",
            "properties": {"owner": ["p"], "asset": ["c"], "percentage": [text]},
        },
    ]
    path.write_text("\n".join(map(json.dumps, entities)), encoding="utf-8")
    *_, owned = ftm.read(Request(path, path.name)).rows
    assert isinstance(owned, Row)
    assert (owned.values["share"], owned.values["share_at_least"]) == (share, least)


USAGE = (SAMPLES / "usage.xml").read_text(encoding="utf-8")
HOSTILE = {
    "billion laughs": '<!DOCTYPE feed [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>',
    "a file that is read": '<!DOCTYPE feed [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "an address that is read": '<!DOCTYPE feed SYSTEM "http://example.invalid/a.dtd">',
    "a parameter": '<!DOCTYPE feed [<!ENTITY % a SYSTEM "http://example.invalid/a.dtd">%a;]>',
}


@pytest.mark.parametrize("declared", HOSTILE.values(), ids=HOSTILE)
def test_xml_with_a_document_type_is_refused(tmp_path: Path, declared: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace("<feed", f"{declared}<feed", 1), encoding="utf-8")
    with pytest.raises(KehutuError, match="a document type or entities") as refused:
        green_button.read(Request(path, path.name))
    assert refused.value.code == "FILE_DAMAGED"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("</feed>", "", "no XML"),
        ("<title>Erehwon Power</title>", "<a>" * 200 + "</a>" * 200, "deeper than 100"),
        ("</espi:UsageSummary>", "", "line"),
        ('encoding="UTF-8"', 'encoding="no-such"', "encoding"),
    ],
)
def test_damaged_xml_is_refused_whole(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace(old, new), encoding="utf-8")
    with pytest.raises(KehutuError, match=reason) as refused:
        green_button.read(Request(path, path.name))
    assert refused.value.code == "FILE_DAMAGED"


@pytest.mark.parametrize(
    ("value", "power", "energy"),
    [
        ("62571", "1", "625.71"),
        ("625716", "0", "625.716"),
        ("625", "3", "625"),
        ("625716", "", "625.716"),
        ("-5000", "0", "-5"),
    ],
)
def test_energy_is_value_times_power_of_ten_in_kilowatt_hours(
    tmp_path: Path, value: str, power: str, energy: str
) -> None:
    text = USAGE.replace(">62571<", f">{value}<").replace(
        "<espi:powerOfTenMultiplier>1<", f"<espi:powerOfTenMultiplier>{power}<"
    )
    path = tmp_path / "usage.xml"
    path.write_text(text, encoding="utf-8")
    (bill,) = [row for row in green_button.read(Request(path, path.name)).rows if row.line > 40]
    assert isinstance(bill, Row)
    assert bill.values["energy"] == Decimal(energy)


@pytest.mark.parametrize("found", ["x", "1.5", "1e99", "NaN"])
def test_a_bill_that_cannot_be_read_is_kept_with_its_reason(tmp_path: Path, found: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_text(USAGE.replace(">62571<", f">{found}<"), encoding="utf-8")
    (bad,) = [row for row in green_button.read(Request(path, path.name)).rows if isinstance(row, BadRow)]
    assert (bad.code, bad.details["field"]) == ("ROW_FIELD_INVALID", "overallConsumptionLastPeriod/value")
    assert bad.details["found"] == found


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


@beside
@pytest.mark.parametrize("case", ["03-bods-closed-with-end-date", "26-bods-json-lines"])
def test_the_closed_statements_of_the_cases_end(ledger: Ledger, case: str) -> None:
    load(ledger, CASES / case / "manifest.yaml")
    held = [line.partition(" -> ")[2] for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    assert held == [
        "enterprise:Registry of Erehwon:co-1 proxies=['share'] share=0.75 since=2016-04-06 until=2022-07-12",
        "enterprise:Registry of Erehwon:co-1 proxies=['share'] share=0.75 since=2022-07-12",
    ]


@beside
def test_a_parent_that_is_no_holding_is_named_in_the_case(ledger: Ledger) -> None:
    *_, holdings = load(ledger, CASES / "27-bods-of-gleif" / "manifest.yaml").sources
    assert (holdings.read, notices(holdings)) == (0, {"otherInfluenceOrControl": 1})


@beside
def test_the_snapshot_of_the_cases_by_the_mapping_that_ships(tmp_path: Path, ledger: Ledger) -> None:
    folder = CASES / "24-psc-snapshot-lists"
    for path in (folder / "psc-snapshot.txt", folder / "42b-psc-in-zip" / "psc-snapshot.zip"):
        report = load_one(ledger, tmp_path, str(path), "psc")
        assert (report.error, report.quarantined, report.read) == (None, 0, 2)
    held = [line for line in graph_in_words(ledger) if line.startswith("INVESTS_IN")]
    company = "enterprise:registrationNo=GB-COH-09990001 proxies=['share']"
    assert held == [
        f"INVESTS_IN person:AAA -> {company} share=0.5 since=2016-04-06",
        f"INVESTS_IN person:BBB -> {company} share=0.25 since=2016-04-06 until=2018-05-14",
    ]
