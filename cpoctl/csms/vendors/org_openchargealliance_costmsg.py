"""org.openchargealliance.costmsg: the OCA's messages about price and cost for 1.6 chargers with a display.

OCA application note "California pricing requirements" for OCPP 1.6. A charger sends none of them of
its own accord but ConnectorUnplugged, which only has to be confirmed.
"""

from typing import Any

VENDOR_ID = "org.openchargealliance.costmsg"


def answer(message_id: str | None, data: Any) -> dict[str, Any]:
    """Confirm ConnectorUnplugged."""
    return {"status": "Accepted" if message_id == "ConnectorUnplugged" else "UnknownMessageId"}
