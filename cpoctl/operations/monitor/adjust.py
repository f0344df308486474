"""Change how often a charger sends values by themselves."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import streams
from cpoctl.operations import BITS_31, Act, Argument, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout


@dataclass(frozen=True, kw_only=True)
class AdjustStream(Act):
    """Change how often a charger sends the values of a stream. OCPP 2.1 N15"""

    path = "monitor adjust"
    route = "POST /chargers/{charger}/streams/{stream}"
    row = Outcome
    examples = ("cpoctl monitor adjust HQ-07 1 --interval 60",)

    charger: Charger
    stream: Annotated[int, Argument("the stream's number: cpoctl monitor streams", least=0, most=BITS_31)]
    interval: Annotated[int | None, Option("seconds after which what was gathered is sent", least=0, most=BITS_31)] = (
        None
    )
    values: Annotated[int | None, Option("how many values are sent at once", least=0, most=BITS_31)] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        if self.interval is None and self.values is None:
            raise UsageProblem(
                "say --interval, --values or both", hints=[f"cpoctl monitor adjust {name} {self.stream} --interval 60"]
            )
        ask = streams.AdjustStream(stream_id=self.stream, interval=self.interval, values=self.values)
        answer = await operator.call(name, ask, timeout=self.timeout)
        return accepted(answer, name, hints=[f"cpoctl monitor streams {name}    those that are open"])
