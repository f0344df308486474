"""Chargers' clocks: watched by their status messages, which nobody queues, away from the way of the other frames.

What is found is kept with the charger and corrects the times of its sessions from then on; what it told stays as it was.
"""

from cpoctl import events
from cpoctl.clock import parsed
from cpoctl.csms.dating import is_right
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.domain.clocks import ClockWatch, differs
from cpoctl.store import rows


def watch(ledger: Ledger) -> None:
    """Estimate from now on."""
    watches: dict[str, ClockWatch] = {}

    def told(seq: int | None, event: events.Event) -> None:
        charger = ledger.live.of(event)
        if not isinstance(event, events.StatusChanged) or event.charger_time is None or charger is None:
            return
        now, at = ledger.clock.now(), parsed(event.charger_time)
        ahead: float | None = (at - now).total_seconds()
        if charger.clock_off_s and is_right(at, now, charger):
            watches.pop(charger.charger_id, None)
        else:
            found = watches.setdefault(charger.charger_id, ClockWatch())
            ahead = found.hear(now.timestamp(), (at - now).total_seconds())
        # What is known stands until something else is: a server that began anew has heard too little to judge.
        if ahead is not None and differs(charger.clock_ahead_s, ahead):
            judged = events.ClockJudged(charger_id=charger.charger_id, ahead_s=round(ahead, 1))
            ledger.commit([rows.ChargerClock(judged.ahead_s, charger.charger_id)], [judged], noted)

    def began_anew(seq: int | None, event: events.Event) -> None:
        """Let its clock, which it may have set, be judged by what comes from now on."""
        watches.pop(event.charger_id or "", None)

    ledger.bus.listen(told, events.StatusChanged)
    ledger.bus.listen(began_anew, events.ChargerBooted, events.ChargerRemoved)
