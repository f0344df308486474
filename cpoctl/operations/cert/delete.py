"""Let a charger no longer trust a root certificate."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import certificates
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout

_LONGEST = {"issuer_name_hash": 128, "issuer_key_hash": 128, "serial": 40}  # security whitepaper


@dataclass(frozen=True, kw_only=True)
class DeleteCertificate(Act):
    """Let a charger no longer trust a root certificate, named as `cert installed` tells.

    OCPP 1.6 security whitepaper · OCPP 2.0.1 M04
    """

    path = "cert delete"
    route = "POST /chargers/{charger}/certificates/delete"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.SEVERE
    examples = (
        "cpoctl cert delete HQ-07 --algorithm SHA256 --issuer-name-hash 9c1f --issuer-key-hash 07ab --serial 4e --confirm HQ-07",
    )

    charger: Charger
    algorithm: Annotated[Literal["SHA256", "SHA384", "SHA512"], Option("how the hashes were made")]
    issuer_name_hash: Annotated[str, Option("the hash of its issuer's name")]
    issuer_key_hash: Annotated[str, Option("the hash of its issuer's key")]
    serial: Annotated[str, Option("its serial number")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"delete certificate {self.serial} of {self.charger}: without the right one it cannot connect over TLS"

    def confirm_with(self) -> str:
        """Its id."""
        return self.charger

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        which = f"cpoctl cert installed {name}    the certificates that it has, as it names them"
        for field, most in _LONGEST.items():
            if len(getattr(self, field)) > most:
                raise UsageProblem(
                    f"{field.replace('_', '-')} has at most {most} characters", target=name, hints=[which]
                )
        ask = certificates.Delete(
            algorithm=self.algorithm,
            issuer_name_hash=self.issuer_name_hash,
            issuer_key_hash=self.issuer_key_hash,
            serial=self.serial,
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        return accepted(answer, name, hints=[which])
