"""List what is broken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain.alerts import Severity
from cpoctl.errors import CheckFailed, CpoctlError, UsageProblem
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.alert import AlertRow, alerts
from cpoctl.operations.charger import known_spelling


@dataclass(frozen=True, kw_only=True)
class ListAlerts(Query):
    """List what is broken now, the worst and oldest first: faulted EVSEs, and chargers that went silent."""

    path = "alert list"
    route = "GET /alerts"
    row = AlertRow
    noun = "alerts"
    examples = (
        "cpoctl alert list",
        "cpoctl alert list --exit-code -q || echo 'somebody has to look'",
        "cpoctl alert list --all --charger HQ-07 --json",
    )

    open: Annotated[bool, Option("what is broken now; so it is without --all")] = False
    all: Annotated[bool, Option("also what is over")] = False
    severity: Annotated[Severity | None, Option("only of this severity")] = None
    charger: Annotated[str | None, Option("only of this charger", kind="charger")] = None
    exit_code: Annotated[bool, Option("exit with 11 when nobody has acknowledged one of the open alerts listed")] = (
        False
    )

    def select(self, read: Read) -> list[AlertRow]:
        """Alerts that fit."""
        if self.open and self.all:
            raise UsageProblem("--open and --all contradict each other", hints=["cpoctl alert list --all"])
        where = """(:all OR resolved_at IS NULL) AND (:severity IS NULL OR severity = :severity)
          AND (:charger IS NULL OR charger_id = :charger)"""
        charger = known_spelling(self.charger, read) if self.charger else None
        return alerts(read, where, {"all": self.all, "severity": self.severity, "charger": charger})

    def objection(self, rows: Sequence[Mapping[str, Any]]) -> CpoctlError | None:
        """What nobody has acknowledged, if that is asked for."""
        left = [row for row in rows if row["resolved_at"] is None and row["acked_at"] is None]
        if not left or not self.exit_code:
            return None
        first = left[0]["alert_id"]
        return CheckFailed(
            f"{len(left)} open alert{'' if len(left) == 1 else 's'} that nobody has acknowledged",
            hints=[f"cpoctl alert show {first}", f"cpoctl alert ack {first} --comment TEXT"],
        )
