"""Disk: how much room the database's disk has left."""

import shutil

from cpoctl.checks import Said, fail, ok, skipped, warn
from cpoctl.checks.machine import Place

_FAIL, _WARN = 200 << 20, 1 << 30


def check(place: Place) -> Said:
    """Judge the free space."""
    if place.elsewhere:
        return skipped("the server runs elsewhere")
    folder = next((path for path in place.db.absolute().parents if path.exists()), None)
    if folder is None:
        return skipped(f"{place.db} is nowhere")
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB free at {folder}"
    if free < _FAIL:
        return fail(f"{found}: no session can be stored soon", "cpoctl db path    make room on that disk")
    return warn(found, "cpoctl db path    make room on that disk") if free < _WARN else ok(found)
