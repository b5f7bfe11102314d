"""Search, neighbours, paths, traces along the network and lists: right, page by page, and alike on both stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from graph.schema.load import schema
from graph.state import prepare
from graph.store import Store
from graph.write import GraphChange, NodeRow, RelationRow, apply, wipe
from ledger import aliases
from ledger.database import Ledger
from services.entity import show, stored
from services.graph_answers.filters import Filter, Order, Range
from services.graph_answers.grid import GridDirection, grid_trace
from services.graph_answers.lists import entities
from services.graph_answers.neighbours import neighbours
from services.graph_answers.paths import paths
from services.search import search
from services.site import Site
from terms.errors import KehutuError
from terms.ids import EntityId
from terms.money import Money
from tests.answers_site import answers_site
from tests.everyone import seen
from tests.graph_schema.query_cases import ONE, PERSON, THREE, TWO, ZHANG

SUBSTATION, POINT = "substation:S1", "service-point:SP1"


@pytest.fixture(scope="module")
def sites(
    embedded_store: Store, neo4j_store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Site]]:
    """One site a store, with one ledger; look only."""
    home = tmp_path_factory.mktemp("answers") / "home"
    with Ledger.open(home) as ledger:
        found = {}
        for name, store in (("embedded", embedded_store), ("neo4j", neo4j_store)):
            wipe(store)
            prepare(store, schema(), ledger.id)
            found[name] = answers_site(home, ledger, store)
        yield found


@pytest.fixture(params=["embedded", "neo4j"])
def site(request: pytest.FixtureRequest, sites: dict[str, Site]) -> Site:
    """Each of them in turn."""
    return sites[request.param]


ANSWERS: dict[str, Callable[[Site, int, str | None], Any]] = {
    "search": lambda site, first, after: search(seen(site), "张伟", (), first, after),
    "search by type": lambda site, first, after: search(
        seen(site), "4401", ["Customer", "Enterprise"], first, after
    ),
    "neighbours": lambda site, first, after: neighbours(seen(site), ONE, (), first, after),
    "parallel contracts": lambda site, first, after: neighbours(
        seen(site), ONE, ["GUARANTEES"], first, after
    ),
    "a holding in itself": lambda site, first, after: neighbours(
        seen(site), THREE, ["INVESTS_IN"], first, after
    ),
    "paths": lambda site, first, after: paths(seen(site), ONE, THREE, max_length=4, first=first, after=after),
    "up": lambda site, first, after: grid_trace(seen(site), ZHANG, GridDirection.UP, first, after),
    "down": lambda site, first, after: grid_trace(seen(site), SUBSTATION, GridDirection.DOWN, first, after),
    "list": lambda site, first, after: entities(seen(site), "Bill", first=first, after=after),
    "falling list": lambda site, first, after: entities(
        seen(site), "Bill", None, Order("amount", descending=True), first=first, after=after
    ),
    "list with gaps": lambda site, first, after: entities(
        seen(site), "Line", None, Order("length"), first=first, after=after
    ),
    "falling list with gaps": lambda site, first, after: entities(
        seen(site), "Line", None, Order("name", descending=True), first=first, after=after
    ),
    "list by words": lambda site, first, after: entities(
        seen(site),
        "Customer",
        Filter(text="4401"),
        Order("name", descending=True),
        first=first,
        after=after,
    ),
    "list below a line": lambda site, first, after: entities(
        seen(site), "Customer", Filter(line="L1"), first=first, after=after
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_both_stores_give_one_answer(sites: dict[str, Site], name: str) -> None:
    first, second = (ANSWERS[name](site, 3, None) for site in sites.values())
    assert first == second
    assert first.edges


def test_pages_hold_the_whole_list_once_and_in_order(site: Site) -> None:
    for name, answer in ANSWERS.items():
        whole = [edge.node for edge in answer(site, 1000, None).edges]
        walked, after, pages = [], None, 0
        while True:
            page = answer(site, 2, after)
            assert page.total_count == len(whole), name
            assert page.page_info.has_previous_page == (pages > 0), name
            walked += [edge.node for edge in page.edges]
            pages += 1
            if not page.page_info.has_next_page:
                break
            after = page.page_info.end_cursor
        assert walked == whole, name
        assert pages == -(-len(whole) // 2), name


def test_a_page_of_nothing_still_counts(site: Site) -> None:
    for name, answer in ANSWERS.items():
        page = answer(site, 0, None)
        assert page.edges == (), name
        assert page.total_count > 0, name


@pytest.mark.parametrize("first", [-1, 1001])
def test_a_page_that_is_too_large_is_refused(site: Site, first: int) -> None:
    for answer in ANSWERS.values():
        with pytest.raises(KehutuError) as caught:
            answer(site, first, None)
        assert caught.value.code == "PAGE_SIZE"


def test_a_cursor_of_another_list_or_a_changed_one_is_refused(site: Site) -> None:
    cursors = {name: answer(site, 1, None).page_info.end_cursor for name, answer in ANSWERS.items()}
    for name, answer in ANSWERS.items():
        other = next(cursor for of, cursor in cursors.items() if of != name)
        own = cursors[name]
        for wrong in (
            other,
            own[:-2],
            own[:-1] + ("A" if own[-1] != "A" else "B"),
            own + "=",
            own + "\n",
            "",
            "é",
            "x",
        ):
            with pytest.raises(KehutuError) as caught:
                answer(site, 1, wrong)
            assert caught.value.code == "CURSOR_UNKNOWN", (name, wrong)


def test_search_counts_all_types_and_shows_parties_first(site: Site) -> None:
    page = search(seen(site), "zhangwei")
    assert [(hit.type, hit.id, hit.name) for hit in page.nodes] == [
        ("Customer", ZHANG, "张伟"),
        ("Person", PERSON, "张伟"),
    ]
    assert page.total_count == 2
    assert [hit.type for hit in search(seen(site), "zhangwei", ["Person"]).nodes] == ["Person"]
    assert [hit.name for hit in search(seen(site), "更换电表").nodes] == ["更换电表"]
    assert search(seen(site), "nothing at all").total_count == 0
    for wrong, code in ((("?!", ()), "SEARCH_EMPTY"), (("x", ["Bill"]), "TYPE_UNKNOWN")):
        with pytest.raises(KehutuError) as caught:
            search(seen(site), *wrong)
        assert caught.value.code == code


def test_neighbours_tell_relation_direction_and_record(site: Site) -> None:
    found = neighbours(seen(site), ONE, ["GUARANTEES"])
    assert [(e.node.direction.name, e.node.id, e.node.key, e.node.amount) for e in found.edges] == [
        ("IN", THREE, "K4", Money(100_00)),
        ("OUT", TWO, "K1", Money(500_00)),
        ("OUT", TWO, "K2", Money(300_00)),
        ("OUT", THREE, "K3", None),
    ]
    assert [(c.direction.name, c.type, c.count) for c in found.counts] == [
        ("IN", "Enterprise", 1),
        ("OUT", "Enterprise", 3),
    ]
    assert found.edges[1].node.record_id.startswith("test/GUARANTEES")
    assert found.edges[1].node.since == "2025-03-01"
    with pytest.raises(KehutuError, match="nearest: 'GUARANTEES'"):
        neighbours(seen(site), ONE, ["GUARANTES"])


def test_neighbours_of_all_types_come_by_relation(site: Site) -> None:
    found = neighbours(seen(site), ZHANG)
    relations = [edge.node.relation for edge in found.edges]
    assert relations == sorted(relations)
    assert found.total_count == len(relations) == sum(count.count for count in found.counts)
    order = next(edge.node for edge in found.edges if edge.node.type == "WorkOrder")
    assert order.name == "更换电表"


def in_words(path: Any) -> str:
    steps = [f"{'>' if s.forward else '<'}{s.relation} {s.key}".strip() for s in path.steps]
    return " ".join(steps)


def test_paths_run_either_way_shortest_first_and_never_twice_through_an_entity(site: Site) -> None:
    found = paths(seen(site), ONE, THREE, max_length=3, first=100)
    assert [in_words(path) for path in found.nodes] == [
        ">GUARANTEES K3",
        "<GUARANTEES K4",
        ">GUARANTEES K1 <LEGAL_REPRESENTATIVE_OF >DIRECTOR_OF",
        ">GUARANTEES K1 <LEGAL_REPRESENTATIVE_OF >INVESTS_IN",
        ">GUARANTEES K2 <LEGAL_REPRESENTATIVE_OF >DIRECTOR_OF",
        ">GUARANTEES K2 <LEGAL_REPRESENTATIVE_OF >INVESTS_IN",
    ]
    for path in found.nodes:
        entities_met = [path.steps[0].from_.id, *(step.to.id for step in path.steps)]
        assert len(set(entities_met)) == len(entities_met)
        assert (entities_met[0], entities_met[-1]) == (ONE, THREE)


def test_the_way_back_is_the_way_there_reversed(site: Site) -> None:
    for longest in (1, 2, 3, 4, 5, 6):
        there = paths(seen(site), ZHANG, "4401000002", max_length=longest, first=1000)
        back = paths(seen(site), "4401000002", ZHANG, max_length=longest, first=1000)
        forward = {tuple((s.from_.id, s.record_id, s.forward) for s in path.steps) for path in there.nodes}
        reverse = {
            tuple((s.to.id, s.record_id, not s.forward) for s in reversed(path.steps)) for path in back.nodes
        }
        assert forward == reverse
        assert there.total_count == len(forward)
    assert {path.length for path in there.nodes} >= {4}


def test_paths_can_be_kept_to_some_relations(site: Site) -> None:
    only = paths(seen(site), ZHANG, "4401000002", max_length=6, relations=["SUPPLIED_AT", "FED_BY"])
    assert [in_words(path) for path in only.nodes] == [">SUPPLIED_AT >FED_BY <FED_BY <SUPPLIED_AT"]
    assert paths(seen(site), ZHANG, ZHANG).total_count == 0
    assert paths(seen(site), ONE, "device:D1", max_length=1).total_count == 0


@pytest.mark.parametrize("longest", [0, 7])
def test_a_path_has_a_bounded_length(site: Site, longest: int) -> None:
    with pytest.raises(KehutuError) as caught:
        paths(seen(site), ONE, TWO, max_length=longest)
    assert caught.value.code == "PATH_LENGTH"


def test_paths_through_too_many_ways_are_refused_and_not_cut(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.graph_answers.paths.MOST_WALKS", 3)
    with pytest.raises(KehutuError) as caught:
        paths(seen(site), ONE, TWO)
    assert caught.value.code == "PATHS_TOO_MANY"


def test_a_trace_names_each_element_once_with_its_shortest_distance(site: Site) -> None:
    up = grid_trace(seen(site), POINT, GridDirection.UP)
    assert [(e.node.distance, e.node.id) for e in up.edges] == [
        (1, "line:L3"),
        (2, "transformer:T1"),
        (3, "line:L1"),
        (3, "line:L2"),
        (4, SUBSTATION),
    ]
    assert up.customer_count == 0
    of_customer = grid_trace(seen(site), ZHANG, GridDirection.UP)
    assert [(e.node.distance, e.node.id) for e in of_customer.edges][:2] == [(1, POINT), (2, "line:L3")]
    assert of_customer.total_count == 6


def test_a_trace_down_counts_types_and_customers(site: Site) -> None:
    down = grid_trace(seen(site), "S1", GridDirection.DOWN)
    assert [(c.type, c.count) for c in down.counts] == [("Line", 3), ("ServicePoint", 2), ("Transformer", 1)]
    assert down.customer_count == 2
    assert [(e.node.distance, e.node.id) for e in down.edges][-2:] == [(4, POINT), (4, "service-point:SP2")]
    assert down.edges[0].node.name == "天河一线"
    at_the_end = grid_trace(seen(site), POINT, GridDirection.DOWN)
    assert (at_the_end.total_count, at_the_end.customer_count) == (0, 1)


def test_a_network_with_many_ways_is_traced_in_as_many_steps_as_it_is_long(site: Site) -> None:
    """Each of 30 pairs of lines is fed by both of the pair before: 2^30 ways lead from the last to the first."""
    lines = [NodeRow("Line", f"line:R{i:02}{side}", (), (), {}) for i in range(30) for side in "ab"]
    fed_by = [
        RelationRow(
            "FED_BY", "Line", lines[2 * i + one].id, "Line", lines[2 * i - 2 + other].id, "", "r", (), {}
        )
        for i in range(1, 30)
        for one in (0, 1)
        for other in (0, 1)
    ]
    change = GraphChange(create_nodes=tuple(lines), create_relations=tuple(fed_by), watermark=2)
    apply(site.store, schema(), change, recovering=False)
    aliases.put(site.ledger, {lines[-1].id: EntityId(lines[-1].id)})
    try:
        up = grid_trace(seen(site), lines[-1].id, GridDirection.UP, 100)
        assert [(e.node.distance, e.node.id) for e in up.edges] == sorted(
            (29 - index // 2, line.id) for index, line in enumerate(lines[:-2])
        )
    finally:
        removed = GraphChange(remove_nodes=tuple((line.type, line.id) for line in lines), watermark=3)
        apply(site.store, schema(), removed, recovering=False)


def test_only_the_network_can_be_traced(site: Site) -> None:
    for element, direction in ((ONE, GridDirection.UP), (ZHANG, GridDirection.DOWN)):
        with pytest.raises(KehutuError) as caught:
            grid_trace(seen(site), element, direction)
        assert caught.value.code == "NOT_IN_THE_GRID"


@pytest.mark.parametrize(
    ("type_name", "wanted", "expected"),
    [
        ("Bill", Filter(ranges={"amount": Range(200, 400)}), ["B2", "B3", "B4"]),
        ("Bill", Filter(ranges={"dueOn": Range("2026-04-01", None)}), ["B4", "B5"]),
        ("Bill", Filter(ranges={"period": Range(None, "2026-02")}), ["B1", "B2"]),
        ("Bill", Filter(equal={"period": "2026-02"}), ["B2"]),
        ("Customer", Filter(equal={"kind": "organisation"}), ["4401000002"]),
        ("Customer", Filter(text="张"), ["4401000001"]),
        ("Customer", Filter(line="T1", equal={"kind": "consumer"}), ["4401000001"]),
        ("Customer", Filter(line="service-point:SP2"), ["4401000002"]),
        ("Customer", Filter(region="CN"), []),
        ("Device", Filter(line="L2"), ["D1"]),
        ("Line", Filter(line="T1"), ["L3"]),
        ("Line", Filter(equal={"kind": "feeder"}, text="天河"), ["L1"]),
        ("WorkOrder", Filter(equal={"state": "open"}), ["W1"]),
    ],
)
def test_a_list_holds_what_fits_the_filter(
    site: Site, type_name: str, wanted: Filter, expected: list[str]
) -> None:
    page = entities(seen(site), type_name, wanted)
    assert [row.id.partition(":")[2] for row in page.nodes] == expected
    assert page.total_count == len(expected)


@pytest.mark.parametrize(
    ("wanted", "order", "code"),
    [
        (Filter(equal={"nam": "x"}), Order(), "FILTER_UNKNOWN"),
        (Filter(equal={"name) DETACH DELETE (n": "x"}), Order(), "FILTER_UNKNOWN"),
        (Filter(), Order("colour"), "FILTER_UNKNOWN"),
        (Filter(), Order("idNumber"), "FILTER_UNKNOWN"),
        (Filter(ranges={"openedOn": Range("yesterday")}), Order(), "FILTER_VALUE"),
        (Filter(text="!"), Order(), "SEARCH_EMPTY"),
        (Filter(line="nowhere"), Order(), "UNKNOWN_ID"),
        (Filter(line=ONE), Order(), "NOT_IN_THE_GRID"),
        (Filter(risk=Range(0.5)), Order(), "NO_RUN"),
        (Filter(), Order("risk"), "NO_RUN"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(site: Site, wanted: Filter, order: Order, code: str) -> None:
    with pytest.raises(KehutuError) as caught:
        entities(seen(site), "Customer", wanted, order)
    assert caught.value.code == code


def test_an_entity_of_any_type_is_shown_with_labels_units_and_counts(site: Site) -> None:
    found = show(seen(site), "L3")
    assert (found.id, found.type, found.name) == ("line:L3", "Line", "line:L3")
    assert [(v.name, v.value, v.unit) for v in found.values] == [
        ("lineNo", "L3", None),
        ("kind", "section", None),
        ("length", 120.5, "m"),
    ]
    assert [(c.relation, c.direction.name, c.type, c.count) for c in found.relations] == [
        ("FED_BY", "IN", "ServicePoint", 2),
        ("FED_BY", "OUT", "Transformer", 1),
    ]
    bill = {value.name: value.value for value in show(seen(site), "bill:B1").values}
    assert bill["amount"] == Money(100)
    assert show(seen(site), "L3", "zh").values[0].label == "线路编号"
    with pytest.raises(KehutuError, match="names no entity"):
        show(seen(site), "nothing")


def test_an_id_of_another_type_is_none(site: Site) -> None:
    assert stored(seen(site), "Enterprise", ONE) is not None
    assert stored(seen(site), "Person", ONE) is None
    assert stored(seen(site), "Line", "S1") is None
