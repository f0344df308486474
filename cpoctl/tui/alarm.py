"""Alarm: new critical alerts call whoever is near, on any screen, and in a storm not for each of them. (TUI-19)"""

from collections.abc import Callable, Iterable
from typing import Final

from cpoctl import events
from cpoctl.domain.alerts import Alert
from cpoctl.operations.alert import place

QUIET_S: Final = 10.0
"""At most one call within so many seconds; what came meanwhile is told together then."""
_NAMED = 5
Opened = Alert | events.AlertOpened


class Alarm:
    """Calls through `ring` and `tell(title, text)`. `later` runs something after so many seconds, `now` is monotonic."""

    def __init__(
        self,
        ring: Callable[[], object],
        tell: Callable[[str, str], object],
        later: Callable[[float, Callable[[], None]], object],
        now: Callable[[], float],
    ) -> None:
        self._ring, self._tell, self._later, self._now = ring, tell, later, now
        self._known: set[tuple[int, int]] | None = None
        """The openings that were heard of: an alert's number, and how often it has opened."""
        self._waiting: dict[int, Opened] = {}
        self._called_at: float | None = None
        self._will_call = False

    def synced(self, open: Iterable[Alert]) -> None:
        """A whole picture: of what was broken before anybody looked no bell rings, of what broke in a gap it does."""
        known, self._known = self._known, set()
        waiting, self._waiting = self._waiting, {}
        for alert in open:
            if alert.alert_id in waiting and _calls(alert):
                self._waiting[alert.alert_id] = alert
            if known is None or _opening(alert) in known or not _calls(alert):
                self._known.add(_opening(alert))
            else:
                self._add(alert)
        self._call()

    def told(self, event: events.Event) -> None:
        """An event. What merely tells something else is no reason to call."""
        match event:
            case events.AlertOpened() if _calls(event):
                self._add(event)
                self._call()
            case events.AlertAcknowledged() | events.AlertResolved():
                self._waiting.pop(event.alert_id, None)

    def _add(self, alert: Opened) -> None:
        self._known = self._known or set()
        if _opening(alert) not in self._known:
            self._known.add(_opening(alert))
            self._waiting[alert.alert_id] = alert

    def _call(self) -> None:
        if not self._waiting:
            return
        left = 0.0 if self._called_at is None else self._called_at + QUIET_S - self._now()
        if left > 0:
            if not self._will_call:
                self._will_call = True
                self._later(left, self._call_at_last)
            return
        waiting, self._waiting = list(self._waiting.values()), {}
        self._called_at = self._now()
        self._ring()
        self._tell(*_words(waiting))

    def _call_at_last(self) -> None:
        self._will_call = False
        self._call()


def _opening(alert: Opened) -> tuple[int, int]:
    return alert.alert_id, alert.count


def _calls(alert: Opened) -> bool:
    return alert.severity == "critical" and alert.acked_at is None


def _words(alerts: list[Opened]) -> tuple[str, str]:
    places = [place(alert.charger_id or "", alert.evse_id) for alert in alerts]
    if len(alerts) == 1:
        return f"!! CRITICAL {places[0]}", f"{alerts[0].what} · {alerts[0].rule}"
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return f"!! {len(alerts)} new CRITICAL alerts", ", ".join(places[:_NAMED]) + more
