"""What the charger knows of a customer, and to whom it reports: CustomerInformation, SetNetworkProfile.

OCPP 2.0.1 N09, N10, B09
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.simulator.answers import V2, Answer, because, status, table

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

CHUNK = 512
SLOTS = range(6)


def customer_information(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report, or forget, what is kept of a customer. N09, N10"""
    named = [name for name in ("idToken", "customerCertificate", "customerIdentifier") if name in request]
    if len(named) != 1:
        return because("Invalid", "MissingParam")
    if not (request["report"] or request["clear"]):
        return because("Rejected", "NothingAsked")
    told = _known(charger, request)
    if request["clear"] and "idToken" in request:
        charger.tags.forget_one(str(request["idToken"]["idToken"]))
    return status("Accepted", partial(_tell, charger, request["requestId"], told if request["report"] else ""))


def set_network_profile(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Keep how to reach a server, in one of six slots. B09"""
    slot, data = request["configurationSlot"], request["connectionData"]
    if slot not in SLOTS:
        return because("Rejected", "UnknownSlot")
    if data["ocppTransport"] != "JSON" or not data["ocppCsmsUrl"].startswith(("ws://", "wss://")):
        return because("Rejected", "InvalidValue")
    if data["securityProfile"] < charger.settings.whole("SecurityProfile"):  # B09: never to a lower one
        return because("Rejected", "NoSecurityDowngrade")
    charger.kept.networks[slot] = data
    return status("Accepted")


def _known(charger: "Controller", request: dict[str, Any]) -> str:
    if "idToken" not in request:
        return ""
    tag = str(request["idToken"]["idToken"])
    known = charger.tags.known(tag)
    charging = [
        str(outlet.session.transaction_id)
        for outlet in charger.outlets.values()
        if outlet.session is not None and outlet.session.tag.lower() == tag.lower()
    ]
    lines = [f"tag {tag}: {known}"] if known else []
    return "\n".join(lines + [f"transaction {number}" for number in charging])


async def _tell(charger: "Controller", request_id: int, told: str) -> None:
    """Send it in pieces of 512 letters; nothing known is told as well."""
    text = told or "nothing is known"
    pieces = [text[at : at + CHUNK] for at in range(0, len(text), CHUNK)]
    for number, piece in enumerate(pieces):
        frame = {"requestId": request_id, "seqNo": number, "generatedAt": stored(charger.time.now()), "data": piece}
        if not await charger.tell("NotifyCustomerInformation", frame | {"tbc": number < len(pieces) - 1}):
            return


ANSWERS = table(V2, {"CustomerInformation": customer_information, "SetNetworkProfile": set_network_profile})
