"""The model card in words, English or Chinese."""

from __future__ import annotations

from algorithms.own_risk.declared import FEATURES, FOR_NEXT_BILL
from algorithms.own_risk.forecast_scores import Figure
from services.own_risk.card import ModelCard, ScoredForecast, TargetCard
from terms.errors import Lang

TEXT = {
    "en": {
        "title": "Own risk: {version}",
        "data": "Learned from {customers:,} customers and {bills:,} bills, known until {until}. Seed {seed}.",
        "default": "Default within {months} months: {overdue_bills} overdue bills of one customer at once",
        "next_bill": "The next bill to fall due is late",
        "rows": "{rows:,} rows of {customers:,} customers; it happened to {happened_to:,} of them.",
        "model": "Model: {model}, calibrated ({calibration}). Log loss on parties not learned from: {losses}.",
        "gap": "Judged on {judged_on} ({judged_rows:,} rows), learned from {learned_from} and other parties only. "
        "Every outcome learned from was certain before the first judged day.",
        "no gap": "Judged on {judged_on} ({judged_rows:,} rows), learned from {learned_from} and other parties only. "
        "The record is too short for a gap: outcomes learned from and judged ones share months.",
        "columns": "| forecast | AUC | average precision | Brier | ECE (perfect, at most) | first 1 %: precision |",
        "weights": "Features by how much they move the log odds in the mean:",
        "features": "| feature | unit | window | missing when | why | weight |",
        "limits": "Limits",
        "limit": (
            "Forecasts hold while customers and collection stay as they were in the months learned from.",
            "Of registers only what was reported by each cut-off counts; a state that appears for the first time "
            "moves nothing until it has been learned.",
            "Bills count with the amounts and days that the graph shows now: corrections made since are in them.",
        ),
        "not": "Not for",
        "not for": (
            "deciding alone on supply, on credit or on a person: a reason must be looked at by people;",
            "any other purpose than arrears of electricity bills;",
            "customers without bills, or days before the end of the data.",
        ),
        "never": "No feature is of sex, age, family, origin, education, religion or health, and none of neighbours.",
    },
    "zh": {
        "title": "自身风险模型：{version}",
        "data": "学习自 {customers:,} 户、{bills:,} 张账单，数据截至 {until}。随机种子 {seed}。",
        "default": "{months} 个月内违约：同一客户同时有 {overdue_bills} 张逾期账单",
        "next_bill": "下一张到期账单逾期",
        "rows": "{customers:,} 户的 {rows:,} 行；其中 {happened_to:,} 户发生。",
        "model": "模型：{model}，校准方式 {calibration}。未参与学习的主体上的对数损失：{losses}。",
        "gap": "检验日 {judged_on}（{judged_rows:,} 行），仅用 {learned_from} 的其他主体学习；"
        "学习所用结果在首个检验日之前均已确定。",
        "no gap": "检验日 {judged_on}（{judged_rows:,} 行），仅用 {learned_from} 的其他主体学习。"
        "历史太短，无法留出间隔：学习与检验的结果有重叠月份。",
        "columns": "| 预测 | AUC | 平均精度 | Brier | ECE（完美预测，上限） | 前1%精度 |",
        "weights": "各特征对对数几率的平均影响：",
        "features": "| 特征 | 单位 | 窗口 | 缺失条件 | 理由 | 权重 |",
        "limits": "局限",
        "limit": (
            "预测以客户行为和催费方式与学习期一致为前提。",
            "登记信息只采用各截止日前已报告的内容；首次出现的状态在学习之前不起作用。",
            "账单金额与日期按图中当前值计算，事后更正已包含在内。",
        ),
        "not": "不得用于",
        "not for": (
            "单独决定停电、授信或针对个人的处置：理由须由人审阅；",
            "电费欠费以外的任何目的；",
            "没有账单的客户，或数据截止日之前的日期。",
        ),
        "never": "任何特征都不涉及性别、年龄、婚姻家庭、民族籍贯、学历、宗教或健康，也不涉及关联方。",
    },
}


def text_of(card: ModelCard, lang: Lang) -> str:
    """The card as Markdown."""
    text = TEXT[lang]
    lines = [
        f"# {str(text['title']).format(version=card.version)}",
        "",
        str(text["data"]).format(
            customers=card.customers, bills=card.bills, until=card.until, seed=card.seed
        ),
        str(text["never"]),
    ]
    for target in card.targets:
        lines += ["", *_target(card, target, lang)]
    for title, points in (("limits", "limit"), ("not", "not for")):
        lines += ["", f"## {text[title]}", "", *(f"- {point}" for point in text[points])]
    return "\n".join([*lines, ""])


def _target(card: ModelCard, target: TargetCard, lang: Lang) -> list[str]:
    text = TEXT[lang]
    known = {**FEATURES, **FOR_NEXT_BILL}
    losses = ", ".join(f"{name} {loss:.4f}" for name, loss in target.log_loss.items())
    weights = [(known[name], weight) for name, weight in target.weights.items()]
    return [
        f"## {str(text[target.target]).format(months=card.months, overdue_bills=card.overdue_bills)}",
        "",
        str(text["rows"]).format(
            rows=target.rows, customers=target.customers, happened_to=target.happened_to
        ),
        str(text["model"]).format(model=target.model, calibration=target.calibration, losses=losses),
        str(text["gap" if target.gap else "no gap"]).format(
            judged_on=_days(target.judged_on),
            judged_rows=target.judged_rows,
            learned_from=_days(target.learned_from),
        ),
        "",
        str(text["columns"]),
        "| --- | --- | --- | --- | --- | --- |",
        *(_scores(judged) for judged in target.judged),
        "",
        str(text["weights"]),
        "",
        str(text["features"]),
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {f.en if lang == 'en' else f.zh} | {f.unit} | {f.window} | {f.missing} | {f.why} | {weight:.3f} |"
            for f, weight in weights
        ),
    ]


def _scores(judged: ScoredForecast) -> str:
    s = judged.scores
    cells = [judged.name, _figure(s.auc), _figure(s.average_precision), _figure(s.brier)]
    cells += [f"{s.calibration_error:.4f} ({s.of_a_perfect_one:.4f}, {s.of_a_perfect_one_at_most:.4f})"]
    return f"| {' | '.join([*cells, _figure(s.precision_at[0].precision)])} |"


def _figure(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _days(days: tuple[str, ...]) -> str:
    return days[0] if len(days) == 1 else f"{days[0]} – {days[-1]}"
