"""Put a charger, or one EVSE of it, in or out of service. OCPP 1.6 §5.2"""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken


@dataclass(frozen=True, kw_only=True)
class SetAvailability(Act):
    """Put a charger, or one EVSE of it, in or out of service.

    A running session is let finish: then the charger says Scheduled and changes afterwards. OCPP 1.6 §5.2
    """

    path = "charger availability"
    route = "POST /chargers/{charger}/availability"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl charger availability HQ-07 --inoperative --yes",
        "cpoctl charger availability HQ-07:2 --operative --yes",
    )

    charger: Place
    operative: Annotated[bool, Option("in service")] = False
    inoperative: Annotated[bool, Option("out of service")] = False
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        if self.operative == self.inoperative:
            return f"change whether {self.charger} is in service"
        return f"put {self.charger} {'out of' if self.inoperative else 'in'} service"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        at = target(self.charger, operator.live)
        where = spoken(at)
        if self.operative == self.inoperative:
            raise UsageProblem(
                "say one of --operative and --inoperative",
                target=where,
                hints=[f"cpoctl charger availability {where} --operative --yes"],
            )
        kind = "Inoperative" if self.inoperative else "Operative"
        request = Request("ChangeAvailability", {"connectorId": at.evse_id or 0, "type": kind})
        answer = await operator.call(at.charger_id, request, timeout=self.timeout)
        hints = [f"cpoctl charger show {at.charger_id}    the EVSEs that it has, and their status"]
        if at.evse_id is None:  # 1.6 §5.2: connector 0 is the charger and all of its connectors
            hints.append(f"cpoctl charger availability {at.charger_id}:1 --{kind.lower()} --yes    one EVSE at a time")
        return accepted(answer, where, ("Accepted", "Scheduled"), hints)
