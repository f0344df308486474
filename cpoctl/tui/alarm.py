"""Alarm: new critical alerts call whoever is near, on any screen, and in a storm not for each of them. (TUI-19)"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from cpoctl import events
from cpoctl.domain.alerts import Alert
from cpoctl.operations.alert import place

QUIET_S: Final = 10.0
"""At most one call within so many seconds; what came meanwhile is told together then."""
SETTLES_S: Final = 1.0
"""What is told waits so long after the bell: OCPP 2.x tells the reason of a fault a moment after the fault."""
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
        self._said: dict[int, str] = {}
        """What those that wait have said since they opened."""
        self._called_at: float | None = None
        self._will_call = self._will_tell = False

    def synced(self, open: Iterable[Alert]) -> None:
        """A whole picture: of what was broken before anybody looked no bell rings, of what broke in a gap it does."""
        known, self._known = self._known, set()
        waiting, self._waiting, self._said = self._waiting, {}, {}
        for alert in open:
            if alert.alert_id in waiting and _calls(alert):
                self._waiting[alert.alert_id] = alert
            if known is None or _opening(alert) in known or not _calls(alert):
                self._known.add(_opening(alert))
            else:
                self._add(alert)
        self._call()

    def told(self, event: events.Event) -> None:
        """An event. What merely tells something else is no reason to call, but is told in its last words."""
        match event:
            case events.AlertOpened() if _calls(event):
                self._add(event)
                self._call()
            case events.AlertChanged() if event.alert_id in self._waiting:
                self._said[event.alert_id] = event.what
            case events.AlertAcknowledged() | events.AlertResolved():
                self._waiting.pop(event.alert_id, None)

    def _add(self, alert: Opened) -> None:
        self._known = self._known or set()
        if _opening(alert) not in self._known:
            self._known.add(_opening(alert))
            self._waiting[alert.alert_id] = alert
            self._said.pop(alert.alert_id, None)

    def _call(self) -> None:
        if not self._waiting or self._will_tell:
            return
        left = 0.0 if self._called_at is None else self._called_at + QUIET_S - self._now()
        if left > 0:
            if not self._will_call:
                self._will_call = True
                self._later(left, self._call_at_last)
            return
        self._called_at = self._now()
        self._will_tell = True
        self._ring()
        self._later(SETTLES_S, self._tell_at_last)

    def _call_at_last(self) -> None:
        self._will_call = False
        self._call()

    def _tell_at_last(self) -> None:
        self._will_tell = False
        waiting, said = list(self._waiting.values()), self._said
        self._waiting, self._said = {}, {}
        if waiting:
            self._tell(*_words(waiting, said))


def _opening(alert: Opened) -> tuple[int, int]:
    return alert.alert_id, alert.count


def _calls(alert: Opened) -> bool:
    return alert.severity == "critical" and alert.acked_at is None


def _words(alerts: list[Opened], said: Mapping[int, str]) -> tuple[str, str]:
    places = [place(alert.charger_id or "", alert.evse_id) for alert in alerts]
    if len(alerts) == 1:
        return f"!! CRITICAL {places[0]}", f"{said.get(alerts[0].alert_id, alerts[0].what)} · {alerts[0].rule}"
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return f"!! {len(alerts)} new CRITICAL alerts", ", ".join(places[:_NAMED]) + more
