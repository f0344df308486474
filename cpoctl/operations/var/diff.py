"""Compare a charger's variables with a snapshot or with another charger's."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain import snapshots
from cpoctl.domain.secrets import is_secret
from cpoctl.domain.variables import same
from cpoctl.errors import CheckFailed, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks.variables import counterpart
from cpoctl.operations import Act, Argument, Danger, Operator, Option, Role, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import cached
from cpoctl.operations.var._asking import Asking
from cpoctl.table import Column


@dataclass(frozen=True)
class DifferenceRow:
    """A setting that differs, seen from the charger: `added` is only in the other."""

    name: Annotated[str, Column("VARIABLE")]
    change: Annotated[str, Column("CHANGE")]
    value: Annotated[str | None, Column("CHARGER")]
    other: Annotated[str | None, Column("OTHER")]


@dataclass(frozen=True, kw_only=True)
class CompareVariables(Act):
    """Compare a charger's settings with a snapshot (@FILE) or with another charger's.

    `added` is only in the other, `removed` only in the charger. The order of lists, the case of booleans and
    secrets do not count. What two versions of OCPP call differently and means the same is compared. Chargers are compared by what they told earlier; with --refresh they are asked anew.
    """

    path = "var diff"
    route = "POST /chargers/{charger}/variables/diff"
    row = DifferenceRow
    danger = Danger.READ
    many_calls = True
    nothing = "they do not differ"
    role = Role.VIEWER
    examples = ("cpoctl var diff HQ-07 @HQ-07.json --exit-code", "cpoctl var diff HQ-07 HQ-08 --refresh")

    charger: Charger
    other: Annotated[str, Argument("@FILE with a snapshot, or another charger", kind="file")]
    refresh: Annotated[bool, Option("ask the charger first, and the other one")] = False
    exit_code: Annotated[bool, Option("exit with 11 when they differ")] = False
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[DifferenceRow]:
        """What differs, by name."""
        charger_id = whole_charger(self.charger, operator.live)
        there = await self._there(operator)
        here = await self._of(operator, charger_id)
        found = differences(here, _as_here(there, operator.version(charger_id)))
        if found and self.exit_code:
            raise CheckFailed(
                f"{charger_id} differs in {len(found)} variable{'s' if len(found) > 1 else ''}",
                target=charger_id,
                hints=[f"cpoctl var apply {charger_id} @FILE --dry-run    what would make it the same"],
                detail={"rows": found},
            )
        return found

    async def _there(self, operator: Operator) -> dict[str, str | None]:
        if charger := operator.live.charger(self.other):
            return await self._of(operator, charger.charger_id)
        text = self.other.strip()
        if text and "\n" not in text and "=" not in text and text[:1] not in ("{", "["):
            raise UsageProblem(
                f"no charger {text}, and a file is named with @: @{text}",
                target=text,
                hints=[f"cpoctl var diff {self.charger} @{text}", "cpoctl charger list    all that are known"],
            )
        return snapshots.read(self.other)

    async def _of(self, operator: Operator, charger_id: str) -> dict[str, str | None]:
        if self.refresh:
            await Asking(operator, charger_id, self.timeout).ask(settings_only=True)
        return {record["name"]: record["value"] for record in await cached(operator, charger_id)}


def _as_here(there: dict[str, str | None], version: Version) -> dict[str, str | None]:
    """Values by what this version calls their variables; what it has not keeps its name."""
    return {counterpart(name, version) or name: value for name, value in there.items()}


def differences(here: dict[str, str | None], there: dict[str, str | None]) -> list[DifferenceRow]:
    """What differs between two sets of values. Names match whatever their case; secrets are never compared."""
    mine = {name.casefold(): (name, value) for name, value in here.items() if not is_secret(name)}
    others = {name.casefold(): (name, value) for name, value in there.items() if not is_secret(name)}
    found = []
    for key in sorted({*mine, *others}):
        (name, value), (_, other) = mine.get(key) or (others[key][0], None), others.get(key, ("", None))
        change = "removed" if key not in others else "added" if key not in mine else "changed"
        if change != "changed" or not same(name, value, other):
            found.append(DifferenceRow(name, change, value, other))
    return found
