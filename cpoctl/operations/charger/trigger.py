"""Make a charger send one of its messages now. OCPP 1.6 §5.17 · security whitepaper · OCPP 2.0.1 F06"""

from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import chargers
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Target, accepted, target
from cpoctl.operations.charger import Place, Timeout, spoken

Message = Literal[
    "BootNotification",
    "CustomTrigger",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "PublishFirmwareStatusNotification",
    "SignChargePointCertificate",
    "SignChargingStationCertificate",
    "SignCombinedCertificate",
    "SignV2G20Certificate",
    "SignV2GCertificate",
    "StatusNotification",
    "TransactionEvent",
]


@dataclass(frozen=True, kw_only=True)
class Trigger(Act):
    """Make a charger send one of its messages now.

    Names of another version's message for the same thing are understood. What OCPP 1.6 lacks is asked for as its
    security whitepaper does; --extended asks so for every message. TransactionEvent and other certificates need
    OCPP 2.0.1, CustomTrigger, which names a vendor's own message, 2.1. OCPP 1.6 §5.17 · OCPP 2.0.1 F06
    """

    path = "charger trigger"
    route = "POST /chargers/{charger}/trigger"
    row = Outcome
    examples = (
        "cpoctl charger trigger HQ-07 StatusNotification",
        "cpoctl charger trigger HQ-07:2 MeterValues",
        "cpoctl charger trigger HQ-07 SignChargingStationCertificate",
    )

    charger: Place
    message: Annotated[Message, Argument("the message that it shall send")]
    extended: Annotated[bool, Option("with OCPP 1.6 ask as the security whitepaper does")] = False
    custom: Annotated[str | None, Option("of CustomTrigger: which of the vendor's own")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; it answers first and sends the message then."""
        at = target(self.charger, operator.live)
        if (self.custom is not None) != (self.message == "CustomTrigger"):
            raise UsageProblem(
                "CustomTrigger and --custom go together",
                target=spoken(at),
                hints=[f"cpoctl charger trigger {spoken(at)} CustomTrigger --custom NAME"],
            )
        ask = chargers.Trigger(
            message=self.message,
            evse_id=at.evse_id,
            connector_id=at.connector_id,
            extended=self.extended,
            custom=self.custom,
        )
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        return accepted(
            answer, spoken(at), hints=self._next(at, two_ways=ask.two_ways(operator.version(at.charger_id)))
        )

    def _next(self, at: Target, *, two_ways: bool) -> list[str]:
        hints = []
        if two_ways:
            other, who = ("", "standard") if self.extended else (" --extended", "security whitepaper")
            hints.append(f"cpoctl charger trigger {spoken(at)} {self.message}{other}    asked as the {who} does")
        if at.evse_id is None and self.message in ("MeterValues", "StatusNotification"):
            # Some answer only for one connector (evcc#7242).
            hints.append(f"cpoctl charger trigger {at.charger_id}:1 {self.message}    of one EVSE")
        return hints
