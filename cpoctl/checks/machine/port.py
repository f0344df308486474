"""Port: whether it is the server that has the chargers' port, or whether it is free for one."""

import socket

from cpoctl.checks import Said, fail, ok, skipped
from cpoctl.checks.machine import Place, answers


def check(place: Place) -> Said:
    """Knock at a port of a server that runs; try to take that of one that does not."""
    host, port = place.listening
    if place.elsewhere:
        return skipped("the server runs elsewhere")
    if place.up:
        if answers("127.0.0.1" if host in ("0.0.0.0", "::", "") else host, port):  # noqa: S104 # compared, not bound
            return ok(f"the server listens on {host}:{port}")
        return fail(f"nothing answers on {host}:{port}", "cpoctl status    whether the server hangs")
    try:
        with socket.create_server((host, port)):
            return ok(f"{host}:{port} is free")
    except OSError as error:
        return fail(
            f"{host}:{port} cannot be used: {error.strerror or error}", "cpoctl serve --listen 0.0.0.0:9001    another"
        )
