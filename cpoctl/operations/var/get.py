"""Ask a charger for its variables."""

from dataclasses import dataclass
from shlex import quote
from typing import Annotated

from cpoctl.errors import NotFound, UsageProblem
from cpoctl.operations import Act, Argument, Danger, Operator, Role, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import VariableRow
from cpoctl.operations.var._asking import Asking
from cpoctl.targets import is_plain


@dataclass(frozen=True, kw_only=True)
class GetVariables(Act):
    """Ask a charger for its settings: all, or the named ones. OCPP 1.6 §5.8 · OCPP 2.0.1 B06, B07

    More names than the charger takes at once are asked for in parts. What it tells is remembered: `var list`.
    How a variable of OCPP 2.x is named: `cpoctl help variables`.
    """

    path = "var get"
    route = "POST /chargers/{charger}/variables/get"
    row = VariableRow
    danger = Danger.READ
    many_calls = True
    role = Role.VIEWER
    examples = (
        "cpoctl var get HQ-07",
        "cpoctl var get HQ-07 HeartbeatInterval MeterValueSampleInterval",
    )

    charger: Charger
    names: Annotated[tuple[str, ...], Argument("the settings; all without any", kind="variable")] = ()
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[VariableRow]:
        """Ask, keep and tell."""
        self._must_be_one(operator)
        charger_id = whole_charger(self.charger, operator.live)
        asking = Asking(operator, charger_id, self.timeout)
        await asking.ask(self.names)
        wanted = dict.fromkeys(name.casefold() for name in asking.names)
        if wanted and not asking.found.keys() & wanted:
            raise self._none(charger_id, asking)
        told = {**asking.unknown, **asking.found}
        return [told[key] for key in wanted or told]

    def _must_be_one(self, operator: Operator) -> None:
        """Raise UsageProblem for a word that may mean several chargers: what one of them tells are many rows."""
        if not is_plain(self.charger) and operator.live.charger(self.charger) is None:
            loop = f'for each in $(cpoctl charger pick {quote(self.charger)} -o ids); do cpoctl var get "$each"; done'
            raise UsageProblem(f"var get takes one charger, not {self.charger}", target=self.charger, hints=[loop])

    def _none(self, charger_id: str, asking: Asking) -> NotFound:
        near = [f"{row.name}: {row.meaning}" for row in asking.unknown.values() if row.meaning]
        return NotFound(
            f"{charger_id} knows none of {', '.join(self.names)}",
            target=charger_id,
            hints=[*near, f"cpoctl var get {charger_id}    all that it has"],
            detail={"decided_by": "charger", "sent": asking.answer.sent, "received": asking.answer.received},
        )
