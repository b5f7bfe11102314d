"""The API and a load in another process write at once: the ledger's writer lock decides, nothing is lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from api.app import create_app
from graph.write import contents, wipe
from ingest.projection.projector import catch_up
from ledger.judgements import CHANNEL
from ledger.records import since
from services.analysis import analyse
from services.loading import ingest
from services.settings import settings
from services.site import open_site
from tests.faults.workers import ROOT
from tests.small_site import DEBTOR, GUARANTOR, UPSTREAM, write

KEHUTU = str(Path(sys.executable).with_name("kehutu"))
ROWS, CALLERS = 3_000, 4
WATCHED = (DEBTOR, GUARANTOR, UPSTREAM)
MANIFEST = """\
sources:
  - name: late
    path: late.csv
    channel: survey
    recordId: no
    observedAt: 2026-04-01
    mapping:
      - node: Customer
        key: {customerNo: no}
        set: {name: name}
      - relation: LIVES_AT
        from: {Customer: {customerNo: no}}
        to: {Address: {text: address}}
"""
WATCH = """mutation ($id: ID!, $level: Float!, $key: String!) {
  watchParty(id: $id, kind: THRESHOLD, level: $level, author: "analyst", idempotencyKey: $key) { id level } }"""
OVERRIDE = """mutation ($id: ID!, $own: Float!, $key: String!) {
  overrideRisk(id: $id, own: $own, reason: "seen", author: "analyst", until: "2099-12-31", idempotencyKey: $key)
  { override { own } repeated } }"""
JUDGE = """mutation ($first: ID!, $second: ID!, $key: String!) {
  judgeIdentity(first: $first, second: $second, verdict: DIFFERENT, author: "analyst", idempotencyKey: $key)
  { seq repeated } }"""


def ask(client: TestClient, query: str, **variables: object) -> dict[str, Any]:
    answer = client.post("/graphql", json={"query": query, "variables": variables})
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    assert "errors" not in document, document
    return dict(document["data"])


def test_mutations_and_a_load_in_another_process_lose_and_double_nothing(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "home")
    ingest(chosen, write(tmp_path))
    (tmp_path / "late.yaml").write_text(MANIFEST)
    rows = "".join(f"44{i:08},客户{i},上海市{i % 500}号\n" for i in range(ROWS))
    (tmp_path / "late.csv").write_text(f"no,name,address\n{rows}")
    command = [KEHUTU, "ingest", str(tmp_path / "late.yaml"), "--home", str(chosen.home), "--json"]

    with open_site(chosen) as site:
        analyse(site)
        before = {(r.source, r.record_id) for r in since(site.ledger, 0, 100_000)}
        with TestClient(create_app(site)) as client:
            loading = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

            def decide(caller: int) -> list[list[dict[str, Any]]]:
                """Decisions of its own, and ones that every caller sends, for as long as the load runs."""
                given: list[list[dict[str, Any]]] = []
                while not given or loading.poll() is None:
                    party, key = WATCHED[len(given) % len(WATCHED)], f"own {caller} {len(given)}"
                    given.append([
                        ask(client, WATCH, id=party, level=0.3, key=key),
                        ask(client, WATCH, id=DEBTOR, level=0.5, key="one and the same"),
                        ask(client, OVERRIDE, id=DEBTOR, own=0.5, key="one judgement"),
                        ask(client, JUDGE, first=DEBTOR, second=UPSTREAM, key="one verdict"),
                    ])  # fmt: skip
                return given

            with ThreadPoolExecutor(CALLERS) as callers:
                answers = [answer for given in callers.map(decide, range(CALLERS)) for answer in given]
            said, complained = loading.communicate()
            assert loading.returncode == 0, complained
            watched = ask(client, "{ watchList(first: 3) { edges { node { party { id } rules { id } } } } }")

        (loaded,) = json.loads(said)["sources"]
        assert (loaded["read"], loaded["accepted"], loaded["duplicate"]) == (ROWS, ROWS, 0)
        # Equal requests got one answer, of which one was the first.
        assert len({answer[0]["watchParty"]["id"] for answer in answers}) == len(answers)
        assert len({answer[1]["watchParty"]["id"] for answer in answers}) == 1
        repeated = [answer[2]["overrideRisk"]["repeated"] for answer in answers]
        assert sorted(repeated) == [False, *[True] * (len(answers) - 1)]
        assert len({answer[3]["judgeIdentity"]["seq"] for answer in answers}) == 1
        repeated = [answer[3]["judgeIdentity"]["repeated"] for answer in answers]
        assert sorted(repeated) == [False, *[True] * (len(answers) - 1)]
        rules = [rule["id"] for edge in watched["watchList"]["edges"] for rule in edge["node"]["rules"]]
        assert len(rules) == len(set(rules)) == len(answers) + 1

        records = since(site.ledger, 0, 100_000)
        assert [record.seq for record in records] == list(range(1, len(records) + 1))
        new = [record for record in records if (record.source, record.record_id) not in before]
        decisions = [record for record in new if record.channel == CHANNEL]
        assert len({(record.source, record.record_id) for record in new}) == len(new)
        assert (len(decisions), len(new)) == (len(answers) + 3, len(answers) + 3 + ROWS)
        # They did write at once: what callers decided while the load ran stands behind its first rows.
        assert decisions[-1].seq > next(record.seq for record in new if record.source == "late")

        # The graph that grew under both writers is the one that the ledger gives in one go.
        catch_up(site.ledger, site.store, site.schema)
        grown = contents(site.store)
        wipe(site.store)
        catch_up(site.ledger, site.store, site.schema)
        assert contents(site.store) == grown


def test_of_two_processes_that_decide_under_one_key_one_is_told_to_be_the_first(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "home")
    ingest(chosen, write(tmp_path))
    keys = 6
    with open_site(chosen) as site:
        analyse(site)
        command = [sys.executable, "-m", "tests.faults.deciders", str(chosen.home), DEBTOR, str(keys)]
        begin = str(time.time() + 8)
        both = [
            subprocess.Popen(
                [*command, begin],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
            )
            for _ in range(2)
        ]
        answers = [json.loads(process.communicate()[0]) for process in both]
        assert [sorted(told) for told in zip(*answers, strict=True)] == [[False, True]] * keys
        decisions = [record for record in since(site.ledger, 0, 100_000) if record.channel == CHANNEL]
        assert len({record.record_id for record in decisions}) == len(decisions) == keys
