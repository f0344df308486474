"""Quirks: what the field knows of this make, model and firmware."""

from cpoctl.checks import Said, ok
from cpoctl.checks.charger import Facts
from cpoctl.knowledge import known


def stored(facts: Facts) -> Said | None:
    """Name them; they are no fault of this very charger."""
    if facts.row is None:
        return None
    found = known(facts.row["vendor"], facts.row["model"], facts.row["firmware"])
    return ok("; ".join(f"{quirk.says} ({quirk.sources[0]})" for quirk in found)) if found else None
