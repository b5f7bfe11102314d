"""Changes reach the graph as they are stated, whole, and once however often they are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.schema.load import schema
from graph.state import read_state
from graph.store import Store
from graph.write import (
    Counts,
    GraphChange,
    NodeRow,
    RelationRow,
    apply,
    contents,
    counts,
    known_nodes,
    wipe,
)
from terms.errors import KehutuError


def enterprise(number: int | str, **values: object) -> NodeRow:
    key = f"enterprise:{number}"
    return NodeRow("Enterprise", key, (key,), ("synthetic",), {"creditCode": str(number), **values})


def guarantee(source: int | str, target: int | str, contract: str, **values: object) -> RelationRow:
    return RelationRow(
        "GUARANTEES",
        "Enterprise",
        f"enterprise:{source}",
        "Enterprise",
        f"enterprise:{target}",
        contract,
        f"loans/{source}-{contract}",
        ("synthetic",),
        {"contractNo": contract, **values},
    )


def invests(source: int | str, target: int | str, share: float) -> RelationRow:
    return replace(guarantee(source, target, ""), type="INVESTS_IN", properties={"share": share})


def write(store: Store, *, recovering: bool = False, watermark: int = 1, **parts: Sequence[object]) -> Counts:
    return apply(store, schema(), GraphChange(watermark, **parts), recovering=recovering)  # type: ignore[arg-type]


def test_a_change_is_in_the_graph_by_value(store: Store) -> None:
    done = write(
        store,
        create_nodes=[enterprise(1, name="东莞电子", netAssets=5), enterprise(2)],
        create_relations=[guarantee(1, 2, "A", amount=700), guarantee(1, 2, "B"), invests(2, 1, 1)],
    )
    assert done == Counts(nodes=2, relations=3)
    read = contents(store)
    assert [node["properties"]["id"] for node in read["nodes"]] == ["enterprise:1", "enterprise:2"]
    first = read["nodes"][0]
    assert first["labels"] == ["Enterprise"]
    assert first["properties"]["keys"] == ["enterprise:1"]
    assert first["properties"]["netAssets"] == 5
    assert "东莞" in first["properties"]["search"].split()
    assert [(row["type"], row["source"], row["target"], row["properties"]) for row in read["relations"]] == [
        (
            "GUARANTEES",
            "enterprise:1",
            "enterprise:2",
            {"amount": 700, "contractNo": "A", "key": "A", "origins": ["synthetic"], "recordId": "loans/1-A"},
        ),
        (
            "GUARANTEES",
            "enterprise:1",
            "enterprise:2",
            {"contractNo": "B", "key": "B", "origins": ["synthetic"], "recordId": "loans/1-B"},
        ),
        (
            "INVESTS_IN",
            "enterprise:2",
            "enterprise:1",
            {"share": 1.0, "key": "", "origins": ["synthetic"], "recordId": "loans/2-"},
        ),
    ]
    assert isinstance(read["relations"][2]["properties"]["share"], float)
    found = counts(store, schema())
    assert {name: n for name, n in found.items() if n} == {"Enterprise": 2, "GUARANTEES": 2, "INVESTS_IN": 1}


def test_an_update_replaces_every_property_and_keeps_the_relations(store: Store) -> None:
    write(
        store,
        create_nodes=[enterprise(1, name="old", netAssets=5), enterprise(2)],
        create_relations=[guarantee(1, 2, "A", amount=700)],
    )
    write(
        store,
        update_nodes=[enterprise(1, industry="C39"), enterprise(3)],
        update_relations=[guarantee(1, 2, "A"), guarantee(2, 1, "B")],
    )
    read = contents(store)
    assert read["nodes"][0]["properties"].keys() == {
        "id",
        "keys",
        "origins",
        "creditCode",
        "industry",
        "search",
    }
    assert [row["properties"].get("amount") for row in read["relations"]] == [None, None]
    assert counts(store, schema())["Enterprise"] == 3


def test_what_is_removed_is_gone_and_removing_it_again_is_no_fault(store: Store) -> None:
    write(
        store,
        create_nodes=[enterprise(n) for n in (1, 2, 3)],
        create_relations=[
            guarantee(1, 2, "A"),
            guarantee(1, 2, "B"),
            guarantee(2, 3, "C"),
            invests(1, 2, 0.5),
        ],
    )
    for _ in range(2):
        write(
            store,
            remove_nodes=[("Enterprise", "enterprise:3")],
            remove_relations=[guarantee(1, 2, "A"), guarantee(2, 3, "C"), invests(1, 2, 0)],
        )
    read = contents(store)
    assert [node["properties"]["id"] for node in read["nodes"]] == ["enterprise:1", "enterprise:2"]
    assert [(row["type"], row["properties"]["key"]) for row in read["relations"]] == [("GUARANTEES", "B")]


def test_a_node_removed_and_made_anew_in_one_change_has_only_its_new_relations(store: Store) -> None:
    write(store, create_nodes=[enterprise(1), enterprise(2)], create_relations=[guarantee(1, 2, "A")])
    write(
        store,
        remove_nodes=[("Enterprise", "enterprise:1")],
        create_nodes=[enterprise(1, name="new")],
        create_relations=[guarantee(2, 1, "B")],
    )
    assert [row["source"] for row in contents(store)["relations"]] == ["enterprise:2"]


def test_a_change_cut_short_and_applied_again_is_as_one_applied_once(store: Store) -> None:
    change = GraphChange(
        5,
        create_nodes=[enterprise(1), enterprise(2)],
        create_relations=[guarantee(1, 2, "A"), guarantee(1, 2, "B"), invests(1, 2, 0.5)],
    )

    def cut() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        apply(store, schema(), change, recovering=False, before_watermark=cut)
    state = read_state(store)
    assert state is not None
    assert (state.watermark, state.in_flight) == (0, 5)
    once = contents(store)
    apply(store, schema(), change, recovering=True)
    state = read_state(store)
    assert state is not None
    assert (state.watermark, state.in_flight) == (5, None)
    assert contents(store) == once


def test_a_relation_without_an_end_is_damage_and_never_silently_left_out(store: Store) -> None:
    with pytest.raises(KehutuError) as refused:
        write(store, create_nodes=[enterprise(1)], create_relations=[guarantee(1, "nobody", "A")])
    assert refused.value.code == "STORE_DAMAGED"
    assert "1 relation GUARANTEES from" in str(refused.value)
    state = read_state(store)
    assert state is not None
    assert state.in_flight == 1


def test_long_values_travel_in_messages_that_the_store_can_take(store: Store) -> None:
    # Nine rows of 3 MB: one message of 27 MB would hang the embedded store without an error.
    rows = [enterprise(n, industry="x" * 3_000_000) for n in range(9)]
    write(store, create_nodes=rows)
    assert counts(store, schema())["Enterprise"] == 9


def test_a_value_that_no_message_can_take_is_refused_by_name(store: Store) -> None:
    with pytest.raises(KehutuError) as refused:
        write(store, create_nodes=[enterprise(1, industry="x" * 9_000_000)])
    assert refused.value.code == "VALUE_TOO_LARGE"
    assert "enterprise:1" in str(refused.value)


def test_known_nodes_are_those_that_the_store_holds_with_their_keys(store: Store) -> None:
    both = replace(enterprise(1), keys=("enterprise:1", "enterprise:bureau/7"))
    write(store, create_nodes=[both])
    assert known_nodes(store, "Enterprise", ["enterprise:1", "enterprise:2", "enterprise:1"]) == {
        "enterprise:1": ("enterprise:1", "enterprise:bureau/7")
    }
    assert known_nodes(store, "Person", ["enterprise:1"]) == {}


def test_more_rows_than_one_batch_are_written_once_each(store: Store) -> None:
    write(store, create_nodes=[enterprise(n) for n in range(6001)])
    assert counts(store, schema())["Enterprise"] == 6001
    wipe(store)
    assert contents(store) == {"nodes": [], "relations": []}


def test_equal_changes_make_equal_graphs_on_both_stores(stores: tuple[Store, Store]) -> None:
    texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)

    @given(
        names=st.lists(texts, min_size=1, max_size=6, unique=True),
        ends=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), texts), max_size=8, unique=True),
        amounts=st.integers(-(2**53), 2**53),
        share=st.floats(0, 1),
    )
    def equal(names: list[str], ends: list[tuple[int, int, str]], amounts: int, share: float) -> None:
        nodes = [enterprise(n, name=n, netAssets=amounts) for n in names]
        pairs = [(names[a % len(names)], names[b % len(names)], key) for a, b, key in ends]
        relations = [guarantee(a, b, key, amount=amounts) for a, b, key in dict.fromkeys(pairs)]
        relations += [invests(a, b, share) for a, b in dict.fromkeys((a, b) for a, b, _ in pairs)]
        read = []
        for store in stores:
            write(
                store,
                recovering=True,
                remove_nodes=[("Enterprise", n["properties"]["id"]) for n in contents(store)["nodes"]],
                create_nodes=nodes,
                create_relations=relations,
            )
            read.append(contents(store))
        assert read[0] == read[1]
        assert len(read[0]["nodes"]) == len(nodes)
        assert len(read[0]["relations"]) == len(relations)

    equal()
