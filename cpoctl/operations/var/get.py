"""Ask a charger for its variables."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import NotFound
from cpoctl.operations import Act, Argument, Danger, Operator, Role, target
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import VariableRow
from cpoctl.operations.var._asking import Asking


@dataclass(frozen=True, kw_only=True)
class GetVariables(Act):
    """Ask a charger for its settings: all, or the named ones. OCPP 1.6 §5.8

    More names than the charger takes at once are asked for in parts. What it tells is remembered: `var list`.
    """

    path = "var get"
    route = "POST /chargers/{charger}/variables/get"
    row = VariableRow
    danger = Danger.READ
    many_calls = True
    role = Role.VIEWER
    examples = ("cpoctl var get HQ-07", "cpoctl var get HQ-07 HeartbeatInterval MeterValueSampleInterval")

    charger: Charger
    names: Annotated[tuple[str, ...], Argument("the settings; all without any", kind="variable")] = ()
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[VariableRow]:
        """Ask, keep and tell."""
        charger_id = target(self.charger, operator.live).charger_id
        asking = Asking(operator, charger_id, self.timeout)
        await asking.ask(self.names)
        wanted = dict.fromkeys(name.casefold() for name in self.names)
        if wanted and not asking.found.keys() & wanted:
            raise self._none(charger_id, asking)
        told = {**asking.unknown, **asking.found}
        return [told[key] for key in wanted or told]

    def _none(self, charger_id: str, asking: Asking) -> NotFound:
        near = [f"{row.name}: {row.meaning}" for row in asking.unknown.values() if row.meaning]
        return NotFound(
            f"{charger_id} knows none of {', '.join(self.names)}",
            target=charger_id,
            hints=[*near, f"cpoctl var get {charger_id}    all that it has"],
            detail={"decided_by": "charger", "sent": asking.answer.sent, "received": asking.answer.received},
        )
