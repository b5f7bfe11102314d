"""Who asks is part of reading: answers reach a site through what their asker sees, and no new one can forget it."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path

import pytest

from graph.schema.model import Property
from services.access.asker import EVERYONE, Asker
from services.access.policy import Policy, policy_of
from services.entity import show
from services.graph_answers.lists import entities
from services.graph_answers.neighbours import neighbours
from services.graph_answers.why import why
from services.names import names_of
from services.portrait import customer, provenance
from services.search import search
from services.seen import Seen
from services.site import Site
from terms.errors import KehutuError
from tests.small_site import DEBTOR, GUARANTOR

ROOT = Path(__file__).parents[2]
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
ANSWERS = CONTRACTS["Answers read what their asker sees"]["source_modules"]
NO_ANSWERS = {"demo", "serving", "operation", "evaluation"}
MASK = "***"


def masked(properties: tuple[Property, ...], value: object) -> object:
    """Nothing that tells who or where somebody is, or how to reach them, is shown in clear."""
    return MASK if any(p.personal in ("id", "contact", "location") for p in properties) else value


def as_seen(site: Site, policy: Policy) -> Seen:
    return Seen(Asker("tester"), site.ledger, site.schema, policy, site.settings, site.store)


@pytest.fixture
def masking(small_site: Site) -> Seen:
    return as_seen(small_site, Policy(lambda _type, _node: "", masked))


@pytest.fixture
def without_guarantor(small_site: Site) -> Seen:
    hidden = {"asker_hidden": f"enterprise:{GUARANTOR}"}
    return as_seen(small_site, Policy(lambda _, n: f"{n}.id <> $asker_hidden", lambda _, v: v, hidden))


def test_everyone_sees_everything_and_a_role_without_a_rule_sees_nothing(small_site: Site) -> None:
    assert small_site.as_seen_by(EVERYONE).policy is None
    with pytest.raises(ValueError, match="no rule says what the role 'superuser' sees"):
        policy_of(Asker("superuser"))
    with pytest.raises(ValueError, match="everyone"):
        small_site.as_seen_by(Asker("everyone", ("CN/44/",)))


def test_personal_data_is_masked_wherever_a_value_leaves(small_site: Site, masking: Seen) -> None:
    number = str(customer(small_site.as_seen_by(EVERYONE), "4400000001").properties["phone"])
    row = customer(masking, "4400000001")
    told = (
        row,
        show(masking, row.id),
        provenance(masking, row.id),
        search(masking, "4400000001").nodes,
        entities(masking, "Customer").nodes,
        neighbours(masking, row.id).edges,
        why(masking, row.id, "4400000002"),
    )
    assert all(number not in repr(answer) for answer in told)
    assert row.properties["phone"] == row.properties["name"] == show(masking, row.id).name == MASK
    assert [p.value for p in provenance(masking, row.id, "phone")] == [MASK]
    assert [hit.name for hit in search(masking, "4400000001").nodes] == [MASK]
    assert why(masking, row.id, "4400000002").left.name == MASK
    assert names_of(masking, [row.id])[row.id].name == MASK


def test_figures_that_are_no_personal_data_stay(small_site: Site, masking: Seen) -> None:
    clear = customer(small_site.as_seen_by(EVERYONE), "4400000001")
    row = customer(masking, "4400000001")
    assert row.properties["kind"] == clear.properties["kind"]
    assert [b["properties"].get("amount") for b in row.bills] == [
        b["properties"].get("amount") for b in clear.bills
    ]


def test_what_is_not_seen_is_missing_by_id_in_lists_searches_and_neighbours(without_guarantor: Seen) -> None:
    entity = f"enterprise:{GUARANTOR}"
    with pytest.raises(KehutuError, match=GUARANTOR) as refused:
        show(without_guarantor, entity)
    assert refused.value.code == "UNKNOWN_ID"
    assert entity not in [one.id for one in entities(without_guarantor, "Enterprise").nodes]
    assert entity not in [hit.id for hit in search(without_guarantor, GUARANTOR[:12]).nodes]
    around = neighbours(without_guarantor, DEBTOR)
    assert entity not in [edge.node.id for edge in around.edges]
    assert around.total_count == len(around.edges)


def test_every_layer_of_answers_is_held_by_the_contract() -> None:
    layers = CONTRACTS["Services stand in layers"]["layers"]
    names = [{name.strip() for name in layer.split("|")} for layer in layers]
    above = set().union(*names[: names.index({"reading"})]) - NO_ANSWERS
    assert {f"services.{name}" for name in above} == set(ANSWERS)


def test_no_answer_reaches_into_what_an_asker_sees() -> None:
    rooms = [ROOT / Path(*module.split(".")) for module in (*ANSWERS, "services.names", "api", "cli")]
    files = [
        f for room in rooms for f in (room.rglob("*.py") if room.is_dir() else [room.with_suffix(".py")])
    ]
    private = {name for name in (*Seen.__slots__, "_ledger") if name.startswith("_")}
    assert private == {"_ledger", "_settings", "_store"}
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        reached = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)} & private
        assert not reached, f"{file}: {reached}"
