"""What a charger that speaks 2.x tells in frames: long reports in several, events with a number of their own.

OCPP 2.0.1 B07, B08, N02, N07
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from cpoctl.clock import stored
from cpoctl.ocpp import Version

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

Payload = dict[str, Any]
ROWS_A_FRAME: Final = 20


async def report(
    charger: "Controller", action: str, request_id: int, field: str, rows: Sequence[Payload], *, dated: bool = True
) -> None:
    """Send rows in as many frames as they need; every frame but the last says that there is more to come."""
    frames = [rows[at : at + ROWS_A_FRAME] for at in range(0, len(rows), ROWS_A_FRAME)] or [[]]
    for number, part in enumerate(frames):
        told: Payload = {"requestId": request_id, "tbc": number < len(frames) - 1}
        if dated:
            told |= {"seqNo": number, "generatedAt": stored(charger.time.now())}
        if not await charger.tell(action, told | ({field: list(part)} if part else {})):
            return  # the rest of a report that was cut off is asked for anew


async def notify_event(charger: "Controller", data: Payload, *, severity: int) -> None:
    """Send one event; what is severe enough is kept for the time after an outage. N07, N08"""
    charger.monitors.last_event += 1
    at = stored(charger.time.now())
    event = {"eventId": charger.monitors.last_event, "timestamp": at, **data}
    if charger.version is Version.V21:
        event["severity"] = severity
    if await _told(charger, event):
        return
    if severity <= int(charger.device.value("MonitoringCtrlr", "OfflineQueuingSeverity", charger)):
        charger.monitors.unsent.append(event)


async def catch_up(charger: "Controller") -> None:
    """Send the events that happened while nobody listened. N07"""
    unsent, charger.monitors.unsent = charger.monitors.unsent, []
    for number, event in enumerate(unsent):
        if not await _told(charger, event):
            charger.monitors.unsent = unsent[number:]
            return


async def _told(charger: "Controller", event: Payload) -> bool:
    at = stored(charger.time.now())
    return await charger.tell("NotifyEvent", {"generatedAt": at, "seqNo": 0, "tbc": False, "eventData": [event]})
