"""Take limits away from a charger."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, accepted, target
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import PURPOSES, At, Purpose, at_text
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class ClearProfile(Act):
    """Take limits away: all, or those of an EVSE, number, purpose or stack level. OCPP 1.6 §5.5"""

    path = "profile clear"
    route = "POST /chargers/{charger}/profiles/clear"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl profile clear HQ-07 --yes", "cpoctl profile clear HQ-07:1 --purpose tx-default --yes")

    charger: At
    id: Annotated[int | None, Option("only the profile with this number")] = None
    purpose: Annotated[Purpose | None, Option("only of this purpose")] = None
    stack_level: Annotated[int | None, Option("only of this stack level")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"clear charging profiles of {self.charger}: what they limited may draw all it can"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger. Without an EVSE no connector is named, which means all of them."""
        at = target(self.charger, operator.live)
        wanted = {  # 1.6 §6.5
            "id": self.id,
            "connectorId": at.evse_id,
            "chargingProfilePurpose": PURPOSES[self.purpose] if self.purpose else None,
            "stackLevel": self.stack_level,
        }
        payload: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        answer = await operator.call(at.charger_id, Request("ClearChargingProfile", payload), timeout=self.timeout)
        if not answer.error and answer.status in ("Accepted", "Unknown"):  # Unknown: it has none of them
            purpose = payload.get("chargingProfilePurpose")
            cleared = rows.ProfilesCleared(at.charger_id, self.id, at.evse_id, purpose, self.stack_level)
            await operator.commit([cleared])
        hints = [f"cpoctl profile composite {at_text(at)} --for 1h    the limits that it has"]
        if payload and answer.status == "Unknown":
            hints.append(f"cpoctl profile clear {at.charger_id} --yes    all of them")
        return accepted(answer, at_text(at), hints=hints)
