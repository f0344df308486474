"""Let a charger trust one more root certificate."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Request, Role, accepted, target
from cpoctl.operations.cert import ROOT_TYPES, Pem, RootType, abilities, pem
from cpoctl.operations.charger import Charger, Timeout

LONGEST = 5500  # security whitepaper


@dataclass(frozen=True, kw_only=True)
class InstallCertificate(Act):
    """Let a charger trust one more root certificate. OCPP 1.6, security whitepaper."""

    path = "cert install"
    route = "POST /chargers/{charger}/certificates"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl cert install HQ-07 --type central-system-root @root.pem --yes",)

    charger: Charger
    certificate: Pem
    type: Annotated[RootType, Option("what it vouches for: us, or the maker's firmware")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"install a {self.type} certificate on {self.charger}: it will trust whoever that vouches for"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = target(self.charger, operator.live).charger_id
        payload = {"certificateType": ROOT_TYPES[self.type], "certificate": pem(self.certificate, LONGEST)}
        answer = await operator.call(name, Request("InstallCertificate", payload), timeout=self.timeout)
        hints = [f"cpoctl cert installed {name}    what it has: its store may be full", *abilities(name)]
        return accepted(answer, name, hints=hints)
