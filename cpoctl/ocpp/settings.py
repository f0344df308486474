"""Settings: a charger's own settings that a hint speaks of, as the charger's version calls them."""

import re
from typing import Final

from cpoctl.domain.standard_variables import OF_2
from cpoctl.ocpp import Version

_ASKS: Final = re.compile(r"(cpoctl var get \S+) (\S+(?: \S+)*)(.*)")
_CHANGES: Final = re.compile(r"(cpoctl var set \S+) (\S+)(.*)")
_IN_16: Final = {
    "RequestStartTransaction": "RemoteStartTransaction",
    "RequestStopTransaction": "RemoteStopTransaction",
    "SetVariables": "ChangeConfiguration",
}
_IN_2: Final = {known.key: known.name for known in OF_2 if known.key}


def named(version: Version, *keys: str) -> str:
    """Settings, as OCPP 1.6 calls them or already in words of 2.x, as a command line lists them; what 2.x lacks is left out."""
    if version is Version.V16:
        return " ".join(keys)
    return " ".join(_IN_2.get(key, key) for key in keys if key in _IN_2 or "." in key)


def translated(command: str, version: Version) -> str | None:
    """A command that speaks of settings of OCPP 1.6, for a charger of this version. None: it has none of them."""
    found = _ASKS.fullmatch(command) or _CHANGES.fullmatch(command)
    if found is None or version is Version.V16:
        return command
    names = named(version, *found[2].split())
    return f"{found[1]} {names}{found[3]}" if names else None


def known_as(action: str) -> str:
    """What OCPP 1.6 calls an action of 2.x, where the two mean the same."""
    return _IN_16.get(action, action)
