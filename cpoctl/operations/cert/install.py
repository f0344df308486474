"""Let a charger trust one more root certificate."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import certificates
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, accepted, whole_charger
from cpoctl.operations.cert import Pem, RootType, abilities, pem
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class InstallCertificate(Act):
    """Let a charger trust one more root certificate. OCPP 1.6 security whitepaper · OCPP 2.0.1 M05

    v2g-root and mo-root came with OCPP 2.0.1, oem-root with 2.1.
    """

    path = "cert install"
    route = "POST /chargers/{charger}/certificates"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl cert install HQ-07 --type central-system-root @root.pem --yes",)

    charger: Charger
    certificate: Pem
    type: Annotated[RootType, Option("what it vouches for: us, the maker's firmware, or who charges with a contract")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"install a {self.type} certificate on {self.charger}: it will trust whoever that vouches for"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        ask = certificates.Install(
            kind=self.type, certificate=pem(self.certificate, certificates.LONGEST[operator.version(name)])
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        hints = [f"cpoctl cert installed {name}    what it has: its store may be full", *abilities(name, operator)]
        return accepted(answer, name, hints=hints)
