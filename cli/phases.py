"""What long work is doing, in Chinese.

Services name each phase in English; this catalogue has the Chinese words.
"""

from __future__ import annotations

import re
from typing import Final

from terms.errors import Lang

_LOADING: Final = "Loading "
_MIGRATING: Final = re.compile(r"Migrating the store to version (\d+)")

ZH: Final = {
    "Bringing the graph up to date": "更新图",
    "Calibrating": "校准",
    "Copying shared evidence": "复制共有依据",
    "Copying the run onto the nodes": "将批次结果写到节点",
    "Describing customers": "计算客户特征",
    "Embedding parties": "计算主体的图嵌入",
    "Emptying the store": "清空存储",
    "Examining configuration": "检查配置",
    "Examining environment": "检查运行环境",
    "Examining home": "检查主目录",
    "Examining ledger and store": "检查台账与存储",
    "Examining ports": "检查端口",
    "Examining resources": "检查资源",
    "Finding classes of customers": "寻找客户类别",
    "Finding communities": "划分社区",
    "Finding communities of customers": "划分客户社区",
    "Generating the synthetic world": "生成合成数据",
    "Learning who falls into default": "学习谁会违约",
    "Learning whose next bill is late": "学习谁会逾期缴费",
    "Looking again on other draws": "在其他抽样上重新寻找",
    "Looking for gaps": "寻找间隙",
    "Making the graph": "建立图",
    "Putting classes into rules": "把类别写成规则",
    "Reading past years": "读取往年数据",
    "Reading rows": "读取数据行",
    "Reading the graph": "读取图",
    "Reading the records": "读取缴费记录",
    "Reading what may have changed": "读取可能的变化",
    "Searching for classes that say more": "搜索信息更多的类别",
    "Searching parameters": "搜索参数",
    "Solving": "求解",
    "Waiting for queries in the old graph": "等待旧图上的查询结束",
    "Withdrawing records": "撤回记录",
    "Writing reports": "写入报告",
    "Writing results": "写入结果",
}


def phase_text(phase: str, lang: Lang) -> str:
    """A phase in the reader's language; the English words where nobody has translated it yet."""
    if lang == "en":
        return phase
    if phase.startswith(_LOADING):
        return f"载入 {phase.removeprefix(_LOADING)}"
    if migrating := _MIGRATING.match(phase):
        return f"将存储迁移到版本 {migrating[1]}"
    return ZH.get(phase, phase)
