"""Ask a charger which root certificates it trusts."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Act, Danger, Operator, Option, Request, Role, accepted, target
from cpoctl.operations.cert import ROOT_TYPES, RootType, abilities
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column


@dataclass(frozen=True)
class CertificateRow:
    """A certificate that a charger trusts, as `cert delete` names it."""

    target: Annotated[str, Column("TARGET")]
    type: Annotated[str, Column("TYPE")]
    serial: Annotated[str, Column("SERIAL")]
    algorithm: Annotated[str, Column("ALGORITHM")]
    issuer_name_hash: Annotated[str, Column("ISSUER NAME HASH", 2)]
    issuer_key_hash: Annotated[str, Column("ISSUER KEY HASH", 3)]


@dataclass(frozen=True, kw_only=True)
class AskInstalled(Act):
    """Ask a charger which root certificates it trusts. OCPP 1.6, security whitepaper."""

    path = "cert installed"
    route = "POST /chargers/{charger}/certificates/installed"
    row = CertificateRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl cert installed HQ-07", "cpoctl cert installed HQ-07 --type central-system-root --json")

    charger: Charger
    type: Annotated[RootType | None, Option("only of this type; both without it")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[CertificateRow]:
        """Ask for one type after the other; NotFound means that there are none."""
        name = target(self.charger, operator.live).charger_id
        found = []
        for kind in [self.type] if self.type else ROOT_TYPES:
            request = Request("GetInstalledCertificateIds", {"certificateType": ROOT_TYPES[kind]})
            answer = await operator.call(name, request, timeout=self.timeout)
            accepted(answer, name, ("Accepted", "NotFound"), abilities(name))
            listed = answer.payload.get("certificateHashData")
            found += [_row(name, kind, entry) for entry in (listed if isinstance(listed, list) else [])]
        return found


def _row(name: str, kind: str, entry: Any) -> CertificateRow:
    told = entry if isinstance(entry, dict) else {}
    words = (str(told.get(key) or "") for key in ("serialNumber", "hashAlgorithm", "issuerNameHash", "issuerKeyHash"))
    return CertificateRow(name, kind, *words)
