"""Connection: whether the charger is here, and since when."""

from datetime import datetime

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.clock import stored as written
from cpoctl.domain.fleet import LiveCharger
from cpoctl.table import ago

_DROPS = """
SELECT count(*) AS drops, max(closed_at) AS last, close_code, close_reason FROM connection
WHERE charger_id = :charger AND opened_at > :since AND closed_at IS NOT NULL
"""
_MANY = 6


def live(charger: LiveCharger, now: datetime) -> Said:
    """Judge the connection that it has."""
    if charger.link is not None:
        link = charger.link
        return ok(f"connected for {ago(link.since, now)} from {link.address}, OCPP {link.version}")
    if charger.last_seen is None:
        return fail("not connected; never seen", "cpoctl log tail -f    whether it comes now")
    seen = f"last seen {ago(written(charger.last_seen), now)} ago"
    return fail(f"not connected; {seen}", f"cpoctl log list {charger.charger_id} --last 10    what it said last")


def stored(facts: Facts) -> Said | None:
    """Judge how often it was lost in the last day."""
    from datetime import timedelta

    given = {"charger": facts.charger_id, "since": written(facts.now - timedelta(days=1))}
    row = facts.read(_DROPS, given)[0]
    if row["drops"] < _MANY:
        return None
    why = f"code {row['close_code']}" if row["close_code"] else "without a goodbye"
    keeping = facts.variables("WebSocketPingInterval", "HeartbeatInterval")
    return warn(
        f"lost {row['drops']} times in a day, the last time {why} {row['close_reason'] or ''}".rstrip(),
        f"cpoctl var get {facts.charger_id} {keeping}    what keeps its line open",
    )
