"""Give a charger the tariff that it reckons with."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.domain.tariffs import read_text
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import tariffs
from cpoctl.ocpp.tariffs import to_ocpp21
from cpoctl.operations import Act, Danger, JsonText, Operator, Option, Outcome, accepted, at_evse
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.operations.tariff import read_tariff, why_not
from cpoctl.operations.tariff._kept import kept
from cpoctl.table import Column


@dataclass(frozen=True)
class TariffOutcome(Outcome):
    """What the charger said to a tariff."""

    tariff_id: Annotated[str | None, Column("TARIFF")] = None


@dataclass(frozen=True, kw_only=True)
class PushTariff(Act):
    """Give a charger, or one EVSE of it, the tariff of whoever has none of his own. OCPP 2.1 I07

    It holds for sessions that begin from then on. A tariff of the same tariffId must have the same content. One that is kept here
    is told in the words of OCPP 2.1, which has no step sizes: what the charger shows may lie below what is billed.
    """

    path = "tariff push"
    route = "POST /chargers/{charger}/tariffs"
    row = TariffOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl tariff push HQ-07 @tariff.json --yes",
        "cpoctl tariff push HQ-07:2 @tariff.json --yes",
        "cpoctl tariff push HQ-07 --kept day --yes",
    )

    charger: Place
    tariff: Annotated[str | None, JsonText("the tariff as OCPP 2.1 has it: JSON, @FILE, or - for standard input")] = (
        None
    )
    kept: Annotated[str | None, Option("one that `tariff add` keeps, instead", kind="tariff")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"give {self.charger} another tariff: sessions that begin from then on cost what it says"

    async def run(self, operator: Operator) -> TariffOutcome:
        """Ask the charger."""
        at = at_evse(self.charger, operator.live)
        tariff = await self._tariff(at.charger_id, operator)
        ask = tariffs.SetDefault(tariff=tariff, evse_id=at.evse_id or 0)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        outcome = accepted(answer, spoken(at), hints=why_not(at.charger_id))
        return TariffOutcome(**vars(outcome), tariff_id=tariff["tariffId"])

    async def _tariff(self, charger_id: str, operator: Operator) -> dict[str, Any]:
        if (self.tariff is None) == (self.kept is None):
            raise UsageProblem(
                "say a tariff, or --kept",
                hints=[f"cpoctl tariff push {charger_id} --kept day --yes", "cpoctl tariff list"],
            )
        if self.kept is not None:
            content = (await kept(operator, self.kept))["content"]
            return read_tariff(json.dumps(to_ocpp21(read_text(content))), charger_id)
        return read_tariff(self.tariff or "", charger_id)
