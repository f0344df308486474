"""Alerts: what is broken now and since when, and what has lately been mended.

An alert belongs to a rule and a place, a charger or an EVSE of it, and lasts as long as the rule finds fault there. What
breaks again soon is the same alert, so that whoever has acknowledged it is not called for every twitch of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cpoctl.clock import stored

if TYPE_CHECKING:
    from cpoctl import events  # whoever lists alerts loads none

Severity = Literal["critical", "warning", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
RETURNS_WITHIN: Final = timedelta(minutes=10)


class Place(NamedTuple):
    """Where a rule looks. `charger` is an id without case; `evse_id` None: the charger and its connection."""

    rule: str
    charger: str
    evse_id: int | None


@dataclass(slots=True)
class Alert:
    """An alert with the names that its events have. `opened_at`: the first time; `since`: broken this time."""

    alert_id: int
    rule: str
    severity: str
    charger_id: str
    evse_id: int | None
    opened_at: str
    since: str
    what: str
    count: int
    acked_at: str | None = None
    acked_by: str | None = None
    comment: str | None = None
    resolved_at: str | None = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.rule, self.charger_id.casefold(), self.evse_id)


class Alerts:
    """The open alerts, and of each place the newest one, also when it is over."""

    def __init__(self) -> None:
        self.open: dict[int, Alert] = {}
        self._newest: dict[Place, Alert] = {}

    def add(self, alert: Alert) -> None:
        """Take an alert in."""
        self._newest[alert.place] = alert
        if alert.resolved_at is None:
            self.open[alert.alert_id] = alert

    def open_at(self, place: Place) -> Alert | None:
        """The open alert of a place."""
        alert = self._newest.get(place)
        return alert if alert is not None and alert.resolved_at is None else None

    def returning(self, place: Place, now: datetime) -> Alert | None:
        """The alert that opens again when the place breaks now; None: it will be a new one."""
        alert = self._newest.get(place)
        soon = alert is not None and alert.resolved_at is not None and alert.resolved_at > stored(now - RETURNS_WITHIN)
        return alert if soon else None

    def of(self, charger_id: str) -> list[Alert]:
        """The open alerts of a charger."""
        return [alert for alert in self.open.values() if alert.charger_id.casefold() == charger_id.casefold()]

    def unacknowledged(self) -> int:
        """How many open alerts nobody has acknowledged."""
        return sum(alert.acked_at is None for alert in self.open.values())

    # What events make of them

    def opened(self, event: "events.AlertOpened") -> None:
        """It is broken."""
        self.add(
            Alert(
                event.alert_id,
                event.rule,
                event.severity,
                event.charger_id or "",
                event.evse_id,
                event.opened_at,
                event.since,
                event.what,
                event.count,
                event.acked_at,
                event.acked_by,
                event.comment,
            )
        )

    def changed(self, event: "events.AlertChanged") -> None:
        """It says something else."""
        if alert := self.open.get(event.alert_id):
            alert.what = event.what

    def acknowledged(self, event: "events.AlertAcknowledged") -> None:
        """Somebody looks after it."""
        if alert := self.open.get(event.alert_id):
            alert.acked_at, alert.acked_by, alert.comment = event.acked_at, event.acked_by, event.comment

    def resolved(self, event: "events.AlertResolved") -> None:
        """It is over."""
        if alert := self.open.pop(event.alert_id, None):
            alert.resolved_at = event.resolved_at
