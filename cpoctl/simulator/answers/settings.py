"""Reading and writing settings: GetConfiguration, ChangeConfiguration. 1.6 §5.3, §5.8, §9"""

import re
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V16, Answer, status, table
from cpoctl.simulator.configuration import Setting

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def get_configuration(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the keys asked for, or all; what is not known, or not to be read, is named as unknown."""
    asked = request.get("key")
    if not asked:
        return Answer({"configurationKey": [_shown(setting) for setting in charger.settings.readable()]})
    found = {key: charger.settings.find(key) for key in asked}
    answer: dict[str, Any] = {
        "configurationKey": [
            _shown(setting) for setting in found.values() if setting is not None and not setting.secret
        ]
    }
    unknown = [key for key, setting in found.items() if setting is None or setting.secret]
    return Answer(answer | ({"unknownKey": unknown} if unknown else {}))


def change_configuration(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Write a key; some take effect at once."""
    key, value = str(request["key"]), str(request["value"])
    result = charger.settings.change(key, value)
    if result != "Accepted":
        return status(result)
    match key.lower():
        case "heartbeatinterval":
            charger.set_heartbeat(int(value))
        case "clockaligneddatainterval":
            charger.sampling.align(int(value))
        case "authorizationkey":  # whitepaper: the new key is used from the next connection on, so one is made at once
            charger.password = _key_bytes(value)
            return status("Accepted", charger.redial)
    return status("Accepted")


def _shown(setting: Setting) -> dict[str, Any]:
    return {"key": setting.key, "readonly": setting.readonly, "value": setting.value or ""}


def _key_bytes(text: str) -> bytes:
    """Read a key as most chargers do: hex where it looks like hex, else as written."""
    return bytes.fromhex(text) if re.fullmatch(r"(?:[0-9A-Fa-f]{2}){16,20}", text) else text.encode()


ANSWERS = table(
    V16,
    {
        "GetConfiguration": get_configuration,
        "ChangeConfiguration": change_configuration,
    },
)
