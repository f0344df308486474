"""Admission: who is let in."""

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.machine import Place


def check(place: Place) -> Said:
    """Judge the policy towards chargers and tags that nobody added: the server's own, else the config's."""
    settings, told = place.settings, place.health or {}
    unknown = told.get("unknown") or ("accept" if settings.accept_all else settings.unknown)
    any_tag = told.get("any_tag") if place.up else settings.accept_all
    if unknown == "accept":
        what = "every charger and every tag is" if any_tag else "unknown chargers are"
        return warn(f"{what} let in", "cpoctl serve --unknown pending    unknown chargers then wait for approval")
    return ok(f"unknown chargers {'wait for approval' if unknown == 'pending' else 'are refused'}")
