"""List the actions that a version of the standard has, and who sends them."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Query, Read
from cpoctl.table import Column


@dataclass(frozen=True)
class ActionRow:
    """An action of a version."""

    action: Annotated[str, Column("ACTION")]
    version: Annotated[str, Column("OCPP")]
    sender: Annotated[str, Column("SENT BY")]


@dataclass(frozen=True, kw_only=True)
class ListActions(Query):
    """List the actions that a version of the standard has, and who sends them."""

    path = "ocpp actions"
    route = "GET /ocpp/actions"
    row = ActionRow
    noun = "actions"
    local = True
    examples = ("cpoctl ocpp actions",)

    def select(self, read: Read) -> list[ActionRow]:
        """Every action of OCPP 1.6 and its security whitepaper."""
        from cpoctl.ocpp import Version, schemas, v16

        return [ActionRow(name, "1.6", _sender(name, v16.REQUESTS)) for name in schemas.actions(Version.V16)]


def _sender(name: str, from_chargers: dict[str, Any]) -> str:
    if name == "DataTransfer":
        return "both"
    return "charger" if name in from_chargers else "csms"
