"""How a site is examined, in the order in which one thing depends on another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.operation.doctor.configuration import Setting, configuration, in_force
from services.operation.doctor.environment import environment, ports, resources
from services.operation.doctor.finding import Finding
from services.operation.doctor.site import home, ledger_and_store
from services.settings import Settings
from terms.progress import Progress, silent


@dataclass(frozen=True, slots=True)
class Examination:
    """Findings, and the settings in force."""

    findings: tuple[Finding, ...]
    settings: tuple[Setting, ...]

    @property
    def well(self) -> bool:
        """Whether nothing has to be done; warnings are worth a look only."""
        return all(finding.state != "fault" for finding in self.findings)


def examine(settings: Settings, progress: Progress = silent) -> Examination:
    """Look at everything; nothing is made or changed, and what is broken ends nothing.

    The ledger is read whole (about 1 s a million records) and its trail followed.
    """
    looks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("environment", environment),
        ("configuration", lambda: configuration(settings)),
        ("resources", lambda: resources(settings)),
        ("home", lambda: home(settings)),
        ("ledger and store", lambda: ledger_and_store(settings)),
        ("ports", lambda: ports(settings)),
    )
    findings: list[Finding] = []
    for name, look in looks:
        progress(f"Examining {name}")
        findings += look()
    return Examination(tuple(findings), tuple(in_force(settings)))
