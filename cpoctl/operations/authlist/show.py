"""Show the local list that a charger was given."""

import json
from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import NotFound
from cpoctl.operations import Query, Read
from cpoctl.operations.authlist import REMEMBERED
from cpoctl.operations.charger import Charger, known_spelling
from cpoctl.table import Column, local


@dataclass(frozen=True)
class ListedTag:
    """A tag in a local list."""

    tag_id: Annotated[str, Column("TAG")]
    status: Annotated[str | None, Column("STATUS")]
    expires_at: Annotated[str | None, Column("EXPIRES", show=local)]
    parent_id: Annotated[str | None, Column("GROUP")]


@dataclass(frozen=True)
class LocalListRow:
    """The list that a charger accepted last. Not `certain`: a push after it did not come to its end."""

    charger_id: Annotated[str, Column("CHARGER")]
    version: Annotated[int, Column("VERSION")]
    certain: Annotated[bool, Column("CERTAIN")]
    accepted_at: Annotated[str, Column("SINCE", show=local)]
    tags: Annotated[list[ListedTag], Column("TAGS")]


@dataclass(frozen=True, kw_only=True)
class ShowList(Query):
    """Show the local list that a charger was given, by our memory: OCPP cannot ask for its content."""

    path = "authlist show"
    route = "GET /chargers/{charger}/authlist"
    row = LocalListRow
    many = False
    examples = ("cpoctl authlist show HQ-07",)

    charger: Charger

    def select(self, read: Read) -> list[LocalListRow]:
        """What it accepted."""
        name = known_spelling(self.charger, read)
        for found in read(REMEMBERED, [name]):
            entries = json.loads(found.pop("entries"))
            tags = [_listed(entry["idTag"], entry.get("idTagInfo", {})) for entry in entries]
            return [LocalListRow(charger_id=name, **found | {"certain": bool(found["certain"])}, tags=tags)]
        raise NotFound(
            f"{name} was given no local list yet",
            target=name,
            hints=[f"cpoctl authlist push {name} --yes", f"cpoctl authlist version {name}    the version that it has"],
        )


def _listed(tag_id: str, info: dict[str, str]) -> ListedTag:
    return ListedTag(tag_id, info.get("status"), info.get("expiryDate"), info.get("parentIdTag"))
