"""``kehutu doctor``: what is wrong with the installation or the site, and what to do about it."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table, remedy_text
from services.operation.doctor.examination import examine

TEXT = {
    "en": {
        "ok": "ok",
        "warning": "look",
        "fault": "WRONG",
        "findings": "|area|what|found",
        "settings": "setting|value|from|variable",
        "in force": "Settings in force",
    },
    "zh": {
        "ok": "正常",
        "warning": "留意",
        "fault": "有误",
        "findings": "|范围|项目|结果",
        "settings": "设置|值|来自|变量",
        "in force": "现行设置",
        "flag": "命令行",
        "default": "默认",
        "environment": "环境",
        "configuration": "配置",
        "resources": "资源",
        "home": "主目录",
        "ledger": "台账",
        "store": "存储",
        "ports": "端口",
        "python": "Python",
        "system": "系统",
        "libc": "C 库",
        "packages": "软件包",
        "embedded store": "内嵌存储",
        "disk": "磁盘",
        "memory": "内存",
        "folder": "文件夹",
        "secrets": "机密文件",
        "database": "数据库",
        "databases": "数据库",
        "audit trail": "审计链",
        "business zone": "业务时区",
        "clock": "时钟",
        "quarantine": "隔离区",
        "current run": "当前批次",
        "connection": "连接",
        "server": "服务器",
        "graph": "图",
        "version": "版本",
        "watermark": "进度",
        "times": "时间",
    },
}
HIDDEN = {"en": "[hidden]", "zh": "[已隐藏]"}


@click.command()
@command
def doctor(call: Call) -> int:
    """Examine versions, memory, disk, ports, the home, the ledger and the store, and show the settings in force.

    Every fault comes with a remedy. Nothing is made or changed. Exit 1 where something is wrong; what is only worth a
    look does not count.
    """
    text = TEXT[call.lang]
    progress = ProgressLines(call.lang)
    found = examine(call.settings, progress)
    progress.close()
    if call.json:
        print_json(
            {
                "well": found.well,
                "findings": [
                    {
                        "area": one.area,
                        "name": one.name,
                        "value": one.told(call.lang),
                        "state": one.state,
                        "code": one.fault and one.fault.code,
                        "message": one.fault and one.fault.message(call.lang),
                        "remedy": one.fault and one.fault.remedy(call.lang),
                    }
                    for one in found.findings
                ],
                "settings": found.settings,
            }
        )
        return 0 if found.well else 1
    print_table(
        text["findings"].split("|"),
        [
            (text[one.state], text.get(one.area, one.area), text.get(one.name, one.name), one.told(call.lang))
            for one in found.findings
        ],
    )
    print_table(
        text["settings"].split("|"),
        [
            (
                one.name,
                HIDDEN[call.lang] if one.value == HIDDEN["en"] else one.value,
                text.get(one.origin, one.origin),
                one.variable,
            )
            for one in found.settings
        ],
        title=f"\n{text['in force']}",
    )
    for one in found.findings:
        if one.fault is not None:
            click.echo(
                f"\n{text[one.state]}  {one.fault.code}: {one.fault.message(call.lang)}\n"
                f"{remedy_text(one.fault, call.lang)}"
            )
    return 0 if found.well else 1
