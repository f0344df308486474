"""Tell a charger how to reach its CSMS. OCPP 2.0.1 B09"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import unquote, urlsplit

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import networks
from cpoctl.operations import BITS_31, Act, Danger, JsonText, Operator, Option, Outcome, Role, accepted, whole_charger
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
    slot: Annotated[int, Option("which of its slots; what is in it is replaced", least=0, most=BITS_31)]
    url: Annotated[str, Option("the CSMS, without the charger's id at the end")]
    security_profile: Annotated[
        int, Option("0 none, 1 password, 2 password and TLS, 3 certificates on both sides", least=0, most=3)
    ]
    interface: Annotated[Interface, Option("over which of its networks; Any needs OCPP 2.1")] = "Wired0"
    message_timeout: Annotated[
        int, Option("how many seconds the charger waits for an answer", least=1, most=BITS_31)
    ] = 30
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
        name = whole_charger(self.charger, operator.live)
        self._must_lead_somewhere(name)
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

    def _must_lead_somewhere(self, name: str) -> None:
        """Raise UsageProblem for a URL that no charger could reach us by."""
        try:
            parts = urlsplit(self.url)
            scheme, host = parts.scheme.lower(), parts.hostname
        except ValueError:
            scheme, host = "", None
        wrong = None
        if scheme not in ("ws", "wss") or not host:
            wrong = "is no ws:// or wss:// URL with a host"
        elif any(sign.isspace() or not sign.isprintable() for sign in self.url):
            wrong = "holds a blank or a control character"
        elif unquote(parts.path).rstrip("/").rpartition("/")[2].casefold() == name.casefold():
            wrong = f"ends in {name}: the charger adds its id by itself"
        elif (scheme == "wss") != (self.security_profile >= 2):
            wrong = f"does not fit --security-profile {self.security_profile}: 0 and 1 are ws://, 2 and 3 wss://"
        if wrong:
            raise UsageProblem(
                f"--url {wrong}", target=name, hints=["--url wss://csms.example.com/ocpp --security-profile 2"]
            )


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
