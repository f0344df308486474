"""Give a charger the certificate that it asked for."""

from dataclasses import dataclass

from cpoctl.operations import Act, Danger, Operator, Outcome, Request, Role, accepted, target
from cpoctl.operations.cert import Pem, abilities, pem
from cpoctl.operations.charger import Charger, Timeout

LONGEST = 10000  # security whitepaper


@dataclass(frozen=True, kw_only=True)
class SendSigned(Act):
    """Give a charger the certificate that it asked for, signed, with its chain. OCPP 1.6, security whitepaper."""

    path = "cert signed"
    route = "POST /chargers/{charger}/certificates/signed"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl cert signed HQ-07 @chain.pem --yes",)

    charger: Charger
    certificate: Pem
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"give {self.charger} a new certificate of its own: it connects anew with it"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; it refuses what does not fit its own request."""
        name = target(self.charger, operator.live).charger_id
        request = Request("CertificateSigned", {"certificateChain": pem(self.certificate, LONGEST)})
        answer = await operator.call(name, request, timeout=self.timeout)
        hints = [f"cpoctl cert requests --charger {name}    what it asked for last", *abilities(name)]
        return accepted(answer, name, hints=hints)
