"""Who was supplied, what was fed, installed and owned: it leaves what holds now, and is shown as ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from graph import seen_queries
from services.entity import show
from services.graph_answers.grid import GridDirection, feeders, grid_trace
from services.graph_answers.neighbours import neighbours
from services.loading import ingest
from services.portrait import customer
from services.settings import settings
from services.site import Site, open_site
from terms.ids import EntityId
from tests.everyone import seen
from tests.supply_site import HOME_CUSTOMER, WORKS_CUSTOMER, write

HOME, WORKS = f"customer:{HOME_CUSTOMER}", f"customer:{WORKS_CUSTOMER}"
POINT_1, POINT_2, DEVICE = "service-point:P1", "service-point:P2", "device:D1"
LINE_1, LINE_2, FEEDER = "line:S1", "line:S2", "line:F1"
THEN = date(2019, 6, 30)

MANIFEST = """
sources:
  - name: moved
    path: moved.csv
    channel: archive
    recordId: no
    observedAt: 2026-03-31
    mapping:
      - relation: SUPPLIED_AT
        from: {Customer: {customerNo: customer}}
        to: {ServicePoint: {servicePointNo: point}}
        set: {since: since, until: until}
      - relation: FED_BY
        from: {ServicePoint: {servicePointNo: fed}}
        to: {Line: {lineNo: line}}
        set: {since: since, until: until}
      - relation: OWNS
        from: {Customer: {customerNo: owner}}
        to: {Device: {deviceNo: device}}
        set: {since: since, until: until}
      - relation: INSTALLED_AT
        from: {Device: {deviceNo: device}}
        to: {ServicePoint: {servicePointNo: point}}
        set: {since: since, until: until}
"""
# The customer who lives at P1 was supplied at P2 until 2020, where the device stood that the works owned then; and P1
# hung on the other section of the line.
MOVED = f"""no,customer,point,fed,line,owner,device,since,until
1,{HOME_CUSTOMER},P2,P1,S2,{WORKS_CUSTOMER},D1,2018-01-01,2020-01-01
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("moved")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    (folder / "moved.csv").write_text(MOVED, encoding="utf-8")
    (folder / "moved.yaml").write_text(MANIFEST, encoding="utf-8")
    (source,) = ingest(chosen, folder / "moved.yaml").report.sources
    assert (source.accepted, source.notices) == (1, [])
    with open_site(chosen) as opened:
        yield opened


def linked(
    site: Site, text: str, relation: str, *, ended: bool = False, as_of: date | None = None
) -> dict[str, bool]:
    """What an entity is linked with by a relation -> whether that has ended."""
    edges = neighbours(seen(site), text, [relation], ended=ended, as_of=as_of).edges
    return {edge.node.id: edge.node.ended for edge in edges}


def test_a_portrait_shows_what_holds_and_marks_what_has_ended(site: Site) -> None:
    home, works = customer(seen(site), HOME), customer(seen(site), WORKS)
    assert [(point["id"], point["ended"]) for point in home.service_points] == [
        (POINT_1, False),
        (POINT_2, True),
    ]
    assert [(device["id"], device["ended"]) for device in home.devices] == [(DEVICE, False)]
    assert [(point["id"], point["ended"]) for point in works.service_points] == [(POINT_2, False)]
    assert [(device["id"], device["ended"]) for device in works.devices] == [(DEVICE, True)]
    assert (home.device_count, home.ended_device_count) == (1, 0)
    assert (works.device_count, works.ended_device_count) == (0, 1)


def test_the_grid_is_walked_over_what_feeds_now(site: Site) -> None:
    above = [edge.node.id for edge in grid_trace(seen(site), HOME, GridDirection.UP).edges]
    assert above == [POINT_1, LINE_1, FEEDER]
    assert [element.id for element in feeders(seen(site), [EntityId(POINT_1)])[EntityId(POINT_1)]] == [
        LINE_1,
        FEEDER,
    ]
    below = grid_trace(seen(site), LINE_2, GridDirection.DOWN)
    assert ([edge.node.id for edge in below.edges], below.customer_count) == ([POINT_2], 1)


def test_supply_and_devices_of_a_point_are_those_of_today(site: Site) -> None:
    day = "2026-03-31"
    supplied = seen_queries.customers_supplied_at(seen(site), points=[EntityId(POINT_2)], day=day)
    assert [row.id for row in supplied] == [WORKS]
    installed = seen_queries.devices_installed_at(seen(site), points=[EntityId(POINT_2)], day=day)
    assert list(installed) == []
    assert [
        row.id for row in seen_queries.points_of_customer(seen(site), customer=EntityId(HOME), day=day)
    ] == [POINT_1]
    then = THEN.isoformat()
    earlier = seen_queries.customers_supplied_at(seen(site), points=[EntityId(POINT_2)], day=then)
    assert HOME in [row.id for row in earlier]


@pytest.mark.parametrize(
    ("entity", "relation", "now", "over"),
    [
        (HOME, "SUPPLIED_AT", {POINT_1: False}, {POINT_2: True}),
        (POINT_1, "FED_BY", {LINE_1: False}, {LINE_2: True}),
        (DEVICE, "OWNS", {HOME: False}, {WORKS: True}),
        (DEVICE, "INSTALLED_AT", {POINT_1: False}, {POINT_2: True}),
    ],
)
def test_what_has_ended_stays_visible_as_ended(
    site: Site, entity: str, relation: str, now: dict[str, bool], over: dict[str, bool]
) -> None:
    assert linked(site, entity, relation) == now
    assert linked(site, entity, relation, ended=True) == {**now, **over}
    assert linked(site, entity, relation, as_of=THEN) == {**now, **dict.fromkeys(over, False)}
    counted = {
        (one.count, one.ended) for one in show(seen(site), entity).relations if one.relation == relation
    }
    assert counted == {(1, 1)}
