"""Charging profiles: how much a charger may draw, and when.

OCPP 1.6 §3.13. A profile is JSON as the standard has it, or is built from a plain limit.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cpoctl.operations import Target

Purpose = Literal["charge-point-max", "tx-default", "tx"]
PURPOSES: "Mapping[str, str]" = {
    "charge-point-max": "ChargePointMaxProfile",
    "tx-default": "TxDefaultProfile",
    "tx": "TxProfile",
}
At = Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]

# The order of the standard's tables: 1.6 §7.7, §7.13, §7.14.
_PROFILE = (
    "chargingProfileId", "transactionId", "stackLevel", "chargingProfilePurpose", "chargingProfileKind",
    "recurrencyKind", "validFrom", "validTo", "chargingSchedule",
)  # fmt: skip
_SCHEDULE = ("duration", "startSchedule", "chargingRateUnit", "chargingSchedulePeriod", "minChargingRate")
_PERIOD = ("startPeriod", "limit", "numberPhases")


def at_text(at: "Target") -> str:
    """A target as the operator would write it."""
    return at.charger_id if at.evse_id is None else f"{at.charger_id}:{at.evse_id}"


def read_profile(text: str) -> dict[str, Any]:
    """A profile of JSON text, held against the official schema. Raises UsageProblem."""
    from cpoctl.ocpp import Version, schemas

    try:
        profile = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_profile(f"it is not JSON: {error}") from None
    judge = schemas.judge(Version.V16, "SetChargingProfile")
    if not isinstance(profile, dict) or judge is None:
        raise _no_profile(f"a JSON object is wanted, not {type(profile).__name__}")
    found = judge.violations({"connectorId": 0, "csChargingProfiles": profile})
    if found:
        raise _no_profile("; ".join(f"{wrong.path or 'profile'}: {wrong.message}" for wrong in found[:3]))
    return in_order(profile)


def _no_profile(why: str) -> UsageProblem:
    return UsageProblem(
        f"that is no charging profile: {why}",
        hints=[
            "cpoctl profile set HQ-07:1 --limit 16A --yes    without knowing the standard",
            "cpoctl ocpp call HQ-07 SetChargingProfile @payload.json --force --yes    send it all the same",
        ],
    )


def in_order(profile: dict[str, Any]) -> dict[str, Any]:
    """The profile with its members as the standard's tables list them."""
    schedule = _sorted(profile["chargingSchedule"], _SCHEDULE)
    schedule["chargingSchedulePeriod"] = [_sorted(period, _PERIOD) for period in schedule["chargingSchedulePeriod"]]
    return _sorted({**profile, "chargingSchedule": schedule}, _PROFILE)


def _sorted(value: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value[name] for name in names if name in value}
