"""Similar customers: those of the definition, by parts that add up, as who asks sees them; from run to run."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from algorithms.segments.scores import number_scale
from api.context import Context
from api.schema import schema as graphql
from cli.main import main
from graph.schema.load import schema
from services.access.asker import EVERYONE, Asker
from services.access.policy import Policy
from services.analysis import analyse
from services.features.contract import contract
from services.live import following
from services.loading import ingest, project
from services.reading.runs import current
from services.risk.model import RiskModel
from services.risk.parts.customer_features import CUSTOMER_FEATURES
from services.risk.parts.embedding import EMBEDDING, FASTRP
from services.risk.parts.segments import SEGMENTS
from services.risk.registry import PARTS
from services.seen import Seen
from services.settings import settings
from services.similar.blocks import SimilarityPart
from services.similar.similar import MOST, best, similar
from services.site import Site, open_site
from terms.errors import KehutuError
from tests.algorithms.fastrp_reference import fastrp
from tests.everyone import seen

MANIFEST = """
sources:
  - name: loans
    path: loans.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: lender}}
        to: {Enterprise: {creditCode: debtor}}
        key: {contractNo: line}
        set: {amount: {column: amount, unit: wan-yuan}}
  - name: customers
    path: customers.csv
    channel: marketing
    recordId: customerNo
    observedAt: 2026-03-31
    mapping:
      - node: Customer
        key: {customerNo: customerNo}
        set: {name: name, kind: kind, industry: industry}
      - relation: IS
        from: {Customer: {customerNo: customerNo}}
        to: {Enterprise: {creditCode: party}}
