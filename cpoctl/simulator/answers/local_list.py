"""The local authorisation list: GetLocalListVersion, SendLocalList. 1.6 §5.10, §5.15"""

from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status

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


ANSWERS: dict[str, AnswerFn] = {
    "GetLocalListVersion": get_local_list_version,
    "SendLocalList": send_local_list,
}
