"""What the display says: messages of the server, what a session costs so far, who is paying elsewhere.

OCPP 2.0.1 O01 to O06, I02 · OCPP 2.1 C25
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import V2, V21, Answer, status, table
from cpoctl.simulator.answers.remote import outlet_of
from cpoctl.simulator.reporting import report

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

MOST = 10
FORMATS = ("ASCII", "UTF8", "URI")


def set_display_message(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Show a message; the same id replaces the one before. O01, O02, O06"""
    message = request["message"]
    if message["message"]["format"] not in FORMATS:
        return status("NotSupportedMessageFormat")
    transaction = message.get("transactionId")
    if transaction is not None and outlet_of(charger, transaction) is None:
        return status("UnknownTransaction")
    displays = charger.kept.displays
    if message["id"] not in displays and len(displays) >= MOST:
        return status("Rejected")
    displays[message["id"]] = message
    charger.happened("display", detail=str(message["message"]["content"]))
    return status("Accepted")


def get_display_messages(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report what is shown, and when. O03, O04"""
    found = [each for each in charger.kept.displays.values() if _is_wanted(each, request)]
    if not found:
        return status("Unknown")
    number = request["requestId"]
    send = partial(report, charger, "NotifyDisplayMessages", number, "messageInfo", found, dated=False)
    return status("Accepted", send)


def clear_display_message(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Show a message no longer. O05"""
    return status("Unknown" if charger.kept.displays.pop(request["id"], None) is None else "Accepted")


def cost_updated(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Show the driver what it has cost so far. I02"""
    outlet = outlet_of(charger, request["transactionId"])
    if outlet is not None and outlet.session is not None:
        outlet.session.cost = float(request["totalCost"])
        charger.happened("cost", outlet.connector_id, f"{outlet.session.cost:g}")
    return Answer({})


def web_payment_started(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Show that somebody pays for an EVSE on a web page, and for how long it waits. OCPP 2.1 C25"""
    charger.happened("somebody pays on the web", request["evseId"], f"within {request['timeout']} s")
    return Answer({})


def _is_wanted(message: dict[str, Any], asked: dict[str, Any]) -> bool:
    if message["id"] not in asked.get("id", [message["id"]]):
        return False
    return all(asked.get(name) in (None, message.get(name)) for name in ("priority", "state"))


ANSWERS = table(
    V2,
    {
        "SetDisplayMessage": set_display_message,
        "GetDisplayMessages": get_display_messages,
        "ClearDisplayMessage": clear_display_message,
        "CostUpdated": cost_updated,
    },
) | table(V21, {"NotifyWebPaymentStarted": web_payment_started})
