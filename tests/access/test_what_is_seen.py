"""What is seen: by the product as by the text, on random graphs; and kept beside nodes as it was computed."""

from __future__ import annotations

import pytest

from services.access.areas.computing import BELONGS, OF_ALL, OWN, THROUGH, areas_of
from services.access.areas.tokens import of_asker
from services.access.asker import Asker
from services.schema import schema
from tests.access.seen_graphs import SCOPES, random_graph
from tests.access.seen_reference import Scope, seen


@pytest.mark.parametrize("tenants", [("",), ("", "gz"), ("gz", "sd")], ids=str)
def test_the_product_sees_what_the_text_says(tenants: tuple[str, ...]) -> None:
    somebody_sees, somebody_misses = 0, 0
    for seed in range(15):
        nodes, links = random_graph(seed, tenants)
        for deployment in ("", "gz"):
            areas = areas_of(nodes, links, deployment)
            for regions in SCOPES:
                for tenant in ("", "gz"):
                    expected = seen(nodes, links, Scope(regions, tenant, deployment))
                    mine = set(of_asker(Asker("planner", regions, tenant or None), deployment))
                    found = {entity for entity in nodes if mine & areas[entity]}
                    assert found == expected, (seed, deployment, regions, tenant)
                    somebody_sees += len(found)
                    somebody_misses += len(nodes) - len(found)
    assert min(somebody_sees, somebody_misses) > 500


def test_every_type_of_the_model_has_a_rule() -> None:
    assert {*OWN, *BELONGS, *THROUGH, *OF_ALL, "WorkOrder"} == set(schema().nodes)
