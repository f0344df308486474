"""Denials: who was turned away, kept for the audit log (RELIABILITY O-11).

The like of each other share a row and the table is bounded, so that nobody fills the disk by knocking.
"""

from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

from cpoctl.clock import stored
from cpoctl.errors import Denied
from cpoctl.http import ServerFace
from cpoctl.http.callers import CALLER
from cpoctl.store import rows
from cpoctl.table import clean

_LONGEST = 200
_COMMAND = "x-cpoctl-command"


def note(server: ServerFace, scope: Scope, error: Denied) -> None:
    """Record that this request was denied."""
    holder = scope.get(CALLER)
    request = clean(f"{scope['method']} {scope['path']}", _LONGEST)
    at = stored(server.clock.now())
    actor = holder.actor if holder else ""
    server.note([rows.Denial(actor, address(scope), _operation(scope), error.message, request, at)])


def _operation(scope: Scope) -> str:
    """The command that the request's route stands for; '' when it came to no route."""
    route = scope.get("route")
    extra = getattr(route, "openapi_extra", None) or {}
    command: str = extra.get(_COMMAND) or f"{scope['method']} {getattr(route, 'path', '')}"
    return command.removeprefix("cpoctl ") if route is not None else ""


def address(scope: Scope) -> str:
    """Where a request comes from; '' on the unix socket."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def network(address: str) -> str:
    """What one stranger is likely to have to themselves: an IPv4 address, or 64 bits of IPv6."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
    return address
