"""List the variables that a charger told earlier."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain.variables import about, read, read_part
from cpoctl.errors import UsageProblem
from cpoctl.operations import Option, Query, Read
from cpoctl.operations.charger import Charger, must_be_known
from cpoctl.operations.var import CACHED, is_readonly
from cpoctl.table import Column, ago


@dataclass(frozen=True)
class CachedRow:
    """A setting as the charger told it last, and what is known of it: from the charger, else from the standard."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    read_at: Annotated[str, Column("READ", show=ago)]
    kind: Annotated[str | None, Column("TYPE", 4)]
    unit: Annotated[str | None, Column("UNIT", 4)]
    meaning: Annotated[str | None, Column("MEANING", 4)]
    component: Annotated[str | None, Column("COMPONENT", 4)] = None
    mutability: Annotated[str | None, Column("MUTABILITY", 4)] = None
    limits: Annotated[str | None, Column("LIMITS", 4)] = None
    allowed: Annotated[str | None, Column("ALLOWED", 4)] = None
    report_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class ListVariables(Query):
    """List the settings that a charger told earlier, without asking it.

    Secrets are masked. With -o wide each is explained. Of OCPP 2.x: `cpoctl help variables`.
    """

    path = "var list"
    route = "GET /chargers/{charger}/variables"
    row = CachedRow
    noun = "remembered variables"
    examples = (
        "cpoctl var list HQ-07",
        "cpoctl var list HQ-07 --component EVSE:1",
        "cpoctl var list HQ-07 --json | jq -r '.[] | select(.readonly | not) | .name'",
    )

    charger: Charger
    component: Annotated[str | None, Option("only of this component: EVSE, EVSE:1, Connector:1.2 (OCPP 2.x)")] = None
    settable: Annotated[bool, Option("only what can be set")] = False

    def select(self, read: Read) -> list[CachedRow]:
        """What is remembered."""
        must_be_known(self.charger, read)
        told = [_row(record) for record in read(CACHED, [self.charger])]
        return [row for row in told if self._wanted(row)]

    def _wanted(self, row: CachedRow) -> bool:
        if self.settable and row.readonly:
            return False
        if self.component is None:
            return True
        part, variable = read_part(self.component)
        if variable is not None:
            raise UsageProblem(
                f"--component: {self.component} is a variable",
                hints=[f"cpoctl var list {self.charger} --component {part}"],
            )
        return row.component is not None and part.has(read(row.name).component)


def _row(record: dict[str, Any]) -> CachedRow:
    known = about(record["name"])
    return CachedRow(
        name=record["name"],
        value=record["value"],
        readonly=is_readonly(record["mutability"]),
        read_at=record["read_at"],
        kind=record["data_type"] or (known.kind if known else None),
        unit=record["unit"] or (known.unit or None if known else None),
        meaning=known.meaning if known else None,
        component=record["component"],
        mutability=record["mutability"],
        limits=limits(record["min_limit"], record["max_limit"]),
        allowed=record["allowed"],
        report_id=record["report_id"],
    )


def limits(least: float | None, most: float | None) -> str | None:
    """The least and the most that a value may be: `0..10`, `..10`."""
    if least is None and most is None:
        return None
    return "..".join("" if limit is None else f"{limit:g}" for limit in (least, most))
