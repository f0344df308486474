"""Give a charger the tariff that it reckons with."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import tariffs
from cpoctl.operations import Act, Danger, Operator, Outcome, accepted, at_evse
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.operations.tariff import Tariff, read_tariff, why_not
from cpoctl.table import Column


@dataclass(frozen=True)
class TariffOutcome(Outcome):
    """What the charger said to a tariff."""

    tariff_id: Annotated[str | None, Column("TARIFF")] = None


@dataclass(frozen=True, kw_only=True)
class PushTariff(Act):
    """Give a charger, or one EVSE of it, the tariff of whoever has none of his own. OCPP 2.1 I07

    It holds for sessions that begin from then on. A tariff of the same tariffId must have the same content.
    """

    path = "tariff push"
    route = "POST /chargers/{charger}/tariffs"
    row = TariffOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl tariff push HQ-07 @tariff.json --yes",
        "cpoctl tariff push HQ-07:2 @tariff.json --yes",
    )

    charger: Place
    tariff: Tariff
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"give {self.charger} another tariff: sessions that begin from then on cost what it says"

    async def run(self, operator: Operator) -> TariffOutcome:
        """Ask the charger."""
        at = at_evse(self.charger, operator.live)
        tariff = read_tariff(self.tariff, at.charger_id)
        ask = tariffs.SetDefault(tariff=tariff, evse_id=at.evse_id or 0)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        outcome = accepted(answer, spoken(at), hints=why_not(at.charger_id))
        return TariffOutcome(**vars(outcome), tariff_id=tariff["tariffId"])
