"""The business zone is fixed when a home is made, and everything that asks for a day reads it there."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from ingest.loads.load import load
from ingest.projection.business_days import first_day, latest_day
from ingest.statements import Statements
from ledger.database import Ledger
from ledger.records import since
from services.operation.doctor.site import ledger_and_store
from services.settings import settings
from terms.errors import KehutuError

MANIFEST = """
sources:
  - name: bills
    path: bills.csv
    channel: survey
    recordId: no
    observedAt: seen
    mapping:
      - node: Bill
        key: {billNo: no}
        set: {dueOn: {column: due, format: "%Y-%m-%dT%H:%M%z"}}
"""
# A summer evening of 1988: without a zone it is that of the home, with one it is the same instant everywhere.
ROWS = (
    "no,seen,due\n1,1988-06-30T23:30:00,1988-06-30T15:30+0000\n2,1988-06-30T15:30:00Z,2026-06-30T15:30+0000\n"
)


def loaded(
    home: Path, zone: str | None
) -> tuple[list[datetime], list[str | int | float], date | None, date | None]:
    """When rows were true, the days that they state, and the first and latest business day."""
    home.mkdir()
    (home / "bills.csv").write_text(ROWS, encoding="utf-8")
    (home / "m.yaml").write_text(MANIFEST, encoding="utf-8")
    with Ledger.open(home, zone=zone) as ledger:
        load(ledger, home / "m.yaml")
        records = since(ledger, 0, 10)
        days = [Statements.from_json(one.payload).nodes[0].set["dueOn"] for one in records]
        return [one.observed_at for one in records], days, first_day(ledger), latest_day(ledger)


def test_a_home_that_names_no_zone_keeps_eight_hours_in_the_summers_of_1986_to_1991(tmp_path: Path) -> None:
    seen, days, first, latest = loaded(tmp_path / "home", None)
    assert seen == [datetime(1988, 6, 30, 15, 30, tzinfo=UTC)] * 2
    assert days == ["1988-06-30", "2026-06-30"]
    assert (first, latest) == (date(1988, 6, 30), date(1988, 6, 30))


def test_a_home_of_a_named_zone_has_its_summer_times(tmp_path: Path) -> None:
    seen, days, first, latest = loaded(tmp_path / "home", "Asia/Shanghai")
    assert seen == [datetime(1988, 6, 30, 14, 30, tzinfo=UTC), datetime(1988, 6, 30, 15, 30, tzinfo=UTC)]
    assert days == ["1988-07-01", "2026-06-30"]
    assert (first, latest) == (date(1988, 6, 30), date(1988, 7, 1))


def test_a_home_of_another_offset_has_other_days(tmp_path: Path) -> None:
    seen, days, _, _ = loaded(tmp_path / "home", "UTC-03:00")
    assert seen[0] == datetime(1988, 7, 1, 2, 30, tzinfo=UTC)
    assert days == ["1988-06-30", "2026-06-30"]


def test_a_ledger_keeps_its_zone_and_refuses_another(home: Path) -> None:
    with Ledger.open(home, zone="utc+9") as made:
        assert made.zone_name == "UTC+09:00"
    with Ledger.open(home) as again:
        assert again.zone_name == "UTC+09:00"
    with pytest.raises(KehutuError) as refused:
        Ledger.open(home, zone="Asia/Shanghai")
    assert refused.value.code == "ZONE_FIXED"
    assert "made with the business zone UTC+09:00" in refused.value.message()
    Ledger.open(home, zone="UTC+09:00").close()


def test_a_ledger_of_before_has_the_zone_that_all_had(home: Path) -> None:
    with Ledger.open(home) as made, made.writing() as connection:
        connection.exec_driver_sql("DELETE FROM meta WHERE name = 'zone'")
    with Ledger.open(home, zone="UTC+08:00") as again:
        assert again.zone_name == "UTC+08:00"
    with pytest.raises(KehutuError, match="business zone"):
        Ledger.open(home, zone="Asia/Shanghai")


def test_a_command_on_a_home_of_another_zone_says_so(home: Path) -> None:
    Ledger.open(home).close()
    (home / "config.toml").write_text('zone = "Asia/Shanghai"\n')
    done = CliRunner().invoke(main, ["loads", "list", "--home", str(home), "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "ZONE_FIXED"
    (home / "config.toml").write_text('zone = "nowhere"\n')
    done = CliRunner().invoke(main, ["loads", "list", "--home", str(home), "--json"])
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["code"] == "CONFIGURATION_FAULT"


def test_the_doctor_shows_the_zone_of_the_home_and_a_setting_that_differs(home: Path) -> None:
    Ledger.open(home, zone="Asia/Shanghai").close()
    found = {one.name: one for one in ledger_and_store(settings(home))}
    assert (found["business zone"].told("en"), found["business zone"].fault) == ("Asia/Shanghai", None)
    (home / "config.toml").write_text('zone = "UTC+08:00"\n')
    found = {one.name: one for one in ledger_and_store(settings(home))}
    fault = found["business zone"].fault
    assert fault is not None
    assert (fault.code, found["business zone"].state) == ("ZONE_FIXED", "fault")
