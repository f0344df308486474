"""Heartbeat: whether the charger speaks as often as it was told to. OCPP 1.6 §4.6"""

import json
from datetime import datetime
from itertools import pairwise

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.store import Record
from cpoctl.table import span

_SAID = """
SELECT at, action, answer FROM charger_journal
WHERE charger_id = :charger AND sender = 'charger' AND connection_id = (
    SELECT max(connection_id) FROM connection WHERE charger_id = :charger)
ORDER BY journal_id DESC LIMIT 500
"""
_PATIENCE = 1.5


def stored(facts: Facts) -> Said | None:
    """Judge the longest silence on the newest connection; any message counts."""
    said = facts.rows(_SAID)
    interval = _told(said)
    if interval is None or len(said) < 2:
        return None
    times = [datetime.fromisoformat(row["at"]) for row in reversed(said)]
    longest = max((later - earlier).total_seconds() for earlier, later in pairwise(times))
    if longest <= interval * _PATIENCE + 10:
        return ok(f"told to speak every {span(interval)}, and does")
    return warn(
        f"told to speak every {span(interval)}, and was silent for {span(longest)}",
        f"cpoctl var set {facts.charger_id} {facts.variables('HeartbeatInterval')} {interval} --yes",
    )


def _told(said: list[Record]) -> int | None:
    """The interval in the answer to its newest boot."""
    for row in said:
        if row["action"] == "BootNotification" and row["answer"]:
            try:
                interval = json.loads(row["answer"])[2]["interval"]
            except (ValueError, LookupError, TypeError):
                return None
            return interval if isinstance(interval, int) and interval > 0 else None
    return None
