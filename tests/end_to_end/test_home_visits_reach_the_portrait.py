"""A field visitor's sheet in GBK with Chinese headers, from the file to the answer of the API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from services.settings import settings
from services.site import open_site

MANIFEST = """
sources:
  - name: visits
    path: visits.csv
    channel: home-visit
    recordId: 单号
    observedAt: {column: 走访日期, format: "%Y年%m月%d日"}
    mapping:
      - node: Customer
        key: {customerNo: 户号}
        set: {name: 姓名, phone: 电话}
      - relation: LIVES_AT
        from: {Customer: {customerNo: 户号}}
        to: {Address: {text: 地址}}
        set: {since: {column: 迁入, format: "%Y年%m月%d日"}}
"""

NAMES = ("王秀英", "李建国", "张桂兰", "刘志强", "陈丽华", "杨春梅", "黄永福", "赵玉兰", "吴海燕", "周文斌")

SHEET = "单号,走访日期,户号,姓名,电话,地址,迁入\n" + "".join(
    f"V{i:03d},2026年3月{i + 1}日,44000001{i:02d},{name},1380000{i:04d},云泽市清河路{i + 1}号,2019年5月1日\n"
    for i, name in enumerate(NAMES)
)

QUERY = """
{ customer(id: "4400000104") {
    name phone
    addresses { edges { node { text } } }
    provenance(field: "name") { value current source recordId observedAt }
} }
"""


def test_home_visits_reach_the_portrait(tmp_path: Path) -> None:
    (tmp_path / "visits.csv").write_bytes(SHEET.encode("gbk"))
    (tmp_path / "visits.yaml").write_text(MANIFEST, encoding="utf-8")
    home = tmp_path / "home"
    command = [Path(sys.executable).with_name("kehutu"), "ingest", tmp_path / "visits.yaml", "--home", home]
    subprocess.run(command, check=True, capture_output=True)
    with open_site(settings(home)) as site, TestClient(create_app(site)) as client:
        found = client.post("/graphql", json={"query": QUERY}).json()["data"]["customer"]
    assert found == {
        "name": "陈丽华",
        "phone": "138****0004",
        "addresses": {"edges": [{"node": {"text": "云泽市清河路5号"}}]},
        "provenance": [
            {
                "value": "陈丽华",
                "current": True,
                "source": "visits",
                "recordId": "visits/V004",
                "observedAt": "2026-03-04T16:00:00Z",
            }
        ],
    }
