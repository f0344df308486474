"""Variables: a charger's own settings (1.6: configuration keys)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.domain.secrets import MASK, is_secret
from cpoctl.errors import NotFound
from cpoctl.operations import Operator
from cpoctl.store import Record, rows
from cpoctl.table import Column

CACHED = "SELECT name, value, readonly, read_at FROM variable WHERE charger_id = ? ORDER BY name COLLATE NOCASE"


@dataclass(frozen=True)
class VariableRow:
    """A setting as the charger told it just now; secrets are masked."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    known: Annotated[bool, Column("KNOWN", 3)]
    meaning: Annotated[str, Column("MEANING", 4)]


async def cached(operator: Operator, charger_id: str) -> Sequence[Record]:
    """What the charger told earlier, whole. Raises NotFound when it never told anything."""
    if found := await operator.store.read(CACHED, [charger_id]):
        return found
    raise NotFound(
        f"the variables of {charger_id} are not known yet",
        target=charger_id,
        hints=[f"cpoctl var get {charger_id}    ask for them"],
    )


async def keep(operator: Operator, charger_id: str, told: Iterable[VariableRow], known: Sequence[Record] = ()) -> None:
    """Remember what the charger told, each under one spelling of its name."""
    spelled = {record["name"].casefold(): record["name"] for record in known}
    read_at = stored(operator.clock.now())
    kept = [
        rows.Variable(
            charger_id,
            spelled.get(row.name.casefold(), row.name),
            row.value,
            None if row.readonly is None else int(row.readonly),
            read_at,
        )
        for row in told
    ]
    if kept:
        await operator.commit(kept)


def shown(name: str, value: str | None) -> str | None:
    """A value as it may be told and kept."""
    return MASK if value is not None and is_secret(name) else value
