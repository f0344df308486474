"""Server: whether it answers, and whether it is of the same version as this command."""

import cpoctl
from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.machine import Place
from cpoctl.table import span


def check(place: Place) -> Said:
    """Judge what the server says of itself."""
    if place.health is None:
        return fail(place.why_down, "cpoctl serve    start it")
    version = place.health.get("version")
    found = f"up for {span(place.health.get('uptime_s'))}, version {version}"
    if version != cpoctl.__version__:
        return warn(
            f"{found}; this command is {cpoctl.__version__}", "cpoctl version    restart the server after an upgrade"
        )
    return ok(found)
