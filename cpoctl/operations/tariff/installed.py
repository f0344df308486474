"""Ask a charger which tariffs it has."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import tariffs
from cpoctl.operations import Act, Danger, Operator, Role, accepted, at_evse
from cpoctl.operations.charger import Place, Timeout
from cpoctl.table import Column, plain


@dataclass(frozen=True)
class InstalledTariffRow:
    """A tariff that a charger has, as it told just now; the kind is default, or driver for the tags that are named."""

    target: Annotated[str, Column("TARGET")]
    tariff_id: Annotated[str, Column("TARIFF")]
    kind: Annotated[str | None, Column("KIND")]
    evse_ids: Annotated[list[int], Column("EVSES", show=plain)]
    tags: Annotated[list[str], Column("TAGS", 2, show=plain)]
    valid_from: Annotated[str | None, Column("FROM", 2)]


@dataclass(frozen=True, kw_only=True)
class AskTariffs(Act):
    """Ask a charger which tariffs it has, or which one EVSE of it has. OCPP 2.1 I09"""

    path = "tariff installed"
    route = "POST /chargers/{charger}/tariffs/installed"
    row = InstalledTariffRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl tariff installed HQ-07", "cpoctl tariff installed HQ-07:2 -o json")

    charger: Place
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[InstalledTariffRow]:
        """Ask; NoTariff means that there are none."""
        at = at_evse(self.charger, operator.live)
        answer = await operator.call(at.charger_id, tariffs.GetTariffs(evse_id=at.evse_id or 0), timeout=self.timeout)
        accepted(answer, at.charger_id, ("Accepted", tariffs.NONE))
        found = tariffs.assigned(answer.payload)
        return [
            InstalledTariffRow(at.charger_id, it.tariff_id, it.kind, it.evse_ids, it.tags, it.valid_from)
            for it in found
        ]
