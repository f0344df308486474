"""Variables: a charger's own settings; the keys of OCPP 1.6, the device model of 2.x."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl.clock import stored
from cpoctl.domain.secrets import MASK, is_secret
from cpoctl.domain.variables import about
from cpoctl.errors import NotFound
from cpoctl.ocpp import Version
from cpoctl.operations import Operator
from cpoctl.store import Record, rows
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.ocpp.asks.variables import Told

READ_ONLY = "ReadOnly"
CACHED = "SELECT * FROM variable WHERE charger_id = ? ORDER BY name"
# Those that the charger has in the version that it speaks, before and after an upgrade. What 2.x only tells is no
# setting: its state, its readings, what it is made of.
SETTINGS = """
SELECT * FROM variable WHERE charger_id = :charger AND (component IS NULL) = :keys
AND (component IS NULL OR mutability IS NOT 'ReadOnly') ORDER BY name
"""


@dataclass(frozen=True)
class VariableRow:
    """A setting as the charger told it just now; secrets are masked."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    known: Annotated[bool, Column("KNOWN", 3)]
    meaning: Annotated[str, Column("MEANING", 4)]


def row_of(told: "Told", meaning: str = "") -> VariableRow:
    """What the charger told as a row; what it said instead of a value stands where the meaning does."""
    known = about(told.name)
    return VariableRow(
        told.name,
        told.value,
        is_readonly(told.mutability),
        told.known,
        told.why or meaning or (known.meaning if known else ""),
    )


def is_readonly(mutability: str | None) -> bool | None:
    """Whether it can only be read; None: the charger has not said."""
    return None if mutability is None else mutability == READ_ONLY


async def cached(operator: Operator, charger_id: str) -> Sequence[Record]:
    """The settings that the charger told earlier. Raises NotFound when it never told any."""
    keys = operator.version(charger_id) is Version.V16
    if found := await operator.store.read(SETTINGS, {"charger": charger_id, "keys": keys}):
        return found
    raise NotFound(
        f"the variables of {charger_id} are not known yet",
        target=charger_id,
        hints=[f"cpoctl var get {charger_id}    ask for them"],
    )


async def keep(operator: Operator, charger_id: str, told: "Iterable[Told]") -> None:
    """Remember the values that the charger told."""
    read_at = stored(operator.clock.now())
    kept = [
        rows.Variable(charger_id, each.name, each.value, each.mutability, read_at, each.component)
        for each in told
        if each.known and not each.why
    ]
    if kept:
        await operator.commit(kept)


def shown(name: str, value: str | None) -> str | None:
    """A value as it may be told and kept."""
    return MASK if value is not None and is_secret(name) else value
