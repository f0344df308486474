"""Have a charger watch one of its variables."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import monitoring
from cpoctl.operations import BITS_31, Act, Argument, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.monitor import Kind
from cpoctl.table import Column


@dataclass(frozen=True)
class MonitorOutcome(Outcome):
    """The outcome of a monitor that was set; `monitor_id` is what the charger calls it."""

    monitor_id: Annotated[int | None, Column("MONITOR", align="right")] = None


@dataclass(frozen=True, kw_only=True)
class SetMonitor(Act):
    """Have a charger watch one of its variables and tell when something happens to it. OCPP 2.0.1 N04

    `upper` and `lower`: above or below the value; `delta`: changed by it; `periodic` and `clock-aligned`: every so many
    seconds. Of OCPP 2.1: `target-delta`, away from the target by so much, `target-delta-relative`, by such a part of it,
    and streams, which send the values by themselves. What was seen: `cpoctl monitor events`.
    """

    path = "monitor set"
    route = "POST /chargers/{charger}/monitors"
    row = MonitorOutcome
    examples = (
        "cpoctl monitor set HQ-07 EVSE:1.Power --type upper --value 11000",
        "cpoctl monitor set HQ-07 Connector:1.1.AvailabilityState --type delta --value 1 --severity 7",
    )

    charger: Charger
    name: Annotated[str, Argument("the variable: cpoctl help variables", kind="variable")]
    kind: Annotated[Kind, Option("what to watch for", long="type")]
    value: Annotated[float, Option("the threshold, the change, or the seconds")]
    severity: Annotated[
        int, Option("how grave it is: 0 danger, 4 error, 6 warning, 8 information", least=0, most=9)
    ] = 8
    sessions_only: Annotated[bool, Option("only watch while somebody charges")] = False
    id: Annotated[int | None, Option("the number of a monitor that this one replaces", least=0, most=BITS_31)] = None
    stream_interval: Annotated[
        int | None, Option("send its values by themselves, after so many seconds (OCPP 2.1)", least=0, most=BITS_31)
    ] = None
    stream_values: Annotated[
        int | None, Option("send its values by themselves, so many at once (OCPP 2.1)", least=0, most=BITS_31)
    ] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> MonitorOutcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        ask = monitoring.SetMonitor(
            name=self.name,
            kind=self.kind,
            value=self.value,
            severity=self.severity,
            transaction=self.sessions_only,
            monitor_id=self.id,
            stream_interval=self.stream_interval,
            stream_values=self.stream_values,
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        hints = [
            f"cpoctl var report {name} --component {self.name}    whether it has it, and its limits",
            f"cpoctl monitor list {name}    what is watched already",
        ]
        outcome = accepted(answer, name, hints=hints)
        return MonitorOutcome(**vars(outcome), monitor_id=monitoring.set_id(answer.payload))
