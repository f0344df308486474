"""Have a charger watch something no longer."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import Refused
from cpoctl.ocpp.asks import monitoring
from cpoctl.operations import BITS_31, Act, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var._asking import Asking
from cpoctl.table import Column


def _each(results: dict[str, str] | None) -> str:
    """`1 Accepted, 99 NotFound`."""
    return ", ".join(f"{number} {status}" for number, status in (results or {}).items()) or "-"


@dataclass(frozen=True)
class ClearedMonitors(Outcome):
    """What became of the monitors, each by its number."""

    results: Annotated[dict[str, str] | None, Column("EACH", show=_each)] = None


@dataclass(frozen=True, kw_only=True)
class ClearMonitors(Act):
    """Remove monitors from a charger, in parts where it takes fewer at once. Those that are built in stay. OCPP 2.0.1 N06"""

    path = "monitor clear"
    route = "POST /chargers/{charger}/monitors/clear"
    row = ClearedMonitors
    many_calls = True
    examples = ("cpoctl monitor clear HQ-07 --id 3", "cpoctl monitor clear HQ-07 --id 3 --id 4")

    charger: Charger
    ids: Annotated[
        tuple[int, ...],
        Option("its number, as `monitor list` tells it; may be repeated", long="id", least=0, most=BITS_31),
    ]
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> ClearedMonitors:
        """Ask the charger, in as many parts as it needs; it answers for each of them."""
        name = whole_charger(self.charger, operator.live)
        asking = Asking(operator, name, self.timeout)
        most, left = await asking.remembered(monitoring.MOST_CLEARED), list(self.ids)
        results: dict[str, str] = {}
        refusal: Refused | None = None
        while True:
            part = left[:most]
            answer = await operator.call(name, monitoring.ClearMonitors(monitor_ids=part), timeout=self.timeout)
            if answer.error and (fewer := await asking.limit(monitoring.MOST_CLEARED, len(part))):
                most = fewer
                continue
            results |= monitoring.cleared(answer.payload)
            left = left[len(part) :]
            try:
                outcome = accepted(answer, name, hints=[f"cpoctl monitor list {name}    those that it has"])
            except Refused as refused:
                refusal = refusal or refused
            if answer.error or not left:
                break
        if refusal is not None:
            raise _told(refusal, results)
        return ClearedMonitors(**vars(outcome), results=results)


def _told(refusal: Refused, results: dict[str, str]) -> Refused:
    """The refusal of one of them, with what became of all."""
    if results:
        refusal.message = f"{refusal.message}; {_each(results)}"
        refusal.detail["outcome"] = ClearedMonitors(**vars(refusal.detail["outcome"]), results=results)
    return refusal
