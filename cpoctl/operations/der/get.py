"""Ask a charger which DER controls it has."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.ocpp.asks import der
from cpoctl.operations import Act, Danger, Operator, Option, Role, new_request_id, whole_charger
from cpoctl.operations._reports import told
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.der import Id, Kind, abilities
from cpoctl.table import Column, plain


def settings(setting: dict[str, Any]) -> str:
    """What a control sets, as `name=value` words; what is nested is only named."""
    return " ".join(f"{name}={'…' if isinstance(it, dict | list) else plain(it)}" for name, it in setting.items())


@dataclass(frozen=True)
class ControlRow:
    """A DER control of a charger, as it told just now. `setting` is what the standard has for its type."""

    target: Annotated[str, Column("TARGET")]
    control_id: Annotated[str, Column("CONTROL")]
    type: Annotated[str, Column("TYPE")]
    default: Annotated[bool | None, Column("DEFAULT")]
    superseded: Annotated[bool | None, Column("SUPERSEDED", 2)]
    setting: Annotated[dict[str, Any], Column("SETTING", show=settings)]


@dataclass(frozen=True, kw_only=True)
class AskControls(Act):
    """Ask a charger which DER controls it has: all, or those that fit. OCPP 2.1 R04"""

    path = "der get"
    route = "POST /chargers/{charger}/der/get"
    row = ControlRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl der get HQ-07", "cpoctl der get HQ-07 --type LimitMaxDischarge --no-default -o json")

    charger: Charger
    type: Annotated[Kind | None, Option("only of this type")] = None
    default: Annotated[bool | None, Option("only default controls, or only scheduled ones")] = None
    id: Id = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[ControlRow]:
        """Ask; NotFound means that there are none."""
        name = whole_charger(self.charger, operator.live)
        number = new_request_id()
        ask = der.GetControls(request_id=number, is_default=self.default, kind=self.type, control_id=self.id)
        report = await operator.report(name, ask, of="ReportDERControl", request_id=number, timeout=self.timeout)
        parts = told(report, f"cpoctl der get {name}", ("NotFound",), abilities(name)[:1])
        return [
            ControlRow(name, it.control_id, it.kind, it.is_default, it.superseded, it.setting) for it in der.told(parts)
        ]
