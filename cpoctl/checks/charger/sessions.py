"""Sessions: open ones that probably are none any more."""

from cpoctl.checks import Said, warn
from cpoctl.checks.charger import Facts
from cpoctl.table import ago

_OPEN = """
SELECT s.session_id, s.evse_id, s.started_at, e.status,
       max(coalesce((SELECT max(m.received_at) FROM meter_value m WHERE m.session_id = s.session_id), ''), s.started_at) AS heard_at
FROM session s LEFT JOIN evse e ON e.charger_id = s.charger_id AND e.evse_id = s.evse_id
WHERE s.charger_id = :charger AND s.stopped_at IS NULL ORDER BY s.session_id
"""
_STILL = 24 * 3600.0


def stored(facts: Facts) -> Said | None:
    """A session is stuck when its EVSE is free again, or when nothing was heard of it for a day."""
    from datetime import datetime

    stuck = [
        row
        for row in facts.rows(_OPEN)
        if row["status"] == "Available"
        or (facts.now - datetime.fromisoformat(row["heard_at"])).total_seconds() > _STILL
    ]
    if not stuck:
        return None
    said = [
        f"{row['session_id']} on EVSE {row['evse_id']}, heard of {ago(row['heard_at'], facts.now)} ago" for row in stuck
    ]
    return warn(
        f"open and probably over: {'; '.join(said[:3])}",
        f"cpoctl session show {stuck[0]['session_id']}    its meter values; the charger may still tell the end",
    )
