"""What vendors add: DataTransfer. 1.6 §5.6"""

from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import EVERY, Answer, status, table

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def data_transfer(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Know one's own vendor id and one message of it, Echo."""
    if str(request["vendorId"]).lower() != charger.vendor.lower():
        return status("UnknownVendorId")
    if request.get("messageId", "Echo") != "Echo":
        return status("UnknownMessageId")
    data = request.get("data")
    return Answer({"status": "Accepted"} | ({"data": data} if data is not None else {}))


ANSWERS = table(EVERY, {"DataTransfer": data_transfer})
