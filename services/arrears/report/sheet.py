"""What a credit report says, as text that is ready to be set: one page for each party."""

from __future__ import annotations

from dataclasses import dataclass

from algorithms.circles import Circle
from graph.arrays import Ints
from services.arrears.answer.interval import Interval
from services.arrears.answer.model import RiskTrace
from services.arrears.answer.position import position
from services.arrears.answer.sentences import (
    chance_text,
    group_text,
    joint_text,
    lines_of,
    mover_text,
    release_text,
    sampling_text,
    way_text,
)
from services.arrears.history import history
from services.arrears.ownership.circles import Circles, guarantee_circles
from services.arrears.ownership.owners import Owners, owners
from services.arrears.report.diagram import Diagram, diagram
from services.arrears.report.texts import TEXTS, change_text
from services.arrears.why.trace import trace_of
from services.exposure.ageing import BUCKETS
from services.exposure.model import BUFFER_KINDS
from services.reading.runs import Run, current
from services.risk.model import RiskModel
from services.risk.situation import parameters_of
from services.seen import Seen
from terms.errors import KehutuError, Lang
from terms.money import Money

PATHS = 5
RUNS = 5
OWNERS = 3
CAUTIONS = 2
JUDGEMENTS = 3
LONGEST_NOTE = 240
LONGEST_PATH = 160
LONGEST_GROUP = 420
BREAKS = " ,;，、；。"
NEAR = 40
"""A text that is cut ends behind a whole word, where one ends at most so many characters before."""
CLOSE = 6
"""Parties that are named of those that the party depends on closely."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: words, then figures."""

    text: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table; ``columns`` head the text and the figures. ``total``: the last line, ruled off."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page.

    ``label``: what says that data is made up, None where all of it is real. ``facts``: label and figure. ``notes``:
    judgements of people and what was assumed.
    """

    lang: Lang
    title: str
    name: str
    id: str
    label: str | None
    headline: tuple[Row, ...]
    facts: tuple[Row, ...]
    diagram_title: str
    diagram_note: str
    diagram: Diagram | None
    paths: Table
    changes: Table
    ageing: Table
    history: Table
    links: Table
    notes: tuple[str, ...]
    foot: tuple[str, ...]


class Writer:
    """Writes sheets on one run; what all of them share is read once."""

    def __init__(self, seen: Seen, lang: Lang) -> None:
        """Read the current run.

        Raises:
            KehutuError: ``NO_RUN``.
        """
        self._seen = seen
        self._lang: Lang = lang
        self._text = TEXTS[lang]
        self._run, self._model = current(seen)
        self._circles: Circles = guarantee_circles(seen, as_of=self._run.cut_off)

    @property
    def run(self) -> Run:
        """The run that the sheets are about."""
        return self._run

    def party(self, entity: str) -> str:
        """The id of a party, or of the party behind a customer.

        Raises:
            KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``.
        """
        return self._model.ids[position(self._seen, self._model, entity)]

    def sheet(self, entity: str) -> Sheet:
        """The report on a party, or on the party behind a customer.

        Figures: those of the trace of the party in the current run; the amounts of the listed paths and of the others
        add up to the expected loss, those by days overdue to the arrears, to the fen.

        Raises:
            KehutuError: ``UNKNOWN_ID``, ``NOT_A_PARTY``.
        """
        text, model = self._text, self._model
        party = position(self._seen, model, entity)
        answer = trace_of(self._seen, self._run, model, party, PATHS)
        customers = (model.inputs.customer_party == party).nonzero()[0]
        return Sheet(
            lang=self._lang,
            title=text["title"],
            name=answer.party.name,
            id=answer.party.id,
            label=self._label(answer),
            headline=self._headline(answer),
            facts=self._facts(answer, model, party, customers),
            diagram_title=text["diagram"],
            diagram_note=text["diagram_note"],
            diagram=diagram(answer.party, answer.paths),
            paths=reasons_table(answer, self._lang),
            changes=self._changes(answer),
            ageing=self._ageing(model, customers),
            history=self._history(answer.party.id),
            links=self._links(answer),
            notes=self._notes(answer),
            foot=(
                text["foot"].format(
                    run=answer.run.id,
                    time=answer.data_time,
                    status=text[parameters_of(self._run).status],
                    id=answer.party.id,
                ),
                text["foot_rule"],
            ),
        )

    def _label(self, answer: RiskTrace) -> str | None:
        named = [answer.party, *(path.seed for path in answer.paths), *(seed.party for seed in answer.seeds)]
        named += [step.to for path in answer.paths for step in path.steps]
        synthetic = ["synthetic" in party.origins for party in named]
        if all(synthetic):
            return self._text["synthetic"]
        return self._text["partly"] if any(synthetic) else None

    def _headline(self, answer: RiskTrace) -> tuple[Row, ...]:
        text = self._text
        own = chance_text(answer.own_record, self._lang)
        return (
            Row(text["score"], (chance_text(answer.probability, self._lang), text["alone"].format(own=own))),
            Row(text["loss"], (str(answer.expected_loss), _yuan(self._lang))),
        )

    def _facts(self, answer: RiskTrace, model: RiskModel, party: int, customers: Ints) -> tuple[Row, ...]:
        text = self._text
        rank = int((model.expected_loss > model.expected_loss[party]).sum()) + 1
        kind = BUFFER_KINDS[int(model.inputs.buffer_kind[party])]
        balance = int(model.inputs.customer_balance[customers].sum())
        return (
            Row(text["exposure"], (str(Money(int(model.exposure[party]))),)),
            Row(text["lgd"], (f"{float(model.inputs.lgd[party]):.0%}",)),
            Row(text["own"], (chance_text(answer.own_record, self._lang),)),
            Row(text["buffer"], (f"{Money(round(float(model.inputs.buffer[party])))} ({text[kind]})",)),
            Row(text["balance"], (str(Money(balance)),)),
            Row(text["customers"], (f"{len(customers)}",)),
            Row(text["rank"], (text["of"].format(rank=rank, total=len(model.ids)),)),
            *self._interval(answer.interval),
        )

    def _interval(self, found: Interval | None) -> tuple[Row, ...]:
        """Limits of the probability, where buffers are uncertain."""
        if found is None:
            return ()
        text = self._text["interval"].format(factor=found.factor)
        low, high = (chance_text(end, self._lang) for end in (found.probability_low, found.probability_high))
        return (Row(text, (low if low == high else f"{low} – {high}",)),)

    def _changes(self, answer: RiskTrace) -> Table:
        text = self._text
        rows = tuple(
            Row(change_text(c, self._lang), (text["less"].format(amount=c.effect),))
            for c in answer.would_change
        )
        return Table(text["changes"], ("", text["amount"]), rows, empty=text["nothing_changes"])

    def _ageing(self, model: RiskModel, customers: Ints) -> Table:
        text = self._text
        amounts = model.inputs.customer_ageing[customers].sum(axis=0).tolist()
        columns = (text["days"], text["amount"])
        if not sum(amounts):
            return Table(text["ageing"], columns, (), empty=text["nothing"])
        rows = tuple(
            Row(
                text["last_bucket"].format(start=start - 1)
                if end is None
                else text["bucket"].format(start=start, end=end),
                (str(Money(int(fen))),),
            )
            for (start, end), fen in zip(BUCKETS, amounts, strict=True)
        )
        total = Row(text["balance"], (str(Money(int(sum(amounts)))),))
        return Table(text["ageing"], columns, rows, total)

    def _history(self, party: str) -> Table:
        text = self._text
        points = history(self._seen, party, RUNS)
        rows = tuple(
            Row(
                f"{p.run.id}{' *' if p.current else ''}",
                (chance_text(p.score, self._lang), str(p.expected_loss)),
            )
            for p in points[:RUNS]
        )
        return Table(text["history"], (text["run"], text["probability"], text["loss"]), rows)

    def _links(self, answer: RiskTrace) -> Table:
        """Owners and the guarantee circle, where the party is an enterprise, and whom it hangs on."""
        text, lang, party = self._text, self._lang, answer.party.id
        circle = self._circle_of(party)
        rows = [*self._owners(party), Row(text["circle"], (self._circle_text(circle),))]
        if answer.depends_on:
            names = ", ".join(one.name for one in answer.depends_on[:CLOSE])
            rows.append(Row(text["depends"], (names,)))
        if group := answer.group or (circle and self._circles.risk(circle)):
            told = [group_text(group, lang)]
            told += [mover_text(group, lang)] if group.any_fails > 0 else []
            told += [release_text(one, group, lang) for one in group.releases[:1]]
            rows.append(Row(text["together"], (cut(text["stop"].join(told), LONGEST_GROUP),)))
        return Table("", (), tuple(rows))

    def _owners(self, party: str) -> list[Row]:
        text = self._text
        try:
            found: Owners = owners(self._seen, party, as_of=self._run.cut_off)
        except KehutuError as fault:
            if fault.code != "NO_SHARES":
                raise
            return []
        names = "; ".join(f"{o.party.name} {o.share:.1%}" for o in found.beneficial[:OWNERS])
        return [Row(text["owners"], (names or text["nobody"].format(unknown=found.unknown),))]

    def _circle_of(self, party: str) -> Circle | None:
        at = self._circles.found.position.get(party)
        return next((circle for circle in self._circles.ranked if at in circle.members), None)

    def _circle_text(self, circle: Circle | None) -> str:
        if circle is None:
            return self._text["no_circle"]
        return self._text["circle_text"].format(
            kind=self._text[circle.kind],
            size=len(circle.members),
            internal=Money(round(circle.internal)),
        )

    def _notes(self, answer: RiskTrace) -> tuple[str, ...]:
        judged = [
            self._text["judged"].format(
                author=found.author,
                party=found.party.name,
                own=found.own,
                recorded=found.recorded,
                until=found.until,
                reason=found.reason,
            )
            for found in answer.overrides
        ]
        # What stands in for the buffer is said beside it, and circles further away with the figure that counts once.
        assumed = [
            cut(found.message(self._lang), LONGEST_NOTE)
            for found in answer.assumptions
            if not found.code.startswith("BUFFER_") and not (answer.joint and found.code == "LOOP_OUTSIDE")
        ]
        drawn = sampling_text(answer.sampling, self._lang)
        limits = [drawn] if drawn else []
        if answer.joint:
            limits.append(joint_text(answer.joint, self._lang))
        return (*limits, *(cut(note, LONGEST_NOTE) for note in judged[:JUDGEMENTS]), *assumed[:CAUTIONS])


def reasons_table(answer: RiskTrace, lang: Lang) -> Table:
    """The paths and all the others as one; shares add up to 1, and amounts to the expected loss."""
    text = TEXTS[lang]
    paths, tail = lines_of(answer)
    rows = [
        Row(
            cut(way_text(path, lang, amounts=True), LONGEST_PATH),
            (str(path.amount) if path.amount.fen else "–", chance_text(path.share, lang)),
        )
        for path in paths
    ]
    if tail.amount.fen or (tail.share and not answer.expected_loss.fen):
        amount = str(tail.amount) if tail.amount.fen else "–"
        rows.append(Row(text["tail"], (amount, chance_text(tail.share, lang))))
    return Table(
        title=text["paths"],
        columns=(text["path"], text["amount"], text["share"]),
        rows=tuple(rows),
        total=Row(text["total"], (str(answer.expected_loss), chance_text(1.0, lang))) if rows else None,
        empty=text["none"],
    )


def cut(text: str, longest: int) -> str:
    """A text cut to what the page has room for: behind a whole word, where one ends not far from there."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    end = max(kept.rfind(mark) for mark in BREAKS)
    return (kept[:end] if end > longest - NEAR else kept).rstrip(BREAKS) + "…"


def _yuan(lang: Lang) -> str:
    return "yuan" if lang == "en" else "元"
