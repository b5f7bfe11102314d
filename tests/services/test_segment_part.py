"""Classes of a run from its features: found, named and gone on, by stated rules for every bad input."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import numpy as np
import orjson
import pytest

from algorithms.segments.described import OTHER, describe
from algorithms.segments.written import model_read, model_written, rules_read, rules_written
from services.features.contract import contract
from services.features.naming import FILE, naming, read
from services.risk.parts.customer_features import CustomerFeatures
from services.risk.parts.found_segments import classes_of, with_names
from services.risk.parts.segment_lineage import NOBODY
from terms.errors import KehutuError

SHIPPED = resources.files("services.features") / FILE
TEXT = SHIPPED.read_text(encoding="utf-8")


def some(many: int = 240, seed: int = 0, *, apart: float = 8.0, classes: int = 2) -> CustomerFeatures:
    """Customers of classes far apart in four numbers; every other feature is missing or the same for all."""
    rng = np.random.default_rng(seed)
    values: dict[str, np.ndarray] = {}
    for name, feature in contract().features.items():
        values[name] = np.full(many, np.nan) if feature.kind == "number" else np.full(many, "", object)
    label = np.arange(many) % classes
    for k, name in enumerate(("energy_variation", "on_time_share", "tenure", "payments")):
        values[name] = rng.normal(size=many) + apart * (label == k % classes)
    values["kind"] = np.full(many, "consumer", object)
    ids = [f"customer:44{at:08}" for at in range(many)]
    return CustomerFeatures(contract().version, ids, np.ones(many, dtype=np.bool_), values)


def with_value(features: CustomerFeatures, **changed: object) -> CustomerFeatures:
    return replace(features, values={**features.values, **changed})  # type: ignore[dict-item]  # arrays as they come


def among(features: CustomerFeatures, rows: np.ndarray) -> CustomerFeatures:
    values = {name: column[rows] for name, column in features.values.items()}
    ids = [features.ids[at] for at in rows.tolist()]
    return CustomerFeatures(features.version, ids, features.active[rows], values)


def cautions(found: object) -> set[tuple[str, str]]:
    return {*found.judged.described.cautions}  # type: ignore[attr-defined]  # any answer with cautions


def test_planted_classes_are_found_and_the_order_of_rows_changes_nothing() -> None:
    features = some()
    found = classes_of(features, None, "")
    assert len(found.ids) == 2
    assert all(len({*found.label[k::2].tolist()}) == 1 for k in range(2))
    assert found.strength.min() >= 0.8
    rows = np.random.default_rng(3).permutation(len(features.ids))
    shuffled = classes_of(among(features, rows), None, "")
    assert shuffled.label.tolist() == found.label[rows].tolist()
    assert shuffled.strength.tolist() == found.strength[rows].tolist()
    assert orjson.dumps(model_written(shuffled.judged.model)) == orjson.dumps(  # type: ignore[arg-type]
        model_written(found.judged.model)  # type: ignore[arg-type]
    )


def test_a_stored_model_says_the_same_after_it_was_written() -> None:
    features = some()
    features.values["industry"][:] = np.where(np.arange(240) % 3 == 0, "food", "trade")
    found = classes_of(features, None, "")
    assert found.judged.model is not None
    assert found.judged.rules is not None
    written = orjson.loads(orjson.dumps(model_written(found.judged.model)))
    table = found.judged.described.table(features.ids, features.values)
    for one, other in zip(model_read(written).assign(table), found.judged.model.assign(table), strict=True):
        assert one.tolist() == other.tolist()
    assert rules_read(orjson.loads(orjson.dumps(rules_written(found.judged.rules)))) == found.judged.rules


def test_one_more_customer_and_a_refit_keep_ids_and_hardly_move_anybody() -> None:
    features = some(241)
    before = classes_of(among(features, np.arange(240)), None, "")
    after = classes_of(features, before, "run-1")
    assert {*after.ids} == {*before.ids}
    then = [before.ids[label] for label in before.label.tolist()]
    now = [after.ids[label] for label in after.label[:240].tolist()]
    assert sum(one != other for one, other in zip(then, now, strict=True)) <= 1
    assert after.earlier[:2] == [before.ids[before.label[0]], before.ids[before.label[1]]]
    assert after.earlier[240] == ""
    assert {event.kind for event in after.judged.events} == {"continued"}


def test_a_class_that_vanished_is_told_and_its_id_is_not_used_again() -> None:
    features = some(300, classes=3)
    before = classes_of(features, None, "")
    assert len(before.ids) == 3
    gone = int(before.label[0])
    after = classes_of(among(features, np.flatnonzero(before.label != gone)), before, "run-1")
    assert before.ids[gone] not in after.ids
    assert ("died", before.ids[gone]) in {(event.kind, event.id) for event in after.judged.events}


def test_runs_of_two_contracts_are_not_compared() -> None:
    features = some()
    before = classes_of(features, None, "")
    after = classes_of(replace(features, version=contract().version + 1), before, "run-1")
    assert not after.judged.compared
    assert not {*after.ids} & {*before.ids}
    assert after.earlier == [""] * 240


def test_where_there_is_no_gap_there_are_no_classes() -> None:
    found = classes_of(some(apart=0.0), None, "")
    assert (found.ids, found.judged.model) == ([], None)
    assert found.label.tolist() == [NOBODY] * 240
    assert found.judged.numbers["p"] >= 0.05


def test_features_that_say_nothing_are_left_out_and_told() -> None:
    features = some()
    plain = classes_of(features, None, "")
    found = classes_of(
        with_value(
            features,
            contacts=np.full(240, 3.0),
            capacity=np.where(np.arange(240) < 100, np.arange(240.0), np.nan),
            arrears=2 * features.values["tenure"] + 1,
            margin=np.where(np.arange(240) == 7, np.inf, np.random.default_rng(5).normal(size=240)),
        ),
        None,
        "",
    )
    told = cautions(found)
    assert {
        ("SEGMENT_CONSTANT", "contacts"),
        ("SEGMENT_MISSING_FOR_MOST", "capacity"),
        ("SEGMENT_COPY", "arrears"),
        ("SEGMENT_INFINITE", "margin"),
    } <= told
    assert "margin" in found.judged.described.names
    assert not {"contacts", "capacity", "arrears"} & {*found.judged.described.names}
    assert len({*zip(found.label.tolist(), plain.label.tolist(), strict=True)}) == 2


@pytest.mark.parametrize("many", [0, 1, 10])
def test_ten_customers_are_no_classes(many: int) -> None:
    found = classes_of(some(many), None, "")
    assert (found.ids, found.label.tolist()) == ([], [NOBODY] * many)


def test_a_record_kept_by_the_thousand_is_no_class() -> None:
    features = some(400, apart=0.0)
    rows = np.concatenate([np.arange(400), np.zeros(1000, dtype=np.int64)])
    many = replace(among(features, rows), ids=[f"customer:44{at:08}" for at in range(1400)])
    assert classes_of(many, None, "").ids == []


def test_a_class_that_holds_nearly_all_leaves_no_class_by_accident() -> None:
    features = some(400, apart=0.0)
    features.values["tenure"][:4] += 30
    found = classes_of(features, None, "")
    assert found.ids == []
    assert not np.isinf(found.judged.numbers["p"])


def test_customers_whose_contract_has_ended_have_no_class() -> None:
    features = some()
    features.active[:20] = False
    found = classes_of(features, None, "")
    assert found.label[:20].tolist() == [NOBODY] * 20
    assert (found.label[20:] != NOBODY).all()


def test_rare_words_are_one_level_and_new_ones_join_them() -> None:
    words = np.array([f"w{at % 60:02}" for at in range(600)], dtype=object)
    described = describe({"industry": words}, np.arange(600))
    [levels] = described.levels
    assert (len(levels), OTHER in levels) == (41, True)
    codes = described.table(["customer:1", "customer:2"], {"industry": np.array(["new", ""], object)}).codes
    assert codes.ravel().tolist() == [levels.index(OTHER), -1]


def test_a_class_is_named_by_the_prototype_it_is_like_and_keeps_the_name() -> None:
    features = some(300)
    names = read(TEXT)
    found = with_names(classes_of(features, None, ""), features, names, {})
    alike = read(TEXT.replace("{energy_variation: -1, peak_valley: -0.7, on_time_share: 1, payment_delay: -1}",
                              "{energy_variation: -1, on_time_share: 1, tenure: -1, payments: 1}"))  # fmt: skip
    named = with_names(found, features, alike, {})
    steady = int(named.label[1])
    assert named.names[steady] == "stable"
    kept = with_names(found, features, alike, {named.ids[steady]: "stable"})
    assert kept.names[steady] == "stable"
    other = with_names(found, features, alike, {named.ids[steady]: "special"})
    assert other.names[steady] == "stable", "a name that no longer fits goes"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("tenure: 1, energy_variation", "tenur: 1, energy_variation"), "the nearest is tenure"),
        (("tenure: 1, energy_variation", "industry: 1, energy_variation"), "a feature that is a number"),
        (("tenure: 1, energy_variation", "tenure: 2, energy_variation"), "-1 to 1"),
        (("{tier: standard}", "{tier: gold}"), "standard, differentiated, customised"),
        (("{tier: standard}", "{tiers: standard}"), "band, contact, flag, name, tier"),
        (("{name: special, tier", "{name: specail, tier"), "traditional"),
        (("{band: high, tier", "{band: top, tier"), "low, middle, high"),
        (("  finance:", "  money:"), "finance, customer, process, growth"),
        (("prototypes:", "prototype:"), "prototypes, scorecard, tiers"),
        (("tiers:", "tiers: ["), "YAML"),
    ],
)
def test_a_faulty_file_of_names_is_refused_with_its_place(
    change: tuple[str, str], said: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    assert change[0] in TEXT
    (home / FILE).write_text(TEXT.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(KehutuError) as fault:
        naming(home)
    assert fault.value.code == "SEGMENT_NAMES_FAULT"
    assert said in fault.value.message("en")
    assert FILE in fault.value.message("zh")


def test_the_first_rule_that_fits_gives_the_tier() -> None:
    names = read(TEXT)
    assert names.tier("stable", "low", {}).tier == "standard"
    assert names.tier("stable", "high", {}).tier == "differentiated"
    critical = names.tier("stable", "high", {"critical": 1.0})
    assert (critical.tier, critical.contact) == ("customised", True)
    assert names.tier("", None, {}).tier == "standard"
