"""Examining: the checks of chargers as a query, so that the server and the bare file answer alike.

The server adds what only it knows, such as whether a charger is connected.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl import plugins
from cpoctl.checks import Finding, charger, finding
from cpoctl.checks.charger import Facts
from cpoctl.errors import nearest
from cpoctl.operations import Argument, Query, Read
from cpoctl.operations.charger import NAMES
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

_ONE = "SELECT * FROM charger WHERE charger_id = ? AND removed_at IS NULL"


@dataclass(frozen=True)
class Examination:
    """What the checks of one charger say. `live` when the running server was asked as well."""

    charger_id: Annotated[str, Column("CHARGER")]
    known: bool
    near: str
    live: bool
    findings: list[Finding]


@dataclass(frozen=True, kw_only=True)
class ExamineCharger(Query):
    """Everything that the checks say of a charger, known or not."""

    path = "_examine"
    route = "GET /chargers/{charger}/examination"
    row = Examination
    many = False

    charger: Annotated[str, Argument("the charger's id", kind="charger")]

    def select(self, read: Read) -> list[Examination]:
        """What is stored of it."""
        row = next(iter(read(_ONE, [self.charger])), None)
        facts = Facts(row["charger_id"] if row else self.charger, row, read, datetime.now(UTC))
        said = [
            finding(facts.charger_id, name, told)
            for name, check in _checks("stored")
            if (told := check(facts)) is not None
        ]
        near = "" if row else nearest(self.charger, [known["charger_id"] for known in read(NAMES)])
        return [Examination(facts.charger_id, row is not None, near, live=False, findings=said)]

    def overlay(self, row: Examination, live: "LiveFleet", now: datetime) -> Examination:
        """What the server knows of it comes first."""
        known = live.charger(row.charger_id)
        if known is None:
            return replace(row, live=True)
        told = [
            finding(row.charger_id, name, said)
            for name, check in _checks("live")
            if (said := check(known, now)) is not None
        ]
        return replace(row, live=True, findings=[*told, *row.findings])


def _checks(kind: str) -> list[tuple[str, Any]]:
    """The functions of a kind, by the names of their files."""
    loaded = [(name, plugins.load(charger, name)) for name in plugins.names(charger)]
    return [(name, getattr(module, kind)) for name, module in loaded if hasattr(module, kind)]
