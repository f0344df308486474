"""Lock: whether another server has the database."""

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.machine import Place


def check(place: Place) -> Said | None:
    """Judge a server that holds the database and does not answer, or is not the one that was asked."""
    if not place.lock:
        return None
    pid = place.lock.get("pid")
    if not place.up:
        return warn(
            f"a server (pid {pid}) holds {place.db} and does not answer", "cpoctl status    or stop that process"
        )
    theirs = place.lock.get("socket")
    if place.socket is not None and theirs and str(place.socket) != theirs:
        return warn(
            f"another server (pid {pid}) has {place.db}: {theirs}",
            f"cpoctl --server unix:{theirs} status    ask that one",
        )
    return ok(f"one server (pid {pid})")
