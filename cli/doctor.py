"""``kehutu doctor``: examine the installation and the site."""

from __future__ import annotations

import click

from cli.options import Call, command
from cli.output import ProgressLines, print_json, print_table
from services.operation.doctor.examination import examine

_MARKS = {"ok": "ok", "warning": "look", "fault": "WRONG"}


@click.command()
@command
def doctor(call: Call) -> int:
    """Examine versions, memory, disk, ports, the home, the ledger and the store, and show the settings in force.

    For each finding that needs something done there is a remedy. Nothing is made or changed. Exit 1 when something is
    wrong; what is only worth a look does not count.
    """
    progress = ProgressLines()
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
                        "value": one.value,
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
        ("", "area", "what", "found"),
        [(_MARKS[one.state], one.area, one.name, one.value) for one in found.findings],
    )
    print_table(
        ("setting", "value", "from", "variable"),
        [(one.name, one.value, one.origin, one.variable) for one in found.settings],
        title="\nSettings in force",
    )
    for one in found.findings:
        if one.fault is not None:
            click.echo(
                f"\n{_MARKS[one.state]}  {one.fault.code}: {one.fault.message(call.lang)}\n"
                f"{'Remedy' if call.lang == 'en' else '处理办法'}: {one.fault.remedy(call.lang)}"
            )
    return 0 if found.well else 1
