"""docs/evaluation/credit.md from the report of ``benchmarks/judge_credit.py``.

python -m benchmarks.credit_page < report.json > docs/evaluation/credit.md      the page again, without measuring
"""

from __future__ import annotations

import json
import sys
from typing import Any

HEAD = """# How well are arrears forecast from a party's own record?

Made by `python -m benchmarks.judge_credit FOLDER --page docs/evaluation/credit.md`; do not edit.
Machine: {machine}; {wall} s, of which {cpu} s of computing.

Brackets are 95 % intervals by bootstrap over what is judged. ECE: gap between chance and frequency over 15 bins; beside
it what a forecaster with exactly right chances would show on as many rows (mean, and the highest of 97.5 %). Candidates
are compared on rows that they had not learned from; nothing is chosen by the judged rows.
"""

PUBLISHED = """## Any labelled file

`kehutu evaluate credit` on published files. Each is split by a hash of the row's number (seed 0): 70 % to learn from,
30 % to judge by; none of the files names a party, and only the loans have a date, of three months that lie too close
together to learn on one and judge by another.
"""

OWN = """## The product's own model

`kehutu fit own-risk` in synthetic worlds ([docs/worlds.md](../worlds.md)) of {customers:,} customers each: everything
in them is invented, and what they say of real customers is nothing. Learned from what was known on monthly days until
{end}; judged by the twelve months after it, which the world keeps apart. Default: {bills} overdue bills of one customer
at once; judged are customers with bills that are not in default on the day. The start rule is what holds without a
model; the dummy gives everybody the share of the judged year itself.

| seed | forecast | AUC | average precision | Brier | ECE (perfect) | precision, first 1 % |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

{chosen}

The chances are too high here and the ECE is above that of a perfect forecaster, for two reasons that the counts show:
the world counts overdue bills on the first day of each month and the model on every day, and the judged year has fewer
defaults than the year learned from. A calibration holds only while things stay as they were.

Whose next bill is late, judged on the last quarter of the monthly days, learned from earlier ones and other parties:

| seed | forecast | AUC | average precision | Brier | ECE (perfect) | precision, first 1 % |
| --- | --- | --- | --- | --- | --- | --- |
{late}
"""

LITERATURE = {
    "taiwan": """Literature as the file's README gives it, not read again here: Yeh and Lien 2009 (Expert Systems with
Applications 36) report area ratios of 0.54 for neural nets, 0.44 for logistic regression and 0.536 for trees, that is
an AUC of about 0.77, 0.72 and 0.77, on another split of the whole file (30,000 rows) and with sex, age, education and
marriage among the inputs. The start rule is the product's own without a model (docs/science.md, "Input"), here
over six months of bills.""",
    "german": """Literature on this file is given as mean cost, which is not computed here. It is small: the intervals
say how little a single figure means.""",
    "loans": """A snapshot of young loans, few of which have ended; bad is every loan that is behind at all (grace
period, late, charged off). `interest_rate` and `grade` hold the lender's own score, so this file says how much a model
adds to another. What was paid since ({paid}) is left out: it was not known before the outcome.""",
}

TAIL = """
## What this does not say

None of the published files is about electricity bills, and the worlds are invented. They show that the way of learning,
choosing and calibrating works on records that others have worked on, and on processes that know nothing of it; not how
well arrears of real electricity customers can be forecast: the model card of `kehutu fit own-risk` says that for each
site. The German file is thirty years old. Reject inference, fairness between groups and drift over time are not
examined here.
"""


def page(report: dict[str, Any]) -> str:
    """The page in Markdown."""
    parts = [
        HEAD.format(machine=report["machine"], wall=report["seconds"]["wall"], cpu=report["seconds"]["cpu"])
    ]
    parts += [_own(report["own"]), PUBLISHED]
    parts += [_file(name, found) for name, found in report["files"].items()]
    return "\n".join([*parts, TAIL.strip(), ""])


def _own(found: dict[str, Any]) -> str:
    chosen = [
        f"Seed {world['seed']}: {world['model']}, calibrated ({world['calibration']}); learned from"
        f" {world['customers']:,} customers, {world['happened_to']} of whom fell into default; judged"
        f" {world['judged']:,}, {world['defaulted']} of whom did; in the year before {world['year_before']['any_day']}"
        f" did, {world['year_before']['first_days']} by the world's count."
        for world in found["worlds"]
    ]
    rows, late = (
        [
            _row(f"{world['seed']} | {name}", scores, money=False)
            for world in found["worlds"]
            for name, scores in world[part].items()
        ]
        for part in ("scores", "late")
    )
    return OWN.format(
        **found["asked"],
        rows="\n".join(rows),
        late="\n".join(late),
        chosen="\n".join(f"- {line}" for line in chosen),
    )


def _file(name: str, found: dict[str, Any]) -> str:
    file, report = found["file"], found["report"]
    train, test = report["train"], report["test"]
    model = report["model"]
    rows = [*report["judged"]]
    if "start_rule" in found:
        rows.append({"name": "start rule, without a model", "scores": found["start_rule"]})
    if any(c["reason"].startswith("protected") for c in report["left_out"]):
        protected = found["with_protected"]["judged"][0]
        rows.append(
            {"name": f"with protected attributes: {protected['name']}", "scores": protected["scores"]}
        )
    if "with_paid_since" in found:
        paid = found["with_paid_since"]["judged"][0]
        rows.append({"name": f"with what was paid since (a leak): {paid['name']}", "scores": paid["scores"]})
    left = ", ".join(f"`{c['column']}` ({c['reason']})" for c in report["left_out"])
    losses = ", ".join(f"{title} {loss:.4f}" for title, loss in model["log_loss"].items())
    weights = ", ".join(f"`{w['column']}` {w['rise']:.4f}" for w in report["columns"][:8])
    command = (
        f"kehutu evaluate credit --train TRAIN --test TEST --label {file['label']} --money {file['money']}"
    )
    command += "".join(f' --positive "{value}"' for value in file["positive"])
    command += "".join(f" --exclude {column}" for column in file["exclude"])
    lines = [
        f"### {file['title']}",
        "",
        f"`{command}`",
        "",
        f"{train['rows']:,} rows to learn from, {train['bad']:,} bad ({train['share']:.2%}); {test['rows']:,} to judge"
        f" by, {test['bad']:,} bad ({test['share']:.2%}). Chosen: {model['name']}, calibrated by"
        f" {model['calibration']}; log loss on unseen training rows: {losses}. Left out: {left}.",
        "",
        "| forecast | AUC | average precision | Brier | ECE (perfect) | precision, first 1 % | money, first 1 % |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(row["name"], row["scores"]) for row in rows),
        "",
        f"Rise of the log loss on the judged rows when a column is shuffled: {weights}.",
        "",
        LITERATURE[name].format(paid=", ".join(f"`{c}`" for c in file["exclude"])),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, scores: dict[str, Any], *, money: bool = True) -> str:
    captured = scores["money_captured"]
    perfect = f"{scores['of_a_perfect_one']:.3f}, {scores['of_a_perfect_one_at_most']:.3f}"
    cells = [
        name,
        _figure(scores["auc"]),
        _figure(scores["average_precision"]),
        _figure(scores["brier"]),
        f"{scores['calibration_error']:.3f} ({perfect})",
        _figure(scores["precision_at"][0]["precision"]),
    ]
    if money:
        cells.append(_figure(captured) if captured else "-")
    return "| " + " | ".join(cells) + " |"


def _figure(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


if __name__ == "__main__":
    print(page(json.load(sys.stdin)), end="")
