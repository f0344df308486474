"""Take tariffs away from a charger."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import tariffs
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, accepted, at_evse
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.table import Column, plain


@dataclass(frozen=True)
class ClearedOutcome(Outcome):
    """What became of the tariffs that were to go; the cleared ones where the charger names them."""

    cleared: Annotated[list[str] | None, Column("CLEARED", show=plain)] = None


@dataclass(frozen=True, kw_only=True)
class ClearTariffs(Act):
    """Take tariffs away from a charger, or from one EVSE of it: those that are named, or all. OCPP 2.1 I10"""

    path = "tariff clear"
    route = "POST /chargers/{charger}/tariffs/clear"
    row = ClearedOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl tariff clear HQ-07 --yes",
        "cpoctl tariff clear HQ-07:2 --id day-dc --id night-dc --yes",
    )

    charger: Place
    ids: Annotated[tuple[str, ...], Option("only the tariff of this tariffId; may be repeated", long="id")] = ()
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        what = ", ".join(self.ids) or "all tariffs"
        return f"take {what} away from {self.charger}: it reckons no price without a tariff"

    async def run(self, operator: Operator) -> ClearedOutcome:
        """Ask the charger, which tells of each tariff by itself. That there are none to clear is well."""
        at = at_evse(self.charger, operator.live)
        ask = tariffs.ClearTariffs(tariff_ids=self.ids, evse_id=at.evse_id)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        results = tariffs.cleared(answer.payload)
        there_were_none = not self.ids and all(word != tariffs.REFUSED for _, word in results)
        good = ("Accepted", tariffs.NONE) if there_were_none else ("Accepted",)
        hints = [f"cpoctl tariff installed {at.charger_id}    what it has"]
        outcome = accepted(answer, spoken(at), good, hints)
        return ClearedOutcome(**vars(outcome), cleared=[name for name, word in results if name and word == "Accepted"])
