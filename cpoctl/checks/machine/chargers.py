"""Chargers: how many are away, faulted or waiting."""

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.machine import Place


def check(place: Place) -> Said | None:
    """Count them; each is examined by its own checks."""
    health = place.health
    if health is None:
        return None
    known, online = health.get("chargers") or 0, health.get("online") or 0
    if waiting := health.get("waiting"):
        return warn(f"{waiting} unknown ones wait for approval", "cpoctl charger unknown    who they are")
    if faulted := health.get("faulted"):
        return warn(f"{faulted} of {known} faulted", "cpoctl charger list    then `cpoctl doctor CHARGER`")
    if online < known:
        return warn(f"{known - online} of {known} offline", "cpoctl charger list    then `cpoctl doctor CHARGER`")
    return ok(f"{online} online" if known else "none is known yet")
