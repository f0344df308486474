"""Violations: rules of the standard that the charger's messages break; they are mended and kept."""

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.charger import Facts

_BROKEN = """
SELECT action, path, rule, count FROM violation WHERE charger_id = :charger ORDER BY count DESC, action, path LIMIT 4
"""


def stored(facts: Facts) -> Said | None:
    """Name the most frequent."""
    if facts.row is None:
        return None
    broken = facts.rows(_BROKEN)
    if not broken:
        return ok("its messages keep the standard")
    said = [f"{row['action']} {row['path']} {row['rule']} ({row['count']}×)" for row in broken[:3]]
    more = " and more" if len(broken) > 3 else ""
    return warn(f"mended: {', '.join(said)}{more}", f"cpoctl charger show {facts.charger_id}    all of them")
