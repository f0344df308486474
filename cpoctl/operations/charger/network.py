"""Tell a charger how to reach its CSMS. OCPP 2.0.1 B09"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import networks
from cpoctl.operations import Act, Danger, JsonText, Operator, Option, Outcome, Role, accepted, target
from cpoctl.operations.charger import Charger, Timeout

if TYPE_CHECKING:
    from cpoctl.ocpp import Version

Interface = Literal["Wired0", "Wired1", "Wired2", "Wired3", "Wireless0", "Wireless1", "Wireless2", "Wireless3", "Any"]


@dataclass(frozen=True, kw_only=True)
class SetNetwork(Act):
    """Tell a charger how to reach its CSMS: keep the connection data in one of its slots. OCPP 2.0.1 B09

    It is used once the slot stands in OCPPCommCtrlr.NetworkConfigurationPriority and the charger restarts: a wrong
    URL there takes the charger away from here.
    """

    path = "charger network"
    route = "PUT /chargers/{charger}/network/{slot}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = (
        "cpoctl charger network HQ-07 --slot 2 --url wss://csms.example.com/ocpp --security-profile 2 --confirm HQ-07",
        "cpoctl charger network HQ-07 --slot 2 --url wss://csms.example.com/ocpp --security-profile 2"
        " --interface Wireless0 --more @apn.json --confirm HQ-07",
    )

    charger: Charger
    slot: Annotated[int, Option("which of its slots; what is in it is replaced")]
    url: Annotated[str, Option("the CSMS, without the charger's id at the end")]
    security_profile: Annotated[int, Option("0 none, 1 password, 2 password and TLS, 3 certificates on both sides")]
    interface: Annotated[Interface, Option("over which of its networks; Any needs OCPP 2.1")] = "Wired0"
    message_timeout: Annotated[int, Option("how many seconds the charger waits for an answer")] = 30
    ocpp: Annotated[
        Literal["1.6", "2.0.1", "2.1"] | None, Option("which version it shall speak; as now without it")
    ] = None
    more: Annotated[
        str | None, JsonText("further connection data in the standard's words, such as apn: JSON, @FILE, -", named=True)
    ] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"replace slot {self.slot} of {self.charger}: where it connects to from then on may change"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = target(self.charger, operator.live).charger_id
        ask = networks.SetNetworkProfile(
            slot=self.slot,
            url=self.url,
            security_profile=self.security_profile,
            interface=self.interface,
            message_timeout=self.message_timeout,
            speaks=_version(self.ocpp),
            more=None if self.more is None else _object(self.more),
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        hints = [
            f"cpoctl var get {name} OCPPCommCtrlr.NetworkConfigurationPriority    the slots that it has and uses",
            f"cpoctl var get {name} SecurityCtrlr.SecurityProfile    a slot may not have a lower one",  # B09.FR.04
        ]
        return accepted(answer, name, hints=hints)


def _version(text: str | None) -> "Version | None":
    from cpoctl.ocpp import Version

    return None if text is None else Version(text)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UsageProblem(
            "--more is a JSON object", hints=['--more \'{"apn": {"apn": "m2m", "apnAuthentication": "AUTO"}}\'']
        )
    return value
