"""Callers: who asks, and what they may do.

Whoever can open the unix socket is admin, and is named by the uid that the kernel tells (UX §4.1).
Anybody else needs a key; the door has then put its holder into the request (`http/door.py`).
"""

from dataclasses import dataclass
from functools import lru_cache

from starlette.types import Scope

from cpoctl.errors import Denied
from cpoctl.operations import Role

PEER_UID = "cpoctl.peer_uid"
CALLER = "cpoctl.caller"
_RANK = list(Role)


@dataclass(frozen=True)
class Caller:
    """Somebody who asks."""

    actor: str
    role: Role


def caller(scope: Scope) -> Caller:
    """Who sent this request. Raises Denied for somebody unknown."""
    if holder := scope.get(CALLER):
        known: Caller = holder
        return known
    uid = scope.get(PEER_UID)
    if uid is None:
        raise Denied("nobody vouches for this connection", hints=["ask on the server's unix socket"])
    return Caller(_name(uid), Role.ADMIN)


@lru_cache(maxsize=64)
def _name(uid: int) -> str:
    try:
        import pwd

        return pwd.getpwuid(uid).pw_name
    except (ImportError, KeyError):
        return f"uid:{uid}"


def permit(who: Caller, needed: Role) -> None:
    """Return when the caller's role is enough."""
    if _RANK.index(who.role) < _RANK.index(needed):
        raise Denied(
            f"{who.actor} is {who.role}, this needs {needed}",
            hints=[f"cpoctl key create …    an admin makes a key with the role {needed}"],
        )
