"""Limits: SetChargingProfile, ClearChargingProfile, GetChargingProfiles, GetCompositeSchedule, and those of 2.1.

1.6 §3.13, §5.5, §5.7, §5.16 · OCPP 2.0.1 K01, K08 to K10 · OCPP 2.1 K21, K28, Q
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored
from cpoctl.simulator.answers import V2, V16, V21, Answer, because, status, table
from cpoctl.simulator.answers.remote import outlet_of
from cpoctl.simulator.profiles import Installed, of_v2, purpose_of

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def set_charging_profile(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Install a profile; the power follows at once."""
    return status(_installed(charger, request["connectorId"], request["csChargingProfiles"]))


def set_charging_profile_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Install a profile; nobody but the charger sets limits from outside. K01"""
    profile = request["chargingProfile"]
    if profile["chargingProfilePurpose"] == "ChargingStationExternalConstraints":
        return because("Rejected", "InvalidProfile")
    if profile["chargingProfilePurpose"] == "TxProfile" and "transactionId" not in profile:
        return because("Rejected", "MissingParam")
    said = _installed(charger, request["evseId"], of_v2(profile))
    return status(said) if said == "Accepted" else because(said, "InvalidProfile")


def clear_charging_profile(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Remove profiles; the power follows at once."""
    _run_meters(charger)
    return status(charger.profiles.clear(request))


def clear_charging_profile_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Remove one profile, or those that fit. K10"""
    _run_meters(charger)
    if "chargingProfileId" in request:
        return status(charger.profiles.clear({"id": request["chargingProfileId"]}))
    criteria = dict(request.get("chargingProfileCriteria", {}))
    if "evseId" in criteria:
        criteria["connectorId"] = criteria.pop("evseId")
    if "chargingProfilePurpose" in criteria:
        criteria["chargingProfilePurpose"] = purpose_of(criteria["chargingProfilePurpose"])
    return status(charger.profiles.clear(criteria))


def get_charging_profiles(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Report profiles, a frame for each EVSE that has some. K09"""
    wanted, number = request["chargingProfile"], request.get("evseId")
    found = [each for each in charger.profiles if _is_wanted(each, wanted) and number in (None, each.connector_id)]
    if not found:
        return status("NoProfiles")
    return status("Accepted", partial(_report, charger, request["requestId"], found))


