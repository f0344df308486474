"""List the actions that the versions of the standard have, and who sends them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.ocpp import sender_of
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
    from cpoctl.ocpp import schemas

    for name in schemas.every(version):
        yield ActionRow(name, version, sender_of(name, version))
