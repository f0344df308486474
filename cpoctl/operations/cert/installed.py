"""Ask a charger which root certificates it trusts."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.ocpp.asks import certificates
from cpoctl.operations import Act, Danger, Operator, Option, Role, accepted, whole_charger
from cpoctl.operations.cert import abilities
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column

AnyType = Literal["central-system-root", "manufacturer-root", "v2g-root", "mo-root", "oem-root", "v2g-chain"]


@dataclass(frozen=True)
class CertificateRow:
    """A certificate that a charger has, as `cert delete` names it; `sub-ca` belongs to the chain above it."""

    target: Annotated[str, Column("TARGET", 2)]
    type: Annotated[str, Column("TYPE")]
    serial: Annotated[str, Column("SERIAL")]
    algorithm: Annotated[str, Column("ALGORITHM")]
    issuer_name_hash: Annotated[str, Column("ISSUER NAME HASH")]
    issuer_key_hash: Annotated[str, Column("ISSUER KEY HASH")]


@dataclass(frozen=True, kw_only=True)
class AskInstalled(Act):
    """Ask a charger which root certificates it trusts, from OCPP 2.0.1 on also which contracts' certificates it has.

    Where its hashes are cut to fit the terminal, -o wide tells them whole, as `cert delete` wants them.
    OCPP 1.6 security whitepaper · OCPP 2.0.1 M03
    """

    path = "cert installed"
    route = "POST /chargers/{charger}/certificates/installed"
    row = CertificateRow
    danger = Danger.READ
    role = Role.VIEWER
    many_calls = True
    examples = ("cpoctl cert installed HQ-07", "cpoctl cert installed HQ-07 --type central-system-root --json")

    charger: Charger
    type: Annotated[AnyType | None, Option("only of this type; all of them without it")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[CertificateRow]:
        """Ask; NotFound means that there are none."""
        name = whole_charger(self.charger, operator.live)
        found: list[certificates.Certificate] = []
        for ask in certificates.Installed(kind=self.type).each(operator.version(name)):
            answer = await operator.call(name, ask, timeout=self.timeout)
            accepted(answer, name, ("Accepted", "NotFound"), abilities(name, operator))
            found += certificates.told(answer.payload, ask.kind)
        return [
            CertificateRow(name, each.kind, each.serial, each.algorithm, each.issuer_name_hash, each.issuer_key_hash)
            for each in found
        ]
