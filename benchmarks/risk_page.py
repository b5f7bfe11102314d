"""docs/evaluation/risk.md from the report of ``benchmarks/judge_risk.py``.

python -m benchmarks.risk_page < report.json > docs/evaluation/risk.md      the page again, without measuring
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from benchmarks import group_page
from benchmarks.risk_texts import HEAD, OTHERS, RULES, SMALL, STATED, TAIL, UTILITY

T_95 = {5: 2.776, 20: 2.093}
"""Student's t, two-sided 95 %, by number of seeds."""

WORLDS = ("b", "b2")
FITTED, UNFITTED = "close groups, fitted", "close groups, unfitted"
TREES = ("trees, one hop", "trees, two hops")
ONE_HOP = "one hop, break weights, fitted"


def page(report: dict[str, Any]) -> str:
    """The page."""
    seconds = report["seconds"]
    parts = [
        HEAD.format(
            command=report["command"],
            machine=report["machine"],
            wall=seconds["wall"],
            cpu=seconds["cpu"],
            draws=report["draws"],
        ),
        targets(report),
        RULES,
        thresholds(report),
        *(world(name, report["worlds"][name]) for name in WORLDS),
        with_forecast(report),
        groups(report),
        isolation(report),
        utility_world(report),
        small_networks(report),
        OTHERS,
        TAIL,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts if part)


def targets(report: dict[str, Any]) -> str:
    """Every target with what was measured."""
    exact = report["a"]["h"]
    spearman, below = mean([x["spearman"] for x in exact]), max(x["below"] for x in exact)
    rows = [
        row("(a) h: Spearman with p", ">= 0.99", f"{spearman:.4f}", spearman >= 0.99),
        row("(a) h below p, standard errors at most", "<= 4.5", f"{below:.1f}", below <= 4.5),
    ]
    rows += stated(report)
    for name in WORLDS:
        auc, ap = (gap(report, name, FITTED, score) for score in ("auc", "ap"))
        above = column(report, name, FITTED, "auc") - column(report, name, ONE_HOP, "auc")
        limit = -0.0018 if name == "b2" else None
        rows += [
            row(
                f"({name}) fitted: AUC* to the ceiling",
                f">= {limit}" if limit else "",
                paired(auc),
                mean(auc) >= limit if limit else None,
            ),
            row(f"({name}) fitted: AP* to the ceiling", "", paired(ap), None),
            row(f"({name}) fitted: AUC* over fitted one hop", "> 0", paired(above), mean(above) > 0),
            *over_trees(report, name),
        ]
    rows += [row(*each) for each in group_page.targets(report.get("groups", {}))]
    if "isolation" in report:
        for name, least in (("b", 0.55), ("b2", 0.40)):
            greedy = np.array(report["isolation"][name]["greedy"])
            rows.append(
                row(
                    f"({name}) isolation, greedy",
                    f">= {least:.2f}",
                    with_error(greedy),
                    mean(greedy) >= least,
                )
            )
            if name == "b":
                over = greedy - np.array(report["isolation"][name]["own * sum of W"])
                rows.append(
                    row(
                        "(b) isolation, greedy over own * sum of W",
                        ">= 0.01",
                        paired(over),
                        mean(over) >= 0.01,
                    )
                )
    return "\n".join(["## Targets\n", "| target | | measured | |", "| --- | --- | --- | --- |", *rows])


def stated(report: dict[str, Any]) -> list[str]:
    """Figures of another implementation, seeds 0 to 4: ours should lie within two of its standard errors."""
    rows = []
    for name, (spread, figures) in STATED.items():
        found = report["worlds"][name]
        for title, auc in figures.items():
            scores = found["ceiling"] if title == "ceiling" else found["models"][title]
            ours = np.array([x["auc"] for x in scores])
            near = 2 * spread / np.sqrt(len(ours))
            rows.append(
                row(
                    f"({name}) {title}: AUC*, as stated",
                    f"{auc:.3f} +- {near:.3f}",
                    with_error(ours),
                    abs(mean(ours) - auc) <= near,
                )
            )
    return rows


def over_trees(report: dict[str, Any], name: str) -> list[str]:
    """Fitted close groups against trees without them."""
    rows = []
    for title in TREES:
        above = column(report, name, FITTED, "auc") - column(report, name, title, "auc")
        rows.append(row(f"({name}) fitted: AUC* over {title}", "> 0", paired(above), mean(above) > 0))
    return rows


