"""Control: who may open the operators' socket."""

import stat

from cpoctl.checks import Said, ok, warn
from cpoctl.checks.machine import Place


def check(place: Place) -> Said | None:
    """Judge its permissions; whoever can open it is admin."""
    path = place.socket
    if path is None or not path.exists():
        return None
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return warn(
            f"{path} is open to others ({mode:03o}); whoever opens it is admin", "cpoctl serve --help    --socket"
        )
    return ok(f"{path} is its owner's only")
