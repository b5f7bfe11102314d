"""The words of the report of classes, in both languages."""

from __future__ import annotations

from typing import Final

from terms.errors import Lang

TEXT: Final[dict[Lang, dict[str, str]]] = {
    "en": {
        "title": "Classes of customers",
        "head": "Run {run}, data of {day}. Customers: {customers}; classes: {classes}; features: contract {version}.",
        "none": "There are no classes: no gap parts these customers (p = {p:.2g}). They differ by degrees.",
        "cuts": "1. Where there is a gap",
        "cut": "Customers left of the gap: {low}, right of it: {high}. That so few lie between them would happen by "
        "chance with p = {p:.2g}.",
        "cut axes": "across: the direction that parts them best; up: how many customers; shaded: the valley;"
        " line: the cut",
        "profiles": "2. What each class looks like",
        "profile": "Bars show the median rank of a feature in the class: right of the middle it has more than most "
        "customers, left of it less. Shown are the features that differ most between classes.",
        "rules": "3. Rules",
        "rule": "class|rule|covers|others that follow it",
        "fidelity": "The rules give {fidelity:.1%} of the customers their class.",
        "stability": "4. How stable the classes are",
        "stable": "Five refits on other draws of the customers agree with the classes by an adjusted Rand index of "
        "{ari:.2f}, and of {free:.2f} where the number of classes is found again. Bars: how well each class "
        "comes back; "
        "the line is at .75, below it a class is loose.",
        "front": "5. The search",
        "searched": "Each point is a way to cluster: right is more stable, up says more about the features. "
        "The filled "
        "point is the valley tree, the ring what stands.",
        "kept": "The classes came about in the same way as in the run before; nothing was searched.",
        "moves": "6. What became of the classes",
        "move": "class|since the full run before|came from elsewhere",
        "uncompared": "The features have changed since run {before}: these classes are not compared with those.",
        "first": "There is no full run before this one.",
        "scorecard": "7. Scorecard",
        "figure": "perspective|figure|unit",
        "left": "8. Features that are left out",
        "limits": "A class says what customers have in common. It judges no person, forecasts nothing, and "
        "is not exact "
        "at its edge. Classes of less than 2 % of the customers, and those that only words tell, are not found.",
    },
    "zh": {
        "title": "客户类别",
        "head": "批次 {run}，数据截至 {day}：{customers} 个客户，{classes} 个类别，特征契约第 {version} 版。",
        "none": "没有类别：不存在将这些客户分开的间隙（p = {p:.2g}）。他们只有程度上的差别。",
        "cuts": "1. 间隙在哪里",
        "cut": "间隙左侧有 {low} 个客户，右侧有 {high} 个。中间如此之少，若属偶然，其概率 p = {p:.2g}。",
        "cut axes": "横轴：最能区分两侧的方向；纵轴：客户数；阴影：低谷；竖线：切分处",
        "profiles": "2. 各类别的样貌",
        "profile": "横条为该类客户某特征的中位名次：居中线右侧者多于多数客户，左侧者少于多数客户。"
        "此处列出类别间差异最大的特征。",
        "rules": "3. 规则",
        "rule": "类别|规则|覆盖率|符合规则的其他类客户",
        "fidelity": "规则能正确给出 {fidelity:.1%} 的客户的类别。",
        "stability": "4. 类别是否稳定",
        "stable": "在另外抽取的客户上重新拟合五次，与现有类别的调整兰德指数为 {ari:.2f}；"
        "若类别数也重新确定，则为 {free:.2f}。"
        "横条：各类别重现的程度；竖线为 .75，低于它即为松散。",
        "front": "5. 搜索",
        "searched": "每个点为一种聚类方式：越靠右越稳定，越靠上对特征的解释越多。实心点为谷树，圆环为最终采用者。",
        "kept": "类别的产生方式与上一批次相同，未再搜索。",
        "moves": "6. 类别的变迁",
        "move": "类别|较上次完整分析|来自其他类别",
        "uncompared": "特征自批次 {before} 以来已有变化，不作比较。",
        "first": "此前没有完整分析。",
        "scorecard": "7. 记分卡",
        "figure": "维度|指标|单位",
        "left": "8. 未采用的特征",
        "limits": "类别说明客户的共同之处。它不评判任何人，不作预测，边界处也并不精确。少于客户总数 2 % "
        "的类别，以及仅由文字属性区分的类别，无法发现。",
    },
}
PERSPECTIVES: Final[dict[Lang, dict[str, str]]] = {
    "en": {"finance": "finance", "customer": "customer", "process": "process", "growth": "growth"},
    "zh": {"finance": "财务", "customer": "客户", "process": "流程", "growth": "成长"},
}
EVENTS: Final[dict[Lang, dict[str, str]]] = {
    "en": {},
    "zh": {
        "born": "新产生",
        "continued": "延续",
        "grew": "扩大",
        "shrank": "缩小",
        "merged": "合并而成",
        "split": "分裂",
        "died": "消散",
    },
}
