"""Limits: SetChargingProfile, ClearChargingProfile, GetCompositeSchedule. 1.6 §3.13, §5.5, §5.7, §5.16"""

from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.simulator.answers import Answer, AnswerFn, status

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def set_charging_profile(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Install a profile; the power follows at once."""
    number, profile = request["connectorId"], request["csChargingProfiles"]
    if number != 0 and number not in charger.outlets:
        return status("Rejected")
    _run_meters(charger)
    session = charger.outlets[number].session if number else None
    wanted = profile.get("transactionId")
    if session is not None and wanted is not None and wanted != session.transaction_id:
        return status("Rejected")
    return status(charger.profiles.install(number, profile, charging=session is not None))


def clear_charging_profile(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Remove profiles; the power follows at once."""
    _run_meters(charger)
    return status(charger.profiles.clear(request))


def get_composite_schedule(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the limit of the coming time; of the whole charger it is that of its connectors together."""
    number, seconds, unit = request["connectorId"], int(request["duration"]), request.get("chargingRateUnit", "W")
    if number != 0 and number not in charger.outlets:
        return status("Rejected")
    offered_w = sum(outlet.offered_w for outlet in charger.outlets.values() if number in (0, outlet.connector_id))
    session = charger.outlets[number].session if number else None
    began = session.began if session is not None else None
    schedule = {
        "duration": seconds,
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": charger.profiles.composite(number, seconds, unit, began, offered_w),
    }
    start = stored(charger.time.now())
    answer = {"connectorId": number, "scheduleStart": start, "chargingSchedule": schedule}
    return Answer({"status": "Accepted", **answer})


def _run_meters(charger: "Controller") -> None:
    """Count what was charged under the limit that ends now."""
    for outlet in charger.outlets.values():
        outlet.measure()


ANSWERS: dict[str, AnswerFn] = {
    "SetChargingProfile": set_charging_profile,
    "ClearChargingProfile": clear_charging_profile,
    "GetCompositeSchedule": get_composite_schedule,
}
