"""Charging profiles: how much a charger may draw, and when.

OCPP 1.6 §3.13 · OCPP 2.0.1 K. A profile is JSON as the standard has it, or is built from a plain limit. It is kept in one form
for all versions, that of 2.1, whichever it was written in.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.errors import UsageProblem
from cpoctl.ocpp import Version, profiles
from cpoctl.operations import Argument

if TYPE_CHECKING:
    from cpoctl.operations import Target

Purpose = Literal["charge-point-max", "tx-default", "tx", "priority", "local-generation"]
Kind = Literal["absolute", "relative", "dynamic"]
At = Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]


def at_text(at: "Target") -> str:
    """A target as the operator would write it."""
    return at.charger_id if at.evse_id is None else f"{at.charger_id}:{at.evse_id}"


def read_profile(text: str) -> dict[str, Any]:
    """A profile of JSON text, in the form of 1.6 or of 2.x, held against its official schema. Raises UsageProblem."""
    from cpoctl.ocpp import schemas

    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_profile(f"it is not JSON: {error}") from None
    if not isinstance(written, dict):
        raise _no_profile(f"a JSON object is wanted, not {type(written).__name__}")
    version, payload = Version.V21, {"evseId": 0, "chargingProfile": written}
    if profiles.of_16(written):
        version, payload = Version.V16, {"connectorId": 0, "csChargingProfiles": written}
    judge = schemas.judge(version, "SetChargingProfile")
    if found := judge.violations(payload) if judge is not None else []:
        raise _no_profile("; ".join(f"{wrong.path or 'profile'}: {wrong.message}" for wrong in found[:3]))
    return profiles.kept(written)


def _no_profile(why: str) -> UsageProblem:
    return UsageProblem(
        f"that is no charging profile: {why}",
        hints=[
            "cpoctl profile set HQ-07:1 --limit 16A --yes    without knowing the standard",
            "cpoctl ocpp call HQ-07 SetChargingProfile @payload.json --force --yes    send it all the same",
        ],
    )
