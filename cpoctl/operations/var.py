"""Variables: a charger's own settings (1.6: configuration keys)."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.domain.secrets import MASK, is_secret
from cpoctl.errors import NotFound
from cpoctl.operations import Act, Argument, Danger, Operator, Outcome, Request, Role, accepted, target
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.store import rows
from cpoctl.table import Column


@dataclass(frozen=True)
class VariableRow:
    """A setting as the charger told it just now; secrets are masked."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    known: Annotated[bool, Column("KNOWN", 3)]


@dataclass(frozen=True, kw_only=True)
class GetVariables(Act):
    """Ask a charger for its settings: all, or the named ones. OCPP 1.6 §5.8"""

    path = "var get"
    route = "POST /chargers/{charger}/variables/get"
    row = VariableRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl var get HQ-07", "cpoctl var get HQ-07 HeartbeatInterval MeterValueSampleInterval")

    charger: Charger
    names: Annotated[tuple[str, ...], Argument("the settings; all without any", kind="variable")] = ()
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[VariableRow]:
        """Ask, keep and tell."""
        charger_id = target(self.charger, operator.live).charger_id
        payload = {"key": list(self.names)} if self.names else {}
        answer = await operator.call(charger_id, Request("GetConfiguration", payload), timeout=self.timeout)
        if answer.error:
            accepted(answer, charger_id)
        found = [_row(entry) for entry in _list(answer.payload.get("configurationKey")) if isinstance(entry, dict)]
        await self._keep(operator, charger_id, found)
        unknown = [VariableRow(str(name), None, None, False) for name in _list(answer.payload.get("unknownKey"))]
        if self.names and not found:
            raise NotFound(
                f"{charger_id} knows none of {', '.join(self.names)}",
                target=charger_id,
                hints=[f"cpoctl var get {charger_id}    all that it has"],
                detail={"decided_by": "charger", "sent": answer.sent, "received": answer.received},
            )
        return [*found, *unknown]

    @staticmethod
    async def _keep(operator: Operator, charger_id: str, found: list[VariableRow]) -> None:
        read_at = stored(operator.clock.now())
        kept = [
            rows.Variable(charger_id, row.name, row.value, None if row.readonly is None else int(row.readonly), read_at)
            for row in found
        ]
        if kept:
            await operator.commit(kept)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _row(entry: dict[str, Any]) -> VariableRow:
    name, value, readonly = str(entry.get("key", "")), entry.get("value"), entry.get("readonly")
    # Some send numbers or booleans where the standard wants text (ha#1499).
    shown = None if value is None else MASK if is_secret(name) else _text(value)
    return VariableRow(name, shown, readonly if isinstance(readonly, bool) else None, True)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, kw_only=True)
class SetVariable(Act):
    """Change one of a charger's settings. OCPP 1.6 §5.3"""

    path = "var set"
    route = "POST /chargers/{charger}/variables"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl var set HQ-07 HeartbeatInterval 300 --yes",)

    charger: Charger
    name: Annotated[str, Argument("the setting", kind="variable")]
    value: Annotated[str, Argument("its new value")]
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"set {self.name} of {self.charger} to {MASK if is_secret(self.name) else self.value}"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; RebootRequired counts as done."""
        charger_id = target(self.charger, operator.live).charger_id
        request = Request("ChangeConfiguration", {"key": self.name, "value": self.value})
        answer = await operator.call(charger_id, request, timeout=self.timeout)
        hints = [
            f"cpoctl var get {charger_id} {self.name}    its value, and whether it is read-only",
            f"cpoctl var get {charger_id}    all settings that it has",
        ]
        return accepted(answer, charger_id, ("Accepted", "RebootRequired"), hints)
