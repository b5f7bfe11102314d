"""A site with a small network: two customers at one transformer, one with a device, a contact and a work order."""

from __future__ import annotations

from pathlib import Path

HOME_CUSTOMER, WORKS_CUSTOMER = "4400000011", "4400000012"
WORKS = "91330100MA2WORKSA1"

MANIFEST = """
sources:
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: kind, phone: phone, openedOn: openedOn, region: region}
      - relation: SUPPLIED_AT
        from: {Customer: {customerNo: customerNo}}
        to: {ServicePoint: {servicePointNo: point}}
      - relation: LIVES_AT
        from: {Customer: {customerNo: customerNo}}
        to: {Address: {text: address}}
  - name: network
    path: network.csv
    channel: archive
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - node: Line
        key: {lineNo: line}
        set: {name: name, length: length, kind: kind}
      - relation: FED_BY
        from: {Line: {lineNo: line}}
        to: {Line: {lineNo: source}}
  - name: points
    path: points.csv
    channel: archive
    recordId: point
    observedAt: 2026-03-31
    mapping:
      - node: ServicePoint
        key: {servicePointNo: point}
      - relation: FED_BY
        from: {ServicePoint: {servicePointNo: point}}
        to: {Line: {lineNo: line}}
  - name: works
    path: works.csv
    channel: business-registry
    recordId: creditCode
    observedAt: 2026-03-31
    mapping:
      - node: Enterprise
        key: {creditCode: creditCode}
        set: {name: name, netAssets: {column: netAssets, unit: wan-yuan}}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: creditCode}}
      - relation: LOCATED_AT
        from: {Enterprise: {creditCode: creditCode}}
        to: {Address: {text: address}}
  - name: devices
    path: devices.csv
    channel: home-visit
    recordId: deviceNo
    observedAt: 2026-03-31
    mapping:
      - node: Device
        key: {deviceNo: deviceNo}
        set: {name: name, kind: kind, ratedPower: power}
      - relation: OWNS
        from: {Customer: {customerNo: customerNo}}
        to: {Device: {deviceNo: deviceNo}}
      - relation: INSTALLED_AT
        from: {Device: {deviceNo: deviceNo}}
        to: {ServicePoint: {servicePointNo: point}}
  - name: orders
    path: orders.csv
    channel: hotline
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: WorkOrder
        key: {workOrderNo: no}
        set: {title: title, state: state, openedAt: openedAt, priority: priority}
      - relation: REQUESTED
        from: {Customer: {customerNo: customerNo}}
        to: {WorkOrder: {workOrderNo: no}}
      - relation: CONCERNS
        from: {WorkOrder: {workOrderNo: no}}
        to: {Device: {deviceNo: deviceNo}}
  - name: calls
    path: calls.csv
    channel: hotline
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - node: Interaction
        key: {interactionNo: no}
        set: {kind: kind, at: at, summary: summary}
      - relation: CONTACTED
        from: {Customer: {customerNo: customerNo}}
        to: {Interaction: {interactionNo: no}}
"""

FILES = {
    "site.yaml": MANIFEST,
    "customers.csv": f"""customerNo,name,kind,phone,openedOn,region,point,address
{HOME_CUSTOMER},张伟,consumer,13800138000,2020-05-01,CN/37/02/,P1,西湖路 1 号
{WORKS_CUSTOMER},云泽机械厂,organisation,0571-88886666,2019-02-01,CN/37/021/,P2,西湖路 1 号
not-a-number,Nobody,consumer,,,,P1,
""",
    "network.csv": """line,name,length,kind,source
F1,天河一线,1200,feeder,
S1,,80.5,section,F1
S2,,,section,S1
""",
    "points.csv": "point,line\nP1,S1\nP2,S2\n",
    "works.csv": f"""creditCode,name,netAssets,customerNo,address
{WORKS},云泽机械有限公司,300,{WORKS_CUSTOMER},西湖路 1 号
""",
    "devices.csv": f"deviceNo,name,kind,power,customerNo,point\nD1,光伏逆变器,inverter,8.5,{HOME_CUSTOMER},P1\n",
    "orders.csv": f"""no,title,state,openedAt,priority,customerNo,deviceNo
W1,更换电表,open,2026-03-01T08:00:00Z,high,{HOME_CUSTOMER},D1
W2,检查线路,done,2026-02-01T08:00:00Z,low,{HOME_CUSTOMER},
""",
    "calls.csv": f"""no,kind,at,summary,customerNo
I1,question,2026-03-02T01:00:00Z,咨询电费,{HOME_CUSTOMER}
I2,complaint,2026-03-05T01:00:00Z,停电投诉,{HOME_CUSTOMER}
""",
}


def write(folder: Path) -> Path:
    """Write the manifest and its files; returns the manifest. One row of the customers is faulty."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "site.yaml"
