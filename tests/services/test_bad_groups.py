"""Odd input around parties that hang on each other as one table: the rule, and figures that are finite.

The rules are stated in docs/science.md, "Bad input".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from algorithms.risk.close_groups.circles import circle_figures
from algorithms.risk.close_groups.probability import chances, prepare
from algorithms.risk.close_groups.reasons import reasons
from graph.arrays import Csr
from services.analysis import analyse
from services.arrears.answer.model import RiskTrace, Shock, ShockKind
from services.arrears.answer.sentences import way_text
from services.arrears.overrides.overriding import override
from services.arrears.what_if.what_if import what_if
from services.arrears.why.trace import trace
from services.loading import ingest
from services.risk.current import current
from services.settings import settings
from services.site import Site, open_site
from tests.everyone import seen
from tests.services.test_bad_money import MANIFEST, code

FIRMS = {
    **dict.fromkeys(("BOTHA", "BOTHB", "HALFA", "HALFB", "ENDEDA", "ENDEDB", "OVERA", "OVERB"), "100"),
    **dict.fromkeys(("TENTHA", "TENTHB", "FULLA", "FULLB", "DEADA", "DEADB", "SOLO", "POORB"), "100"),
    "POORA": "",
}
LATE = ("BOTHA", "HALFB", "ENDEDA", "OVERA", "TENTHA", "FULLA", "POORB", "SOLO")
IN_DEFAULT = ("DEADA", "DEADB")
BUREAU = [
    ("1", "BOTHA", "BOTHB", "G-1", "300", ""),
    ("2", "HALFA", "HALFB", "G-2", "300", ""),
    ("3", "HALFB", "HALFA", "G-3", "", ""),
    ("4", "ENDEDA", "ENDEDB", "G-4", "300", ""),
    ("5", "ENDEDB", "ENDEDA", "G-5", "300", "2026-01-31"),
    ("6", "OVERA", "OVERB", "G-6", "300", ""),
    ("7", "OVERB", "OVERA", "G-7", "300", ""),
    ("8", "DEADA", "DEADB", "G-8", "300", ""),
    ("9", "DEADB", "DEADA", "G-9", "300", ""),
    ("10", "SOLO", "SOLO", "G-10", "300", ""),
    ("11", "POORA", "POORB", "G-11", "300", ""),
    ("12", "POORB", "POORA", "G-12", "300", ""),
]
TALKS = [("1", "BOTHB", "BOTHA", "G-20", "300", ""), ("2", "BOTHA", "BOTHB", "G-1", "300", "")]
LOANS = [("1", "FULLB", "FULLA", "L-1", "1000000000", "")]
MORE = """  - name: loans
    path: loans.csv
    channel: credit-bureau
    recordId: line
    observedAt: 2026-03-31
    mapping:
      - relation: LENDS_TO
        from: {Enterprise: {creditCode: guarantor}}
        to: {Enterprise: {creditCode: borrower}}
        key: {contractNo: contract}
        set: {amount: {column: amount, unit: wan-yuan}}