def with_forecast(report: dict[str, Any]) -> str:
    """Whether trees that see the forecast as well do better than it: where they do, the page says so."""
    lines = [
        "\n## Trees with the chance by close groups as a feature\n",
        "| | AUC* over it | AP* over it | E* calibrated, less its own | |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name in WORLDS:
        for title in (f"{each} and close groups" for each in TREES):
            found = [
                column(report, name, title, score) - column(report, name, FITTED, score)
                for score in ("auc", "ap", "error_calibrated")
            ]
            won = [
                what
                for what, values, sign in zip(("AUC*", "AP*", "E*"), found, (1, 1, -1), strict=True)
                if mean(sign * values) - half_width(values) > 0
            ]
            verdict = f"**the trees win: {', '.join(won)}**" if won else "not beaten"
            lines.append(
                f"| ({name}) {title} | {' | '.join(paired(values) for values in found)} | {verdict} |"
            )
    lines.append('\n"Win" = the whole paired 95 % interval is on the trees\' side.')
    return "\n".join(lines)


def groups(report: dict[str, Any]) -> str:
    """Worlds of close groups."""
    return group_page.section(report["groups"], report["group_draws"]) if "groups" in report else ""


def thresholds(report: dict[str, Any]) -> str:
    """World (a)."""
    lines = [
        "\n## World (a): where h by loss weights bounds the chance\n",
        "| | Spearman with p | most below p, standard errors |",
        "| --- | --- | --- |",
    ]
    for title, values in report["a"].items():
        spearman = np.array([x["spearman"] for x in values])
        lines.append(f"| {title} | {with_error(spearman)} | {max(x['below'] for x in values):.1f} |")
    return "\n".join(lines)


def world(name: str, figures: dict[str, Any]) -> str:
    """World (b) or (b2)."""
    ceiling = {key: np.array([x[key] for x in figures["ceiling"]]) for key in figures["ceiling"][0]}
    top = f"{with_error(ceiling['auc'])} | {with_error(ceiling['ap'])}"
    lines = [
        f"\n## World ({name})\n",
        "| base rate | ceiling AUC* | ceiling AP* | AUC*, AP* of one half of the draws by the other | noise of p |",
        "| --- | --- | --- | --- | --- |",
        f"| {with_error(ceiling['base_rate'])} | {top} | {mean(ceiling['auc_of_half']):.4f},"
        f" {mean(ceiling['ap_of_half']):.4f} | {mean(ceiling['noise']):.4f} |",
        "\n| model | AUC* | to the ceiling | AP* | to the ceiling | E* as it is | E* calibrated |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for title, values in figures["models"].items():
        score = {key: np.array([x[key] for x in values]) for key in values[0]}
        plain = "-" if title == "personalised PageRank" else with_error(score["error"])
        lines.append(
            f"| {title} | {with_error(score['auc'])} | {paired(score['auc'] - ceiling['auc'])}"
            f" | {with_error(score['ap'])} | {paired(score['ap'] - ceiling['ap'])} | {plain}"
            f" | {with_error(score['error_calibrated'])} |"
        )
    lines += [
        "\nFitted close groups over the others, AUC*:\n",
        "| over | difference |",
        "| --- | --- |",
    ]
    best = np.array([x["auc"] for x in figures["models"][FITTED]])
    lines += [
        f"| {title} | {paired(best - np.array([x['auc'] for x in values]))} |"
        for title, values in figures["models"].items()
        if title != FITTED and not title.startswith("wrong")
    ]
    lines += ["\n| fitted | values | log-likelihood a firm and year |", "| --- | --- | --- |"]
    for title, found in figures["fits"].items():
        values = ", ".join(f"{key} {value}" for key, value in found.items() if not key.startswith("nats"))
        lines.append(f"| {title} | {values} | {found['nats_before']:.5f} to {found['nats_after']:.5f} |")
    lines += ["\n| trees | chosen |", "| --- | --- |"]
    for title, found in figures["trees"].items():
        values = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in found.items())
        lines.append(f"| {title} | {values} |")
    return "\n".join(lines)


def isolation(report: dict[str, Any]) -> str:
    """Ring-fencing."""
    if "isolation" not in report:
        return ""
    seeds = len(next(iter(report["isolation"]["b"].values())))
    lines = [
        "\n## Isolation of 30 firms\n",
        f"Share of defaults by contagion that cutting the firms' outgoing links avoids; {seeds} seeds from 0 on,\n"
        f"{report['isolation_years']:,} years each, unfitted break weights, equal shocks before and after. Greedy:\n"
        "the firm whose cut lowers the sum of chances most, one after the other.\n",
        "| chosen by | (b) | (b2) |",
        "| --- | --- | --- |",
    ]
    for title, values in report["isolation"]["b"].items():
        other = report["isolation"]["b2"][title]
        lines.append(f"| {title} | {with_error(np.array(values))} | {with_error(np.array(other))} |")
    return "\n".join(lines)


def utility_world(report: dict[str, Any]) -> str:
    """World (c)."""
    found = report.get("utility_world")
    if found is None:
        return ""
    totals = {
        key: {of: sum(each[of] for each in found[key]) for of in ("parties", "defaults")}
        for key in ("learned", "judged", "linked")
    }
    keys = ("auc", "ap", "auc_linked", "ap_linked")
    rows = [
        f"| {title} | " + " | ".join(with_error([x[key] for x in scores]) for key in keys) + " |"
        for title, scores in found["models"].items()
    ]
    estimates = [
        f"| {e['name']} | {e['start']:g} | {e['value']:.3g} | {e['low']:.3g} to {e['high']:.3g} |"
        f" {'kept: ' + e['kept'] if e['kept'] else ''} |"
        for e in found["estimates"]
    ]
    told = []
    for key, title in (("auc", "AUC"), ("ap", "average precision")):
        h = np.array([x[key] for x in found["models"][FITTED]])
        for other in ("own record", TREES[0]):
            above = h - np.array([x[key] for x in found["models"][other]])
            half = half_width(above)
            verdict = (
                "h is ahead" if mean(above) > half else "h is behind" if mean(above) < -half else "undecided"
            )
            told.append(f"| {title}, over {other} | {paired(above)} | {verdict} |")
    return UTILITY.format(
        seeds=found["seeds"],
        customers=found["customers"],
        rows="\n".join(rows),
        estimates="\n".join(estimates),
        verdict="\n".join(told),
        **totals,
    )


def small_networks(report: dict[str, Any]) -> str:
    """Closed forms."""
    if "contagion_small" not in report:
        return ""
    rows = [
        f"| {name} | {', '.join(f'{value:.4f}' for value in found['lost'])} | {found['distance']:.0e} |"
        f" {found['bound']:.0e} |"
        for name, found in report["contagion_small"].items()
    ]
    return SMALL.format(rows="\n".join(rows))


def column(report: dict[str, Any], name: str, title: str, score: str) -> Any:
    """A model's score by seed."""
    return np.array([x[score] for x in report["worlds"][name]["models"][title]])


def gap(report: dict[str, Any], name: str, title: str, score: str) -> Any:
    """A model's score less the ceiling's, by seed."""
    return column(report, name, title, score) - np.array(
        [x[score] for x in report["worlds"][name]["ceiling"]]
    )


def row(what: str, target: str, measured: str, met: bool | None) -> str:
    """One target."""
    verdict = "" if met is None else "met" if met else "**not met**"
    return f"| {what} | {target} | {measured} | {verdict} |"


def mean(values: Any) -> float:
    """Over seeds."""
    return float(np.mean(values))


def with_error(values: Any) -> str:
    """Mean and standard error over seeds."""
    return f"{mean(values):.4f} ± {np.std(values, ddof=1) / np.sqrt(len(values)):.4f}"


def half_width(values: Any) -> float:
    """Half of the paired 95 % interval."""
    return float(T_95[len(values)] * np.std(values, ddof=1) / np.sqrt(len(values)))


def paired(values: Any) -> str:
    """Mean and 95 % interval of differences by seed."""
    half = half_width(values)
    return f"{mean(values):+.4f} [{mean(values) - half:+.4f}, {mean(values) + half:+.4f}]"


def main() -> None:
    """Read a report, print the page."""
    sys.stdout.write(page(json.load(sys.stdin)))


if __name__ == "__main__":
    main()
