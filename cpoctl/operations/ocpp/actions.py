"""List the actions that the versions of the standard have, and who sends them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.operations import Option, Query, Read
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.ocpp import Version


@dataclass(frozen=True)
class ActionRow:
    """An action of a version."""

    action: Annotated[str, Column("ACTION")]
    version: Annotated[str, Column("OCPP")]
    sender: Annotated[str, Column("SENT BY")]


@dataclass(frozen=True, kw_only=True)
class ListActions(Query):
    """List the actions that the versions of the standard have, and who sends them."""

    path = "ocpp actions"
    route = "GET /ocpp/actions"
    row = ActionRow
    noun = "actions"
    local = True
    examples = ("cpoctl ocpp actions --ocpp 2.1", "cpoctl ocpp actions --where sender=csms")

    ocpp: Annotated[Literal["1.6", "2.0.1", "2.1"] | None, Option("only of this version")] = None

    def select(self, read: Read) -> list[ActionRow]:
        """Every action, with OCPP 1.6 those of its security whitepaper."""
        from cpoctl.ocpp import Version

        return [row for version in Version if self.ocpp in (None, version) for row in _actions(version)]


def _actions(version: "Version") -> Iterator[ActionRow]:
    from cpoctl.ocpp import Version, schemas, v2, v16

    from_chargers: Collection[str] = v16.REQUESTS if version is Version.V16 else v2.requests(version)
    for name in schemas.every(version):
        sender = "both" if name == "DataTransfer" else "charger" if name in from_chargers else "csms"
        yield ActionRow(name, version, sender)
