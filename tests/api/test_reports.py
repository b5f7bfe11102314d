"""Credit reports over HTTP: content, language, entity tags, errors."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.reports import report_path
from services.arrears.report import write_reports
from services.site import Site
from tests.everyone import seen
from tests.small_site import UPSTREAM

PARTY = f"enterprise:{UPSTREAM}"


@pytest.fixture(scope="module")
def client(small_site: Site) -> Iterator[TestClient]:
    with TestClient(create_app(small_site)) as opened:
        yield opened


@pytest.mark.parametrize("kind", ["pdf", "html"])
def test_it_is_the_file_that_the_command_writes(
    client: TestClient, small_site: Site, tmp_path: Path, kind: str
) -> None:
    [written] = write_reports(seen(small_site), [PARTY], tmp_path, [kind], "en")  # type: ignore[list-item]  # either is one
    answer = client.get(f"/reports/{PARTY}.{kind}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    assert answer.content == written.files[0].read_bytes()
    assert answer.headers["content-type"].startswith({"pdf": "application/pdf", "html": "text/html"}[kind])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_language_is_that_of_the_asker_or_of_the_address(client: TestClient) -> None:
    def title(path: str, accepted: str) -> tuple[str, bool]:
        answer = client.get(path, headers={"Accept-Language": accepted})
        return answer.headers["content-language"], "信用报告" in answer.text

    assert title(f"/reports/{UPSTREAM}.html", "zh-CN, en;q=0.5") == ("zh-CN", True)
    assert title(f"/reports/{UPSTREAM}.html", "en") == ("en", False)
    assert title(f"/reports/{UPSTREAM}.html?lang=zh", "en") == ("zh-CN", True)
    assert title(f"/reports/{UPSTREAM}.html?lang=fr", "en") == ("en", False)


def test_what_has_not_changed_is_not_sent_again(client: TestClient) -> None:
    first = client.get(f"/reports/{PARTY}.pdf")
    again = client.get(
        f"/reports/{PARTY}.pdf", headers={"If-None-Match": f'"other", {first.headers["etag"]}'}
    )
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    # A customer stands for its party: it is the same report.
    assert client.get("/reports/4400000003.pdf").headers["etag"] == first.headers["etag"]
    others = (f"/reports/{PARTY}.html", f"/reports/{PARTY}.pdf?lang=zh", "/reports/4400000001.pdf")
    assert first.headers["etag"] not in {client.get(path).headers["etag"] for path in others}


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/reports/nobody.pdf", "UNKNOWN_ID"),
        ("/reports/account:A1.html", "NOT_A_PARTY"),
        (f"/reports/{PARTY}.docx", "UNKNOWN_ID"),
        (f"/reports/{PARTY}", "UNKNOWN_ID"),
        ("/reports/.pdf", "UNKNOWN_ID"),
        ("/reports/visits/17%231.pdf", "UNKNOWN_ID"),
    ],
)
def test_a_report_that_is_none_has_a_code_and_a_remedy(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "zh"})
    assert answer.status_code == 404
    assert answer.json()["code"] == code
    assert answer.json()["remedy"]
    assert answer.headers["cache-control"] == "no-store"


def test_without_a_run_there_is_none(linked_site: Site) -> None:
    with TestClient(create_app(linked_site)) as opened:
        answer = opened.get("/reports/4400000011.pdf")
    assert (answer.status_code, answer.json()["code"]) == (404, "NO_RUN")


def test_the_answer_about_risk_names_the_path(client: TestClient) -> None:
    query = '{ customer(id: "4400000003") { risk { reportUrl } } }'
    path = client.post("/graphql", json={"query": query}).json()["data"]["customer"]["risk"]["reportUrl"]
    assert path == report_path(PARTY) == f"/reports/{PARTY}.pdf"
    assert client.get(path).content.startswith(b"%PDF-")
    assert report_path("person:visits/17#1", "html") == "/reports/person:visits%2F17%231.html"


def test_it_is_read_only(client: TestClient) -> None:
    assert client.post(f"/reports/{PARTY}.pdf").status_code == 405