"""
LINKS = ("AB", "BC", "CA", "CD", "XY", "YZ", "ZX", "QX")
PARTIES = "ABCDQXYZ"


def code(letter: str) -> str:
    return f"91330100MA2SIML0{ord(letter) % 10}{letter}"


def number(letter: str, at: int = 1) -> str:
    return f"44{ord(letter):04d}{at:04d}"


def customer(letter: str, at: int = 1) -> str:
    return f"customer:{number(letter, at)}"


def write(folder: Path, name: str = "first") -> Path:
    """Two groups of enterprises that lend to each other, a customer each, two for A, and one with nothing around it."""
    folder.mkdir(exist_ok=True)
    loans = [f"K{at},{code(pair[0])},{code(pair[1])},{50 + at}" for at, pair in enumerate(LINKS)]
    rows = [f"{number(one)},客户{one},organisation,trade,{code(one)}" for one in PARTIES]
    rows += [f"{number('A', 2)},客户A2,organisation,steel,{code('A')}", f"{number('L')},孤,consumer,,"]
    (folder / "loans.csv").write_text("\n".join(["line,lender,debtor,amount", *loans]))
    (folder / "customers.csv").write_text("\n".join(["customerNo,name,kind,industry,party", *rows]))
    path = folder / f"{name}.yaml"
    path.write_text(MANIFEST)
    return path


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("similar")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder / "data"))
    with open_site(chosen) as opened:
        analyse(opened)
        yield opened


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    length = math.sqrt(sum(a * a for a in one) * sum(b * b for b in other))
    return sum(a * b for a, b in zip(one, other, strict=True)) / length if length else 0.0


def dimensions(model: RiskModel) -> list[dict[str, list[float]]]:
    """By customer, in each dimension, the scores of its features."""
    known = model.features
    assert known is not None
    found: list[dict[str, list[float]]] = []
    for dimension in contract().dimensions:
        rows: dict[str, list[float]] = {name: [] for name in known.ids}
        for name, feature in contract().features.items():
            values = known.values[name]
            if feature.dimension != dimension:
                continue
            if feature.kind == "number":
                scale = number_scale(values.astype(np.float64))
                scores = [[score] for score in scale.of(values.astype(np.float64)).tolist()]
            else:
                said = [word for word in values.tolist() if word]
                levels = sorted({*said})
                share = {word: said.count(word) / len(said) for word in levels}
                scores = [
                    [
                        ((word == level) - share[level]) / math.sqrt(share[level] * (len(levels) - 1))
                        if word and len(levels) > 1
                        else 0.0
                        for level in levels
                    ]
                    for word in values.tolist()
                ]
            for customer_id, score in zip(known.ids, scores, strict=True):
                rows[customer_id] += score
        found.append(rows)
    return found


def expected(site: Site, entity: str) -> list[tuple[str, float]]:
    """Every customer with its score, plainly: the mean of the cosines by the embedding of the party network (by the
    reference) and in each dimension, of those blocks in which something is known of this customer."""
    _, model = current(seen(site))
    matrix = model.weights.csr
    links = list(zip(matrix.rows().tolist(), matrix.indices.tolist(), matrix.data.tolist(), strict=True))
    rows = fastrp(model.ids, links, dimension=FASTRP.dimension, steps=FASTRP.steps, seed=FASTRP.seed)
    network = {
        name: rows[at]
        for name, at in zip(model.inputs.customers, model.inputs.customer_party.tolist(), strict=True)
    }
    blocks = [
        block for block in (network, *dimensions(model)) if any(abs(one) > 1e-9 for one in block[entity])
    ]
    found = [
        (name, sum(cosine(block[entity], block[name]) for block in blocks) / len(blocks))
        for name in model.inputs.customers
        if name != entity
    ]
    return sorted((one for one in found if one[1] > 1e-6), key=lambda one: (-round(one[1], 5), one[0]))


@pytest.mark.parametrize("letter", PARTIES)
def test_similar_customers_are_those_of_the_definition(site: Site, letter: str) -> None:
    page, assumptions = similar(seen(site), number(letter), 50)
    wanted = expected(site, customer(letter))
    assert [found.customer.id for found in page.nodes] == [name for name, _ in wanted]
    assert [found.score for found in page.nodes] == pytest.approx([score for _, score in wanted], abs=1e-5)
    assert page.total_count == len(wanted)
    assert assumptions == ()
    for found in page.nodes:
        assert sum(part.value for part in found.parts) == pytest.approx(found.score)


def test_what_two_customers_have_in_common_is_told_in_both_languages(site: Site) -> None:
    page, _ = similar(seen(site), customer("A"), 50)
    by_id = {found.customer.id: found for found in page.nodes}
    twin = by_id[customer("A", 2)]
    assert (twin.same_party, twin.neighbours) == (True, ())
    by_name = {part.name: part.value for part in twin.parts}
    assert by_name[SimilarityPart.NETWORK] == pytest.approx(1 / len(twin.parts)), (
        "one party, one place in the network"
    )
    assert [trait.name for trait in twin.traits] == ["kind"]
    other = by_id[customer("B")]
    assert not other.same_party
    assert [one.id for one in other.neighbours] == [f"enterprise:{code('C')}"]
    assert [(trait.name, trait.value) for trait in other.traits] == [
        ("kind", "organisation"),
        ("industry", "trade"),
    ]
    chinese, _ = similar(seen(site), customer("A"), 1, lang="zh")
    assert chinese.nodes[0].traits[0].label == "客户类别"


def test_whom_the_asker_does_not_see_is_left_out_before_ranking(site: Site) -> None:
    whole, _ = similar(seen(site), customer("A"), 50)
    hidden = (whole.nodes[0].customer.id,)
    policy = Policy(
        lambda _, name: f"NOT {name}.id IN $asker_hidden",
        lambda _, value: value,
        {"asker_hidden": [*hidden]},
    )
    asked = Seen(Asker("clerk"), site.ledger, schema(), policy, site.settings, site.store)
    page, _ = similar(asked, customer("A"), 50)
    assert [found.customer.id for found in page.nodes] == [
        found.customer.id for found in whole.nodes if found.customer.id not in hidden
    ]
    assert page.total_count == whole.total_count - 1
    with pytest.raises(KehutuError) as unknown:
        similar(asked, hidden[0])
    assert unknown.value.code == "UNKNOWN_ID"


def test_a_customer_without_links_is_compared_by_its_features_alone(site: Site) -> None:
    page, assumptions = similar(seen(site), customer("L"))
    wanted = expected(site, customer("L"))
    assert [found.customer.id for found in page.nodes] == [name for name, _ in wanted][:10]
    assert assumptions == ()
    done = CliRunner().invoke(main, ["similar", customer("L"), "--home", str(site.home), "--lang", "zh"])
    if wanted:
        assert {part.name for found in page.nodes for part in found.parts} <= {*SimilarityPart} - {
            SimilarityPart.NETWORK
        }
        assert "组织与环境" in done.stdout
    else:
        assert done.exit_code == 1
        assert "没有与其相似的客户。" in done.stdout


def test_the_command_and_the_api_say_the_same_page_by_page(site: Site) -> None:
    words = ["similar", number("A"), "--home", str(site.home)]
    told = CliRunner().invoke(main, [*words, "--first", "2", "--json"])
    assert told.exit_code == 0, told.output
    command = json.loads(told.stdout)
    document = (
        f'{{ customer(id: "{customer("A")}") {{ similar(first: 2) {{ totalCount edges {{ node {{ '
        "customer { id name } score parts { name value } sameParty neighbours { id } traits { name } } } "
        "pageInfo { endCursor } } } }"
    )
    answer = graphql.execute_sync(document, context_value=Context(site, "en", EVERYONE))
    assert answer.errors is None
    assert answer.data is not None
    api = answer.data["customer"]["similar"]
    assert api["totalCount"] == command["totalCount"] > 2
    for one, other in zip(api["edges"], command["edges"], strict=True):
        assert one["node"]["customer"]["id"] == other["node"]["customer"]["id"]
        assert one["node"]["parts"] == other["node"]["parts"]
    following_page = CliRunner().invoke(main, [*words, "--after", api["pageInfo"]["endCursor"], "--json"])
    ids = [edge["node"]["customer"]["id"] for edge in json.loads(following_page.stdout)["edges"]]
    assert ids == [name for name, _ in expected(site, customer("A"))][2:]
    plain = CliRunner().invoke(main, [*words, "--first", "3"])
    assert "the same party stands behind both" in plain.stdout
    assert "links of the party " in plain.stdout


def test_a_run_of_before_has_no_vectors_and_a_load_keeps_them(tmp_path: Path) -> None:
    chosen = settings(tmp_path / "home")
    ingest(chosen, write(tmp_path / "data"))
    with open_site(chosen) as opened:
        with PARTS.without(EMBEDDING), PARTS.without(SEGMENTS), PARTS.without(CUSTOMER_FEATURES):
            analyse(opened)
        page, assumptions = similar(seen(opened), customer("A"))
        assert len(page.nodes) == 0
        assert [one.code for one in assumptions] == ["NOT_COMPARABLE"]
        analyse(opened)
        before = similar(seen(opened), customer("A"), 50)[0].nodes
        assert before
    rows = (tmp_path / "data" / "customers.csv").read_text()
    (tmp_path / "data" / "customers.csv").write_text(
        f"{rows}\n{number('N')},新,organisation,trade,{code('N')}"
    )
    ingest(chosen, tmp_path / "data" / "first.yaml")
    with open_site(chosen) as opened:
        project(opened)
        following.follow(opened)
        head, model = current(seen(opened))
        assert model.party(customer("N")) is not None
        assert head.parent is not None
        assert [one.customer.id for one in similar(seen(opened), customer("A"), 50)[0].nodes] == [
            one.customer.id for one in before
        ]
        page, assumptions = similar(seen(opened), customer("N"), 50)
        assert assumptions == ()
        assert SimilarityPart.NETWORK not in {part.name for found in page.nodes for part in found.parts}


@given(st.lists(st.sampled_from([-0.5, 0.0, 0.25, 0.5, 0.75]), min_size=1, max_size=30), st.integers(1, 40))
def test_the_best_are_the_first_of_all_in_order(values: list[float], count: int) -> None:
    order = [at for _, at in sorted((-value, at) for at, value in enumerate(values) if value > 0)]
    found = best(np.array(values), count).tolist()
    assert found == order[: len(found)]
    assert len(found) >= min(count, len(order))
    assert MOST >= 50
