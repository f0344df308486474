"""Make a charger send one of its messages now. OCPP 1.6 §5.17 · security whitepaper"""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Request, Target, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken

Message = Literal[
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
]
ONLY_PLAIN = ("DiagnosticsStatusNotification",)  # left out of the extended form, whitepaper
ONLY_EXTENDED = ("LogStatusNotification", "SignChargePointCertificate")  # whitepaper


@dataclass(frozen=True, kw_only=True)
class Trigger(Act):
    """Make a charger send one of its messages now.

    BootNotification, DiagnosticsStatusNotification, FirmwareStatusNotification, Heartbeat, MeterValues or
    StatusNotification; with --extended also LogStatusNotification and SignChargePointCertificate, but not
    DiagnosticsStatusNotification. OCPP 1.6 §5.17, security whitepaper
    """

    path = "charger trigger"
    route = "POST /chargers/{charger}/trigger"
    row = Outcome
    examples = (
        "cpoctl charger trigger HQ-07 StatusNotification",
        "cpoctl charger trigger HQ-07:2 MeterValues",
        "cpoctl charger trigger HQ-07 SignChargePointCertificate --extended",
    )

    charger: Place
    message: Annotated[Message, Argument("the message that it shall send")]
    extended: Annotated[bool, Option("ask as the security whitepaper does, with ExtendedTriggerMessage")] = False
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; it answers first and sends the message then."""
        at = target(self.charger, operator.live)
        self._refuse_what_the_request_lacks(at)
        payload: dict[str, Any] = {"requestedMessage": self.message}
        if at.evse_id is not None:
            payload["connectorId"] = at.evse_id
        action = "ExtendedTriggerMessage" if self.extended else "TriggerMessage"
        answer = await operator.call(at.charger_id, Request(action, payload), timeout=self.timeout)
        return accepted(answer, spoken(at), hints=self._next(at))

    def _refuse_what_the_request_lacks(self, at: Target) -> None:
        if self.message not in (ONLY_PLAIN if self.extended else ONLY_EXTENDED):
            return
        raise UsageProblem(
            f"{self.message} can be asked for {'without' if self.extended else 'only with'} --extended",
            target=spoken(at),
            hints=[self._other_way(at)],
        )

    def _other_way(self, at: Target) -> str:
        return f"cpoctl charger trigger {spoken(at)} {self.message}{'' if self.extended else ' --extended'}"

    def _next(self, at: Target) -> list[str]:
        hints = []
        if self.message not in ONLY_PLAIN + ONLY_EXTENDED:
            who = "standard" if self.extended else "security whitepaper"
            hints.append(f"{self._other_way(at)}    asked as the {who} does")
        if at.evse_id is None and self.message in ("MeterValues", "StatusNotification"):
            # Some answer only for one connector (evcc#7242).
            hints.append(f"cpoctl charger trigger {at.charger_id}:1 {self.message}    of one EVSE")
        return hints
