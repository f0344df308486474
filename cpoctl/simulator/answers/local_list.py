"""The local authorisation list: GetLocalListVersion, SendLocalList. 1.6 §5.10, §5.15 · OCPP 2.0.1 D01, D02"""

from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V2, V16, Answer, because, status, table

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def get_local_list_version(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the version; -1 where no list is kept. 1.6 §5.10"""
    enabled = charger.settings.truth("LocalAuthListEnabled")
    return Answer({"listVersion": charger.tags.list_version if enabled else -1})


def send_local_list(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take a whole list, or changes to it."""
    entries, full = request.get("localAuthorizationList", []), request["updateType"] == "Full"
    return status(charger.tags.update(int(request["listVersion"]), entries, full=full))


def get_local_list_version_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the version; 0 where no list is kept. D02"""
    enabled = charger.settings.truth("LocalAuthListEnabled")
    return Answer({"versionNumber": charger.tags.list_version if enabled else 0})


def send_local_list_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take a whole list, or changes to it. D01"""
    entries = [_entry(each) for each in request.get("localAuthorizationList", [])]
    said = charger.tags.update(int(request["versionNumber"]), entries, full=request["updateType"] == "Full")
    return because("Failed", "NotEnabled") if said == "NotSupported" else status(said)


def _entry(told: dict[str, Any]) -> dict[str, Any]:
    """Give an entry of 2.x as the list keeps it."""
    info = {"idTagInfo": told["idTokenInfo"]} if "idTokenInfo" in told else {}
    return {"idTag": told["idToken"]["idToken"], **info}


ANSWERS = table(V16, {"GetLocalListVersion": get_local_list_version, "SendLocalList": send_local_list}) | table(
    V2, {"GetLocalListVersion": get_local_list_version_2, "SendLocalList": send_local_list_2}
)
