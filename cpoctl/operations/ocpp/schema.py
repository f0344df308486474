"""Print the official schema of a request or an answer."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.ocpp import Action, no_action
from cpoctl.table import Column


@dataclass(frozen=True)
class SchemaRow:
    """A JSON schema: these and the other members that the standard gives it."""

    title: Annotated[str | None, Column("TITLE")]
    required: Annotated[list[str] | None, Column("REQUIRED")]
    properties: Annotated[dict[str, Any], Column("PROPERTIES")]
    definitions: Annotated[dict[str, Any] | None, Column("DEFINITIONS", 2)]


@dataclass(frozen=True, kw_only=True)
class ShowSchema(Query):
    """Print the official JSON schema of an action's request or answer. No server is needed."""

    path = "ocpp schema"
    route = "GET /ocpp/schemas/{action}"
    row = SchemaRow
    many = False
    local = True
    told_as = "json"
    examples = ("cpoctl ocpp schema Reset", "cpoctl ocpp schema Reset --answer | jq .properties.status.enum")

    action: Action
    answer: Annotated[bool, Option("of the answer instead of the request")] = False

    def select(self, read: Read) -> list[dict[str, Any]]:
        """The schema of OCPP 1.6 or its security whitepaper, as it was published."""
        from cpoctl.ocpp import Version, schemas

        try:
            return [schemas.schema(Version.V16, self.action, self.answer)]
        except KeyError:
            raise no_action(self.action, Version.V16) from None
