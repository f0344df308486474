"""Ask a charger which messages are set on its screen."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import displays
from cpoctl.operations import BITS_31, Act, Danger, Operator, Option, Role, new_request_id, whole_charger
from cpoctl.operations._reports import told
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.display import Priority, State
from cpoctl.table import Column


@dataclass(frozen=True)
class DisplayRow:
    """A message that is set on a charger's screen, as the charger told it just now."""

    target: Annotated[str, Column("TARGET")]
    message_id: Annotated[int | None, Column("MESSAGE", align="right")]
    text: Annotated[str | None, Column("TEXT")]
    priority: Annotated[str | None, Column("PRIORITY")]
    state: Annotated[str | None, Column("STATE", 2)]
    starts_at: Annotated[str | None, Column("FROM", 2)]
    ends_at: Annotated[str | None, Column("TO", 2)]
    evse_id: Annotated[int | None, Column("EVSE", 3, "right")]
    transaction_id: Annotated[str | None, Column("TRANSACTION", 3)]
    format: Annotated[str | None, Column("FORMAT", 3)]
    language: Annotated[str | None, Column("LANGUAGE", 3)]


@dataclass(frozen=True, kw_only=True)
class AskDisplays(Act):
    """Ask a charger which messages are set on its screen. OCPP 2.0.1 O03, O04"""

    path = "display list"
    route = "POST /chargers/{charger}/display/list"
    row = DisplayRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl display list HQ-07", "cpoctl display list HQ-07 --priority always-front -o json")

    charger: Charger
    ids: Annotated[
        tuple[int, ...], Option("only of this number; may be repeated", long="id", least=0, most=BITS_31)
    ] = ()
    priority: Annotated[Priority | None, Option("only of this priority")] = None
    state: Annotated[State | None, Option("only those for this state")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[DisplayRow]:
        """Ask; Unknown means that there are none (O03.FR.05)."""
        name = whole_charger(self.charger, operator.live)
        number = new_request_id()
        ask = displays.GetMessages(request_id=number, numbers=self.ids, priority=self.priority, state=self.state)
        report = await operator.report(name, ask, of="NotifyDisplayMessages", request_id=number, timeout=self.timeout)
        parts = told(report, f"cpoctl display list {name}", ("Unknown",))
        return [
            DisplayRow(
                name, it.number, it.text, it.priority, it.state, it.start, it.end, it.evse_id, it.transaction_id,
                it.format, it.language,
            )
            for it in displays.told(parts)
        ]  # fmt: skip
