"""Chargers' clocks: watched by their status messages, which nobody queues, away from the way of the other frames.

What is found is kept with the charger and corrects the times of its sessions from then on; what it told stays as it was.
"""

from cpoctl import events
from cpoctl.clock import parsed
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
        now = ledger.clock.now()
        found = watches.setdefault(charger.charger_id, ClockWatch())
        ahead = found.hear(now.timestamp(), (parsed(event.charger_time) - now).total_seconds())
        if differs(charger.clock_ahead_s, ahead):
            ahead = None if ahead is None else round(ahead, 1)
            judged = events.ClockJudged(charger_id=charger.charger_id, ahead_s=ahead)
            ledger.commit([rows.ChargerClock(ahead, charger.charger_id)], [judged], noted)

    ledger.bus.listen(told, events.StatusChanged)
