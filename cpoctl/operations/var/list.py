"""List the variables that a charger told earlier."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain.variables import about
from cpoctl.operations import Query, Read
from cpoctl.operations.charger import Charger, must_be_known
from cpoctl.operations.var import CACHED
from cpoctl.table import Column, ago


@dataclass(frozen=True)
class CachedRow:
    """A setting as the charger told it last, and what the standard says of it."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    read_at: Annotated[str, Column("READ", show=ago)]
    kind: Annotated[str | None, Column("TYPE", 4)]
    unit: Annotated[str | None, Column("UNIT", 4)]
    meaning: Annotated[str | None, Column("MEANING", 4)]


@dataclass(frozen=True, kw_only=True)
class ListVariables(Query):
    """List the settings that a charger told earlier, without asking it.

    Secrets are masked. With -o wide each is explained.
    """

    path = "var list"
    route = "GET /chargers/{charger}/variables"
    row = CachedRow
    noun = "remembered variables"
    examples = ("cpoctl var list HQ-07", "cpoctl var list HQ-07 --json | jq -r '.[] | select(.readonly | not) | .name'")

    charger: Charger

    def select(self, read: Read) -> list[CachedRow]:
        """Everything that is remembered."""
        must_be_known(self.charger, read)
        return [_row(record) for record in read(CACHED, [self.charger])]


def _row(record: dict[str, Any]) -> CachedRow:
    known, readonly = about(record["name"]), record.pop("readonly")
    return CachedRow(
        **record,
        readonly=None if readonly is None else bool(readonly),
        kind=known.kind if known else None,
        unit=(known.unit or None) if known else None,
        meaning=known.meaning if known else None,
    )
