"""Reports: what a charger was asked for and tells in one or more messages of its own. OCPP 2.0.1 B07, K09, N02, N09, O03"""

from dataclasses import dataclass, field

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome
from cpoctl.csms.metering import text
from cpoctl.domain.secrets import masked
from cpoctl.store import rows

_SIXTY_FOUR_BITS = 2**63


def part(ctx: Context, action: str, request_id: int | None, seq_no: int | None, tbc: bool | None) -> Outcome:
    """Keep a message of a report, and tell whoever waits for it; `tbc`: more will come."""
    charger_id, last = ctx.charger.charger_id, not tbc
    number = request_id if request_id is not None and abs(request_id) < _SIXTY_FOUR_BITS else 0
    kept = rows.ReportPart(charger_id, action, number, seq_no, int(last), ctx.received_at, masked(text(ctx.payload)))
    told = events.ReportReceived(charger_id=charger_id, action=action, request_id=number, seq_no=seq_no, last=last)
    return Outcome({}, [kept], [told])


@dataclass
class Awaited:
    """Which parts of a report have come. They may overtake each other; where they carry no number, the last one ends it."""

    action: str
    request_id: int
    _seen: set[int] = field(default_factory=set)
    _last: int | None = None

    def ended_by(self, event: events.Event) -> bool | None:
        """True when this event makes the report whole."""
        ours = isinstance(event, events.ReportReceived) and event.action == self.action
        if not isinstance(event, events.ReportReceived) or not ours or event.request_id != self.request_id:
            return None
        if event.seq_no is None:
            return event.last or None
        self._seen.add(event.seq_no)
        if event.last:
            self._last = event.seq_no
        return (self._last is not None and self._seen >= set(range(self._last + 1))) or None
