"""Alerting: the rules of `alerts/` at work. Whatever they find and no longer find is written, applied and told.

A place is judged anew, from the live state alone, after each event that may matter there, when what it was found to
be has been written, at the start, and when the store takes writes again: no order of events leaves an alert behind.
"""

import asyncio
import heapq
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from itertools import count
from typing import Final

from cpoctl import events
from cpoctl.alerts import Finding, Moment, Rule, rules
from cpoctl.clock import Clock, stored
from cpoctl.config import AlertSettings
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.domain.alerts import Alert, Place
from cpoctl.domain.live import LiveCharger
from cpoctl.errors import StoreUnavailable
from cpoctl.store import StoreState, rows

AT_ONCE: Final = 500  # a network that fails takes all its chargers along; others must not wait for that
LOOKS_EVERY: Final = 60.0  # at the latest, in case the machine's clock was set
_OF_CHARGERS: Final = (events.ChargerRemoved, events.RegistrationChanged)


class AlertDesk:
    """Keeps the alerts true."""

    def __init__(self, ledger: Ledger, clock: Clock, settings: AlertSettings) -> None:
        self._ledger = ledger
        self._live = ledger.live
        self._clock = clock
        self._settings = settings
        self._started_at = clock.now()
        self._rules: Mapping[str, Rule] = rules()
        self._watching: dict[type[events.Event], list[tuple[str, Rule]]] = {}
        self._writing: set[Place] = set()
        self._due: list[tuple[datetime, int, Place]] = []
        self._waiting: dict[Place, datetime] = {}  # what of `_due` counts
        self._order = count().__next__
        self._missed = False
        self._deaf: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None

    def open(self) -> None:
        """Judge every place, and go on with what happens."""
        for name, rule in self._rules.items():
            for kind in rule.WATCHES:
                self._watching.setdefault(kind, []).append((name, rule))
        bus = self._ledger.bus
        self._deaf = [bus.listen(self._happened, *self._watching), bus.listen(self._decided, *_OF_CHARGERS)]
        self._ledger.store.on_state(self._store_is)
        self._everywhere()

    def close(self) -> None:
        """Hear and wait for nothing any more: what the end of the server does to chargers is no alert."""
        for stop in self._deaf:
            stop()
        if self._timer is not None:
            self._timer.cancel()

    def look_at_due(self) -> None:
        """Judge the places whose time has come."""
        now = self._clock.now()
        for _ in range(AT_ONCE):
            if not self._due or self._due[0][0] > now:
                break
            due, _, place = heapq.heappop(self._due)
            if self._waiting.get(place) == due:
                del self._waiting[place]
                self._look(place)
        self._arm()

    def _happened(self, seq: int | None, event: events.Event) -> None:
        for name, rule in self._watching[type(event)]:
            self._look(Place(name, (event.charger_id or "").casefold(), rule.place(event)))

    def _decided(self, seq: int | None, event: events.Event) -> None:
        """A charger that may charge no longer has no alerts, and one that may again has those that it should have."""
        for alert in self._live.alerts.of(event.charger_id or ""):
            self._look(alert.place)
        if charger := self._live.of(event):
            self._look_over(charger)

    def _store_is(self, state: StoreState) -> None:
        """What could not be written was perhaps not even told."""
        if state is StoreState.FAILING:
            self._missed = True
        elif self._missed:
            self._missed = False
            self._everywhere()

    def _everywhere(self) -> None:
        for alert in list(self._live.alerts.open.values()):
            self._look(alert.place)
        for charger in self._live.chargers.values():
            self._look_over(charger)

    def _look_over(self, charger: LiveCharger) -> None:
        for name, rule in self._rules.items():
            for evse_id in rule.places(charger):
                self._look(Place(name, charger.charger_id.casefold(), evse_id))

    def _look(self, place: Place) -> None:
        """Judge one place."""
        if place in self._writing:
            return  # it is judged again when that is done
        charger = self._live.chargers.get(place.charger)
        finding = self._found(charger, place) if charger is not None else None
        alert = self._live.alerts.open_at(place)
        if finding is None:
            if alert is not None:
                self._resolve(alert)
        elif alert is not None:
            if finding.telling and finding.what != alert.what:
                self._change(alert, finding.what)
        elif finding.due is not None and finding.due > self._clock.now():
            self._later(place, finding.due)
        elif charger is not None:
            self._open(place, charger, finding)

    def _found(self, charger: LiveCharger, place: Place) -> Finding | None:
        if not charger.known or charger.registration != "Accepted":
            return None
        rule = self._rules.get(place.rule)
        if rule is None:  # an alert of a rule that there is no longer
            return None
        return rule.finding(charger, place.evse_id, Moment(self._clock.now(), self._started_at, self._settings))

    def _open(self, place: Place, charger: LiveCharger, finding: Finding) -> None:
        now = self._clock.now()
        before = self._live.alerts.returning(place, now)
        opened = events.AlertOpened(
            charger_id=charger.charger_id,
            alert_id=before.alert_id if before else self._ledger.next_alert(),
            rule=place.rule,
            severity=self._rules[place.rule].SEVERITY,
            evse_id=place.evse_id,
            opened_at=before.opened_at if before else stored(now),
            since=finding.since,
            what=finding.what,
            count=before.count + 1 if before else 1,
            acked_at=before.acked_at if before else None,
            acked_by=before.acked_by if before else None,
            comment=before.comment if before else None,
        )
        row = rows.Alert(
            opened.alert_id,
            opened.rule,
            opened.severity,
            charger.charger_id,
            opened.evse_id,
            opened.opened_at,
            opened.since,
            opened.what,
            opened.count,
        )
        self._write(place, row, opened)

    def _change(self, alert: Alert, what: str) -> None:
        changed = events.AlertChanged(
            charger_id=alert.charger_id, alert_id=alert.alert_id, rule=alert.rule, evse_id=alert.evse_id, what=what
        )
        self._write(alert.place, rows.AlertWhat(what, alert.alert_id), changed)

    def _resolve(self, alert: Alert) -> None:
        resolved = events.AlertResolved(
            charger_id=alert.charger_id,
            alert_id=alert.alert_id,
            rule=alert.rule,
            severity=alert.severity,
            evse_id=alert.evse_id,
            since=alert.since,
            what=alert.what,
            count=alert.count,
            resolved_at=stored(self._clock.now()),
        )
        self._write(alert.place, rows.AlertResolved(resolved.resolved_at, alert.alert_id), resolved)

    def _write(self, place: Place, row: rows.Row, event: events.Event) -> None:
        self._writing.add(place)
        self._ledger.commit([row], [event], partial(self._written, place))

    def _written(self, place: Place, error: Exception | None) -> None:
        self._writing.discard(place)
        if error is None:
            self._look(place)
        elif not isinstance(error, StoreUnavailable):  # everything is judged again when the store recovers
            noted(error)

    def _later(self, place: Place, due: datetime) -> None:
        known = self._waiting.get(place)
        if known is None or due < known:
            self._waiting[place] = due
            heapq.heappush(self._due, (due, self._order(), place))
            if self._due[0][2] == place:
                self._arm()

    def _arm(self) -> None:
        """Have the clock ring for the place that is due first."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            left = (self._due[0][0] - self._clock.now()).total_seconds()
            delay = min(max(0.0, left), LOOKS_EVERY)
            self._timer = asyncio.get_running_loop().call_later(delay, self.look_at_due)
