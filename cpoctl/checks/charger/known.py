"""Known: whether the charger is in the records, and may operate."""

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.charger import Facts

_CONNECTED = "SELECT 1 FROM connection WHERE charger_id = :charger LIMIT 1"


def stored(facts: Facts) -> Said:
    """Judge its registration."""
    row, name = facts.row, facts.charger_id
    if row is None:
        return fail("not in the records", f"cpoctl charger add {name}    if its id is written like that")
    what = " ".join(str(row[part]) for part in ("vendor", "model", "firmware") if row[part])
    if row["registration"] == "Rejected":
        return fail("rejected by the operator", f"cpoctl charger approve {name}    let it in")
    if not row["known"] or row["registration"] == "Pending":
        return fail(f"waits for approval{f': {what}' if what else ''}", f"cpoctl charger approve {name}    let it in")
    if row["booted_at"] is None and not facts.rows(_CONNECTED):
        return warn("added, and never seen", "cpoctl doctor    which address it must be given")
    return ok(what or "known; it has not said what it is")
