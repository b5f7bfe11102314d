"""What a monitor is told, and that nobody's name is in it."""

from __future__ import annotations

from fastapi.testclient import TestClient

from api.app import create_app
from ledger.records import head
from services.site import Site


def test_metrics_count_requests_by_path_and_status_and_tell_of_the_ledger(small_site: Site) -> None:
    with TestClient(create_app(small_site)) as client:
        client.post("/graphql", json={"query": "{ __typename }"})
        client.post("/graphql", json={"query": "{ __typename }"})
        client.post("/graphql", json=[])
        client.get("/of/somebody")
        answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    lines = answer.text.splitlines()
    assert 'kehutu_http_requests_total{path="/graphql",status="200"} 2' in lines
    assert 'kehutu_http_requests_total{path="/graphql",status="400"} 1' in lines
    assert 'kehutu_http_requests_total{path="other",status="404"} 1' in lines
    assert f"kehutu_ledger_head {head(small_site.ledger)}" in lines
    assert "somebody" not in answer.text
    values = [line for line in lines if not line.startswith("#")]
    assert all(float(line.rpartition(" ")[2]) >= 0 for line in values)
    assert {line.split("{")[0].split(" ")[0] for line in values} == {
        line.split(" ")[2] for line in lines if line.startswith("# TYPE")
    }
