"""Store: whether the server can write facts down."""

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.machine import Place


def check(place: Place) -> Said | None:
    """Judge the state that it tells."""
    if place.health is None:
        return None
    state = place.health.get("store")
    if state == "ok":
        return ok("writes are committed")
    if state == "slow":
        return warn("commits take longer than half a second: a slow or busy disk", "cpoctl db path    which disk")
    return fail(f"{state}: nothing can be stored, chargers are sent away", "cpoctl db path    look at that disk")
