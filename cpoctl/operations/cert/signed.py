"""Give a charger the certificate that it asked for."""

from dataclasses import dataclass
from typing import Annotated, Literal, cast

from cpoctl.errors import NotFound
from cpoctl.ocpp.asks import certificates
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Record, Role, accepted, whole_charger
from cpoctl.operations.cert import Pem, abilities, pem
from cpoctl.operations.charger import Charger, Timeout

OwnType = Literal["charging-station", "v2g", "v2g20"]
_WISH = "SELECT certificate_type, wire_request_id FROM signing_request WHERE signing_request_id = ? AND charger_id = ?"


@dataclass(frozen=True, kw_only=True)
class SendSigned(Act):
    """Give a charger the certificate that it asked for, signed, with its chain.

    OCPP 1.6 security whitepaper · OCPP 2.0.1 A02. With --request it goes out under the type and the number that the charger
    asked with.
    """

    path = "cert signed"
    route = "POST /chargers/{charger}/certificates/signed"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl cert signed HQ-07 @chain.pem --yes",
        "cpoctl cert signed HQ-07 @chain.pem --type v2g --yes",
    )

    charger: Charger
    certificate: Pem
    request: Annotated[int | None, Option("the number of what it asked for, as `cert requests` tells it")] = None
    type: Annotated[OwnType | None, Option("what it is for; the charger's connection without it")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"give {self.charger} a new certificate of its own: it connects anew with it"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; it refuses what does not fit its own request."""
        name = whole_charger(self.charger, operator.live)
        wish = await self._wish(name, operator)
        kind = self.type or cast("OwnType | None", certificates.own_kind(wish.get("certificate_type")))
        ask = certificates.Signed(
            chain=pem(self.certificate, certificates.LONGEST_CHAIN), kind=kind, request_id=wish.get("wire_request_id")
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        hints = [f"cpoctl cert requests --charger {name}    what it asked for last", *abilities(name, operator)]
        return accepted(answer, name, hints=hints)

    async def _wish(self, name: str, operator: Operator) -> Record:
        """What the charger asked for, where the operator names it. Raises NotFound."""
        if self.request is None:
            return {}
        for record in await operator.store.read(_WISH, [self.request, name]):
            return record
        raise NotFound(
            f"{name} made no request {self.request}", target=name, hints=[f"cpoctl cert requests --charger {name}"]
        )
