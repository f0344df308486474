"""Ask a charger which version of the local list it has."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp import settings
from cpoctl.operations import Act, Danger, Operator, Role, accepted, whole_charger
from cpoctl.operations.authlist import asked_version
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column


@dataclass(frozen=True)
class VersionRow:
    """The version as the charger told it just now, and what it means."""

    target: Annotated[str, Column("TARGET")]
    version: Annotated[int | None, Column("VERSION", align="right")]
    meaning: Annotated[str, Column("MEANING")]


def meaning(version: int | None) -> str:
    """What a version says. 1.6 §5.10, D02"""
    if version is None:
        return "the answer names no version"
    if version < 0:
        return "the charger does not support local lists, or they are switched off"
    return "the local list is empty, or there is none" if version == 0 else "the charger has a local list"


@dataclass(frozen=True, kw_only=True)
class AskVersion(Act):
    """Ask a charger which version of the local list it has: -1 for none, 0 for an empty one. OCPP 1.6 §5.10 · OCPP 2.0.1 D02"""

    path = "authlist version"
    route = "POST /chargers/{charger}/authlist/version"
    row = VersionRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl authlist version HQ-07",)

    charger: Charger
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> VersionRow:
        """Ask and explain."""
        name = whole_charger(self.charger, operator.live)
        answer, version = await asked_version(operator, name, self.timeout)
        if answer.error:
            setting = settings.named(operator.version(name), "LocalAuthListEnabled")
            accepted(answer, name, hints=[f"cpoctl var get {name} {setting}    whether it has local lists"])
        return VersionRow(name, version, meaning(version))
