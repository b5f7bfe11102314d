"""Identity is a pure function of the sets of sightings and judgements."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ingest.identity.clusters import Identity, clusters, effective, links
from ingest.identity.entities_in_records import RecordSightings, Sighting, name_of
from ledger.judgements import Judge, Judgement, NewJudgement, Verdict
from ledger.records import NewRecord, Record, content_hash
from terms.ids import Key, RecordId
from tests.ingest_projector.material import CODES, LOCALS, SCHEMA, START, judgements, node, row, rows

A, B, C = CODES


def sightings_of(*records: NewRecord) -> list[Sighting]:
    """The sightings of the last version of each record."""
    latest = {(r.source, r.record_id): r for r in records}
    found: list[Sighting] = []
    for seq, r in enumerate(latest.values()):
        if not r.deleted:
            digest = content_hash(r.payload, deleted=False)
            kept = Record(
                seq + 1, r.source, r.record_id, r.channel, r.origin, r.observed_at, r.observed_assumed,
                START, digest, False, "", r.payload,
            )  # fmt: skip
            found.extend(RecordSightings.read(kept).sightings)
    return found


def made(new: NewJudgement, seq: int) -> Judgement:
    """A judgement as the ledger would hand it out."""
    left, right = sorted((new.left, new.right))
    at = START + timedelta(minutes=seq // 2)
    return Judgement(
        left,
        right,
        new.verdict,
        new.by,
        new.author,
        new.score,
        new.reasons,
        at,
        seq,
        RecordId(f"judgements/{seq}"),
    )


def said(
    left: str, right: str, verdict: Verdict, by: Judge = "person", *, score: float | None = None, seq: int = 1
) -> Judgement:
    """A judgement between two keys."""
    return made(NewJudgement(Key(left), Key(right), verdict, by, "ann", score), seq)


def enterprises(sightings: list[Sighting], given: list[Judgement]) -> Identity:
    """Their entities."""
    return clusters(sightings, given, schema=SCHEMA)


many_rows = st.lists(rows(), max_size=10)
many_judgements = st.lists(judgements(), max_size=6).map(lambda new: [made(n, i) for i, n in enumerate(new)])


@given(many_rows, many_judgements, st.data())
def test_the_order_of_arrival_never_matters(
    records: list[NewRecord], given: list[Judgement], data: st.DataObject
) -> None:
    sightings = sightings_of(*records)
    expected = enterprises(sightings, given)
    mixed, told = data.draw(st.permutations(sightings)), data.draw(st.permutations(given))
    assert enterprises(mixed, told) == expected


@given(many_rows, many_judgements)
def test_every_sighting_and_every_key_has_one_entity_and_ids_are_the_first_of_their_keys(
    records: list[NewRecord], given: list[Judgement]
) -> None:
    sightings = sightings_of(*records)
    found = enterprises(sightings, given)
    assert {ref for c in found.clusters.values() for ref in (s.ref for s in c.sightings)} == {
        s.ref for s in sightings
    }
    assert sum(len(c.sightings) for c in found.clusters.values()) == len(sightings)
    assert {key for s in sightings for key in s.keys} <= found.of_key.keys()
    for entity, cluster in found.clusters.items():
        assert cluster.keys[0] == cluster.id == entity
        assert all(found.of_key[key] == entity for key in cluster.keys)
        assert all(found.of_sighting[s.ref] == entity for s in cluster.sightings)
        assert {s.type for s in cluster.sightings} <= {cluster.type}
    own = [key for cluster in found.clusters.values() for key in cluster.keys]
    assert len(own) == len(set(own))


@given(many_rows, many_judgements)
def test_what_is_held_apart_is_apart_and_nothing_is_cut_that_need_not_be(
    records: list[NewRecord], given: list[Judgement]
) -> None:
    taken, refused = links(sightings_of(*records), given, schema=SCHEMA)
    parts = _parts([(link.left, link.right) for link in taken])
    apart = [pair for pair, j in effective(given).items() if j.verdict == "different"]
    for left, right in apart:
        assert parts.get(left, left) != parts.get(right, right)
    for link in refused:
        one, other = parts.get(link.left, link.left), parts.get(link.right, link.right)
        assert one != other
        assert any({parts.get(a, a), parts.get(b, b)} == {one, other} for a, b in apart)


@given(many_rows, many_judgements)
def test_without_a_different_entities_are_the_parts_that_links_connect(
    records: list[NewRecord], given: list[Judgement]
) -> None:
    kind = [j for j in given if j.verdict != "different"]
    sightings = sightings_of(*records)
    pairs = [(name_of(s.ref, SCHEMA), key) for s in sightings for key in s.keys]
    pairs += [pair for pair, j in effective(kind).items() if j.verdict == "same"]
    parts = _parts(pairs)
    found = enterprises(sightings, kind)
    for one in sightings:
        for other in sightings:
            together = parts[name_of(one.ref, SCHEMA)] == parts[name_of(other.ref, SCHEMA)]
            assert (found.of_sighting[one.ref] == found.of_sighting[other.ref]) == together


def _parts(pairs: list[tuple[Key, Key]]) -> dict[Key, Key]:
    """The smallest name of the part that each name is in, by spreading until nothing changes."""
    parts = {name: name for pair in pairs for name in pair}
    changed = True
    while changed:
        changed = False
        for left, right in pairs:
            least = min(parts[left], parts[right])
            changed |= parts[left] != least or parts[right] != least
            parts[left] = parts[right] = least
    return parts


def test_records_that_state_a_common_key_are_one_entity_named_by_its_best_key() -> None:
    found = enterprises(
        sightings_of(
            row("visits/1", node("Enterprise", LOCALS[0], name="甲")),
            row("registry/1", node("Enterprise", B, LOCALS[0], name="甲")),
            row("old/1", node("Enterprise", A, LOCALS[1], name="乙")),
        ),
        [],
    )
    assert {entity: cluster.keys for entity, cluster in found.clusters.items()} == {
        B: (B, LOCALS[0]),
        A: (A, LOCALS[1]),
    }


def test_same_joins_and_a_later_different_of_the_same_judge_parts() -> None:
    seen = sightings_of(
        row("visits/1", node("Enterprise", A, name="甲")), row("old/1", node("Enterprise", B, name="甲"))
    )
    joined = said(A, B, "same")
    assert enterprises(seen, [joined]).clusters.keys() == {A}
    parted = said(A, B, "different", seq=2)
    assert enterprises(seen, [joined, parted]).clusters.keys() == {A, B}


def test_a_person_goes_before_a_rule_and_a_rule_before_a_model_whenever_they_spoke() -> None:
    seen = sightings_of(
        row("visits/1", node("Enterprise", A, name="甲")), row("old/1", node("Enterprise", B, name="甲"))
    )
    person, rule = said(A, B, "unsure", "person"), said(A, B, "same", "rule", seq=4)
    model = said(A, B, "different", "model", seq=6)
    assert enterprises(seen, [rule, model]).clusters.keys() == {A}
    assert enterprises(seen, [person, rule, model]).clusters.keys() == {A, B}


def test_different_cuts_a_chain_of_same_at_its_weakest_link() -> None:
    seen = sightings_of(*(row(f"old/{key[-1]}", node("Enterprise", key, name="甲")) for key in CODES))
    chain = [said(A, B, "same", "model", score=0.9), said(B, C, "same", "model", score=0.6)]
    apart = said(A, C, "different", seq=3)
    assert enterprises(seen, chain).clusters.keys() == {A}
    assert {c.keys for c in enterprises(seen, [*chain, apart]).clusters.values()} == {(A, B), (C,)}


def test_after_a_split_the_smallest_record_keeps_the_key_and_the_other_part_is_named_after_it() -> None:
    records = [row(f"visits/{i}", node("Enterprise", A, name="甲")) for i in (1, 2, 3)]
    seen = sightings_of(*records)
    names = [name_of(s.ref, SCHEMA) for s in seen]
    found = enterprises(seen, [said(names[0], names[1], "different")])
    assert found.of_sighting[seen[0].ref] == found.of_sighting[seen[2].ref] == A
    part = found.of_sighting[seen[1].ref]
    assert part.startswith(f"{A}~")
    assert found.of_key.keys() == {A, part}


def test_a_record_parted_from_a_key_leaves_it_to_the_others() -> None:
    seen = sightings_of(*(row(f"visits/{i}", node("Enterprise", A, name="甲")) for i in (1, 2)))
    found = enterprises(seen, [said(name_of(seen[0].ref, SCHEMA), A, "different")])
    assert found.of_sighting[seen[1].ref] == A
    assert found.of_sighting[seen[0].ref].startswith(f"{A}~")


def test_a_link_never_joins_two_types() -> None:
    seen = sightings_of(
        row("visits/1", node("Enterprise", A, name="甲"), node("Customer", "customer:0000000001", name="张"))
    )
    assert len(enterprises(seen, [said(A, "customer:0000000001", "same")]).clusters) == 2