def get_composite_schedule(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the limit of the coming time; of the whole charger it is that of its connectors together."""
    number = request["connectorId"]
    schedule = _composite(charger, number, request)
    if schedule is None:
        return status("Rejected")
    start = stored(charger.time.now())
    answer = {"connectorId": number, "scheduleStart": start, "chargingSchedule": schedule}
    return Answer({"status": "Accepted", **answer})


def get_composite_schedule_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Tell the limit of the coming time. K08"""
    number = request["evseId"]
    schedule = _composite(charger, number, request)
    if schedule is None:
        return because("Rejected", "UnknownEvse")
    schedule |= {"evseId": number, "scheduleStart": stored(charger.time.now())}
    return Answer({"status": "Accepted", "schedule": schedule})


def update_dynamic_schedule(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Change the limits of a dynamic profile; the power follows at once. OCPP 2.1 K28"""
    _run_meters(charger)
    for installed in charger.profiles:
        if installed.profile["chargingProfileId"] == request["chargingProfileId"]:
            if installed.profile["chargingProfileKind"] != "Dynamic":
                return because("Rejected", "InvalidProfile")
            installed.profile["chargingSchedule"]["chargingSchedulePeriod"][0].update(request["scheduleUpdate"])
            return status("Accepted", partial(_follow, charger))
    return because("Rejected", "UnknownProfile")


def use_priority_charging(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Let a transaction charge with priority, or no longer. OCPP 2.1 K21"""
    wanted, activate = request["transactionId"], bool(request["activate"])
    if outlet_of(charger, wanted) is None:
        return because("Rejected", "TxNotFound")
    if not any(installed.purpose == "PriorityCharging" for installed in charger.profiles):
        return status("NoProfile")
    _run_meters(charger)
    (charger.kept.priority.add if activate else charger.kept.priority.discard)(wanted)

    async def tell() -> None:
        await charger.tell("NotifyPriorityCharging", {"transactionId": wanted, "activated": activate})
        await _follow(charger)

    return status("Accepted", tell)


def allowed_energy_transfer(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take what the driver's contract allows, as far as the EVSE can: without a BPT mode nothing flows back. OCPP 2.1 Q"""
    outlet = outlet_of(charger, request["transactionId"])
    if outlet is None:
        return because("Rejected", "TxNotFound")
    current = "DC" if outlet.dc else "AC"
    modes = [mode for mode in request["allowedEnergyTransfer"] if mode.startswith(current)]
    if not modes:
        return because("Rejected", "UnsupportedParam", f"this EVSE gives {current} only")
    outlet.may_discharge = any("BPT" in mode for mode in modes)
    return status("Accepted")


def afrr_signal(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Take a signal of the grid, where a car could follow it. OCPP 2.1 Q"""
    if any(outlet.v2x and outlet.session is not None for outlet in charger.outlets.values()):
        return status("Accepted")
    return because("Rejected", "NoV2XSession")


def _installed(charger: "Controller", number: int, profile: dict[str, Any]) -> str:
    if number != 0 and number not in charger.outlets:
        return "Rejected"
    _run_meters(charger)
    session = charger.outlets[number].session if number else None
    wanted = profile.get("transactionId")
    if session is not None and wanted is not None and wanted != session.transaction_id:
        return "Rejected"
    return charger.profiles.install(number, profile, charging=session is not None)


def _composite(charger: "Controller", number: int, request: dict[str, Any]) -> dict[str, Any] | None:
    seconds, unit = int(request["duration"]), request.get("chargingRateUnit", "W")
    if number != 0 and number not in charger.outlets:
        return None
    offered_w = sum(outlet.offered_w for outlet in charger.outlets.values() if number in (0, outlet.connector_id))
    session = charger.outlets[number].session if number else None
    began = session.began if session is not None else None
    periods = charger.profiles.composite(number, seconds, unit, began, offered_w)
    return {"duration": seconds, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}


def _is_wanted(installed: Installed, wanted: dict[str, Any]) -> bool:
    profile = installed.profile
    if "CSO" not in wanted.get("chargingLimitSource", ["CSO"]):
        return False
    if profile["chargingProfileId"] not in wanted.get("chargingProfileId", [profile["chargingProfileId"]]):
        return False
    purpose = wanted.get("chargingProfilePurpose")
    return wanted.get("stackLevel") in (None, installed.level) and purpose in (
        None,
        _original(installed)["chargingProfilePurpose"],
    )


def _original(installed: Installed) -> dict[str, Any]:
    found: dict[str, Any] = installed.profile["original"]
    return found


async def _report(charger: "Controller", request_id: int, found: list[Installed]) -> None:
    numbers = sorted({each.connector_id for each in found})
    for number in numbers:
        frame = {
            "requestId": request_id,
            "chargingLimitSource": "CSO",
            "evseId": number,
            "chargingProfile": [_original(each) for each in found if each.connector_id == number],
            "tbc": number != numbers[-1],
        }
        if not await charger.tell("ReportChargingProfiles", frame):
            return


async def _follow(charger: "Controller") -> None:
    for outlet in charger.outlets.values():
        await outlet.follow()


def _run_meters(charger: "Controller") -> None:
    """Count what was charged under the limit that ends now."""
    for outlet in charger.outlets.values():
        outlet.measure()


ANSWERS = (
    table(
        V16,
        {
            "SetChargingProfile": set_charging_profile,
            "ClearChargingProfile": clear_charging_profile,
            "GetCompositeSchedule": get_composite_schedule,
        },
    )
    | table(
        V2,
        {
            "SetChargingProfile": set_charging_profile_2,
            "ClearChargingProfile": clear_charging_profile_2,
            "GetChargingProfiles": get_charging_profiles,
            "GetCompositeSchedule": get_composite_schedule_2,
        },
    )
    | table(
        V21,
        {
            "UpdateDynamicSchedule": update_dynamic_schedule,
            "UsePriorityCharging": use_priority_charging,
            "NotifyAllowedEnergyTransfer": allowed_energy_transfer,
            "AFRRSignal": afrr_signal,
        },
    )
)
