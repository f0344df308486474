"""Print the official schema of a request or an answer."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Option, Query, Read
from cpoctl.operations.ocpp import Action, Spoken, no_answer, version_of
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
    examples = (
        "cpoctl ocpp schema Reset",
        "cpoctl ocpp schema Reset --ocpp 2.0.1 --answer | jq .definitions.ResetStatusEnumType.enum",
    )

    action: Action
    answer: Annotated[bool, Option("of the answer instead of the request")] = False
    ocpp: Spoken = None

    def select(self, read: Read) -> list[dict[str, Any]]:
        """The schema as it was published."""
        from cpoctl.ocpp import schemas

        version = version_of(self.action, self.ocpp)
        try:
            return [schemas.schema(version, self.action, self.answer)]
        except KeyError:
            raise no_answer(self.action) from None
