"""Auth: whether the charger has to prove who it is."""

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.charger import Facts


def stored(facts: Facts) -> Said | None:
    """Judge whether it has a password."""
    if facts.row is None:
        return None
    if facts.row["password_hash"] or facts.row["password_next_hash"]:
        return ok("it logs in with a password")
    return warn(
        "anybody who knows its id can be it: no password (auth none)",
        f"cpoctl charger password {facts.charger_id} --generate --yes    set one",
    )
