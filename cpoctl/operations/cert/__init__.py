"""Certificates: what a charger trusts, and who it says that it is.

OCPP 1.6 security whitepaper · OCPP 2.0.1 A02, M03, M04, M05
"""

from typing import Annotated, Literal

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks.certificates import TOLD_BY
from cpoctl.operations import Argument, Operator

RootType = Literal["central-system-root", "manufacturer-root", "v2g-root", "mo-root", "oem-root"]
Pem = Annotated[str, Argument("the certificate in PEM: @FILE, or - for standard input", kind="file")]


def pem(text: str, most: int) -> str:
    """A certificate, or a chain of them, as it is. Raises UsageProblem for what must not or cannot be sent."""
    if "PRIVATE KEY-----" in text:
        raise UsageProblem(
            "that holds a private key, which must never leave its owner",
            hints=["cpoctl cert install HQ-07 --type central-system-root @root.pem --yes    a certificate alone"],
        )
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise UsageProblem(
            "that is no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----",
            hints=["cpoctl cert install HQ-07 --type central-system-root @root.pem --yes    @ reads the file"],
        )
    if len(text) > most:
        raise UsageProblem(
            f"a certificate has at most {most} characters here, this one has {len(text)}",
            hints=["cpoctl cert --help    what else can be done with certificates"],
        )
    return text


def abilities(name: str, operator: Operator) -> list[str]:
    """What tells whether a charger knows of certificates at all."""
    return [f"cpoctl var get {name} {TOLD_BY[operator.version(name)]}    whether it knows of certificates"]
