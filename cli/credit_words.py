"""A forecast judged on a labelled file, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import click

from cli.output import print_table
from services.evaluation.credit import CreditReport
from terms.errors import Lang
from terms.texts import filled

TEXT: Final = {
    "en": {
        "learned": "learned from {part}",
        "judged": "judged by {part}",
        "part": "{file}: {rows:,} {rows:row|rows}, {bad:,} bad ({share:.2%})",
        "rows out": "; {count:,} {count:row|rows} left out: {reason}",
        "bad": "bad: {label} = {values}; money: {money}",
        "model": "model: {name}, calibrated ({calibration}); chosen by {by}, log loss {losses}",
        "average precision": "average precision",
        "calibration": "ECE (perfect: mean, 97.5 %)",
        "precision": "precision in the first {rows:,}",
        "money": "money found in the first 1 %",
        "brackets": "Brackets: 95 % by bootstrap. Columns by what the log loss rises when they are shuffled:",
        "none": "none matters",
        "columns out": "Left out: {columns}",
        "warning": "Warning: {text}",
    },
    "zh": {
        "learned": "学习所用：{part}",
        "judged": "评判所用：{part}",
        "part": "{file}：{rows:,} 行，{bad:,} 行为坏（{share:.2%}）",
        "rows out": "；略去 {count:,} 行：{reason}",
        "bad": "坏：{label} = {values}；金额：{money}",
        "model": "模型：{name}，已校准（{calibration}）；选择依据：{by}，对数损失 {losses}",
        "average precision": "平均精度",
        "calibration": "ECE（完美预测：均值，97.5 %）",
        "precision": "前 {rows:,} 名的精度",
        "money": "前 1 % 找回的金额",
        "brackets": "方括号：自助法 95 % 区间。各列按打乱后对数损失的上升排序：",
        "none": "均无影响",
        "columns out": "略去的列：{columns}",
        "warning": "注意：{text}",
        "dummy: the share of the training file": "虚拟预测：训练文件中的占比",
        "best single column": "最佳单列",
        "logistic, C 0.02": "逻辑回归，C 0.02",
        "logistic, C 0.2": "逻辑回归，C 0.2",
        "logistic, C 2": "逻辑回归，C 2",
        "trees, 6 leaves": "提升树，6 片叶",
        "trees, 15 leaves": "提升树，15 片叶",
        "later rows": "较晚的行",
        "other groups, by a hash": "其他组（按散列划分）",
        "other rows, by a hash": "其他行（按散列划分）",
        "faulty": "有错",
        "without label": "没有标签",
        "not older than the test file": "不早于测试文件",
        "of a group of the test file": "属于测试文件的组",
        "label": "标签",
        "group": "组",
        "time": "时间",
        "excluded": "已排除",
        "copies the label": "标签的副本",
        "constant": "恒定",
        "empty": "空",
        "identifier": "标识符",
        "date": "日期",
        "free text": "自由文本",
        "protected (sex)": "受保护（性别）",
        "protected (age)": "受保护（年龄）",
        "protected (family)": "受保护（家庭）",
        "protected (origin)": "受保护（出身）",
        "protected (education)": "受保护（教育）",
        "protected (religion)": "受保护（宗教）",
        "protected (health)": "受保护（健康）",
    },
}


def print_credit(report: CreditReport, lang: Lang) -> None:
    """The report: files, model, figures with intervals, columns."""
    text = TEXT[lang]
    for part, role in ((report.train, "learned"), (report.test, "judged")):
        told = filled(text["part"], file=part.file, rows=part.rows, bad=part.bad, share=part.share)
        told += "".join(
            filled(text["rows out"], count=count, reason=text.get(reason, reason))
            for reason, count in part.left_out.items()
        )
        click.echo(text[role].format(part=told))
    click.echo(
        text["bad"].format(label=report.label, values=", ".join(report.bad_values), money=report.money)
    )
    model = report.model
    losses = ", ".join(f"{text.get(name, name)} {loss:.4f}" for name, loss in model.log_loss.items())
    click.echo(
        text["model"].format(
            name=text.get(model.name, model.name),
            calibration=model.calibration,
            by=text.get(model.chosen_by, model.chosen_by),
            losses=losses,
        )
        + "\n"
    )
    _print_figures(report, lang)
    click.echo(f"\n{text['brackets']}")
    click.echo(
        "  " + (", ".join(f"{w.column} {w.rise:.4f}" for w in report.columns[:12]) or str(text["none"]))
    )
    if report.left_out:
        left = (f"{one.column} ({text.get(one.reason, one.reason)})" for one in report.left_out)
        click.echo(text["columns out"].format(columns=", ".join(left)))
    for warning in report.warnings:
        click.echo(text["warning"].format(text=warning), err=True)


def _named(name: str, text: Mapping[str, str]) -> str:
    """A model's or a baseline's name; of the best single column the column is named too."""
    kind, colon, column = name.partition(": ")
    return text.get(name) or text.get(kind, kind) + colon + column


def _print_figures(report: CreditReport, lang: Lang) -> None:
    text = TEXT[lang]
    rows: list[list[str]] = []
    for judged in report.judged:
        scores = judged.scores
        figures = [scores.auc, scores.average_precision, scores.brier]
        figures += [at.precision for at in scores.precision_at]
        cells = [f"{f.value:.3f} [{f.low:.3f}, {f.high:.3f}]" for f in figures]
        ece = f"{scores.calibration_error:.3f} ({scores.of_a_perfect_one:.3f}, {scores.of_a_perfect_one_at_most:.3f})"
        money = scores.money_captured
        captured = f"{money.value:.1%} [{money.low:.1%}, {money.high:.1%}]" if money else "-"
        rows.append([_named(judged.name, text), *cells[:3], ece, *cells[3:], captured])
    titles = ["AUC", text["average precision"], "Brier", text["calibration"]]
    titles += [text["precision"].format(rows=at.rows) for at in report.judged[0].scores.precision_at]
    titles += [text["money"]]
    print_table(
        ("", *(row[0] for row in rows)),
        [(title, *(row[k] for row in rows)) for k, title in enumerate(titles, start=1)],
    )
