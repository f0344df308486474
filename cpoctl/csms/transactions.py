"""What the transaction actions share: ids as they come over the wire, and who they belong to.

Every look-up is scoped by charger, so that no charger can touch another's sessions (RELIABILITY V-01).
"""

from typing import Any

from cpoctl import events
from cpoctl.csms.actions import Context, Outcome, Sql
from cpoctl.csms.metering import text
from cpoctl.domain.fleet import LiveCharger
from cpoctl.domain.sessions import NO_ID
from cpoctl.store import evidence, rows

WireInteger = int | str | None
_SIXTY_FOUR_BITS = 2**63
SESSIONS_MOST = 1000
"""Open sessions of one charger: more than any has EVSEs, so that only one that ends none, or means harm, has so many."""
ORPHANS_AN_HOUR = 1000
_SAMPLE_LENGTH = 2000

_KNOWN = """
SELECT s.session_id, s.evse_id, s.transaction_id, s.stopped_raw, s.meter_stop_raw, s.stop_reason, s.stop_tag_status,
       s.charger_id, s.stop_received_at, s.stopped_at, s.meter_start_wh, s.meter_stop_wh, s.energy_wh, s.flags,
       s.tag_id, s.tag_status, s.started_at, s.started_raw, s.decided, {evidence} FROM session s
WHERE s.transaction_id = ? AND (s.charger_id = ? OR s.issued = 1)
ORDER BY s.charger_id = ? DESC, s.session_id DESC LIMIT 1
"""
_CLOSED = _KNOWN.format(evidence="NULL AS evidence")
_DOUBTFUL = _KNOWN.format(evidence=evidence.COLUMN)


def named(transaction_id: WireInteger) -> str:
    """A transaction id as text; '' when there is none."""
    return "" if transaction_id is None else str(transaction_id)


def whole(value: WireInteger) -> int | None:
    """A small enough integer, or None."""
    return value if isinstance(value, int) and -_SIXTY_FOUR_BITS <= value < _SIXTY_FOUR_BITS else None


def reading(value: WireInteger) -> float | None:
    """A meter register in Wh; a negative or unreadable one is no reading (ocpp-go#114 sends -1)."""
    number = whole(value)
    return float(number) if number is not None and number >= 0 else None


def find_closed(transaction_id: WireInteger, charger: LiveCharger) -> Sql | None:
    """The look-up for a transaction that is not open: this charger's own first, else whose it is."""
    name = named(transaction_id)
    if name in charger.sessions or name in NO_ID:
        return None
    return _CLOSED, (name, charger.charger_id, charger.charger_id)


def find_doubtful(transaction_id: WireInteger, charger: LiveCharger) -> Sql:
    """The look-up for an open transaction whose end leaves a doubt."""
    return _DOUBTFUL, (named(transaction_id), charger.charger_id, charger.charger_id)


def closed(ctx: Context) -> dict[str, Any] | None:
    """This charger's closed session that the look-up found."""
    return next((r for r in ctx.found or () if r["charger_id"].casefold() == ctx.charger.charger_id.casefold()), None)


def foreign(ctx: Context) -> bool:
    """Whether the look-up found the transaction with another charger."""
    return bool(ctx.found) and closed(ctx) is None


def crowded(charger: LiveCharger) -> bool:
    """Whether a charger has so many open sessions that the begin of one more is an orphan."""
    return len(charger.sessions) >= SESSIONS_MOST


def orphan(
    ctx: Context, action: str, evse_id: int | None, transaction_id: WireInteger, answer: dict[str, Any], *,
    crowd: bool = False,
) -> Outcome:  # fmt: skip
    """Keep a message that belongs to no session of this charger, and answer it all the same (V-02).

    `crowd`: because the charger has too many. Beyond so many an hour they are counted, and stand in the journal only.
    """
    charger_id, name = ctx.charger.charger_id, named(transaction_id)
    if ctx.charger.strays and ctx.charger.strays.of(action, ctx.now) >= ORPHANS_AN_HOUR:
        return Outcome(answer, [_counted(ctx, action)])
    others = not crowd and foreign(ctx)
    reason = "transaction of another charger" if others else "unknown transaction"
    if crowd:
        reason = f"its charger has {len(ctx.charger.sessions)} open sessions already"
    kept: list[rows.Row] = [rows.Orphan(ctx.received_at, charger_id, evse_id, action, name, reason, text(ctx.payload))]
    told: list[events.Event] = [
        events.OrphanKept(charger_id=charger_id, action=action, transaction_id=name, reason=reason, at=ctx.received_at)
    ]
    if others:
        info = f"{action} for transaction {name}"
        kept.append(
            rows.SecurityEvent(charger_id, "ForeignTransaction", "", info, ctx.received_at, ctx.received_at, "csms")
        )
        told.append(
            events.SecurityEventReported(charger_id=charger_id, kind="ForeignTransaction", info=info, source="csms")
        )
    return Outcome(answer, kept, told)


def _counted(ctx: Context, action: str) -> rows.Violation:
    """What `charger quirks` tells of those that are not kept one by one."""
    told = f"more than {ORPHANS_AN_HOUR} an hour belong to no session; the others are in the journal only"
    sample = text(ctx.payload)[:_SAMPLE_LENGTH]
    return rows.Violation(ctx.charger.charger_id, action, "", "orphans", told, sample, ctx.received_at)