"""


def write(folder: Path) -> Path:
    """The manifest of the other table of bad input with loans, phones, ends and days of payment."""
    contract = "line,guarantor,borrower,contract,amount,until"
    numbers = {name: f"46{place:08d}" for place, name in enumerate(FIRMS)}
    tables = {
        "enterprises": [
            "code,net,phone",
            *(
                f"{code(name)},{net},{'0571-88880001' if name.startswith('TENTH') else ''}"
                for name, net in FIRMS.items()
            ),
        ],
        "customers": [
            "no,kind,address,code",
            *(f"{no},organisation,,{code(n)}" for n, no in numbers.items()),
        ],
        "bills": [
            "bill,no,period,amount,due,paid",
            *(
                f"{numbers[name]}-{month},{numbers[name]},2025-{month:02d},3100.00,2025-{month + 1:02d}-20,{paid}"
                for name in (*LATE, *IN_DEFAULT)
                for month in range(4, 11)
                for paid in ["" if name in IN_DEFAULT else f"2025-{month + 1:02d}-{28 if month == 4 else 15}"]
            ),
        ],
        **{
            name: [contract, *(f"{n},{code(g)},{code(b)},{c},{a},{u}" for n, g, b, c, a, u in rows)]
            for name, rows in (("bureau", BUREAU), ("talks", TALKS), ("loans", LOANS))
        },
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    said = MANIFEST[: MANIFEST.index("  - name: guesses")] + MORE
    said = said.replace(
        "netAssets: {column: net, unit: wan-yuan}}", "netAssets: {column: net, unit: wan-yuan}, phone: phone}"
    )
    said = said.replace("amount: amount, dueOn: due}", "amount: amount, dueOn: due, paidOn: paid}")
    said = said.replace(
        "amount: {column: amount, unit: wan-yuan}}", "amount: {column: amount, unit: wan-yuan}, until: until}"
    )
    manifest = folder / "site.yaml"
    manifest.write_text(said, encoding="utf-8")
    return manifest


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("groups")
    chosen = settings(folder / "home")
    ingest(chosen, write(folder))
    with open_site(chosen) as opened:
        report = analyse(opened)
        assert report.risk.worst_bound <= 1e-9
        override(
            seen(opened),
            code("OVERA"),
            0.5,
            reason="seen",
            author="wang",
            until=date(2027, 1, 1),
            idempotency_key="1",
        )
        yield opened


def told(site: Site, name: str) -> RiskTrace:
    answer = trace(seen(site), code(name))
    assert 0.0 <= answer.score <= 1.0
    assert answer.raw == answer.score
    assert answer.bound <= 1e-9
    assert sum(path.amount.fen for path in answer.paths) + answer.tail.amount.fen == answer.expected_loss.fen
    figures = [answer.tail.share, *(path.share for path in answer.paths)]
    if answer.group:
        figures += [answer.group.any_fails, answer.group.all_fail, answer.group.failures_if_any]
    assert np.isfinite(figures).all()
    return answer


def codes(answer: RiskTrace) -> dict[str, str]:
    return {assumed.code: assumed.record for assumed in answer.assumptions}


def weight(site: Site, source: str, target: str) -> float:
    _, model = current(site)
    ends = (model.ids.index(f"enterprise:{code(name)}") for name in (source, target))
    return float(model.weights.csr.data[model.weights.entry(*ends)])


def test_a_guarantee_for_oneself_makes_no_group_and_its_record_is_named(site: Site) -> None:
    answer = told(site, "SOLO")
    assert answer.group is None
    assert answer.score == answer.own_record == pytest.approx(1 / 24)
    assert codes(answer)["SELF_LINK"] == "bureau/10"


def test_both_directions_told_by_two_channels_make_a_pair(site: Site) -> None:
    answer = told(site, "BOTHB")
    assert answer.group is not None
    assert [member.name for member in answer.group.members] == [code("BOTHA"), code("BOTHB")]
    assert answer.group.any_fails == pytest.approx(1 / 24)
    assert answer.group.all_fail == pytest.approx(weight(site, "BOTHA", "BOTHB") / 24)
    # What one of the channels says of the other's contract counts once.
    [step] = [step for path in answer.paths for step in path.steps]
    assert step.weight == pytest.approx(weight(site, "BOTHB", "BOTHA"))


def test_an_unknown_amount_ends_the_circle_and_its_record_is_named(site: Site) -> None:
    answer = told(site, "HALFA")
    assert answer.group is None
    assert [one.name for one in answer.depends_on] == [code("HALFB")]
    assert codes(told(site, "HALFB"))["AMOUNT_UNKNOWN"] == "bureau/3"


def test_a_member_without_buffer_is_given_one_and_says_so(site: Site) -> None:
    answer = told(site, "POORA")
    assert answer.group is not None
    assert answer.group.size == 2
    assert codes(answer).keys() & {"BUFFER_PROXY", "BUFFER_FLOOR"}


def test_a_link_of_exactly_a_tenth_is_close_and_one_of_exactly_one_always_breaks(site: Site) -> None:
    assert weight(site, "TENTHA", "TENTHB") == 0.1
    pair = told(site, "TENTHB")
    assert pair.group is not None
    assert pair.score == pytest.approx(0.1 / 24)
    assert weight(site, "FULLA", "FULLB") == 1.0
    assert told(site, "FULLB").score == pytest.approx(1 / 24)


def test_an_ended_guarantee_cuts_the_group(site: Site) -> None:
    answer = told(site, "ENDEDA")
    assert answer.group is None
    assert answer.score == pytest.approx(1 / 24)


def test_a_judgement_holds_inside_a_group(site: Site) -> None:
    answer = told(site, "OVERB")
    assert [judged.own for judged in answer.overrides] == [0.5]
    assert answer.group is not None
    assert answer.group.any_fails == pytest.approx(0.5)
    assert answer.score == pytest.approx(0.5 * weight(site, "OVERA", "OVERB"))


def test_a_group_whose_members_are_all_in_default_has_no_figures(site: Site) -> None:
    answer = told(site, "DEADA")
    assert answer.group is None
    assert answer.score == 1.0
    # How a party in default may have failed otherwise does not matter.
    assert [way_text(path, "en") for path in answer.paths] == ["own payment record"]
    freed = what_if(seen(site), [Shock(ShockKind.DEFAULT, code("DEADA"), level=0.0)])
    [hit] = [hit for hit in freed.hits if hit.party.name == code("DEADA")]
    assert hit.after == pytest.approx(weight(site, "DEADB", "DEADA"))


def test_a_ring_of_five_hundred_is_drawn_and_its_figures_are_finite() -> None:
    size = 500
    ring = np.arange(size)
    weights = Csr.from_edges(size, ring, (ring + 1) % size, np.full(size, 0.5))
    own = np.full(size, 0.02)
    model = prepare(weights)
    result = chances(model, own)
    # A party fails if one of those that reach it, k with chance 0.5^k, fails by itself.
    assert result.p == pytest.approx(sum(0.5**k * (1 - 0.98**k) for k in range(1, 60)), abs=5e-3)
    assert (result.noise > 0).all()
    told = reasons(model, own, result, 7)
    assert sum(line.share for line in told.lines) + told.tail == pytest.approx(1.0)
    figures = circle_figures(model, own, result, ring.tolist())
    assert figures is not None
    assert not figures.exact
    assert figures.any_fails == pytest.approx(1.0, abs=1e-3)
    assert figures.all_fail == 0.0
