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


def read_profile(text: str, at: "Target | None" = None) -> dict[str, Any]:
    """A profile of JSON text, in the form of 1.6 or of 2.x, held against its official schema. Raises UsageProblem.

    `at` is what it is meant for, where that is known.
    """
    from cpoctl.ocpp import schemas

    try:
        written = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _no_profile(f"it is not JSON: {error}", at) from None
    if not isinstance(written, dict):
        raise _no_profile(f"a JSON object is wanted, not {type(written).__name__}", at)
    version, payload = Version.V21, {"evseId": 0, "chargingProfile": written}
    if profiles.of_16(written):
        version, payload = Version.V16, {"connectorId": 0, "csChargingProfiles": written}
    judge = schemas.judge(version, "SetChargingProfile")
    if found := judge.violations(payload) if judge is not None else []:
        raise _no_profile("; ".join(f"{wrong.path or 'profile'}: {wrong.message}" for wrong in found[:3]), at)
    return profiles.kept(written)


def _no_profile(why: str, at: "Target | None") -> UsageProblem:
    hints = ["cpoctl ocpp schema SetChargingProfile    what the standard wants"]
    if at is not None:
        hints = [
            f"cpoctl profile set {at_text(at)} --limit 16A --yes    without knowing the standard",
            f"cpoctl ocpp call {at.charger_id} SetChargingProfile @payload.json --force --yes    send it all the same",
        ]
    return UsageProblem(f"that is no charging profile: {why}", hints=hints)
