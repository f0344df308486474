"""Commands: requests of ours that the charger has left unanswered."""

from datetime import timedelta

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.clock import stored as written

_SENT = """
SELECT action, state FROM command WHERE charger_id = :charger AND queued_at > :since AND sent_at IS NOT NULL
ORDER BY command_id DESC LIMIT 200
"""


def stored(facts: Facts) -> Said | None:
    """Judge those of the last day."""
    sent = facts.read(_SENT, {"charger": facts.charger_id, "since": written(facts.now - timedelta(days=1))})
    if not sent:
        return None
    silent = [row["action"] for row in sent if row["state"] in ("timeout", "unknown")]
    if not silent:
        return ok(f"answered all {len(sent)} requests of the last day")
    names = ", ".join(dict.fromkeys(silent))
    return warn(
        f"left {len(silent)} of {len(sent)} requests of the last day unanswered: {names}",
        f"cpoctl log list {facts.charger_id} --last 20    whether answers came late",
    )
