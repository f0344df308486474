"""Ask a charger which values it sends by themselves."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import streams
from cpoctl.operations import Act, Danger, Operator, Role, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column


@dataclass(frozen=True)
class StreamRow:
    """A stream that is open: the values of a monitor, sent after so long or at so many."""

    stream_id: Annotated[int, Column("STREAM", align="right")]
    monitor_id: Annotated[int | None, Column("MONITOR", align="right")]
    interval_s: Annotated[int | None, Column("SECONDS", align="right")]
    values: Annotated[int | None, Column("VALUES", align="right")]


@dataclass(frozen=True, kw_only=True)
class AskStreams(Act):
    """Ask a charger which values it sends by themselves. OCPP 2.1 N14

    `monitor set --stream-interval` begins a stream; what came: `cpoctl event list --type VariableStreamTold`.
    """

    path = "monitor streams"
    route = "POST /chargers/{charger}/streams/list"
    row = StreamRow
    danger = Danger.READ
    role = Role.VIEWER
    examples = ("cpoctl monitor streams HQ-07",)

    charger: Charger
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[StreamRow]:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        answer = await operator.call(name, streams.GetStreams(), timeout=self.timeout)
        accepted(answer, name, ("Answered",))
        return [
            StreamRow(each.stream_id, each.monitor_id, each.interval_s, each.values)
            for each in streams.opened(answer.payload)
        ]
